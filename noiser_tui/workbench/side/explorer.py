"""The explorer: the folder it was started in, the built-in examples, the data sets."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message

from noiser.errors import NoiserError
from noiser.files import expand
from noiser_tui.look.cells import by_itself, visible
from noiser_tui.settings.places import start_folder
from noiser_tui.workbench import explorer_tree
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.chat_form import last_said
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.explorer_tree import NOT_HERE, Node, Prompt
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList
from noiser_tui.workbench.widgets.words import Paragraphs, Words

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


_KEYS = (
    ("find_sample", "find"),
    ("explain_all_here", "all"),
    ("read_explorer_again", "read"),
)


class Explorer(DeskView):
    """A tree; what is under a branch is read when it is first unfolded, off the loop."""

    class Opened(Message):
        """Something to explain was chosen: a text, or a file."""

        def __init__(self, what: Prompt | Path) -> None:
            super().__init__()
            self.what = what

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._folder = Path()
        self._roots: list[Node] = []
        self._under: dict[str, list[Node]] = {}
        self._open: set[str] = set()
        self._errors: dict[str, str] = {}
        self._counts: dict[str, str] = {}
        self._reading: dict[str, Event] = {}
        """The branches that are being read, each with what cancels it."""
        self._listed: dict[str, Node] = {}

    def compose(self) -> ComposeResult:
        """The tree and its keys."""
        yield RowList(self.pens, id="tree", empty="Nothing to explain here.")
        yield Words(self.pens)
        yield RowKeys(self.pens, _KEYS)

    def on_mount(self) -> None:
        """Count what is here."""
        super().on_mount()
        self.count()

    def count(self) -> None:
        """Count the examples and what is here of the data sets, beside the loop."""
        failed = cast("Workbench", self.app).refuse
        beside(self, explorer_tree.counts, use=self._counted, failed=failed)

    def _counted(self, counts: dict[str, str]) -> None:
        self._counts = counts
        self._show()

    def draw(self, desk: Desk) -> None:
        """Read the folder when the view is first shown."""
        folder = self._start()
        if not self._roots or folder != self._folder:
            self._folder = folder
            self.read_again()

    def _start(self) -> Path:
        """The folder of the settings, else the one that the workbench was started in."""
        given = cast("Workbench", self.app).values.files.folder
        return Path(given) if given else start_folder()

    def read_again(self) -> None:
        """Read the folder, and what is unfolded, again."""
        try:
            self._roots = explorer_tree.roots(start_folder() / expand(self._folder))
        except (NoiserError, OSError) as error:
            why = f"{self._folder}: {getattr(error, 'strerror', error)}"
            self._roots = [Node("here", why, heading=True)]
        self._under = {
            k: v for k, v in self._under.items() if not k.startswith(("folder", "table"))
        }
        for key in self._open - self._under.keys():
            self._read(key)
        self._show()

    @property
    def found_among(self) -> tuple[str, list[Node]]:
        """The unfolded list of prompts that the cursor stands on or in, by name; else all that is listed."""
        for key in self._open & self._under.keys():
            under = self._under[key]
            if not key.startswith("folder:") and self.key in (key, *(one.key for one in under)):
                return self._listed[key].name, under
        return "", [one for one in self._listed.values() if one.opens is not None]

    @property
    def table(self) -> Path | None:
        """The file of many prompts that the cursor stands on, or in; None where it is on none."""
        kind, _, rest = (self.key or "").partition("table:")
        inside = not kind or kind.startswith("sample:")
        return Path(rest) if rest and inside else None

    async def choose(self, row: Row) -> None:
        """Open the leaf."""
        node = self._listed.get(row.key)
        if node is not None and node.opens is not None and not node.branch:
            self.post_message(self.Opened(node.opens))

    def on_row_list_folded(self, message: RowList.Folded) -> None:
        """Unfold or fold a branch."""
        key = message.row.key
        if key in self._open:
            self._open.discard(key)
            self._leave(key)
        else:
            self._open.add(key)
            if key not in self._under:
                self._read(key)
        self._show()

    def _read(self, key: str) -> None:
        """Read a branch in a thread of its own: a data set may have to be fetched first."""
        self._errors.pop(key, None)
        self._leave(key)
        cancel = self._reading[key] = Event()
        work = partial(explorer_tree.children, key, cancel)
        known, lost = partial(self._known, key, cancel), partial(self._lost, key, cancel)
        beside(self, work, use=known, failed=lost)

    @property
    def fetching(self) -> bool:
        """Whether a data set is being fetched."""
        return any(map(explorer_tree.may_be_fetched, self._reading))

    def stop_fetching(self) -> None:
        """Fold the data sets that are being fetched, whatever their servers do; none of them is kept."""
        for key in filter(explorer_tree.may_be_fetched, list(self._reading)):
            self._open.discard(key)
            self._leave(key)
        self._show()

    def _leave(self, key: str) -> None:
        """Wait no longer for a branch."""
        if (cancel := self._reading.pop(key, None)) is not None:
            cancel.set()

    def _known(self, key: str, cancel: Event, nodes: list[Node]) -> None:
        if cancel.is_set():
            return
        del self._reading[key]
        self._under[key] = nodes
        self._show()

    def _lost(self, key: str, cancel: Event, why: str) -> None:
        if cancel.is_set():
            return
        del self._reading[key]
        self._errors[key] = why
        cast("Workbench", self.app).refuse(why, lasting=True)  # its row has no room for a sentence
        self._show()

    def _show(self) -> None:
        self._listed = {}
        self.query_one(RowList).show_rows(self._rows(self._roots, 0))
        self.tell()

    def tell(self) -> None:
        """Say in whole what is under the cursor: its row is short."""
        key = self.key
        node, error = self._listed.get(key), self._errors.get(key.removeprefix("error:"))
        words: Paragraphs = ()
        if error is not None:
            words = ((error, "error"),)
        elif node is not None:
            fetch = "Unfolding fetches it." if self._more(node) == NOT_HERE else ""
            words = ((node.what, "accent"), (fetch, "muted"))
            if isinstance(node.opens, Prompt):
                expects = f"expects “{by_itself(node.opens.expects)}”" if node.opens.expects else ""
                words = ((last_said(node.opens.text), "accent"), (expects, "muted"))
            elif not node.what:
                words = ((node.name, "accent"),)
        self.query_one(Words).show_state(tuple(one for one in words if one[0]))

    def _more(self, node: Node) -> str:
        """What stands beside a name: how many are under it, as far as that is known."""
        under = self._under.get(node.key, [])
        return f"{len(under):,}" if node.branch and under else self._counts.get(node.key, node.more)

    def _rows(self, nodes: list[Node], depth: int) -> list[Row]:
        rows: list[Row] = []
        for node in nodes:
            self._listed[node.key] = node
            is_open = node.key in self._open
            under = self._under.get(node.key, [])
            fold = is_open if node.branch else None
            rows.append(
                Row(
                    node.key,
                    visible(node.name),
                    self._more(node),
                    depth,
                    fold,
                    heading=node.heading,
                )
            )
            if not is_open:
                continue
            if node.key in self._errors:
                told = Row(
                    f"error:{node.key}", self._errors[node.key], depth=depth + 1, tone="error"
                )
                rows.append(told)
            elif node.key not in self._under:
                fetched = self._more(node) == NOT_HERE
                words = "is being fetched; Esc leaves it" if fetched else "is being read"
                rows.append(Row(f"wait:{node.key}", words, depth=depth + 1, tone="muted"))
            rows += self._rows(under, depth + 1)
        return rows
