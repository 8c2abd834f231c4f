"""Metrics and a judge's verdict as a file: numbers in a table, everything as JSON, or in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from noiser.metrics.results import Curve, Curves, Hard, Number, Soft
from noiser_tui.workbench.engine import Verdict
from noiser_tui.workbench.exports.table import Cell, Table, render
from noiser_tui.workbench.kept_measures import FORMAT
from noiser_tui.workbench.measured import Measured

METRIC_FORMS = (".json", ".csv", ".md", ".txt")
COLUMNS = ("metric", "at", "value", "low", "high")
"""`at` is the percent of the units of a hard metric, or the share of them at a point of a curve."""
_KNOWN = ("by", "soft", "hard", "curves", "verdict")
"""What is of a measuring itself, and not of how the workbench goes about it."""
Row = tuple[Cell, ...]


def render_metrics(found: Measured, about: Mapping[str, object], form: str) -> str:
    """The whole file in one of the forms; `about` says what was measured."""
    if form == ".json":
        known = {name: one for name, one in asdict(found).items() if name in _KNOWN}
        told = {"format": FORMAT, **about, **known}
        return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    if form == ".txt":
        return "".join(f"{line}\n" for line in (*_head(about), "", *in_words(found)))
    rows = [*_soft(found.soft), *_hard(found.hard), *_areas(found.curves), *_judge(found.verdict)]
    if form == ".csv":
        rows += _points(found.curves)
    by = asdict(found.by) if found.by is not None else {}
    judge = {"judge": found.verdict.judge} if found.verdict is not None else {}
    return render(Table(COLUMNS, rows, {**about, "measured by": by or None, **judge}), form)


def in_words(found: Measured) -> list[str]:
    """What Enter in the pane says, a paragraph a line."""
    from noiser_tui.workbench.panes.metric_text import in_full

    return [text for text, _ in in_full(found)]


def _head(about: Mapping[str, object]) -> Iterator[str]:
    """What was measured, in three lines."""
    yield f"Prompt: {about['prompt']}"
    if "target" in about:
        yield f"Target: {about['target']!r}"
    yield f"Explained by {about['method']}, bound {about['bound']}, model {about['model']}"


def _row(name: str, number: Number, at: float | None = None) -> Row:
    return (name, at, number.value, *(number.interval or (None, None)))


def _soft(found: Soft | None) -> Iterator[Row]:
    if found is not None:
        yield _row("Soft-NS", found.sufficiency)
        yield _row("Soft-NC", found.comprehensiveness)
        yield _row("Soft-NS of random scores", found.random_sufficiency)
        yield _row("Soft-NC of random scores", found.random_comprehensiveness)
        yield _row("faithfulness", found.log_ratio)


def _hard(found: Hard | None) -> Iterator[Row]:
    if found is not None:
        for name, numbers in (
            ("sufficiency loss", found.sufficiency),
            ("comprehensiveness", found.comprehensiveness),
        ):
            for percent, number in zip(found.percents, numbers, strict=True):
                yield _row(name, number, percent)


def _areas(found: Curves | None) -> Iterator[Row]:
    if found is not None:
        yield _row("deletion area", found.deletion_area)
        yield _row("insertion area", found.insertion_area)


def _points(found: Curves | None) -> Iterator[Row]:
    """Every point of the curves; of several targets those of one after those of the other."""
    if found is not None:
        for name, curves in (("deletion", found.deletion), ("insertion", found.insertion)):
            for curve in curves:
                yield from _curve(name, curve)


def _curve(name: str, curve: Curve) -> Iterator[Row]:
    for count, value in zip(curve.counts, curve.values, strict=True):
        yield (name, count / curve.counts[-1], value, None, None)


def _judge(found: Verdict | None) -> Iterator[Row]:
    """Shares that are right and their scores, by what was shown; none where a question got no reply."""
    if found is None:
        return
    from noiser.metrics.answerability import answerability
    from noiser_tui.workbench.panes.metric_notes import SHOWN

    for shown, targets in found.shown.items():
        made = answerability([(one,) for one in targets], found.seed)
        if targets and made.asked - made.failed == made.samples:
            at = found.percent if shown in ("top", "random") else None
            label = SHOWN[shown]
            yield _row(f"{label}: right", made.first_rate, at)
            yield _row(f"{label}: score", made.first_score, at)
            yield _row(f"{label}: right in five", made.five_rate, at)
            yield _row(f"{label}: score in five", made.five_score, at)
