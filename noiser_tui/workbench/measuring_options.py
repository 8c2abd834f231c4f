"""What the settings ask for when an explanation is measured, or a judge is asked about it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from noiser_tui.settings.measuring import (
    AUTO,
    BUILT_IN,
    LOCAL,
    PAPER,
    Judge,
    Metrics,
    read_metrics,
    read_percents,
)
from noiser_tui.workbench.engine import AskJudge, MeasureMetrics

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.metrics.results import Metric
    from noiser_tui.settings.schema import Values


def measure_job(explanation: Explanation, options: Metrics) -> MeasureMetrics:
    """Measuring an explanation by these options."""
    return MeasureMetrics(
        explanation,
        masks=1 if options.reference else options.masks,
        seed=options.seed,
        metrics=cast("tuple[Metric, ...]", read_metrics(options.which)),
        reference=options.reference,
        percents=read_percents(options.percents),
        grain=None if options.grain == AUTO else options.grain,
        baseline=options.baseline,
    )


def judge_job(explanation: Explanation, options: Judge, device: str) -> AskJudge:
    """Asking the judge of these options; one on this machine runs on `device`."""
    return AskJudge(
        explanation,
        judge=options.name,
        url=None if is_here(options.name) else options.url or None,
        percent=options.top,
        seed=options.seed,
        device=device,
        max_calls=options.max_calls or None,
        max_tokens=options.max_tokens or None,
        per_minute=options.per_minute or None,
        at_once=options.at_once,
        cache=Path(options.cache) if options.cache else None,
    )


def is_here(name: str) -> bool:
    """Whether the judge of that name runs on this machine."""
    return name == BUILT_IN or name.startswith(LOCAL)


def problem(section: str, values: Values) -> str:
    """Why nothing can be asked by these options, in one sentence; empty where it can."""
    judge = values.judge
    if section != "judge":
        return ""
    if judge.name == LOCAL:
        return f"The judge {LOCAL} names no model: give a folder or a hub id after it."
    if not (is_here(judge.name) or judge.name == PAPER or judge.url):
        return (
            f"The judge {judge.name} needs the url of a server, or is {LOCAL}{judge.name} where it is "
            "a model on this machine (Judge: options)."
        )
    return ""


def no_effect(key: str, values: Values) -> str:
    """Why an option changes nothing beside the others; empty where it counts."""
    metrics, here = read_metrics(values.metrics.which), is_here(values.judge.name)
    no_soft, no_hard = "soft" not in metrics, "hard" not in metrics
    reasons: Mapping[str, Sequence[tuple[bool, str]]] = {
        "metrics.masks": [
            (no_soft, "soft is not measured"),
            (values.metrics.reference, "the released code takes one mask"),
        ],
        "metrics.seed": [(no_soft, "soft is not measured")],
        "metrics.reference": [(no_soft, "soft is not measured")],
        "metrics.percents": [(no_hard, "hard is not measured")],
        "metrics.grain": [(metrics == ("soft",), "only soft is measured")],
        "metrics.baseline": [(metrics == ("soft",), "only soft is measured")],
        "judge.url": [(here, "this judge runs on this machine")],
        "judge.per_minute": [(here, "this judge runs on this machine")],
    }
    return next((reason for holds, reason in reasons.get(key, ()) if holds), "")


def key_found() -> str:
    """The variable that a judge's key is in, empty where there is none; the key itself is told nobody."""
    from noiser.judge.remote import KEYS

    return next((name for name in KEYS if os.environ.get(name, "").strip()), "")
