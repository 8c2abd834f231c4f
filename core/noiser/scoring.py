"""From what a method found to the scores of tokens and of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from noiser.draws import FloatArray
from noiser.explanation import TokenScore, UnitScore, Zoom
from noiser.methods.task import Attribution, Task
from noiser.request import Normalisation
from noiser.scores import ends, normalise, number, pair, resample, shares, stability
from noiser.units import cut, unit_text
from noiser.zoom import Zoomed

Rows = tuple[tuple[float, ...] | None, ...]


@dataclass(frozen=True)
class Scored:
    """The scores of an explanation, and what they were computed from."""

    tokens: tuple[TokenScore, ...]
    units: tuple[UnitScore, ...]
    losses: Rows | None
    zoom: Zoom | None
    stability: float | None


class Numbers(TypedDict, total=False):
    """What tokens and units have in common."""

    score: float | None
    raw: float | None
    interval: tuple[float, float] | None
    raw_interval: tuple[float, float] | None
    alpha: tuple[float, float] | None
    saturated: bool
    scale: float | None


def scored(task: Task, found: Attribution, zoomed: Zoomed | None, how: Normalisation) -> Scored:
    """Every token and unit of the prompt with its scores, their intervals and what the search found.

    Scores are one additive whole: those of a unit's tokens sum to its own. In a unit that was looked
    into they are divided by what each token takes there, in others evenly.
    """
    positions = list(task.positions)
    scores = normalise(found.raw[positions], how)
    drawn = _resampled(task, found, positions)
    drawn_scores = None if drawn is None else normalise(drawn, how)
    own = numbers(found, positions, scores, drawn, drawn_scores)
    tokens: dict[int, Numbers] = {}
    losses: dict[int, tuple[float, ...] | None] = {}
    for column, first in enumerate(positions):
        members = list(task.at(first))
        if zoomed is not None and first in zoomed.units:
            inside, one = zoomed.inside, scores[column]
            parts = _resampled(task, inside, members)
            divided = None
            if parts is not None and drawn_scores is not None:
                divided = drawn_scores[:, [column]] * shares(parts)
            tokens |= numbers(inside, members, one * shares(inside.raw[members]), parts, divided)
            losses |= {i: row(inside, i) for i in members}
        elif len(members) == 1:
            tokens[members[0]] = own[first]
            losses[members[0]] = row(found, first)
        else:
            even = number(scores[column] / len(members))
            tokens |= {i: Numbers(score=even, raw=None) for i in members}
    return Scored(
        tokens=token_scores(task, tokens),
        units=unit_scores(task, found, zoomed, own),
        losses=None
        if found.losses is None
        else tuple(losses.get(i) for i in range(len(task.prompt))),
        zoom=_zoom(task, zoomed),
        stability=None if drawn_scores is None else stability(scores, drawn_scores),
    )


def token_scores(task: Task, known: dict[int, Numbers]) -> tuple[TokenScore, ...]:
    """Every token of the prompt, with what is known of it."""
    return tuple(
        TokenScore(
            id=token.id,
            text=token.text,
            start=token.start,
            end=token.end,
            role=token.role,
            special=token.special,
            bytes=token.bytes,
            **known.get(i, Numbers(score=None, raw=None)),
        )
        for i, token in enumerate(task.prompt.tokens)
    )


def unit_scores(
    task: Task, found: Attribution, zoomed: Zoomed | None, known: dict[int, Numbers]
) -> tuple[UnitScore, ...]:
    """Every unit, with what is known of it by its first position; none where tokens are explained."""
    if task.request.granularity == "token":
        return ()
    looked_into = zoomed.units if zoomed is not None else ()
    return tuple(
        UnitScore(
            first=unit[0],
            last=unit[-1],
            text=unit_text(task.prompt.text, task.prompt.tokens, unit),
            zoomed=unit[0] in looked_into,
            losses=row(found, unit[0]),
            **known.get(unit[0], Numbers(score=None, raw=None)),
        )
        for unit in cut(task.prompt, task.request.granularity, task.request.spans)
    )


def _zoom(task: Task, zoomed: Zoomed | None) -> Zoom | None:
    if zoomed is None:
        return None
    units = cut(task.prompt, task.request.granularity, task.request.spans)
    index = {unit[0]: number for number, unit in enumerate(units)}
    inside = zoomed.inside
    return Zoom(
        tuple(index[first] for first in zoomed.units),
        inside.alpha,
        inside.leaders,
        inside.scale_saturated,
    )


def numbers(
    found: Attribution,
    positions: Sequence[int],
    scores: FloatArray,
    drawn: FloatArray | None,
    drawn_scores: FloatArray | None,
) -> dict[int, Numbers]:
    """What was found of each of the positions, with its score and its intervals."""
    none = np.full((len(positions), 2), np.nan)
    intervals = none if drawn_scores is None else ends(drawn_scores)
    raw_intervals = none if drawn is None else ends(drawn)
    result: dict[int, Numbers] = {}
    for column, i in enumerate(positions):
        bracket = found.brackets.get(i)
        result[i] = Numbers(
            score=number(scores[column]),
            raw=number(found.raw[i]),
            interval=pair(intervals[column]),
            raw_interval=pair(raw_intervals[column]),
            alpha=None if bracket is None else (bracket.low, bracket.high),
            saturated=i in found.saturated,
            scale=found.scales.get(i),
        )
    return result


def _resampled(task: Task, found: Attribution, positions: Sequence[int]) -> FloatArray | None:
    repeats = found.losses if found.repeats is None else found.repeats
    if repeats is None:
        return None
    return resample(repeats[list(positions)], task.request.seed)


def row(found: Attribution, position: int) -> tuple[float, ...] | None:
    """What each draw takes at a position; None where it had no noise."""
    if found.losses is None or np.isnan(found.losses[position]).any():
        return None
    return tuple(float(x) for x in found.losses[position])
