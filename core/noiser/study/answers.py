"""Answerability as a study's measure: whether a judge names the target from the top words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from statistics import fmean

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.judge.choose import open_judge
from noiser.judge.protocol import Judge
from noiser.metrics.answerability import ask, minimal_set
from noiser.study.measures import Case, Value
from noiser.study.spec import Study


def measure(case: Case) -> Mapping[str, Value]:
    """Rates and scores at top-1 and top-5 of one sample, means over generated tokens.

    NoiserError, so that the sample counts as failed and can be tried again, where the judge could not
    be asked; a reply in the wrong format is a wrong answer, and `unparsed`.
    """
    judge = _judge(case.study)
    found: list[dict[str, float]] = []
    for one, target in _targets(case):
        answered = ask(judge, one, target, case.study.topk)
        if answered.reply is None:
            raise NoiserError(f"The judge could not be asked: {answered.error}")
        found.append(
            {
                "answered1": float(answered.first),
                "answered5": float(answered.any_of_five),
                "mass1": answered.mass * answered.first,
                "mass5": answered.mass * answered.any_of_five,
                "unparsed": float(not answered.reply.parsed),
            }
        )
    return {name: fmean(one[name] for one in found) for name in found[0]}


def minimal(case: Case) -> Mapping[str, Value]:
    """The share of words in the smallest set of top ones with which the judge is right.

    Of the generated tokens for which it ever is; `never` is the share of those for which it is not
    right with all words. NoiserError as above.
    """
    judge = _judge(case.study)
    shares: list[float | None] = []
    for one, target in _targets(case):
        found = minimal_set(judge, one, target)
        if found.error is not None:
            raise NoiserError(f"The judge could not be asked: {found.error}")
        shares.append(found.share)
    known = [share for share in shares if share is not None]
    return {
        "minimal": fmean(known) if known else None,
        "never": fmean(float(share is None) for share in shares),
    }


def _targets(case: Case) -> Iterator[tuple[Explanation, str]]:
    """Each explained token with the word it should be: the sample's own, then those generated."""
    for step, one in enumerate(case.explanation.steps_explained):
        own = case.sample.target if step == 0 else None
        yield one, own or one.target.text


def _judge(study: Study) -> Judge:
    return _opened(study.judge or "built-in", study.judge_url or None)


@cache
def _opened(name: str, url: str | None) -> Judge:
    """One judge for a process: a local one is a model in memory."""
    return open_judge(name, url)
