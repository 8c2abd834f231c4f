"""Asking a judge for the target, from an explanation's top words and from those of the controls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.explanation import Explanation
from noiser.metrics.answered import Answered, Shown
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.engine.rationing import PROGRESS_INTERVAL

if TYPE_CHECKING:
    from noiser.metrics.judged import Judged
    from noiser_tui.workbench.engine.context import Context


class JudgeAsked(EngineMessage):
    """So many of the questions are answered."""

    def __init__(self, number: int, done: int, total: int) -> None:
        super().__init__(number)
        self.done = done
        self.total = total


@dataclass(frozen=True)
class Verdict:
    """What a judge made of one explanation, by what it was `shown`: top, none, random, whole.

    There is an answer for each target of the explanation, of a generation for each of its tokens.
    `asked` questions were answered by the judge, `known` by what it said before, and `unasked`
    were not asked because the budget was spent. `percent` of the words were shown; `seed` is that of
    the random ones, and of the intervals.
    """

    judge: str
    shown: dict[Shown, tuple[Answered, ...]]
    asked: int
    known: int
    unasked: int
    percent: float = 50.0
    seed: int = 1


class JudgeAnswered(EngineMessage):
    """The judge has answered, or could not be asked, which each answer then says."""

    def __init__(self, number: int, verdict: Verdict) -> None:
        super().__init__(number)
        self.verdict = verdict


@dataclass(frozen=True)
class AskJudge(Job):
    """Ask whether the top `percent` of the words suffice; no model needs to be loaded.

    `judge` and `url` are those of `noiser.judge.choose.open_judge`: the one that is shipped knows the
    built-in facts only. `seed` is of the random control; the limits are of what is paid for.
    """

    explanation: Explanation
    judge: str = "built-in"
    url: str | None = None
    percent: float = 50.0
    seed: int = 1
    device: str = "auto"
    max_calls: int | None = None
    max_tokens: int | None = None
    per_minute: float | None = None
    at_once: int = 8
    cache: Path | None = None

    def run(self, context: Context) -> None:
        """Post how far it is, then the verdict."""
        from noiser.judge.budget import Budget
        from noiser.judge.choose import open_judge
        from noiser.judge.pace import Pace
        from noiser.metrics.judged import judge_all

        told = 0.0

        def watch(done: int, total: int) -> None:
            nonlocal told
            if done == total or time.monotonic() - told >= PROGRESS_INTERVAL:
                told = time.monotonic()
                context.post(JudgeAsked(context.number, done, total))

        judge = open_judge(
            self.judge,
            self.url,
            budget=Budget(self.max_calls, self.max_tokens),
            pace=Pace(self.per_minute),
            cache=self.cache,
            cancel=context.cancel,
            device=self.device,
        )
        judged: Judged = judge_all(
            judge,
            [self.explanation],
            percent=self.percent,
            seed=self.seed,
            at_once=self.at_once,
            cancel=context.cancel,
            watch=watch,
        )
        shown = {name: answers[0] for name, answers in judged.shown.items()}
        verdict = Verdict(
            judge.talker.name,
            shown,
            judge.asked,
            judge.known,
            judged.unasked,
            self.percent,
            self.seed,
        )
        context.post(JudgeAnswered(context.number, verdict))
