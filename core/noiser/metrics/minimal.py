"""Minimal sets: how few of an explanation's top words suffice for a judge to name the target.

Madani et al. 2025, section 4.2. Each question is known beforehand, and replies decide only where to stop; so
several sizes are asked about together, and those after a failure are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from noiser.explanation import Explanation
from noiser.judge.budget import BudgetSpent
from noiser.judge.many import Replies, ask_many
from noiser.judge.protocol import BatchJudge, Judge
from noiser.metrics.answerability import ask_about, right
from noiser.metrics.answered import Answered
from noiser.metrics.judged import note_verdicts
from noiser.metrics.words import Word, ranked, words_of


@dataclass(frozen=True)
class MinimalSet:
    """The fewest top words with which a judge is still right.

    `share` is theirs of the prompt's words; None where the judge is not right with all of them, or could
    not be asked (`error`). `asked` counts questions, those asked ahead of their turn included.
    """

    words: tuple[str, ...]
    share: float | None
    asked: int
    error: str | None = None


def minimal_set(
    judge: Judge, explanation: Explanation, target: str, answers: int = 1
) -> MinimalSet:
    """Drop words from the least important up until the judge is no longer right; the last success counts.

    Right: the target is among its first `answers` answers. One question per word dropped. BudgetSpent
    where one of them may not be asked.

    A single one has no bootstrap interval: it is read off the replies to fixed questions, with no draws or
    masks to resample, and another ranking by resampled draws would be other questions, a way down of its
    own for each resample. Over samples, the interval is that of the mean share.
    """
    return minimal_sets(judge, [(explanation, target)], answers)[0]


def minimal_sets(
    judge: Judge,
    targets: Sequence[tuple[Explanation, str]],
    answers: int = 1,
    *,
    at_once: int = 1,
    cancel: Event | None = None,
) -> list[MinimalSet]:
    """The same of several explanations, each with its target, `at_once` questions together.

    A judge that takes batches is asked ahead as far as they have room; of any other, one size is asked
    about, then two, four and so on, so that fewer than half of the questions are in vain. BudgetSpent
    where one that counts may not be asked, Cancelled where `cancel` is set.
    """
    every = [
        _Dropping(ranked(words_of(explanation)), target, answers) for explanation, target in targets
    ]
    batched = isinstance(judge, BatchJudge) and judge.batches
    ahead = at_once if batched else 1
    while running := [one for one in every if not one.ended]:
        sizes = max(1, min(ahead, at_once // len(running)))
        questions = [texts for one in running for texts in one.coming(sizes)]
        replies = ask_many(judge, questions, at_once=at_once, cancel=cancel)
        for one in running:
            note_verdicts(judge, one.take(replies, sizes))
        ahead *= 2
    return [one.found() for one in every]


class _Dropping:
    """The way down from all words of one explanation, the most important first in `order`."""

    def __init__(self, order: Sequence[Word], target: str, answers: int) -> None:
        self._order = order
        self._target = target
        self._answers = answers
        self._count = len(order)
        self._best: tuple[Word, ...] = ()
        self._asked = 0
        self._error: str | None = None
        self.ended = not order

    def coming(self, sizes: int) -> list[tuple[str, ...]]:
        """The next questions."""
        return [tuple(word.text for word in self._shown(count)) for count in self._next(sizes)]

    def take(self, replies: Replies, sizes: int) -> list[Answered]:
        """Go on by what the judge said to those questions, up to where it is no longer right."""
        taken: list[Answered] = []
        counts = self._next(sizes)
        self._asked += len(counts)
        for count in counts:
            shown = self._shown(count)
            one = ask_about(replies, shown, self._target)
            if not one.asked:
                raise BudgetSpent(one.error or "")
            taken.append(one)
            self._error = one.error
            if one.reply is None or not right(one.reply.answers, self._target, self._answers):
                self.ended = True
                return taken
            self._best, self._count = shown, count - 1
        self.ended = not self._count
        return taken

    def found(self) -> MinimalSet:
        """The last set with which it was right."""
        if self._error is not None:
            return MinimalSet((), None, self._asked, self._error)
        share = len(self._best) / len(self._order) if self._best else None
        return MinimalSet(tuple(word.text for word in self._best), share, self._asked)

    def _next(self, sizes: int) -> range:
        return range(self._count, max(0, self._count - sizes), -1)

    def _shown(self, count: int) -> tuple[Word, ...]:
        return tuple(sorted(self._order[:count], key=lambda word: word.place))
