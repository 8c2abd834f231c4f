"""What was explained, most important first: tokens, or units with the tokens of those looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noiser.explanation import Explanation, TokenScore, UnitScore


@dataclass(frozen=True)
class Listed:
    """A token or a unit, and its first position; `inside` says that it is a token of the unit before."""

    position: int
    scored: TokenScore | UnitScore
    inside: bool = False


def listing(explanation: Explanation) -> list[Listed]:
    """Everything with a score, highest first, then what has none; ties in the order of the prompt."""
    tokens = [Listed(i, token) for i, token in enumerate(explanation.tokens)]
    if not explanation.units:
        return _ordered(tokens)
    result: list[Listed] = []
    for one in _ordered([Listed(unit.first, unit) for unit in explanation.units]):
        result.append(one)
        if isinstance(one.scored, UnitScore) and one.scored.zoomed:
            own = _ordered(tokens[one.scored.first : one.scored.last + 1])
            result += [Listed(token.position, token.scored, inside=True) for token in own]
    return result


def ranking(explanation: Explanation) -> list[Listed]:
    """The tokens, or the units, that have a score, highest first."""
    return [one for one in listing(explanation) if not one.inside and one.scored.score is not None]


def name_of(explanation: Explanation, position: int) -> str:
    """The text of the unit that begins at a position, or of the token there."""
    unit = explanation.unit_at(position)
    return explanation.tokens[position].text if unit is None else unit.text


def _ordered(some: Sequence[Listed]) -> list[Listed]:
    def order(one: Listed) -> tuple[bool, float]:
        score = one.scored.score
        return score is None, -(score or 0.0)

    return sorted(some, key=order)
