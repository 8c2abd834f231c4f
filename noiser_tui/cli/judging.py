"""`noiser answerability`: what a judge makes of saved runs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noiser.errors import Cancelled, WrongUse
from noiser.explanation import Explanation
from noiser_tui.cli.deliver import PIPE_WIDTH, print_line
from noiser_tui.cli.fail import FAILED, Interrupted, say
from noiser_tui.cli.interrupt import gently, interrupted
from noiser_tui.cli.progress import Progress
from noiser_tui.cli.saved import read_saved

if TYPE_CHECKING:
    from noiser.judge.asker import ModelJudge
    from noiser.judge.budget import Budget
    from noiser.metrics.judged import Judged

FORMAT = "noiser-answerability/1"


@dataclass(frozen=True)
class JudgeChoice:
    """Which judge is asked, and how much of it."""

    name: str
    url: str | None
    cache: Path | None
    device: str
    max_calls: int | None
    max_tokens: int | None
    per_minute: float | None
    at_once: int


def judge_files(
    files: Sequence[Path],
    choice: JudgeChoice,
    percent: float,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
) -> int:
    """Ask, and print a table or one JSON object; the exit code is 1 where a question got no reply."""
    from noiser.judge.budget import Budget
    from noiser.judge.choose import open_judge
    from noiser.judge.pace import Pace
    from noiser.metrics.judged import judge_all

    if not 0 < percent <= 100:
        raise WrongUse(f"--top {percent:g} is no share of the words: give more than 0, up to 100.")
    explanations = [_explanation(file) for file in files]
    budget = Budget(choice.max_calls, choice.max_tokens)
    judge = open_judge(
        choice.name,
        choice.url,
        budget=budget,
        pace=Pace(choice.per_minute),
        cache=choice.cache,
        cancel=interrupted,
        device=choice.device,
    )
    with Progress(quiet=quiet) as progress, gently():
        try:
            judged = judge_all(
                judge,
                explanations,
                percent=percent,
                seed=seed,
                at_once=choice.at_once,
                cancel=interrupted,
                watch=lambda done, total: progress.show(f"asked {done} of {total} questions"),
            )
        except Cancelled:
            progress.clear()
            raise Interrupted(
                "interrupted; the replies that came by then are kept, and not asked for again."
            ) from None
    names = [str(file) for file in files]
    if as_json:
        print_line(json.dumps(_record(names, judged, judge, budget, percent, seed)))
    else:
        _draw(names, judged, judge, percent, seed)
    return _end(judged, quiet=quiet)


def _explanation(file: Path) -> Explanation:
    saved = read_saved(file)
    if not isinstance(saved, Explanation):
        raise WrongUse(f"{file} is a comparison: give the runs that are compared, one by one.")
    return saved


def _end(judged: Judged, *, quiet: bool) -> int:
    """Say what got no reply, each reason once; the exit code."""
    errors = [one.error for one in judged.every() if one.error]
    if not errors:
        return 0
    if not quiet:
        for sentence in dict.fromkeys(errors):
            say(sentence)
        if judged.unasked:
            say(
                f"{judged.unasked} questions were not asked; what came before is above, and kept: "
                "with more to spend, only the rest is asked."
            )
    return FAILED


def _record(
    names: Sequence[str],
    judged: Judged,
    judge: ModelJudge,
    budget: Budget,
    percent: float,
    seed: int,
) -> dict[str, Any]:
    from noiser.metrics.answerability import answerability

    return {
        "format": FORMAT,
        "judge": {
            "model": judge.talker.name,
            "place": judge.talker.place,
            **asdict(judge.settings),
            "asked": judge.asked,
            "from_cache": judge.known,
            "calls": budget.calls,
            "tokens": budget.tokens,
            "unasked": judged.unasked,
        },
        "top_percent": percent,
        "seed": seed,
        "results": {
            shown: {
                **asdict(answerability(samples, seed)),
                "each": [
                    {"file": name, "targets": [asdict(one) for one in targets]}
                    for name, targets in zip(names, samples, strict=True)
                ],
            }
            for shown, samples in judged.shown.items()
        },
    }


def _draw(
    names: Sequence[str], judged: Judged, judge: ModelJudge, percent: float, seed: int
) -> None:
    from rich.console import Console

    from noiser_tui.cli.verdicts import verdict_lines

    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    for part in verdict_lines(names, judged, judge.talker.name, percent, seed):
        console.print(part)
