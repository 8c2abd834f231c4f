"""What a picture of an explanation shows and where: heat map, most important tokens, next tokens."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from noiser.cells import cell_width, one_line, visible
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.layout import lay_out
from noiser.listing import listing
from noiser.prompt import SCAFFOLD

COLUMNS = 88
CELL, LINE, MARGIN = 8.4, 22, 16
"""Pixels: the width of a cell, the height of a line, what is left free around them."""
TOKENS, NEXT_TOKENS = 10, 5
STRIPE = 0.6
"""Cells from one stripe of a hatched box to the next."""
_BAR = 30
"""Cells of the longest bar."""


@dataclass(frozen=True)
class Box:
    """A filled box from cell `x` on, `width` cells wide; `weight` in [0, 1] is how strong its colour is."""

    x: float
    width: float
    kind: str
    weight: float


@dataclass(frozen=True)
class Label:
    """Visible text from cell `x` on that takes `width` cells, whatever the font; `kind` is its style."""

    x: int
    text: str
    kind: str
    width: int


Line: TypeAlias = list[Box | Label]


def picture(explanation: Explanation) -> list[Line]:
    """The lines from top to bottom, one block per generated target under the other."""
    lines: list[Line] = []
    for one in explanation.steps_explained:
        lines += [*_block(one), []]
    lines.append([label(0, wording.settings(explanation), "q")])
    return lines


def size(lines: list[Line]) -> tuple[int, int]:
    """Width and height in pixels."""
    return round(COLUMNS * CELL + 2 * MARGIN), len(lines) * LINE + 2 * MARGIN


def base(row: int) -> int:
    """The base line of a line's text, in pixels from the top."""
    return MARGIN + (row + 1) * LINE - 7


def _block(explanation: Explanation) -> Iterator[Line]:
    yield [label(0, wording.question(explanation), "h")]
    yield []
    yield from _prompt(explanation)
    yield []
    found, *others = wording.told(explanation)
    yield [label(0, found)]
    for sentence in others:
        yield [label(0, sentence, "q")]
    for warning in explanation.warnings:
        yield [label(0, f"⚠ {wording.warning(explanation, warning)}", "q")]
    yield []
    yield from _bars(explanation)
    yield []
    for one in explanation.next_tokens[:NEXT_TOKENS]:
        yield [
            *_bar(24, one.probability or 0.0, "n"),
            label(0, one_line(wording.quoted(one.text), 22)),
            label(24 + _BAR + 1, wording.raw(one.probability), "q"),
        ]


def _prompt(explanation: Explanation) -> Iterator[Line]:
    scored = explanation.pieces()
    top = max((abs(score) for _, score in scored if score is not None), default=0.0)
    for row in lay_out([piece for piece, _ in scored], COLUMNS):
        line: Line = []
        for fragment in row.fragments:
            piece, score = scored[fragment.piece]
            if score and top:
                kind = "hot" if score > 0 else "cold"
                whole = Box(fragment.x, fragment.width, kind, abs(score) / top)
                line += _stripes(whole) if explanation.unsure(piece.positions) else [whole]
            if fragment.text.strip():
                roles = {explanation.tokens[i].role for i in piece.positions}
                roles = roles - SCAFFOLD or roles  # a unit with a special token in it is none
                kind = " ".join(sorted(roles - {"content"}))
                line.append(Label(fragment.x, visible(fragment.text), kind, fragment.width))
        yield line


def _bars(explanation: Explanation) -> Iterator[Line]:
    listed = [one for one in listing(explanation) if one.scored.score is not None]
    shown = listed[:TOKENS]
    top = max((abs(one.scored.score or 0.0) for one in shown), default=0.0)
    yield [
        label(0, explanation.granularity, "q"),
        label(24 + _BAR + 1, "score", "q"),
        label(24 + _BAR + 8, "95%", "q"),
        label(24 + _BAR + 27, "raw", "q"),
    ]
    for one in shown:
        value = one.scored.score or 0.0
        indent = 2 if one.inside else 0
        drawn = _bar(24, abs(value) / top if top else 0.0, "hot" if value >= 0 else "cold")
        if one.scored.sure is False:
            drawn = [stripe for box in drawn for stripe in _stripes(box)]
        yield [
            *drawn,
            label(indent, one_line(wording.quoted(one.name), 22 - indent)),
            label(24 + _BAR + 1, wording.score(value)),
            label(24 + _BAR + 8, wording.ends(one.scored), "q"),
            label(24 + _BAR + 27, wording.raw(one.scored.raw), "q"),
        ]
    if len(listed) > TOKENS:
        what = "rows" if explanation.units else "tokens"
        yield [label(0, f"{len(listed) - TOKENS} more {what} are not shown.", "q")]


def _bar(x: int, share: float, kind: str) -> list[Box]:
    return [Box(x, _BAR * min(1.0, share), kind, 1.0)] if share > 0 else []


def _stripes(box: Box) -> list[Box]:
    """The box hatched, for a score that may be 0."""
    starts = (STRIPE * number for number in range(math.ceil(box.width / STRIPE)))
    return [replace(box, x=box.x + at, width=min(STRIPE / 2, box.width - at)) for at in starts]


def label(x: int, text: str, kind: str = "") -> Label:
    """One line of text from cell `x` on, cut where the picture ends."""
    shown = one_line(text, COLUMNS - x)
    return Label(x, shown, kind, cell_width(shown))
