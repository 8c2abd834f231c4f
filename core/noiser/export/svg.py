"""A picture of an explanation, for papers and pages: heat map, most important tokens, next tokens."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from importlib import resources

from noiser.cells import cell_width, one_line, visible
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.layout import lay_out
from noiser.listing import listing
from noiser.prompt import SCAFFOLD

COLUMNS = 88
CELL, LINE, MARGIN = 8.4, 22, 16
TOKENS, NEXT_TOKENS = 10, 5
_BAR = 30
"""Cells of the longest bar."""


def render(explanation: Explanation) -> str:
    """The picture, one block per generated target under the other; it needs nothing beside itself."""
    lines: list[Line] = []
    for one in explanation.steps_explained:
        lines += [*_block(one), []]
    lines.append([_text(0, wording.settings(explanation), "q")])
    width, height = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    style = resources.files("noiser.export").joinpath("picture.css").read_text(encoding="utf-8")
    title = _escape(wording.question(explanation))
    body = "\n".join(draw(_y(row)) for row, line in enumerate(lines) for draw in line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n"
        f'<rect class="page" width="100%" height="100%" rx="8"/>\n{body}\n</svg>\n'
    )


Element = Callable[[int], str]
"""Draws itself on the base line it is given."""
Line = list[Element]


def _block(explanation: Explanation) -> Iterator[Line]:
    yield [_text(0, wording.question(explanation), "h")]
    yield []
    yield from _prompt(explanation)
    yield []
    yield [_text(0, wording.found(explanation))]
    yield [_text(0, wording.spent(explanation), "q")]
    for warning in explanation.warnings:
        yield [_text(0, f"⚠ {warning.message}", "q")]
    yield []
    yield from _bars(explanation)
    yield []
    for one in explanation.next_tokens[:NEXT_TOKENS]:
        yield [
            *_bar(24, one.probability, "n"),
            _text(0, one_line(wording.quoted(one.text), 22)),
            _text(24 + _BAR + 1, wording.raw(one.probability), "q"),
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
                line.append(_box(fragment.x, fragment.width, kind, abs(score) / top))
            if fragment.text.strip():
                roles = {explanation.tokens[i].role for i in piece.positions}
                roles = roles - SCAFFOLD or roles  # a unit with a special token in it is none
                kind = " ".join(sorted(roles - {"content"}))
                line.append(_text(fragment.x, fragment.text, kind, fragment.width))
        yield line


def _bars(explanation: Explanation) -> Iterator[Line]:
    listed = [one for one in listing(explanation) if one.scored.score is not None]
    shown = listed[:TOKENS]
    top = max((abs(one.scored.score or 0.0) for one in shown), default=0.0)
    yield [
        _text(0, explanation.granularity, "q"),
        _text(24 + _BAR + 1, "score", "q"),
        _text(24 + _BAR + 9, "95%", "q"),
        _text(24 + _BAR + 24, "raw", "q"),
    ]
    for one in shown:
        value = one.scored.score or 0.0
        indent = 2 if one.inside else 0
        yield [
            *_bar(24, abs(value) / top if top else 0.0, "hot" if value >= 0 else "cold"),
            _text(indent, one_line(wording.quoted(one.name), 22 - indent)),
            _text(24 + _BAR + 1, wording.score(value)),
            _text(24 + _BAR + 9, wording.interval(one.scored.interval), "q"),
            _text(24 + _BAR + 24, wording.raw(one.scored.raw), "q"),
        ]
    if len(listed) > TOKENS:
        what = "rows" if explanation.units else "tokens"
        yield [_text(0, f"{len(listed) - TOKENS} more {what} are not shown.", "q")]


def _bar(x: int, share: float, kind: str) -> list[Element]:
    return [_box(x, _BAR * min(1.0, share), kind, 1.0)] if share > 0 else []


def _box(x: float, width: float, kind: str, weight: float) -> Element:
    return lambda y: (
        f'<rect class="{kind}" x="{MARGIN + x * CELL:.1f}" y="{y - LINE + 7}" '
        f'width="{width * CELL:.1f}" height="{LINE - 3}" fill-opacity="{weight:.3f}"/>'
    )


def _text(x: float, text: str, kind: str = "", width: int | None = None) -> Element:
    """Text whose width is fixed, so that it keeps to the grid in whatever font there is."""
    if width is None:
        text = one_line(text, COLUMNS - int(x))
        width = cell_width(text)
    named = f' class="{kind}"' if kind else ""
    fixed = f' textLength="{width * CELL:.1f}" lengthAdjust="spacingAndGlyphs"' if width else ""
    return lambda y: (
        f'<text{named} x="{MARGIN + x * CELL:.1f}" y="{y}"{fixed} xml:space="preserve">'
        f"{_escape(text)}</text>"
    )


def _y(row: int) -> int:
    return MARGIN + (row + 1) * LINE - 7


def _escape(text: str) -> str:
    return html.escape(visible(text))
