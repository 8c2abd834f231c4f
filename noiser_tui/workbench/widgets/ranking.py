"""The tokens in order of importance, or the units with the tokens of those looked into."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.message import Message

from noiser.explanation import TokenScore, UnitScore
from noiser.export import wording
from noiser.listing import Listed, listing
from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.mouse import LEFT
from noiser_tui.workbench.widgets.search_text import kind_of_scores


class Ranking(DrawnPane[State]):
    """The most important tokens with their scores and how sure they are."""

    class Chosen(Message):
        """A line was clicked: that of the token, or the unit, at `position`."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._listed: list[Listed] = []

    def show_state(self, state: State) -> None:
        """Draw another state; the order is found once per explanation."""
        if self.state is None or self.state.run.explanation is not state.run.explanation:
            explanation = state.run.explanation
            every = listing(explanation) if explanation is not None else []
            self._listed = [one for one in every if one.scored.score is not None]
        super().show_state(state)

    def on_click(self, event: events.Click) -> None:
        """Go to the token of the line under the mouse."""
        if event.button == LEFT and 0 < event.y <= len(self._listed):
            self.post_message(self.Chosen(self._listed[event.y - 1].position))

    def line(self, y: int, width: int) -> list[Segment]:
        """A heading, then one token per line, highest score first."""
        state, pens = self.state, self.pens
        if y == 0:
            kind = kind_of_scores(state.run) if state is not None else ""
            head = f" {kind.capitalize() or 'Hangs on'}   score, 95% interval"
            return [Segment(head, pens.muted)]
        if state is None or state.run.explanation is None:
            return []
        if y > len(self._listed):
            return []
        one = self._listed[y - 1]
        token, indent = one.scored, "  " if one.inside else ""
        room = width - 26
        text = one_line(by_itself(one.name.strip() or f"“{one.name}”"), room - len(indent))
        name = indent + text
        name += " " * (room - cell_width(name))
        return [
            Segment(f"  {name} ", pens.plain),
            Segment(
                wording.score(token.score or 0.0),
                pens.muted if token.sure is False else pens.strong,
            ),
            Segment(f"  {_ends(token)}", pens.muted),
        ]


def _ends(token: TokenScore | UnitScore) -> str:
    """The interval of a score, as [low, high]; empty for a method without draws."""
    if token.interval is None:
        return ""
    low, high = (wording.minus(f"{end:.2f}") for end in token.interval)
    mark = f" {wording.UNSURE}" if token.sure is False else ""
    return f"[{low}, {high}]{mark}"
