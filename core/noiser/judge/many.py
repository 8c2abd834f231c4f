"""Many questions at once, and a judge that has their answers ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.judge.protocol import Judge, Reply

AT_ONCE = 8
"""Questions on their way at the same time."""

Words = tuple[str, ...]


class Replies:
    """A judge with its answers ready: each question was asked before, once, and replied or failed."""

    def __init__(self, outcomes: dict[Words, Reply | NoiserError]) -> None:
        self.outcomes = outcomes

    def ask(self, words: Sequence[str]) -> Reply:
        """The reply that came; the NoiserError that came instead."""
        outcome = self.outcomes[tuple(words)]
        if isinstance(outcome, NoiserError):
            raise outcome
        return outcome

    @property
    def unasked(self) -> tuple[BudgetSpent, ...]:
        """Why questions were not asked where the budget was spent, one for each of them."""
        return tuple(one for one in self.outcomes.values() if isinstance(one, BudgetSpent))


def ask_many(
    judge: Judge,
    questions: Iterable[Sequence[str]],
    *,
    at_once: int = AT_ONCE,
    cancel: Event | None = None,
    watch: Callable[[int, int], None] = lambda done, all_: None,
) -> Replies:
    """Ask every different question once, `at_once` of them together; a failure stays with its question.

    `watch` gets how many are done, of how many. Cancelled, after those on their way, where `cancel` is
    set; replies that came by then are in the judge's cache.
    """
    waiting = list(dict.fromkeys(tuple(words) for words in questions))
    total = len(waiting)
    waiting.reverse()
    outcomes: dict[Words, Reply | NoiserError] = {}
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        running: dict[Future[Reply | NoiserError], Words] = {}
        while waiting or running:
            while waiting and len(running) < at_once and not _is_set(cancel):
                words = waiting.pop()
                running[pool.submit(_ask, judge, words)] = words
            if not running:
                raise Cancelled
            for done in wait(running, timeout=0.2, return_when=FIRST_COMPLETED).done:
                outcomes[running.pop(done)] = done.result()
                watch(len(outcomes), total)
    return Replies(outcomes)


def _ask(judge: Judge, words: Words) -> Reply | NoiserError:
    try:
        return judge.ask(words)
    except Cancelled:
        raise
    except NoiserError as error:
        return error


def _is_set(cancel: Event | None) -> bool:
    return cancel is not None and cancel.is_set()
