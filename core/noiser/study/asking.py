"""Asking a study's judge about rows while the next ones are explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType

from noiser.study.claims import Outcome, Task

_PATIENCE = 0.2
"""Seconds between two looks at whether the run is cancelled."""


class Asking:
    """Up to `most` rows about which a judge is asked, each in a thread of its own."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads = ThreadPoolExecutor(max_workers=most, thread_name_prefix="judge")
        self._rows: dict[Future[Outcome], Task] = {}

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether any row is with the judge."""
        return bool(self._rows)

    @property
    def full(self) -> bool:
        """Whether no other row has room."""
        return len(self._rows) >= self._most

    def begin(self, task: Task, ask: Callable[[], Outcome]) -> None:
        """Have `ask` done for a row."""
        self._rows[self._threads.submit(ask)] = task

    def ended(self, *, patiently: bool) -> Iterator[tuple[Task, Future[Outcome]]]:
        """The rows that the judge is done with, each given up when it comes; `patiently` waits for one."""
        for one in wait(self._rows, _PATIENCE if patiently else 0.0, FIRST_COMPLETED).done:
            yield self._rows.pop(one), one

    def rest(self) -> list[tuple[Task, Future[Outcome]]]:
        """All the others, when each has come to its end."""
        wait(self._rows)
        left = [(task, one) for one, task in self._rows.items()]
        self._rows.clear()
        return left
