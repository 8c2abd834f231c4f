"""What was measured of an explanation and what a judge made of it, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from textual.message import Message

from noiser.export import wording
from noiser.metrics.results import METRICS, Curves, Hard, Metric, Soft
from noiser_tui.look.cells import one_line
from noiser_tui.workbench.engine import JobEnded, JudgeAnswered, JudgeAsked, MetricMeasured, Verdict

Doing = Literal["", "measuring", "asking the judge"]


@dataclass(frozen=True)
class Measured:
    """The metrics of the explanation that a page shows; None for what is not known.

    `job` is the job that is waited for, 0 for none, and `doing` what it is at: of `questions` to the
    judge so many are `answered`. `wanted` are the metrics that were asked for last, `asking` is
    the judge that is.
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
                return replace(self, **{metric: getattr(found, metric)})
            case JudgeAsked(number=self.job, done=done, total=total):
                return replace(self, answered=done, questions=total)
            case JudgeAnswered(number=self.job, verdict=verdict):
                return replace(self, verdict=verdict)
            case JobEnded(number=self.job):
                return replace(self, job=0, doing="", answered=0, questions=0)
        return self


def measuring_asked(measured: Measured, job: int, wanted: tuple[Metric, ...] = METRICS) -> Measured:
    """The metrics `wanted` are measured, again where they are known; what is by other options goes."""
    return replace(
        measured, job=job, doing="measuring", wanted=wanted, soft=None, hard=None, curves=None
    )


def judge_asked(measured: Measured, job: int, asking: str = "the judge") -> Measured:
    """A judge is asked, again where one has answered."""
    return replace(measured, job=job, doing="asking the judge", asking=asking, verdict=None)


def left_by_cancel(measured: Measured) -> str:
    """What is kept of a job that was cancelled, in one sentence."""
    if measured.doing == "measuring":
        kept = [name for name in measured.wanted if name not in measured.missing]
        return f"Cancelled: of the metrics, {', '.join(kept) or 'none'} is measured."
    if measured.answered:
        return "Cancelled: what the judge answered is kept, and Alt+Y asks only for the rest."
    return "Cancelled: the judge had not answered yet."


def failures(verdict: Verdict | None) -> tuple[str, ...]:
    """Why a judge gave no reply, each reason once, in the names of the settings."""
    if verdict is None:
        return ()
    errors = (one.error for answers in verdict.shown.values() for one in answers)
    # the engine names the options of the command line
    return tuple(
        dict.fromkeys(
            error.replace("--judge-url", "judge.url").replace("--judge", "judge.name")
            for error in errors
            if error
        )
    )


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
        told.append(f"from the top words {judge} names {right} of {len(answers)}")
    return ", ".join(told)
