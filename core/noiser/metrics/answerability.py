"""Answerability: do the top words of an explanation suffice for a judge to name the target?

Madani et al. 2025, section 4.2 and tables 3 and 6.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noiser.errors import Cancelled, NoiserError
from noiser.explanation import Explanation
from noiser.judge.protocol import Judge, Reply
from noiser.metrics.bootstrap import mean
from noiser.metrics.results import Number
from noiser.metrics.words import Word, ranked, top_words, words_of

PERCENT = 50.0
FIVE = 5


@dataclass(frozen=True)
class Answered:
    """What a judge made of the top words of one explanation.

    `mass` is those words' share of the importance. `first`, `any_of_five`: whether the first answer, or
    one of the first five, is the target. `error` says why the judge could not be asked; then both are
    False, as they are where the reply has no answers.
    """

    target: str
    words: tuple[str, ...]
    mass: float
    reply: Reply | None
    first: bool
    any_of_five: bool
    error: str | None = None


@dataclass(frozen=True)
class Answerability:
    """Rates and scores over all samples, those that failed included as wrong; intervals over samples.

    A rate is the share of samples that are right, a score the mean of the top words' mass where right and 0
    where wrong. `failed` samples could not be asked, `unparsed` replies broke the format.
    """

    first_rate: Number
    first_score: Number
    five_rate: Number
    five_score: Number
    samples: int
    failed: int
    unparsed: int


@dataclass(frozen=True)
class MinimalSet:
    """The fewest top words with which a judge is still right.

    `share` is theirs of the prompt's words; None where the judge is not right with all of them, or could
    not be asked (`error`). `asked` counts questions.
    """

    words: tuple[str, ...]
    share: float | None
    asked: int
    error: str | None = None


def ask(judge: Judge, explanation: Explanation, target: str, percent: float = PERCENT) -> Answered:
    """Show a judge the top `percent` of an explanation's words, in their order in the prompt."""
    return ask_about(judge, top_words(words_of(explanation), percent), target)


def ask_about(judge: Judge, chosen: Sequence[Word], target: str) -> Answered:
    """Show a judge the `chosen` words; the target is the one that they were chosen for."""
    mass = float(sum(word.score for word in chosen))
    texts = tuple(word.text for word in chosen)
    reply, error = _reply(judge, texts)
    answers = () if reply is None else reply.answers
    return Answered(
        target=target,
        words=texts,
        mass=mass,
        reply=reply,
        first=right(answers, target, 1),
        any_of_five=right(answers, target, FIVE),
        error=error,
    )


def answerability(samples: Sequence[Answered], seed: int = 1) -> Answerability:
    """Rates and scores at top-1 and top-5 over samples, with bootstrap 95% intervals over them."""

    def over(value: Callable[[Answered], float]) -> Number:
        return mean([float(value(one)) for one in samples], seed)

    return Answerability(
        first_rate=over(lambda one: one.first),
        first_score=over(lambda one: one.mass * one.first),
        five_rate=over(lambda one: one.any_of_five),
        five_score=over(lambda one: one.mass * one.any_of_five),
        samples=len(samples),
        failed=sum(one.reply is None for one in samples),
        unparsed=sum(one.reply is not None and not one.reply.parsed for one in samples),
    )


def minimal_set(
    judge: Judge, explanation: Explanation, target: str, answers: int = 1
) -> MinimalSet:
    """Drop words from the least important up until the judge is no longer right; the last success counts.

    Right: the target is among its first `answers` answers. One question per word dropped.
    """
    order = ranked(words_of(explanation))
    best: Sequence[Word] = ()
    for asked, count in enumerate(range(len(order), 0, -1), 1):
        shown = sorted(order[:count], key=lambda word: word.place)
        reply, error = _reply(judge, [word.text for word in shown])
        if error is not None:
            return MinimalSet((), None, asked, error)
        if reply is None or not right(reply.answers, target, answers):
            return _minimal(best, len(order), asked)
        best = shown
    return _minimal(best, len(order), len(order))


def right(answers: Sequence[str], target: str, first: int) -> bool:
    """Whether the target is among the `first` answers.

    Compared in any script, whatever the case, without what is white space, punctuation or a control
    character at either end. (The released code compares words of A–Z, case and all.)
    """
    wanted = _bare(target)
    return bool(wanted) and wanted in map(_bare, answers[:first])


def _bare(text: str) -> str:
    kept = unicodedata.normalize("NFC", text)
    start, end = 0, len(kept)
    while start < end and unicodedata.category(kept[start])[0] in "ZPC":
        start += 1
    while start < end and unicodedata.category(kept[end - 1])[0] in "ZPC":
        end -= 1
    return unicodedata.normalize("NFC", (kept[start:end] or kept.strip()).casefold())


def _reply(judge: Judge, words: Sequence[str]) -> tuple[Reply | None, str | None]:
    try:
        return judge.ask(words), None
    except Cancelled:
        raise
    except NoiserError as error:
        return None, str(error)


def _minimal(best: Sequence[Word], words: int, asked: int) -> MinimalSet:
    texts = tuple(word.text for word in best)
    return MinimalSet(texts, len(best) / words if best else None, asked)
