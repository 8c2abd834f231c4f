"""Answerability: do the top words of an explanation suffice for a judge to name the target?

Madani et al. 2025, section 4.2 and tables 3 and 6.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from noiser.errors import Cancelled, NoiserError
from noiser.explanation import Explanation
from noiser.judge.budget import BudgetSpent
from noiser.judge.protocol import Judge, Reply
from noiser.metrics.answered import Answered
from noiser.metrics.bootstrap import mean
from noiser.metrics.results import Number
from noiser.metrics.words import Word, top_words, words_of

PERCENT = 50.0
FIVE = 5


@dataclass(frozen=True)
class Verdict:
    """What a judge made of one sample, the means over its targets: shares that are right, and scores.

    A score is the mass of the words shown where right and 0 where wrong; `unparsed` is the share of
    replies that are no list of five.
    """

    first: float
    first_score: float
    five: float
    five_score: float
    unparsed: float


@dataclass(frozen=True)
class Answerability:
    """Rates and scores, means over the samples that were answered; intervals over these.

    Of `samples` so many were `asked`, the rest not, for lack of budget. Of those asked, `failed` got no
    reply to a question at least, and are in no mean. `unparsed` counts replies that are no list of
    five, whose answers count as far as they can be read. None where no sample was answered.
    """

    first_rate: Number
    first_score: Number
    five_rate: Number
    five_score: Number
    samples: int
    asked: int
    failed: int
    unparsed: int


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
        error=None if error is None else str(error),
        asked=not isinstance(error, BudgetSpent),
    )


def verdict(targets: Sequence[Answered]) -> Verdict | None:
    """The means over the targets of one sample; None where one of them has no reply."""
    replies = [one.reply for one in targets if one.reply is not None]
    if len(replies) < len(targets):
        return None
    return Verdict(
        first=fmean(one.first for one in targets),
        first_score=fmean(one.mass * one.first for one in targets),
        five=fmean(one.any_of_five for one in targets),
        five_score=fmean(one.mass * one.any_of_five for one in targets),
        unparsed=fmean(not reply.parsed for reply in replies),
    )


def answerability(samples: Sequence[Sequence[Answered]], seed: int = 1) -> Answerability:
    """Rates and scores at top-1 and top-5 over samples, each given by its targets; 95% intervals."""
    verdicts = [verdict(targets) for targets in samples]
    known = [one for one in verdicts if one is not None]
    asked = [all(one.asked for one in targets) for targets in samples]
    every = [one.reply for targets in samples for one in targets]
    return Answerability(
        first_rate=mean([one.first for one in known], seed),
        first_score=mean([one.first_score for one in known], seed),
        five_rate=mean([one.five for one in known], seed),
        five_score=mean([one.five_score for one in known], seed),
        samples=len(samples),
        asked=sum(asked),
        failed=sum(asked) - len(known),
        unparsed=sum(reply is not None and not reply.parsed for reply in every),
    )


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


def _reply(judge: Judge, words: Sequence[str]) -> tuple[Reply | None, NoiserError | None]:
    try:
        return judge.ask(words), None
    except Cancelled:
        raise
    except NoiserError as error:
        return None, error
