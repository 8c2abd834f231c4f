"""Many questions at once, and a judge that has their answers ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from threading import Event

from noiser.beside import LOOK, beside
from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.judge.cache import CacheUnusable
from noiser.judge.protocol import BatchJudge, Judge, Reply
from noiser.model.stopping import check

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

    Together: on their way to a server, or in one batch of a local model. `watch` gets how many are done,
    of how many. Cancelled as soon as `cancel` is set: replies that came by then are in the judge's cache,
    and so is one that is on its way, should it come while the process lasts. CacheUnusable where they
    cannot be kept there.
    """
    asked = list(dict.fromkeys(tuple(words) for words in questions))
    batched = isinstance(judge, BatchJudge) and judge.batches
    size, workers = (at_once, 1) if batched else (1, at_once)
    waiting = [asked[i : i + size] for i in range(0, len(asked), size)]
    waiting.reverse()
    outcomes: dict[Words, Reply | NoiserError] = {}
    running: dict[Future[list[Reply | NoiserError]], list[Words]] = {}
    while waiting or running:
        check(cancel)
        while waiting and len(running) < workers:
            group = waiting.pop()
            running[beside(partial(_ask, judge, group), "judge")] = group
        for done in wait(running, LOOK, FIRST_COMPLETED).done:
            outcomes |= zip(running.pop(done), done.result(), strict=True)
            watch(len(outcomes), len(asked))
    return Replies(outcomes)


def _ask(judge: Judge, group: Sequence[Words]) -> list[Reply | NoiserError]:
    try:
        if isinstance(judge, BatchJudge):
            return judge.ask_each(group)
        return [judge.ask(words) for words in group]
    except (Cancelled, CacheUnusable):
        raise
    except NoiserError as error:
        return [error] * len(group)
