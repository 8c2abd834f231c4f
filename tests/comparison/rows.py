"""Explanations made by hand, so that what lines up and what agrees is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from noiser.comparison.agreement import agree
from noiser.comparison.alignment import align
from noiser.comparison.doubts import doubts
from noiser.comparison.result import Comparison, Row
from noiser.events import NextToken
from noiser.explanation import Explanation, TokenScore
from tests.export.example import example


def scored(
    text: str, *tokens: tuple[str, float | None], target: str = " Paris", gap: str = ""
) -> Explanation:
    """An explanation of `text` by these tokens in order; one that is in <> stands for no characters.

    `gap` are characters between tokens that belong to none.
    """
    made: list[TokenScore] = []
    end = 0
    for number, (name, score) in enumerate(tokens):
        bare = name.startswith("<")
        while not bare and gap and not text.startswith(name, end):
            assert text[end] in gap
            end += 1
        stop = end if bare else end + len(name)
        assert bare or text[end:stop] == name
        role = "special" if bare else "content"
        made.append(TokenScore(number, name, end, stop, role, bare, score, score))
        end = stop
    return replace(
        example(["x"]),
        prompt=text,
        tokens=tuple(made),
        leaders=(),
        warnings=(),
        target=NextToken(7, target, 0.5),
    )


def compared(
    rows: dict[str, Explanation | str], top: int | None = None, **changes: object
) -> Comparison:
    """A comparison of these rows; one that is a text failed for that reason."""
    made = [
        Row(label, "tiny", label, None, None, one)
        if isinstance(one, str)
        else Row(label, "tiny", label, None, one)
        for label, one in rows.items()
    ]
    explained = [one for one in rows.values() if isinstance(one, Explanation)]
    alignment = align(explained)
    scores = iter(alignment.scores)
    by_row: Sequence[Sequence[float | None] | None] = [
        None if row.explanation is None else next(scores) for row in made
    ]
    agreement = agree(alignment.segments, by_row, top)
    comparison = Comparison(
        explained[0].prompt,
        tuple(made),
        agreement,
        tuple(doubts(made, alignment, agreement)),
        0.5,
        {"noiser": "0.1.0"},
    )
    return replace(comparison, **changes)  # type: ignore[arg-type]
