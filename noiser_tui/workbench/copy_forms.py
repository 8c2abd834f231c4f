"""What of an explanation or a comparison can be copied, each as the text that goes into the clipboard."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from noiser.comparison.result import Comparison
from noiser.explanation import Explanation
from noiser.export import markdown, render, wording
from noiser.export.table import COLUMNS, rows
from noiser.files import write_bytes
from noiser.listing import listing

if TYPE_CHECKING:
    from noiser.record import Saved

_MARKDOWN_COLUMNS = ("token", "score", "95% interval", "raw", "α")


T = TypeVar("T")


@dataclass(frozen=True)
class CopyForm(Generic[T]):
    """One form. `make` gets what is shown and the positions under the cursor, and may take a while."""

    id: str
    title: str
    make: Callable[[T, Sequence[int]], str]


def token_text(explanation: Explanation, positions: Sequence[int]) -> str:
    """The prompt's text at `positions`; the name of a token that stands for no text there."""
    tokens = [explanation.tokens[i] for i in positions]
    if not tokens:
        return ""
    covered = explanation.prompt[min(t.start for t in tokens) : max(t.end for t in tokens)]
    return covered or "".join(token.text for token in tokens)


def table_tsv(explanation: Explanation) -> str:
    """The columns of the CSV, separated by tabs, as spreadsheets take them from a clipboard."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(explanation))
    return text.getvalue()


def table_markdown(explanation: Explanation) -> str:
    """What was explained as a Markdown table, the most important first, one table per target."""
    return "\n".join(_markdown(one) for one in explanation.steps_explained)


def comparison_tsv(comparison: Comparison) -> str:
    """The lines of the CSV, separated by tabs."""
    text = io.StringIO()
    lines = csv.reader(io.StringIO(str(render(comparison, ".csv"))))
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(lines)
    return text.getvalue()


def comparison_markdown(comparison: Comparison) -> str:
    """The scores as a Markdown table: a line per segment of the text, a column per row that has scores."""
    agreement = comparison.agreement
    scored = [
        (row.label, scores)
        for row, scores in zip(comparison.rows, agreement.scores, strict=True)
        if scores is not None
    ]
    lines = [
        [markdown.code(segment.text), *(wording.score(scores[place]) for _, scores in scored)]
        for place, segment in enumerate(agreement.segments)
    ]
    return markdown.table(["text", *(markdown.code(label) for label, _ in scored)], lines) + "\n"


def record_json(saved: Saved) -> str:
    """The record, as `--json` prints it and a saved run holds it."""
    return str(render(saved, ".json"))


def picture_svg(saved: Saved) -> str:
    """The picture as the text of an SVG file."""
    return str(render(saved, ".svg"))


def save_picture(saved: Saved, folder: Path | None = None) -> Path:
    """Write `explanation.png`, or `comparison.png`, and the SVG beside it into the user's cache: its path.

    A terminal's clipboard takes text only: it is the path that is copied. NoiserError where the
    files cannot be written.
    """
    from noiser_tui.workbench.clipboard import cache_folder

    folder = cache_folder(folder)
    png = folder / f"{'explanation' if isinstance(saved, Explanation) else 'comparison'}.png"
    made = render(saved, ".png")
    assert isinstance(made, bytes)
    write_bytes(png, made)
    write_bytes(png.with_suffix(".svg"), picture_svg(saved).encode())
    return png


FORMS: tuple[CopyForm[Explanation], ...] = (
    CopyForm("token", "The token under the cursor", token_text),
    CopyForm("prompt", "The prompt", lambda explanation, _: explanation.prompt),
    CopyForm("table", "The scores, for a spreadsheet", lambda one, _: table_tsv(one)),
    CopyForm("markdown", "The scores, as Markdown", lambda one, _: table_markdown(one)),
    CopyForm("json", "The record, as JSON", lambda one, _: record_json(one)),
    CopyForm("svg", "The picture, as SVG text", lambda one, _: picture_svg(one)),
    CopyForm("picture", "The picture, as a file's path", lambda one, _: str(save_picture(one))),
)
"""Every form of an explanation, in the order of a menu."""

COMPARISON_FORMS: tuple[CopyForm[Comparison], ...] = (
    CopyForm("prompt", "The prompt", lambda comparison, _: comparison.prompt),
    CopyForm("table", "The scores, for a spreadsheet", lambda one, _: comparison_tsv(one)),
    CopyForm("markdown", "The scores, as Markdown", lambda one, _: comparison_markdown(one)),
    CopyForm("json", "The record, as JSON", lambda one, _: record_json(one)),
    CopyForm("svg", "The picture, as SVG text", lambda one, _: picture_svg(one)),
    CopyForm("picture", "The picture, as a file's path", lambda one, _: str(save_picture(one))),
)
"""Every form of a comparison."""


def _markdown(explanation: Explanation) -> str:
    lines = []
    for one in listing(explanation):
        scored = one.scored
        low, high = scored.alpha or (None, None)
        alpha = f"{wording.scale(low)}–{wording.scale(high)}" if scored.alpha else wording.NOTHING
        name = ("↳ " if one.inside else "") + markdown.code(one.name)
        numbers = (
            wording.score(scored.score),
            wording.ends(scored),
            wording.raw(scored.raw),
            alpha,
        )
        lines.append([name, *numbers])
    target = markdown.code(explanation.target.text)
    return f"Target: {target}\n\n{markdown.table(_MARKDOWN_COLUMNS, lines)}\n"
