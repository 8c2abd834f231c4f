"""The problems: each with its token, to which Enter goes."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import ComposeResult
from textual.widget import Widget

from noiser_tui.look.cells import by_itself, cell_width, one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.problems import Problem, problems
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.row_list import Row, RowList

MARKS = {"error": "✗ ", "warning": "⚠ "}
MOST = 3
"""Lines that the whole sentence of a problem takes at most, and not more than a third of the view."""


class Whole(DrawnPane[Problem]):
    """The whole sentence of the problem under the cursor, where its row has no room for it."""

    def show_state(self, state: Problem) -> None:
        """Show another problem, on as many lines as it takes."""
        self.state = state
        if isinstance(self.parent, Widget):
            room = self.parent.size
            lines = self._wrapped(room.width)
            self.styles.height = max(1, min(len(lines), room.height // 3))
        super().show_state(state)

    def line(self, y: int, width: int) -> list[Segment]:
        """One line of it."""
        lines = self._wrapped(width)
        return [Segment(f"   {lines[y]}", self.pens.muted)] if y < len(lines) else []

    def _wrapped(self, width: int) -> list[str]:
        sentence = visible(self.state.sentence) if self.state is not None else ""
        return chop_words(sentence, max(10, width - 4))[:MOST]


class ProblemsPane(DeskView):
    """A list of all problems; a key walks through it from anywhere."""

    choosing = "go_to_problem"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._problems: tuple[Problem, ...] = ()
        self.gone_to: Problem | None = None

    def compose(self) -> ComposeResult:
        """The list, and below it the sentence that is cut in it."""
        yield RowList(self.pens, id="problems", empty="No problems.")
        yield Whole(self.pens, id="problem")

    @property
    def pointed(self) -> Problem | None:
        """The problem under the cursor."""
        return self._problems[int(self.key)] if self.key else None

    def draw(self, desk: Desk) -> None:
        """Show the problems there are now."""
        now = problems(desk)
        if now != self._problems:
            self._problems = now
            self.query_one(RowList).show_rows([_row(i, one) for i, one in enumerate(now)])
        self._show_whole()

    def step(self, by: int) -> None:
        """Put the cursor on the next problem, or the one before, round the ends.

        It stays where it is on a problem that nobody went to yet.
        """
        if self._problems and self.pointed == self.gone_to:
            self.query_one(RowList).point_at((int(self.key or 0) + by) % len(self._problems))

    def on_resize(self) -> None:
        """Another width cuts other sentences."""
        self._show_whole()

    def tell(self) -> None:
        """Show all of what is under the cursor."""
        self._show_whole()

    def _show_whole(self) -> None:
        whole, one = self.query_one(Whole), self.pointed
        cut = one is not None and cell_width(visible(one.sentence)) > self._room(one)
        whole.display = cut
        if one is not None:
            whole.show_state(one)

    def _room(self, problem: Problem) -> int:
        """Cells that a row leaves its sentence."""
        return self.size.width - 5 - cell_width(_row(0, problem).more)


def _row(index: int, problem: Problem) -> Row:
    where = one_line(by_itself(problem.where.strip() or problem.where), 24)
    if problem.position is not None and problem.row is None:
        where = f"“{where}” at {problem.position}"
    return Row(
        str(index), problem.sentence, more=where, tone=problem.kind, mark=MARKS[problem.kind]
    )
