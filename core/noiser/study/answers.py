"""Answerability as a study's measure: whether a judge names the target from the top words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from threading import Event, Lock

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.judge.budget import Budget, BudgetSpent
from noiser.judge.choose import open_judge
from noiser.judge.local import TINY
from noiser.judge.pace import Pace
from noiser.judge.protocol import Judge
from noiser.metrics.answerability import verdict
from noiser.metrics.asked_about import asked_about
from noiser.metrics.judged import Judged, judge_all
from noiser.metrics.minimal import minimal_sets
from noiser.study.ledger import Ledger, StudyBudget, StudyPace
from noiser.study.measures import Explained, Value
from noiser.study.spec import Study


def measure(case: Explained) -> Mapping[str, Value]:
    """Rates and scores at top-1 and top-5 of one sample, with the rates of its controls.

    Means over generated tokens. NoiserError, so that the sample counts as failed and can be tried again,
    where a question got no reply; BudgetSpent where one may not be asked.
    """
    judged = _judged([case])
    for one in judged.every():
        if not one.asked:
            raise BudgetSpent(one.error or "")
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


def ask_ahead(cases: Sequence[Explained]) -> None:
    """Ask all that `measure` will ask of each; what got no reply is asked again there."""
    for seed in dict.fromkeys(case.setting.seed for case in cases):
        _judged([case for case in cases if case.setting.seed == seed])


def _judged(cases: Sequence[Explained]) -> Judged:
    """What the judge makes of samples of one seed."""
    study = cases[0].study
    return judge_all(
        _judge(cases[0]),
        [case.explanation for case in cases],
        targets=[case.sample.target for case in cases],
        percent=study.topk,
        seed=cases[0].setting.seed,
        at_once=study.at_once,
        cancel=cases[0].cancel,
    )


def minimal(case: Explained) -> Mapping[str, Value]:
    """The share of words in the smallest set of top ones with which the judge is right.

    Of the generated tokens for which it ever is; `never` is the share of those for which it is not
    right with all words. Errors as above.
    """
    found = minimal_sets(_judge(case), _targets(case), cancel=case.cancel)  # nothing in vain
    for one in found:
        if one.error is not None:
            raise NoiserError(f"The judge could not be asked: {one.error}")
    shares = [one.share for one in found]
    known = [share for share in shares if share is not None]
    return {
        "minimal": fmean(known) if known else None,
        "never": fmean(float(share is None) for share in shares),
    }


def ask_minimal_ahead(cases: Sequence[Explained]) -> None:
    """Ask all that `minimal` will ask of each."""
    targets = [target for case in cases for target in _targets(case)]
    minimal_sets(_judge(cases[0]), targets, at_once=cases[0].study.at_once, cancel=cases[0].cancel)


def _targets(case: Explained) -> list[tuple[Explanation, str]]:
    return [
        (one.explanation, one.text) for one in asked_about(case.explanation, case.sample.target)
    ]


def check_judge(study: Study) -> None:
    """WrongUse or NoiserError where the study's judge cannot be meant or its cache not be used."""
    open_judge(study.judge or TINY, study.judge_url or None, cache=study.cache)


_OPENING = Lock()
"""So that threads which ask at the same time get the same judge."""


def _judge(case: Explained) -> Judge:
    study = case.study
    limits = (study.per_minute, study.max_calls, study.max_tokens)
    with _OPENING:
        return _opened(
            study.judge or TINY,
            study.judge_url or None,
            study.cache,
            limits,
            study.at_once,
            case.folder if any(one is not None for one in limits) else None,
            case.cancel,
        )


@cache
def _opened(
    name: str,
    url: str | None,
    replies: str | None,
    limits: tuple[float | None, int | None, int | None],
    at_once: int,
    folder: Path | None,
    cancel: Event,
) -> Judge:
    """One judge for a process: a local one is a model in memory."""
    per_minute, max_calls, max_tokens = limits
    budget, pace = Budget(max_calls, max_tokens), Pace(per_minute)
    if folder is not None:
        ledger = Ledger(folder)
        budget = StudyBudget(ledger, max_calls, max_tokens)
        pace = pace if per_minute is None else StudyPace(ledger, per_minute)
    return open_judge(
        name, url, budget=budget, pace=pace, cache=replies, cancel=cancel, at_once=at_once
    )
