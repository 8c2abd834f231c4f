"""Asking a study's judge about rows: while others are explained, or, where it computes here, together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType

from noiser.study.claims import Outcome, Task
from noiser.study.measures import Explained

_PATIENCE = 0.2
"""Seconds between two looks at whether the run is cancelled."""

Ask = Callable[[Explained, Outcome, float], Outcome]


class Asking:
    """Up to `most` rows about which a judge is asked by `ask`, each in a thread of its own.

    With `ahead` they wait until they are so many, or waited for: then it is called with all of them, and
    `ask` with each and with the seconds that came to it. Meanwhile there is no room for others.
    """

    def __init__(
        self, most: int, ask: Ask, ahead: Callable[[Sequence[Explained]], float] | None = None
    ) -> None:
        self._most = most
        self._ask = ask
        self._ahead = ahead
        workers = most if ahead is None else 1
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="judge")
        self._waiting: list[tuple[Task, Explained, Outcome]] = []
        self._rows: dict[Future[Outcome], Task] = {}

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether any row is with the judge, or waits for it."""
        return bool(self._rows or self._waiting)

    @property
    def full(self) -> bool:
        """Whether no other row has room."""
        together = self._ahead is not None and self._rows
        return bool(together) or len(self._rows) + len(self._waiting) >= self._most

    def begin(self, task: Task, case: Explained, outcome: Outcome) -> None:
        """Have the judge asked about a row."""
        if self._ahead is not None:
            self._waiting.append((task, case, outcome))
            return
        self._rows[self._threads.submit(self._ask, case, outcome, 0.0)] = task

    def ended(self, *, patiently: bool) -> Iterator[tuple[Task, Future[Outcome]]]:
        """The rows that the judge is done with, each given up when it comes; `patiently` waits for one."""
        if patiently and self._waiting:
            self._ask_together()
        until = FIRST_COMPLETED if self._ahead is None else ALL_COMPLETED
        for one in wait(self._rows, _PATIENCE if patiently else 0.0, until).done:
            yield self._rows.pop(one), one

    def rest(self) -> tuple[list[tuple[Task, Future[Outcome]]], list[Task]]:
        """All the others, when each has come to its end; and those of which nobody was asked."""
        wait(self._rows)
        asked = [(task, one) for one, task in self._rows.items()]
        unasked = [task for task, _, _ in self._waiting]
        self._rows.clear()
        self._waiting.clear()
        return asked, unasked

    def _ask_together(self) -> None:
        assert self._ahead is not None
        rows, self._waiting = self._waiting, []
        seconds = self._threads.submit(self._ahead, [case for _, case, _ in rows])
        for task, case, outcome in rows:  # one thread does them in this order
            self._rows[self._threads.submit(self._after, seconds, case, outcome)] = task

    def _after(self, seconds: Future[float], case: Explained, outcome: Outcome) -> Outcome:
        return self._ask(case, outcome, seconds.result())
