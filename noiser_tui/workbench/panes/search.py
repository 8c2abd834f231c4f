"""The search as it narrows, or as it did: per token a bracket on a scale, and who decides."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser.events import Bracket, SearchNarrowed
from noiser.export import wording
from noiser_tui.look.cells import by_itself, cell_width, one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.panes.brackets import drawn, ruler
from noiser_tui.workbench.replay import replayed
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets import search_text
from noiser_tui.workbench.widgets.drawn_pane import refresh_changed

LABEL, UNIT_LABEL, NUMBERS, STATUS = 12, 28, 14, 14
LOW = 5
"""Lines under which there is none for the ruler."""


class SearchPane(DeskView):
    """The search of the explanation on top."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield SearchLines(self.pens, id="search")

    def draw(self, desk: Desk) -> None:
        """Show the search of what is on top."""
        self.query_one(SearchLines).show_state(desk.explanation, linear=desk.linear)


class SearchLines(ScrollView, can_focus=True):
    """A line of summary, warnings, then one line per token, most fragile first."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._head: list[list[Segment]] = []
        self._order: list[int] = []
        self._ordered: SearchNarrowed | None = None
        self._foot: list[list[Segment]] = []
        self._state: State | None = None
        self._given: State | None = None
        self._linear = False
        self._drawn: list[list[Segment]] = []

    def show_state(self, given: State | None, *, linear: bool = False) -> None:
        """Draw the search and the warnings of a state, at the step that is looked at."""
        self._given, self._linear = given, linear
        state = replayed(given) if given is not None else None
        self._state = state
        if given is None or state is None:
            other = "The search is of an explanation: its tab is not on top."
            self._head, self._order, self._foot = self._sentence(other, self.pens.muted), [], []
            self._ordered = None
        else:
            self._head = self._heading(state)
            if self._ordered is not state.run.search:
                self._ordered, self._order = state.run.search, _fragile_first(state)
            told = search_text.below_the_search(given)
            self._foot = [line for one in told for line in self._sentence(one, self.pens.muted)]
        size = Size(self._width, len(self._head) + len(self._order) + len(self._foot))
        if size != self.virtual_size:
            self.virtual_size = size
        visible = range(self.scroll_offset.y, self.scroll_offset.y + self.size.height)
        self._drawn = refresh_changed(self, self._drawn, [self._line(y) for y in visible])

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self._drawn = []
        self._show_again()
        self.refresh()

    def on_mount(self) -> None:
        """Fit sentences again when a scroll bar takes a column, or gives it back."""
        self.watch(self, "show_vertical_scrollbar", self._fit_again, init=False)

    def _fit_again(self) -> None:
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Fit sentences to the new width."""
        self._show_again()

    def _show_again(self) -> None:
        self.show_state(self._given, linear=self._linear)

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
        pens, warned = self.pens, search_text.warned(state.run)
        told = [(text, pens.muted) for text in search_text.expectations(state)]
        told += [(f"⚠ {sentence}", pens.warning) for sentence in warned]
        lines = [line for text, style in told for line in self._sentence(text, style)]
        ruler = [self._ruler(state)] if state.run.search is not None and self._lines >= LOW else []
        return [self._summary(state), *lines, *ruler]

    def _ruler(self, state: State) -> list[Segment]:
        label, width = self._columns(state)
        name = f"α, {'linear' if self._linear else 'log'}"
        text = ruler(width, linear=self._linear)
        return [Segment(f" {name:<{label}}{text}", self.pens.muted)]

    @property
    def _lines(self) -> int:
        return self.size.height

    def _columns(self, state: State) -> tuple[int, int]:
        """Cells of a name and of a bracket."""
        label = LABEL if state.run.inside or not state.run.names else self._unit_label
        return label, max(8, self._width - label - NUMBERS - STATUS - 3)

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
            return [Segment(f" {spoken(self, search_text.without_search(state))}", self.pens.muted)]
        search = state.run.search
        step = f" step {min(search.step, search.steps)}/{search.steps}"
        if search.step > search.steps:
            step += f"+{search.step - search.steps}"
        if state.replay:
            step += " (replay)"
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
        label, width = self._columns(state)
        name = one_line(by_itself(_text(state, position)), label - 1)
        name += " " * (label - cell_width(name))
        style = pens.strong if decides else pens.plain if bracket.out_at is None else pens.muted
        numbers = f"{wording.scale(bracket.low)}–{wording.scale(bracket.high)}"
        status, status_style = self._status(bracket, decides)
        return [
            Segment(f" {name}", style),
            *drawn(
                bracket, width, pens.accent if decides else style, pens.muted, linear=self._linear
            ),
            Segment(f" {numbers:<{NUMBERS - 1}} ", style),
            Segment(status, status_style),
        ]

    def _status(self, bracket: Bracket, decides: bool) -> tuple[str, Style]:
        assert self._state is not None
        assert self._state.run.search is not None
        run = self._state.run
        done = run.found is not None
        fast = self._state.request.search == "fast" or (run.preview and not run.refining)
        untouched = bracket.low == 0.0 and bracket.high == 1.0
        if bracket.out_at is not None and (fast or untouched):
            tried = "flips" if bracket.high < 1.0 else "holds" if bracket.low > 0.0 else "not tried"
            return tried, self.pens.muted
        if bracket.out_at is not None:
            return f"out at step {bracket.out_at}", self.pens.muted
        if done and bracket.high == 1.0:
            return "never flips", self.pens.warning
        if decides and (done or len(self._state.run.search.leaders) <= 3):
            return "decides", self.pens.accent
        return ("searched" if done else "searching"), self.pens.plain


def _fragile_first(state: State) -> list[int]:
    if state.run.search is None:
        return []
    brackets, leaders = state.run.search.brackets, state.run.search.leaders
    return sorted(brackets, key=lambda i: (i not in leaders, brackets[i].low, i))


def _text(state: State, position: int) -> str:
    text = state.run.text_at(position)
    return text.strip(" ") or text


def _names(state: State, positions: tuple[int, ...]) -> str:
    return ", ".join(f"“{one_line(by_itself(_text(state, i)), 16)}”" for i in positions)
