"""A finished explanation as the engine had it: its prompt, its request, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from noiser.events import Bracket
from noiser.explanation import Explanation, TokenScore, UnitScore
from noiser.methods.task import Attribution
from noiser.prompt import Prompt, Token
from noiser.request import Request
from noiser.zoom import Zoomed


def prompt_of(explanation: Explanation) -> Prompt:
    """The prompt by its ids; nothing is encoded again."""
    tokens = (Token(t.id, t.text, t.start, t.end, t.role, t.bytes) for t in explanation.tokens)
    return Prompt(explanation.prompt, tuple(tokens), explanation.messages)


def request_of(explanation: Explanation) -> Request:
    """How it was asked for, as far as the record tells, but for the target and the contrast."""
    kept = {field.name for field in fields(Explanation)} - {"target", "contrast", "zoom"}
    return Request(
        **{f.name: getattr(explanation, f.name) for f in fields(Request) if f.name in kept},
        zoom=0 if explanation.zoom is None else len(explanation.zoom.units),
    )


def members_of(explanation: Explanation) -> dict[int, tuple[int, ...]]:
    """What had its noise together, by first position, without the tokens that were left out."""
    joint = explanation.aggregate == "joint"
    units = [range(unit.first, unit.last + 1) for unit in explanation.units if joint]
    every: Sequence[Sequence[int]] = units or [(i,) for i in range(len(explanation.tokens))]
    kept = {u[0]: tuple(i for i in u if explanation.tokens[i].score is not None) for u in every}
    return {first: positions for first, positions in kept.items() if positions}


def inside_of(explanation: Explanation) -> tuple[int, ...]:
    """The tokens of the units that were looked into."""
    members = members_of(explanation)
    looked_into = [unit.first for unit in explanation.units if unit.zoomed]
    return tuple(i for first in looked_into for i in members.get(first, ()))


def found_in(explanation: Explanation) -> Attribution:
    """What the method found of the tokens, or of the units."""
    scored: dict[int, TokenScore | UnitScore] = dict(enumerate(explanation.tokens))
    losses = dict(enumerate(explanation.losses or ()))
    if explanation.units and explanation.aggregate == "joint":
        scored = {unit.first: unit for unit in explanation.units}
        losses = {unit.first: unit.losses for unit in explanation.units}
    found = _found(explanation, scored, losses)
    found.alpha, found.leaders = explanation.alpha, explanation.leaders
    found.scale_saturated = explanation.saturated
    found.rounding, found.close = explanation.rounding, explanation.close_decisions
    found.options = explanation.options
    return found


def zoomed_in(explanation: Explanation) -> Zoomed | None:
    """What the method found inside the units that were looked into."""
    zoom = explanation.zoom
    if zoom is None:
        return None
    inside = inside_of(explanation)
    scored: dict[int, TokenScore | UnitScore] = {i: explanation.tokens[i] for i in inside}
    found = _found(explanation, scored, dict(enumerate(explanation.losses or ())))
    found.alpha, found.leaders, found.scale_saturated = zoom.alpha, zoom.leaders, zoom.saturated
    return Zoomed(tuple(explanation.units[i].first for i in zoom.units), found)


def _found(
    explanation: Explanation,
    scored: dict[int, TokenScore | UnitScore],
    losses: dict[int, tuple[float, ...] | None],
) -> Attribution:
    shape = len(explanation.tokens), explanation.draws
    found = Attribution(np.full(shape[0], np.nan), losses=np.full(shape, np.nan))
    assert found.losses is not None
    for i, one in scored.items():
        if (row := losses.get(i)) is None or len(row) != explanation.draws:
            continue
        found.losses[i], found.raw[i] = row, np.mean(row)
        if one.scale is not None:
            found.scales[i] = one.scale
        if one.alpha is not None:
            found.brackets[i] = Bracket(*one.alpha)
        if one.saturated:
            found.saturated |= {i}
    return found
