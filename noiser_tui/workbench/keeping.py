"""The store of runs behind the workbench: a thread of its own, so that no disk is waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from noiser.errors import NoiserError

if TYPE_CHECKING:
    from pathlib import Path

    from noiser.record import Saved
    from noiser_tui.history.entry import Entry
    from noiser_tui.history.runs import RunStore

KEPT = 1000
"""Runs that are kept beside the pinned ones, unless the settings say another number."""
PATIENCE = 5.0
"""Seconds that leaving waits for what is still to be written; a long prompt takes one."""
Later = Callable[[Callable[[], object]], object]
"""Has something called on the event loop, from any thread."""
Place: TypeAlias = int | tuple[int, int]
"""What shows a run: a document, or a line of one."""
T = TypeVar("T")


class Keeping:
    """The runs in a folder, by default the user's own; what is asked is done in order.

    The thread begins with the first question, and prunes the store to `keep` runs then. It is a daemon:
    `close` waits for what is still to be written, not for a disk that hangs.
    """

    def __init__(self, later: Later, *, keep: int = KEPT, folder: Path | None = None) -> None:
        self._later = later
        self._keep = keep
        self._folder = folder
        self._asked: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._store: RunStore | None = None
        self._last: dict[Place, str] = {}
        self._on_the_way: dict[int, str] = {}
        self._open = 0

    def ask(
        self,
        work: Callable[[RunStore], T],
        use: Callable[[T], object],
        failed: Callable[[str], object],
    ) -> None:
        """Do `work` in the thread; the loop then gets what it gave, or why not in one sentence."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
            self._thread.start()
        self._open += 1
        self._asked.put(partial(self._answer, work, self._taken(use), self._taken(failed)))

    def _taken(self, take: Callable[[T], object]) -> Callable[[T], object]:
        """`take`, after which one question less is open; on the loop, as `ask`."""

        def taken(answer: T) -> object:
            self._open -= 1
            return take(answer)

        return taken

    @property
    def busy(self) -> bool:
        """Whether something that was asked is not answered yet, or its answer not taken."""
        return self._open > 0

    def keep(
        self,
        document: Place,
        saved: Callable[[], Saved],
        run: str | None,
        use: Callable[[Entry], object],
        failed: Callable[[str], object],
        job: int = 0,
    ) -> None:
        """Keep what a document shows, in place of `run` or of what was kept of it last; None is new.

        What was kept of the same `job` on the way gives way to it, too. `saved` makes it, in the thread. What
        another workbench deleted meanwhile is a new run again.
        """

        def work(store: RunStore) -> Entry:
            from noiser_tui.history.run_files import NoSuchRun

            before = "" if run is None else self._last.get(document, run)
            before = self._on_the_way.get(job, before)
            found = saved()
            try:
                entry = store.replace(before, found) if before else store.add(found)
            except NoSuchRun:
                entry = store.add(found)
            self._last[document] = entry.id
            if job:
                self._on_the_way[job] = entry.id
            return entry

        self.ask(work, use, failed)

    def keep_beside(
        self,
        document: int,
        saved: Saved,
        run: str,
        write: Callable[[RunStore, str], object],
        use: Callable[[str], object],
        failed: Callable[[str], object],
    ) -> None:
        """Keep what was measured of what a document shows beside its run; `write` does, in the thread.

        It is `run`, or the one that was kept of the document last; what is kept nowhere, as it was opened
        from a file, is kept first. `use` gets the run.
        """

        def work(store: RunStore) -> str:
            there = self._last.get(document, run)
            if not there:
                there = self._last[document] = store.add(saved).id
            write(store, there)
            return there

        self.ask(work, use, failed)

    @property
    def kept(self) -> dict[Place, str]:
        """The run that was kept last of each document."""
        return dict(self._last)

    def begin(self, document: Place) -> None:
        """What a document shows from now on is another run."""
        self._last.pop(document, None)

    def forget(self, run: str) -> None:
        """A run is deleted: what comes of it later is kept as a new one."""
        for place in [place for place, one in list(self._last.items()) if one == run]:
            self._last.pop(place, None)
        for job in [job for job, one in list(self._on_the_way.items()) if one == run]:
            self._on_the_way.pop(job, None)

    def close(self, patience: float = PATIENCE) -> None:
        """Write what is still to be written and let go of the store; from any thread, more than once."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join(patience)

    def _work(self) -> None:
        while (job := self._asked.get()) is not None:
            job()
        if self._store is not None:
            self._store.close()

    def _answer(
        self,
        work: Callable[[RunStore], T],
        use: Callable[[T], object],
        failed: Callable[[str], object],
    ) -> None:
        try:
            made = work(self._opened())
        except NoiserError as error:
            self._later(partial(failed, str(error)))
        except Exception as error:  # noqa: BLE001  # the thread must live on: other runs are to be kept
            self._later(partial(failed, f"{type(error).__name__}: {error}"))
        else:
            self._later(partial(use, made))

    def _opened(self) -> RunStore:
        if self._store is None:
            from noiser_tui.history.runs import RunStore  # here: SQLite is not on the first screen

            self._store = RunStore(self._folder)
            self._store.prune(self._keep)
        return self._store
