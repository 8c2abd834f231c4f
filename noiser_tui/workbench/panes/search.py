"""The search as it narrows: per token a bracket on a logarithmic scale, and who decides."""

from __future__ import annotations

import math

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser.events import Bracket
from noiser.export import wording
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shell.side_bar import DeskView
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets import search_text
from noiser_tui.workbench.widgets.drawn_pane import refresh_changed

LABEL, UNIT_LABEL, NUMBERS, STATUS = 12, 28, 14, 14
LOWEST = 2.0**-10
"""The left end of the scale: the finest step of the default grid; what lies below is drawn there."""


class SearchPane(DeskView):
    """The search of the explanation on top."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield SearchLines(self.pens, id="search")

    def draw(self, desk: Desk) -> None:
        """Show the search of what is on top; of another kind of document nothing."""
        if desk.explanation is not None:
            self.query_one(SearchLines).show_state(desk.explanation)


class SearchLines(ScrollView, can_focus=True):
    """A line of summary, warnings, then one line per token, most fragile first."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._head: list[list[Segment]] = []
        self._order: list[int] = []
        self._foot: list[list[Segment]] = []
        self._state: State | None = None
        self._drawn: list[list[Segment]] = []

    def show_state(self, state: State) -> None:
        """Draw the search and the warnings of a state."""
        self._state = state
        self._head = self._heading(state)
        self._order = _fragile_first(state)
        foot = search_text.why_no_preview(state.run) if state.phase == "ready" else ""
        self._foot = self._sentence(foot, self.pens.muted) if state.run.explanation else []
        size = Size(self._width, len(self._head) + len(self._order) + len(self._foot))
        if size != self.virtual_size:
            self.virtual_size = size
        visible = range(self.scroll_offset.y, self.scroll_offset.y + self.size.height)
        self._drawn = refresh_changed(self, self._drawn, [self._line(y) for y in visible])

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self._drawn = []
        if self._state is not None:
            self.show_state(self._state)
        self.refresh()

    def on_mount(self) -> None:
        """Fit sentences again when a scroll bar takes a column, or gives it back."""
        self.watch(self, "show_vertical_scrollbar", self._fit_again, init=False)

    def _fit_again(self) -> None:
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Fit sentences to the new width."""
        if self._state is not None:
            self.show_state(self._state)

    def render_line(self, y: int) -> Strip:
        """One line: heading first, then tokens."""
        segments = self._line(y + self.scroll_offset.y)
        return Strip(segments).adjust_cell_length(self.size.width, self.pens.plain)

    def _line(self, y: int) -> list[Segment]:
        if y < len(self._head):
            return self._head[y]
        y -= len(self._head)
        if y < len(self._order):
            return self._token(self._order[y])
        y -= len(self._order)
        return self._foot[y] if y < len(self._foot) else []

    def _heading(self, state: State) -> list[list[Segment]]:
        """The summary, what is expected, the warnings: whole sentences."""
        pens, distinct = self.pens, search_text.distinct(state.run.warnings)
        told = [(text, pens.muted) for text in search_text.expectations(state)]
        told += [(f"⚠ {warning.message}", pens.warning) for warning in distinct]
        lines = [line for text, style in told for line in self._sentence(text, style)]
        return [self._summary(state), *lines]

    def _sentence(self, text: str, style: Style) -> list[list[Segment]]:
        """A sentence over as many lines as it takes, none for an empty one."""
        if not text:
            return []
        lines = chop_words(visible(text), max(10, self._width - 2))
        return [[Segment(f" {line}", style)] for line in lines]

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _unit_label(self) -> int:
        return max(LABEL, min(UNIT_LABEL, self._width // 4))

    def _summary(self, state: State) -> list[Segment]:
        """Step, α and who decides it, who is left, work; what does not fit is left out from the end."""
        if state.run.search is None:
            return [Segment(f" {search_text.without_search(state)}", self.pens.muted)]
        search = state.run.search
        step = f" step {min(search.step, search.steps)}/{search.steps}"
        if search.step > search.steps:
            step += f"+{search.step - search.steps}"
        parts = [Segment(step, self.pens.plain), *self._scale(state)]
        if state.run.found is None:
            used = sum(cell_width(part.text) + 3 for part in parts)
            parts.append(Segment(search_text.left(state.run, self._width - used), self.pens.plain))
        used = sum(cell_width(part.text) + 3 for part in parts)
        parts.append(Segment(search_text.work(state.run, self._width - used), self.pens.muted))
        gap = Segment("   ", self.pens.plain)
        return [one for part in parts for one in (part, gap)]

    def _scale(self, state: State) -> list[Segment]:
        """What is known of α, and the token that decides it."""
        search, pens = state.run.search, self.pens
        assert search is not None
        if not search.leaders:
            what = state.run.searched.removesuffix("s")
            return [Segment(f"each {what} its own α", pens.plain)]
        bracket = search.brackets[search.leaders[0]]
        star = "α*" if state.request.bound == "min" else "α"
        done = state.run.found
        if done is not None and done.alpha is not None:
            alpha = f"{star} {wording.scale(done.alpha)}"
            if done.zoom is not None:
                alpha += f", inside {wording.scale(done.zoom.alpha)}"
        else:
            alpha = f"{star} ∈ [{wording.scale(bracket.low)}, {wording.scale(bracket.high)}]"
        parts = [Segment(alpha, pens.accent)]
        if len(search.leaders) <= 2:
            parts.append(Segment(f"decided by {_names(state, search.leaders)}", pens.plain))
        return parts

    def _token(self, position: int) -> list[Segment]:
        state, pens = self._state, self.pens
        assert state is not None
        assert state.run.search is not None
        bracket = state.run.search.brackets[position]
        decides = position in state.run.search.leaders
        label = LABEL if state.run.inside or not state.run.names else self._unit_label
        width = max(8, self._width - label - NUMBERS - STATUS - 3)
        name = one_line(_text(state, position), label - 1)
        name += " " * (label - cell_width(name))
        style = pens.strong if decides else pens.plain if bracket.out_at is None else pens.muted
        numbers = f"{wording.scale(bracket.low)}–{wording.scale(bracket.high)}"
        status, status_style = self._status(bracket, decides)
        return [
            Segment(f" {name}", style),
            *self._bracket(bracket, width, pens.accent if decides else style),
            Segment(f" {numbers:<{NUMBERS}}", style),
            Segment(status, status_style),
        ]

    def _status(self, bracket: Bracket, decides: bool) -> tuple[str, Style]:
        assert self._state is not None
        assert self._state.run.search is not None
        run = self._state.run
        done = run.found is not None
        fast = self._state.request.search == "fast" or (run.preview and not run.refining)
        if bracket.out_at is not None and fast:
            tried = "flips" if bracket.high < 1.0 else "holds" if bracket.low > 0.0 else "not tried"
            return tried, self.pens.muted
        if bracket.out_at is not None:
            return f"out at step {bracket.out_at}", self.pens.muted
        if done and bracket.high == 1.0:
            return "never flips", self.pens.warning
        if decides and (done or len(self._state.run.search.leaders) <= 3):
            return "decides", self.pens.accent
        return ("searched" if done else "searching"), self.pens.plain

    def _bracket(self, bracket: Bracket, width: int, style: Style) -> list[Segment]:
        low, high = _place(bracket.low, width), _place(bracket.high, width)
        if high <= low:
            low, high = (low, low + 1) if low < width - 1 else (low - 1, low)
        inside = "━" * (high - low - 1)
        rail = self.pens.muted
        return [
            Segment("─" * low, rail),
            Segment("├" + inside + "┤", style),
            Segment("─" * (width - high - 1), rail),
        ]


def _place(scale: float, width: int) -> int:
    """The cell of a scale on a logarithmic axis from LOWEST to 1."""
    share = 1 - math.log(max(scale, LOWEST)) / math.log(LOWEST)
    return round(share * (width - 1))


def _fragile_first(state: State) -> list[int]:
    if state.run.search is None:
        return []
    brackets, leaders = state.run.search.brackets, state.run.search.leaders
    return sorted(brackets, key=lambda i: (i not in leaders, brackets[i].low, i))


def _text(state: State, position: int) -> str:
    text = state.run.text_at(position)
    return text.strip(" ") or text


def _names(state: State, positions: tuple[int, ...]) -> str:
    return ", ".join(f"“{one_line(_text(state, i), 16)}”" for i in positions)
