"""What was explained, most important first: tokens, or units with the tokens of those looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from noiser.explanation import Explanation, TokenScore, UnitScore
from noiser.prompt import full_name


@dataclass(frozen=True)
class Listed:
    """A token or a unit, and its first position; `inside` says that it is a token of the unit before.

    `name` is its text; of a token that is part of a character it tells which: <F0> of 🙂.
    """

    position: int
    scored: TokenScore | UnitScore
    name: str
    inside: bool = False


def listing(explanation: Explanation) -> list[Listed]:
    """Everything with a score, highest first, then what has none; ties in the order of the prompt."""
    tokens = [
        Listed(i, token, token_name(explanation, i)) for i, token in enumerate(explanation.tokens)
    ]
    if not explanation.units:
        return _ordered(tokens)
    result: list[Listed] = []
    for one in _ordered([Listed(unit.first, unit, unit.text) for unit in explanation.units]):
        result.append(one)
        if isinstance(one.scored, UnitScore) and one.scored.zoomed:
            own = _ordered(tokens[one.scored.first : one.scored.last + 1])
            result += [replace(token, inside=True) for token in own]
    return result


def ranking(explanation: Explanation) -> list[Listed]:
    """The tokens, or the units, that have a score, highest first."""
    return [one for one in listing(explanation) if not one.inside and one.scored.score is not None]


def name_of(explanation: Explanation, position: int) -> str:
    """The text of what was explained at a position: the unit that begins there, or the token."""
    unit = explanation.unit_at(position) if explanation.aggregate == "joint" else None
    return token_name(explanation, position) if unit is None else unit.text


def token_name(explanation: Explanation, position: int) -> str:
    """What a token is called by itself."""
    token = explanation.tokens[position]
    return full_name(explanation.prompt, token.text, token.start, token.end)


def _ordered(some: Sequence[Listed]) -> list[Listed]:
    def order(one: Listed) -> tuple[bool, float]:
        score = one.scored.score
        return score is None, -(score or 0.0)

    return sorted(some, key=order)
