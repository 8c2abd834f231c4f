"""Explanations that are there already, put beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from noiser.comparison.agreement import agree
from noiser.comparison.alignment import Alignment, align
from noiser.comparison.doubts import doubts
from noiser.comparison.result import Comparison, Row
from noiser.comparison.rows import short_names
from noiser.errors import WrongUse
from noiser.events import Warned
from noiser.explanation import Explanation

_TELLING: tuple[Callable[[Explanation], str], ...] = (
    lambda one: one.method,
    lambda one: one.bound if one.alpha is not None or one.method == "noiser" else "",
    lambda one: f"norm {one.norm}",
    lambda one: f"target {one.target.text.strip()}",
    lambda one: f"against {one.contrast.text.strip()}" if one.contrast is not None else "",
    lambda one: f"by {one.granularity}",
    lambda one: one.search,
    lambda one: one.normalisation,
    lambda one: f"seed {one.seed}",
    lambda one: f"{one.draws} draws",
)
"""What may tell two explanations apart besides their models, the most telling first."""


def put_together(
    rows: Sequence[Row],
    *,
    top: int | None,
    complete: bool,
    seconds: float,
    environment: Mapping[str, str],
) -> Comparison:
    """The comparison of rows of one text, at least one of them explained, or begun.

    `top`, `complete` and `seconds` are those of a Comparison; `top` None compares a quarter.
    """
    explained = [row.explanation for row in rows if row.explanation is not None]
    alignment = align(explained) if explained else Alignment((), (), ())
    scores = iter(alignment.scores)
    by_row = [None if row.explanation is None else next(scores) for row in rows]
    agreement = agree(alignment.segments, by_row, top)
    warnings = list(doubts(rows, alignment, agreement)) if explained else []
    if not complete:
        warnings.insert(0, Warned(f"Cancelled after {len(explained)} of {len(rows)} rows."))
    begun = [row.begun for row in rows if row.begun is not None]
    return Comparison(
        (explained or begun)[0].prompt,
        tuple(rows),
        agreement,
        tuple(warnings),
        seconds,
        dict(environment),
        complete,
    )


def compare_runs(explanations: Sequence[Explanation], top: int | None = None) -> Comparison:
    """The comparison of finished explanations of one prompt; nothing runs.

    A row is called by what tells it from the others. Of an explanation of several targets the first is
    taken, `seconds` are those of all. WrongUse for fewer than two, and for prompts that differ.
    """
    if len(explanations) < 2:
        raise WrongUse("There is one run only: two or more are needed to compare.")
    if len({one.prompt for one in explanations}) > 1:
        raise WrongUse(
            "The runs explain different prompts: only scores of the same text can be laid over each "
            "other."
        )
    alone = [replace(one, continuation=()) for one in explanations]
    return put_together(
        [
            Row(label, _model(one), one.method, one.bound, one)
            for label, one in zip(_labels(alone), alone, strict=True)
        ],
        top=top,
        complete=True,
        seconds=sum(one.seconds for one in alone),
        environment=alone[0].environment,
    )


def _model(explanation: Explanation) -> str:
    return str(explanation.model.get("name", "?"))


def _labels(explanations: Sequence[Explanation]) -> list[str]:
    """The names of the rows: every part in which they differ; numbered where nothing does."""
    models = [_model(one) for one in explanations]
    parts = [short_names(models)] if len(set(models)) > 1 else []
    for tell in _TELLING:
        told = [tell(one) for one in explanations]
        if len(set(told)) > 1:
            parts.append(told)
    labels = [" ".join(filter(None, row)) for row in zip(*parts, strict=True)] if parts else []
    labels = labels or [explanations[0].method for _ in explanations]
    return [
        label if labels.count(label) == 1 else f"{label} ({labels[: i + 1].count(label)})"
        for i, label in enumerate(labels)
    ]
