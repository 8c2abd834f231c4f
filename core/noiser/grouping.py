"""Units scored by a rule over single tokens, each of which the method explained by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noiser.aggregation import aggregate
from noiser.assembly import normalisation_used
from noiser.draws import FloatArray
from noiser.methods.task import Attribution, Task
from noiser.request import Normalisation, Request
from noiser.scores import normalise, resample, shares, stability
from noiser.scoring import Numbers, Rows, Scored, numbers, row, scored, token_scores, unit_scores
from noiser.units import cut
from noiser.zoom import Zoomed


def scored_as(
    request: Request, task: Task, found: Attribution, zoomed: Zoomed | None
) -> tuple[Task, Attribution, Normalisation, Scored]:
    """What was asked for as a task, what was found of it, the normalisation used, and the scores.

    Where the request's rule is joint they are of the task as it ran, else of units over its tokens.
    """
    if request.rule == "joint":
        how = normalisation_used(task, found)
        return task, found, how, scored(task, found, zoomed, how)
    asked, grouped = group(task, found, request)
    how = normalisation_used(asked, grouped)
    return asked, grouped, how, scored_by_rule(asked, grouped, found, how)


def group(task: Task, found: Attribution, request: Request) -> tuple[Task, Attribution]:
    """The units of what was asked for as a task, and what was found of tokens as found of units.

    `raw` has at the first position of each unit the rule over its tokens' raw scores; `losses` there
    the same over what each draw takes, or, for the strongest, that token's own. A scale is no unit's.
    """
    changed = set(task.positions)
    units = cut(task.prompt, request.granularity, request.spans)
    members = {u[0]: kept for u in units if (kept := tuple(i for i in u if i in changed))}
    firsts, some = list(members), list(members.values())
    raw = np.full_like(found.raw, np.nan)
    raw[firsts] = aggregate(found.raw, some, request.rule)
    losses = None
    if found.losses is not None:
        losses = np.full_like(found.losses, np.nan)
        losses[firsts] = (
            found.losses[[unit[_strongest(found.raw[list(unit)])] for unit in some]]
            if request.rule == "max"
            else aggregate(found.losses.T, some, request.rule).T
        )
    grouped = replace(found, raw=raw, losses=losses, brackets={}, scales={}, saturated=frozenset())
    return replace(task, positions=tuple(firsts), members=members, request=request), grouped


def scored_by_rule(
    task: Task, grouped: Attribution, found: Attribution, how: Normalisation
) -> Scored:
    """The scores of units and tokens, of a task and what was found as `group` gives them.

    Units are normalised, from their raw scores; a unit's tokens divide its score by what of their raw
    scores has its sign. Intervals come from the rule over every resample of the draws.
    """
    firsts = list(task.positions)
    some = [task.at(first) for first in firsts]
    scores = normalise(grouped.raw[firsts], how)
    parts = None if found.losses is None else resample(found.losses, task.request.seed)
    drawn = None if parts is None else aggregate(parts, some, task.request.rule)
    drawn_scores = None if drawn is None else normalise(drawn, how)
    tokens: dict[int, Numbers] = {}
    for column, unit in enumerate(some):
        members = list(unit)
        own = scores[column] * _shares(found.raw[members], grouped.raw[[firsts[column]]])
        inside = divided = None
        if parts is not None and drawn is not None and drawn_scores is not None:
            inside, one = parts[:, members], [column]
            divided = drawn_scores[:, one] * _shares(inside, drawn[:, one])
        tokens |= numbers(found, members, own, inside, divided)
    rows: Rows | None = None
    if found.losses is not None:
        rows = tuple(row(found, i) for i in range(len(task.prompt)))
    of_units = numbers(grouped, firsts, scores, drawn, drawn_scores)
    return Scored(
        tokens=token_scores(task, tokens),
        units=unit_scores(task, grouped, None, of_units),
        losses=rows,
        zoom=None,
        stability=None if drawn_scores is None else stability(scores, drawn_scores),
    )


def _shares(raw: FloatArray, whole: FloatArray) -> FloatArray:
    """What each part has of a whole: by those that have its sign."""
    return shares(raw * np.where(whole < 0.0, -1.0, 1.0))


def _strongest(raw: FloatArray) -> int:
    return int(np.abs(raw).argmax())
