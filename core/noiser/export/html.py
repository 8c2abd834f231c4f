"""A page that needs nothing beside itself: the prompt as a heat map, and the numbers under it."""

from __future__ import annotations

import html
from importlib import resources

from noiser.cells import visible
from noiser.explanation import Explanation, TokenScore, UnitScore
from noiser.export import wording
from noiser.listing import token_name
from noiser.prompt import SCAFFOLD, Piece

NEXT_TOKENS = 8


def render(explanation: Explanation) -> str:
    """The page, one section per generated target."""
    title = f"Why {wording.quoted(explanation.target.text)}"
    sections = "\n".join(_section(one) for one in explanation.steps_explained)
    version = explanation.environment.get("noiser", "")
    return page(title, sections, wording.settings(explanation), version)


def page(title: str, body: str, settings: str, version: str, *more: str) -> str:
    """A page around `body`; `more` are style sheets of its own, `settings` and `version` its foot."""
    style = "".join(_style(name) for name in ("page.css", "heat.css", *more))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f'<body class="noiser">\n'
        f"{body}\n<footer>{escape(settings)} · Noiser {escape(version)}</footer>\n"
        "</body>\n</html>\n"
    )


def fragment(explanation: Explanation) -> str:
    """The same to stand within another page, as a notebook's: its style touches nothing else there."""
    parts = (
        f"<p><b>{escape(wording.question(one))}</b></p>\n{_heat(one)}"
        f"<details><summary>All numbers</summary>\n{_next_tokens(one)}{_table(one)}</details>\n"
        for one in explanation.steps_explained
    )
    return f"{scoped_style()}{''.join(parts)}</div>\n"


def scoped_style(*more: str) -> str:
    """The opening of an element that has the style of the heat map, and `more`, for itself alone."""
    style = "".join(_style(name) for name in ("heat.css", *more))
    return f'<div class="noiser">\n<style>\n{style}</style>\n'


def _style(name: str) -> str:
    return resources.files("noiser.export").joinpath(name).read_text(encoding="utf-8")


def _section(explanation: Explanation) -> str:
    return (
        f"<section>\n<h1>{escape(wording.question(explanation))}</h1>\n"
        + _heat(explanation)
        + _next_tokens(explanation)
        + _table(explanation)
        + "</section>"
    )


def _heat(explanation: Explanation) -> str:
    """The heat map, what there is to doubt, what was found and what it cost."""
    scored = explanation.pieces()
    top = max((abs(score) for _, score in scored if score is not None), default=0.0)
    spans = "".join(_span(explanation, piece, score, top) for piece, score in scored)
    told = [wording.warning(explanation, one) for one in explanation.warnings]
    warnings = "".join(f"<li>{escape(one)}</li>" for one in told)
    return (
        f'<p class="prompt" dir="auto">{spans}</p>\n'
        + (f'<ul class="warnings">{warnings}</ul>\n' if warnings else "")
        + f"<p>{'<br>'.join(map(escape, wording.told(explanation)))}</p>\n"
    )


def _span(explanation: Explanation, piece: Piece, score: float | None, top: float) -> str:
    if not piece.positions:
        return escape(piece.text)
    tokens = [explanation.tokens[i] for i in piece.positions]
    roles = {token.role for token in tokens}
    roles = roles - SCAFFOLD or roles  # a unit with a special token in it is no special token
    classes = ["t", *sorted(roles)]
    if score is not None and score < 0:
        classes.append("less")
    if score and explanation.unsure(piece.positions):
        classes.append("unsure")
    if "\n" in piece.text and not piece.text.strip():
        classes.append("newline")
    weight = 0.0 if score is None or top == 0 else abs(score) / top
    # a template says nothing about the side the prompt is read from: dir="auto" skips it
    side = ' dir="ltr"' if all(token.scaffold for token in tokens) else ""
    unit = explanation.unit_at(piece.positions[0])
    if unit is not None and not unit.zoomed:
        hover = _hover(unit.first, unit, unit.text)
    else:
        hover = "\n".join(
            _hover(i, explanation.tokens[i], token_name(explanation, i)) for i in piece.positions
        )
    return (
        f'<span class="{" ".join(classes)}"{side} style="--w:{weight:.3f}" title="{escape(hover)}">'
        f"{escape(piece.text)}</span>"
    )


def _hover(position: int, one: TokenScore | UnitScore, name: str) -> str:
    return (
        f"{position}: {wording.named(name)} score {wording.score(one.score)} "
        f"({wording.ends(one)}) raw {wording.raw(one.raw)} α {wording.alpha(one)}"
    )


def _next_tokens(explanation: Explanation) -> str:
    items = "".join(
        f"<li><bdi>{escape(wording.quoted(one.text))}</bdi> {wording.raw(one.probability)}</li>"
        for one in explanation.next_tokens[:NEXT_TOKENS]
    )
    return f'<ol class="next" aria-label="Top next tokens">{items}</ol>\n'


def _table(explanation: Explanation) -> str:

    def of_tokens(positions: range, kind: str = "") -> list[str]:
        every = explanation.tokens
        return [_row(i, every[i], token_name(explanation, i), kind) for i in positions]

    rows = [] if explanation.units else of_tokens(range(len(explanation.tokens)))
    for unit in explanation.units:
        rows.append(_row(unit.first, unit, unit.text))
        if unit.zoomed:
            rows += of_tokens(range(unit.first, unit.last + 1), "inside")
    heads = ("#", explanation.granularity, "score", "95% interval", "raw", "α")
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


def _row(position: int, one: TokenScore | UnitScore, name: str, kind: str = "") -> str:
    cells = (
        wording.score(one.score),
        wording.ends(one),
        wording.raw(one.raw),
        wording.alpha(one),
    )
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    quoted = escape(wording.quoted(name))
    return (
        f'{opening}<td>{position}</td><th scope="row"><bdi>{quoted}</bdi></th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
    )


def escape(text: str) -> str:
    """Text as it stands in a page, its control characters made visible."""
    return html.escape(visible(text, lines=True))
