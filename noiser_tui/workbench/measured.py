"""What was measured of an explanation and what a judge made of it, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from textual.message import Message

from noiser.export import wording
from noiser.metrics.begun import MetricsBegun
from noiser.metrics.results import METRICS, Curves, Hard, Metric, Soft
from noiser_tui.look.cells import one_line
from noiser_tui.settings.measuring import Metrics
from noiser_tui.workbench.engine import (
    JobEnded,
    JudgeAnswered,
    JudgeAsked,
    MetricMeasured,
    Verdict,
    WorkKnown,
)

Doing = Literal["", "measuring", "asking the judge"]
LEFT: Mapping[Doing, str] = {
    "measuring": "The metrics are not all measured: Alt+X measures what is left.",
    "asking the judge": "The judge has not answered all: Alt+Y asks only for the rest.",
}
"""What is offered of what was ended before its end."""


@dataclass(frozen=True)
class Measured:
    """The metrics of the explanation that a page shows; None for what is not known.

    `job` is the job that is waited for, 0 for none, and `doing` what it is at: of `questions` to the
    judge so many are `answered`. `wanted` are the metrics that were asked for last and `by` the
    options of all that are known, `asking` is the judge that is. `left` is what was cancelled last, and
    `begun` what was run by then of the first metric that is missing.
    """

    job: int = 0
    doing: Doing = ""
    soft: Soft | None = None
    hard: Hard | None = None
    curves: Curves | None = None
    verdict: Verdict | None = None
    answered: int = 0
    questions: int = 0
    wanted: tuple[Metric, ...] = METRICS
    asking: str = ""
    by: Metrics | None = None
    left: Doing = ""
    begun: MetricsBegun | None = None

    @property
    def missing(self) -> tuple[Metric, ...]:
        """The metrics that were asked for and are not known."""
        return tuple(name for name in self.wanted if getattr(self, name) is None)

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return any(one is not None for one in (self.soft, self.hard, self.curves, self.verdict))

    def heard(self, message: Message) -> Measured:
        """What is known after a message of the engine about the job."""
        match message:
            case MetricMeasured(number=self.job, metric=metric, found=found):
                return replace(self, begun=None, **{metric: getattr(found, metric)})
            case WorkKnown(number=self.job, left=MetricsBegun() as begun):
                return replace(self, begun=begun)
            case JudgeAsked(number=self.job, done=done, total=total):
                return replace(self, answered=done, questions=total)
            case JudgeAnswered(number=self.job, verdict=verdict):
                return replace(self, verdict=verdict)
            case JobEnded(number=self.job, cancelled=cancelled):
                left = self.doing if cancelled else ""
                return replace(self, job=0, doing="", answered=0, questions=0, left=left)
        return self


def wanted_of(measured: Measured, by: Metrics, wanted: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """Which metrics to measure: those that are left of the same, or all `wanted`, again where known."""
    goes_on = measured.by == by and len(measured.missing) < len(wanted)
    return (goes_on and measured.missing) or wanted


def measuring_asked(
    measured: Measured, job: int, by: Metrics, wanted: tuple[Metric, ...]
) -> Measured:
    """The metrics `wanted` are measured by these options, the ones left of those asked for before, or all."""
    asked = replace(measured, job=job, doing="measuring", by=by, left="")
    if measured.by == by and measured.missing == wanted:
        return asked
    return replace(asked, wanted=wanted, soft=None, hard=None, curves=None, begun=None)


def judge_asked(measured: Measured, job: int, asking: str = "the judge") -> Measured:
    """A judge is asked, again where one has answered."""
    asked = replace(measured, job=job, doing="asking the judge", asking=asking)
    return replace(asked, verdict=None, left="")


def left_by_cancel(measured: Measured) -> str:
    """What is kept of a job that was cancelled, in one sentence."""
    if measured.doing == "measuring":
        kept = [name for name in measured.wanted if name not in measured.missing]
        part = f", {measured.missing[0]} in part" if measured.begun is not None else ""
        rest = " Alt+X measures the rest." if kept or part else ""
        return f"Cancelled: of the metrics, {', '.join(kept) or 'none'} is measured{part}.{rest}"
    if measured.answered:
        return "Cancelled: what the judge answered is kept, and Alt+Y asks only for the rest."
    return "Cancelled: the judge had not answered yet."


def failures(verdict: Verdict | None) -> tuple[str, ...]:
    """Why a judge gave no reply, each reason once."""
    if verdict is None:
        return ()
    errors = (one.error for answers in verdict.shown.values() for one in answers)
    return tuple(dict.fromkeys(error for error in errors if error))


def in_short(measured: Measured) -> str:
    """What is known, in one line; empty where that is nothing."""
    told = []
    if measured.soft is not None:
        told.append(f"faithfulness {wording.score(measured.soft.log_ratio.value)}")
    if measured.curves is not None:
        deletion, insertion = measured.curves.deletion_area, measured.curves.insertion_area
        told.append(f"deletion {wording.score(deletion.value)}")
        told.append(f"insertion {wording.score(insertion.value)}")
    if measured.verdict is not None:
        answers = measured.verdict.shown.get("top", ())
        right = sum(one.first for one in answers)
        judge = one_line(measured.verdict.judge, 24)
        told.append(f"judge {judge} names {right} of {len(answers)} from the top words")
    return ", ".join(told)
