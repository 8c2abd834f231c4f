"""The candidates for the next token, to choose a target or a contrast from."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from noiser.events import NextToken
from noiser.export import wording
from noiser_tui.look.cells import by_itself, cell_width
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.reading import expected
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import refresh_changed
from noiser_tui.workbench.widgets.row_list import Row, RowList, Tone

TARGET, CONTRAST = "▸", "⇄"
_BAR = 8
_HEAD = " next "
_FOLDED = 3
"""With fewer lines all candidates stand on one."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


class NextTokens(RowList):
    """The most probable next tokens: a list where there is room or the keys are here, else one line."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._state: State | None = None
        self._tokens: tuple[NextToken, ...] = ()
        self._drawn: list[list[Segment]] = []

    def show_state(self, state: State) -> None:
        """Show what is expected after the text by now; only lines that change are drawn again."""
        self._state = state
        self._tokens, _ = expected(state)
        rows = rows_of(state)
        if len(rows) != len(self._rows):
            self.virtual_size = Size(0, len(rows))
        self._rows = rows
        self._at = min(max(1, self._at), max(0, len(rows) - 1))  # the cursor keeps its rank
        now = [list(self.render_line(y)) for y in range(self.size.height)]
        self._drawn = refresh_changed(self, self._drawn, now)

    @property
    def token(self) -> NextToken | None:
        """The token under the cursor."""
        row = self.pointed
        return next((t for t in self._tokens if row is not None and f"id:{t.id}" == row.key), None)

    def render_line(self, y: int) -> Strip:
        """A candidate per line, or all that fit on the only line."""
        width = self.size.width
        if not self._tokens:
            return Strip(self._without(y)).adjust_cell_length(width, self.pens.plain)
        if self.size.height < _FOLDED:
            parts = self._line_of_all() if y == 0 else []
            return Strip(parts).adjust_cell_length(width, self.pens.plain)
        return super().render_line(y)

    def _without(self, y: int) -> list[Segment]:
        """Where no next token is known: the reward or the margin, if that is what is explained."""
        told = in_place_of_tokens(self._state) if self._state is not None else []
        if not told:
            return [Segment(" next token: not known yet", self.pens.muted)] if y == 0 else []
        if self.size.height < _FOLDED:
            told = ["   ".join(told)]
        style = self.pens.muted if y else self.pens.accent
        return [Segment(f" {told[y]}", style)] if y < len(told) else []

    def on_resize(self) -> None:
        """The row under the cursor stays in sight when the list folds or unfolds."""
        self.virtual_size = Size(0, len(self._rows))
        if self.size.height >= _FOLDED and self._rows:
            self.scroll_to_region(Region(0, self._at, 1, 1), animate=False)

    def _line_of_all(self) -> list[Segment]:
        """All that fit on one line."""
        pens = self.pens
        segments = [Segment(_HEAD, pens.muted)]
        for text in self._fitting():
            segments.append(Segment(text, pens.accent if text[0] == TARGET else pens.plain))
        return segments

    def _fitting(self) -> Iterator[str]:
        used = cell_width(_HEAD)
        for token, mark in _marked(self._state) if self._state is not None else []:
            text = f"{mark.strip()}“{by_itself(token.text)}” {token.probability:.3f}  "
            used += cell_width(text)
            if used > self.size.width:
                return
            yield text

    def index_at(self, x: int, y: int) -> int:
        """The row of the candidate in a cell, also where all stand on one line."""
        if self.size.height >= _FOLDED:
            return super().index_at(x, y)
        end = cell_width(_HEAD)
        for index, text in enumerate(self._fitting(), 1):
            start, end = end, end + cell_width(text)
            if start <= x < end:
                return index
        return 0  # the heading's


def in_place_of_tokens(state: State) -> list[str]:
    """What a reward model says of the text, line by line; nothing where next tokens are asked about."""
    explanation, measure = state.run.explanation, state.run.measure
    if measure is None or explanation is None or explanation.reward is None:
        if state.response.on:
            return ["a response is explained: no next token"]
        return ["a reward model: it predicts no token"] if state.measure is not None else []
    told = [f"{measure} {wording.number(explanation.reward)}"]
    if measure == "margin":
        told.append(f"preferred with probability {wording.preference(explanation.reward)}")
    return told


def rows_of(state: State) -> list[Row]:
    """The heading, then a row per candidate."""
    tokens = _marked(state)
    if not tokens:
        return []
    rows = [Row("", "Next token", heading=True, more=f"{TARGET} target {CONTRAST} contrast")]
    for rank, (token, mark) in enumerate(tokens, 1):
        number = f"{token.probability or 0.0:6.4f} {bar(token.probability or 0.0)}"
        tone: Tone = "accent" if mark == TARGET else "warning" if mark == CONTRAST else "plain"
        rows.append(
            Row(
                f"id:{token.id}", by_itself(token.text), number, tone=tone, mark=f"{mark}{rank:>2} "
            )
        )
    return rows


def bar(share: float) -> str:
    """A share of 1 as a bar of a fixed width."""
    full, rest = divmod(round(min(1.0, max(0.0, share)) * _BAR * 8), 8)
    return f"{'█' * full}{_EIGHTHS[rest] if full < _BAR else ''}".ljust(_BAR)[:_BAR]


def _marked(state: State) -> list[tuple[NextToken, str]]:
    """The candidates, each with what it is chosen for."""
    tokens, target = expected(state)
    request = state.request

    def mark(token: NextToken) -> str:
        names = {f"id:{token.id}", token.text}
        if request.contrast in names:
            return CONTRAST
        if request.target in names:
            return TARGET
        own = request.target is None and target is not None and target.id == token.id
        return TARGET if own else " "

    return [(token, mark(token)) for token in tokens]
