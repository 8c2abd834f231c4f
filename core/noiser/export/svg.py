"""A picture of an explanation, for papers and pages, that needs nothing beside itself."""

from __future__ import annotations

import html
from importlib import resources

from noiser.cells import visible
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.export.picture import CELL, LINE, MARGIN, Box, Label, Line, base, picture, size


def render(explanation: Explanation) -> str:
    """The picture, one block per generated target under the other."""
    return document(picture(explanation), wording.question(explanation))


def document(lines: list[Line], title: str) -> str:
    """The file that shows these lines; `title` says what they are to whoever does not see them."""
    width, height = size(lines)
    style = resources.files("noiser.export").joinpath("picture.css").read_text(encoding="utf-8")
    body = "\n".join(_draw(one, base(row)) for row, line in enumerate(lines) for one in line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">\n<title>{html.escape(visible(title))}</title>\n'
        f"<style>\n{style}</style>\n"
        f'<rect class="page" width="100%" height="100%" rx="8"/>\n{body}\n</svg>\n'
    )


def _draw(one: Box | Label, y: int) -> str:
    x = f"{MARGIN + one.x * CELL:.1f}"
    width = f"{one.width * CELL:.1f}"
    if isinstance(one, Box):
        return (
            f'<rect class="{one.kind}" x="{x}" y="{y - LINE + 7}" '
            f'width="{width}" height="{LINE - 3}" fill-opacity="{one.weight:.3f}"/>'
        )
    named = f' class="{one.kind}"' if one.kind else ""
    # the width is fixed, so that text keeps to the grid in whatever font there is
    fixed = f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if one.width else ""
    return (
        f'<text{named} x="{x}" y="{y}"{fixed} xml:space="preserve">{html.escape(one.text)}</text>'
    )
