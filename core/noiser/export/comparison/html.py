"""A page that needs nothing beside itself: the rows as one heat map, how far they agree, all numbers."""

from __future__ import annotations

from collections.abc import Sequence

from noiser.cells import visible
from noiser.comparison.result import Comparison, Matrix, Segment
from noiser.export.comparison import wording
from noiser.export.html import escape, page, scoped_style
from noiser.export.wording import found, named, quoted, score

_BREAK = "\n"
_STYLE = "comparison.css"


def render(comparison: Comparison) -> str:
    """The whole page."""
    title = wording.question(comparison)
    body = f"<section>\n<h1>{escape(title)}</h1>\n{_body(comparison)}</section>"
    version = comparison.environment.get("noiser", "")
    return page(title, body, wording.settings(comparison), version, _STYLE)


def fragment(comparison: Comparison) -> str:
    """The same to stand within another page, as a notebook's: its style touches nothing else there."""
    title = escape(wording.question(comparison))
    return f"{scoped_style(_STYLE)}<p><b>{title}</b></p>\n{_body(comparison)}</div>\n"


def _body(comparison: Comparison) -> str:
    told = [*wording.failures(comparison), *wording.warnings(comparison)]
    notes = "".join(f"<li>{escape(one)}</li>" for one in told)
    matrices = _BREAK.join(
        _matrix(comparison, title, matrix) for title, matrix in wording.matrices(comparison)
    )
    return (
        f"{_rows(comparison)}\n"
        + (f'<ul class="warnings">{notes}</ul>\n' if notes else "")
        + f"<p>{escape(wording.found(comparison))}</p>\n"
        f'<div class="matrices">\n{matrices}\n</div>\n{_numbers(comparison)}\n'
    )


def _rows(comparison: Comparison) -> str:
    """A line of the table for each row: its name, what it found, and the text in its colours."""
    made: list[str] = []
    names = wording.names(comparison)
    for row, name, scores in zip(comparison.rows, names, comparison.agreement.scores, strict=True):
        if row.explanation is None or scores is None:
            text = f'<p class="failed">{escape(str(row.error))}</p>'
        else:
            target = quoted(row.explanation.target.text)
            text = (
                f'<p class="prompt" dir="auto">{_spans(comparison, scores)}</p>'
                f'<p class="found"><bdi>{escape(visible(target))}</bdi>: '
                f"{escape(found(row.explanation))}</p>"
            )
        made.append(f'<tr><th scope="row">{escape(name)}</th><td>{text}</td></tr>')
    return f'<table class="rows">\n<tbody>\n{_BREAK.join(made)}\n</tbody>\n</table>'


def _spans(comparison: Comparison, scores: Sequence[float | None]) -> str:
    top = max((abs(one) for one in scores if one is not None), default=0.0)
    scaffold = wording.scaffold(comparison)
    return "".join(
        _span(segment, value, top, special=i in scaffold)
        for i, (segment, value) in enumerate(
            zip(comparison.agreement.segments, scores, strict=True)
        )
    )


def _span(segment: Segment, value: float | None, top: float, *, special: bool) -> str:
    classes = ["t", *(["special"] if special else [])]
    if value is not None and value < 0:
        classes.append("less")
    if "\n" in segment.text and not segment.text.strip():
        classes.append("newline")
    weight = 0.0 if value is None or top == 0 else abs(value) / top
    side = ' dir="ltr"' if special else ""
    hover = escape(f"{named(segment.text)} score {score(value)}")
    return (
        f'<span class="{" ".join(classes)}"{side} style="--w:{weight:.3f}" title="{hover}">'
        f"{escape(segment.text)}</span>"
    )


def _matrix(comparison: Comparison, title: str, matrix: Matrix) -> str:
    head = "".join(f'<th scope="col">{i}</th>' for i in range(1, len(matrix) + 1))
    body: list[str] = []
    for i, (name, row) in enumerate(zip(wording.names(comparison), matrix, strict=True)):
        cells = "".join(_cell(value, own=i == j) for j, value in enumerate(row))
        body.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return (
        f'<table class="matrix">\n<caption>{escape(title)}</caption>\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{_BREAK.join(body)}\n</tbody>\n</table>"
    )


def _cell(value: float | None, *, own: bool) -> str:
    if own or value is None:
        return f'<td class="own">{wording.share(value)}</td>'
    kind = ' class="less"' if value < 0 else ""
    return f'<td{kind} style="--w:{abs(value):.3f}">{wording.share(value)}</td>'


def _numbers(comparison: Comparison) -> str:
    """Every score, a line for each segment and a column for each row."""
    scores = comparison.agreement.scores
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in wording.names(comparison))
    body: list[str] = []
    for i, segment in enumerate(comparison.agreement.segments):
        cells = "".join(f"<td>{score(None if row is None else row[i])}</td>" for row in scores)
        text = escape(visible(quoted(segment.text)))
        body.append(f'<tr><th scope="row"><bdi>{text}</bdi></th>{cells}</tr>')
    return (
        '<details><summary>All scores</summary>\n<table class="scores">\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{_BREAK.join(body)}\n</tbody>\n"
        "</table>\n</details>"
    )
