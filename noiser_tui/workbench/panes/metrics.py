"""The metrics of the explanation on top, filling in as they are measured."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import ComposeResult

from noiser_tui.look.cells import cell_width
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.measured import LEFT
from noiser_tui.workbench.panes.metric_lines import curves, hard, note, soft, verdict
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.measured_by import made_by, room_in_header
from noiser_tui.workbench.widgets.scrolled_lines import Lines, ScrolledLines

TWO_COLUMNS = 104
"""Cells from which on the blocks stand beside each other."""
LINES = list[list[Segment]]


class MetricsPane(DeskView):
    """What was measured of the explanation on top, and what a judge made of it."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield MetricsLines(self.pens, id="metrics")

    def draw(self, desk: Desk) -> None:
        """Show the metrics of what is on top."""
        self.query_one(MetricsLines).show_page(desk.explanation, desk.active.kind)


NOT_HERE = {
    "comparison": "A comparison has no metrics of its own: open one of its rows (Enter), and measure "
    "that (Alt+X).",
    "study": "A study measures by its own file, and its numbers stand in its grid: metrics here are of "
    "one explanation, open a sample of a cell (Enter) to measure it.",
    "prompts": "Metrics are of one prompt: open one of these (Enter), and measure that (Alt+X).",
    "text": "Metrics are of an explanation: this is a file that is no prompt.",
    "settings": "Metrics are of an explanation: its tab is not on top. What is measured, and who is "
    "asked as a judge, stands among the settings under METRICS and JUDGE.",
}
"""Why there is nothing here, by the kind of the document on top."""


class MetricsLines(ScrolledLines):
    """Blocks of lines, in one column or in two."""

    margin = 4
    page: State | None = None
    kind: str = State.kind

    def show_page(self, page: State | None, kind: str = State.kind) -> None:
        """Show what is known of another page, or why there is nothing, by its kind."""
        before, self.page, self.kind = self.page, page, kind
        if before is None or page is None or _drawn_of(before) != _drawn_of(page):
            self.make()
        if before is None or page is None or before.measured is page.measured:
            return
        if page.measured.doing != before.measured.doing != "asking the judge":
            self.call_after_refresh(self.scroll_home, animate=False)  # what is done is said there
        if page.measured.verdict is not None and before.measured.verdict is None:
            self.call_after_refresh(self.scroll_end, animate=False)

    def lines(self, width: int) -> Lines:
        """A line on what is being done, then the blocks that are there."""
        page = self.page
        if page is None:
            why = NOT_HERE.get(self.kind, "Metrics are of an explanation: its tab is not on top.")
            return note(spoken(self, why), self.pens, width)
        now = page.measured
        told = note(spoken(self, _doing(page)), self.pens, width)
        two = width >= TWO_COLUMNS
        room = width // 2 - 1 if two else width
        left = [soft(now.soft, self.pens, room)] if now.soft is not None else []
        left += [hard(now.hard, self.pens, room)] if now.hard is not None else []
        by = made_by(now)
        left += [note(by, self.pens, room)] if not room_in_header(by, self.size.width) else []
        right = [curves(now.curves, self.pens, room)] if now.curves is not None else []
        right += [verdict(now.verdict, self.pens, room)] if now.verdict is not None else []
        if not two or not left or not right:
            return [*told, *_stacked([*left, *right])]
        return [*told, *_beside(_stacked(left), _stacked(right), room, self)]


def _drawn_of(page: State) -> tuple[object, ...]:
    """What the lines are made of; the curves of a long generation take their time."""
    return id(page.measured), id(page.run.explanation), page.run.found is None


def _doing(page: State) -> str:
    now = page.measured
    if now.doing == "measuring":
        return f"Measuring {', '.join(now.missing)} …   Esc cancels"
    if now.doing:
        done = f", {now.answered} of {now.questions}" if now.questions else ""
        return f"Asking {now.asking}{done} …   Esc cancels"
    if now.left and page.run.found is not None:
        return LEFT[now.left]
    if now.known:
        return "" if page.run.explanation is not None else "These are of the scores before."
    if (explanation := page.run.explanation) is not None and explanation.explains in (
        "reward",
        "margin",
    ):
        return f"Metrics are of predictions, and a {explanation.explains} is explained here."
    if explanation is not None and not explanation.complete:
        return (
            "Metrics are of whole explanations, and this run was stopped: F5 explains to the end."
        )
    if page.run.found is None:
        return "Explain a prompt (F5); then Alt+X measures how faithful that is."
    return (
        "Alt+X measures how faithful these scores are, Alt+Y asks a judge whether they suffice. "
        "Shift+F6 and Shift+F7 are the options of both."
    )


def _stacked(blocks: list[LINES]) -> LINES:
    return [line for block in blocks for line in block]


def _beside(left: LINES, right: LINES, room: int, drawn: MetricsLines) -> LINES:
    plain = drawn.pens.plain
    lines = []
    for y in range(max(len(left), len(right))):
        line = left[y] if y < len(left) else []
        gap = room + 2 - sum(cell_width(one.text) for one in line)
        lines.append([*line, Segment(" " * gap, plain), *(right[y] if y < len(right) else [])])
    return lines
