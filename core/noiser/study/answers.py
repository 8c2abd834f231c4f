"""Answerability as a study's measure: whether a judge names the target from the top words."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from statistics import fmean

from noiser.errors import NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.judge.choose import open_judge
from noiser.judge.protocol import Judge
from noiser.metrics.answerability import minimal_set, verdict
from noiser.metrics.asked_about import asked_about
from noiser.metrics.judged import judge_all
from noiser.study.measures import Explained, Value
from noiser.study.spec import Study


def measure(case: Explained) -> Mapping[str, Value]:
    """Rates and scores at top-1 and top-5 of one sample, with the rates of its controls.

    Means over generated tokens. NoiserError, so that the sample counts as failed and can be tried again,
    where a question got no reply; BudgetSpent where one may not be asked.
    """
    study = case.study
    judged = judge_all(
        _judge(study),
        [case.explanation],
        targets=[case.sample.target],
        percent=study.topk,
        seed=case.setting.seed,
        cancel=case.cancel,
    )
    for one in judged.every():
        if not one.asked:
            raise BudgetSpent(one.error)
        if one.error is not None:
            raise NoiserError(f"The judge could not be asked: {one.error}")
    found = {shown: verdict(samples[0]) for shown, samples in judged.shown.items()}
    top = found.pop("top")
    assert top is not None
    values: dict[str, Value] = {
        "answered1": top.first,
        "answered5": top.five,
        "mass1": top.first_score,
        "mass5": top.five_score,
        "unparsed": top.unparsed,
    }
    for control, made in found.items():
        assert made is not None
        values |= {f"{control}1": made.first, f"{control}5": made.five}
    return values


def minimal(case: Explained) -> Mapping[str, Value]:
    """The share of words in the smallest set of top ones with which the judge is right.

    Of the generated tokens for which it ever is; `never` is the share of those for which it is not
    right with all words. Errors as above.
    """
    judge = _judge(case.study)
    shares: list[float | None] = []
    for one in asked_about(case.explanation, case.sample.target):
        found = minimal_set(judge, one.explanation, one.text)
        if found.error is not None:
            raise NoiserError(f"The judge could not be asked: {found.error}")
        shares.append(found.share)
    known = [share for share in shares if share is not None]
    return {
        "minimal": fmean(known) if known else None,
        "never": fmean(float(share is None) for share in shares),
    }


_OPENING = threading.Lock()
"""So that threads which ask at the same time get the same judge."""


def _judge(study: Study) -> Judge:
    with _OPENING:
        return _opened(study.judge or "built-in", study.judge_url or None)


@cache
def _opened(name: str, url: str | None) -> Judge:
    """One judge for a process: a local one is a model in memory."""
    return open_judge(name, url)
