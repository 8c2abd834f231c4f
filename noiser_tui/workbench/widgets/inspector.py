"""The numbers of the token under the cursor, or of the most important ones."""

from __future__ import annotations

from rich.segment import Segment

from noiser.explanation import TokenScore
from noiser.export import wording
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane


class Inspector(DrawnPane):
    """The numbers of the token under the cursor."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._positions: tuple[int, ...] = ()

    def point_at(self, positions: tuple[int, ...]) -> None:
        """Tell of the tokens at other positions."""
        self._positions = positions
        self.refresh()

    def line(self, y: int, width: int) -> list[Segment]:
        """One token per line; a piece of several tokens says how many there are."""
        state, pens = self.state, self.pens
        if state is None or state.run.prompt is None:
            return []
        if not self._positions:
            return self._most_important(state, width)
        position = self._positions[0]
        if position >= len(state.run.prompt):
            return []
        token = state.run.prompt.tokens[position]
        parts = [f"id {token.id}", f"position {position}"]
        if token.special:
            parts.append("special")
        if len(self._positions) > 1:
            parts.append(f"first of {len(self._positions)} tokens of one character")
        if state.run.explanation is not None and position < len(state.run.explanation.tokens):
            parts = self._numbers(state, position) + parts
        text = "   ".join(parts)
        name = one_line(f" “{visible(token.text)}”  ", max(8, width // 3))
        return [
            Segment(name, pens.accent),
            Segment(one_line(text, width - cell_width(name)), pens.plain),
        ]

    def _most_important(self, state: State, width: int) -> list[Segment]:
        """While no token is pointed at: what the target hangs on, in one line."""
        if state.run.explanation is None:
            return []
        hint = " Tab, then arrows: each token's numbers" if width >= 100 else ""
        segments, used = [Segment(" hangs on ", self.pens.muted)], 10 + len(hint)
        for position in state.run.explanation.ranked():
            token = state.run.explanation.tokens[position]
            name = one_line(token.text.strip() or f"“{token.text}”", 20)
            number = f" {token.score or 0:.2f}{_half(token)}   "
            used += cell_width(name) + cell_width(number)
            if used > width or not token.score:
                break
            segments += [Segment(name, self.pens.accent), Segment(number, self.pens.plain)]
        return [*segments, Segment(hint, self.pens.muted)]

    @staticmethod
    def _numbers(state: State, position: int) -> list[str]:
        assert state.run.explanation is not None
        scored = state.run.explanation.tokens[position]
        if scored.score is None:
            return ["left out"]
        score = f"score {scored.score:.3f}"
        if scored.interval is not None:
            score += f" [{scored.interval[0]:.3f}, {scored.interval[1]:.3f}]"
        parts = [score, f"raw {scored.raw:+.4f}"]
        if scored.alpha is not None:
            parts.append(f"α {wording.alpha(scored)}")
        return parts


def _half(token: TokenScore) -> str:
    """Half the width of a score's interval, as ±; empty for a method without draws."""
    if token.interval is None:
        return ""
    return f" ±{(token.interval[1] - token.interval[0]) / 2:.2f}"
