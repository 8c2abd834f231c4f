"""A study's table for other programs and for papers: CSV, Parquet, LaTeX, Markdown."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError, unknown
from noiser.export import markdown
from noiser.export.latex import escape
from noiser.files import write_bytes
from noiser.study.measures import Column
from noiser.study.published import KEPT
from noiser.study.table import Cell, Line, Table
from noiser.study.wording import beside_text, number, published_lines

COLUMNS: dict[str, type] = {
    **{"model": str, "dataset": str, "method": str, "bound": str, "norm": str, "metric": str},
    **{"value": float, "low": float, "high": float, "samples": int},
    **{"done": int, "left_out": int, "failed": int, "open": int, "seconds": float},
    **{"published": float, "difference": float, "source": str},
}
"""Each column of CSV and Parquet, and what is in it, or nothing."""


def save_table(table: Table, path: str | Path) -> None:
    """Write a table to a file, by its ending: .csv, .parquet, .tex or .md."""
    write_bytes(path, FORMATS[check_format(path)](table))


def check_format(path: str | Path) -> str:
    """The ending of a file's name; WrongUse where a table has no such format."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise unknown("format", suffix, FORMATS)
    return suffix


def long_rows(table: Table) -> Iterator[dict[str, Any]]:
    """A row for every number: the columns are COLUMNS.

    The samples kept are a number of their own where somebody published how many.
    """
    for line in table.lines:
        kept = Cell(table.kept(line), None, line.count("done"))
        cells = {column.name: cell for column, cell in zip(table.columns, line.cells, strict=True)}
        for metric, cell in {**cells, KEPT: kept}.items():
            beside = table.beside(line, metric)
            if metric == KEPT and beside is None:
                continue
            low, high = cell.interval or (None, None)
            yield {
                **{"model": line.model, "dataset": line.dataset, "method": line.setting.method},
                **{"bound": line.setting.bound, "norm": line.setting.norm, "metric": metric},
                **{"value": cell.value, "low": low, "high": high, "samples": cell.samples},
                **{"done": line.count("done"), "left_out": line.count("left-out")},
                **{"failed": line.count("failed"), "seconds": line.seconds},
                "open": line.count("open") + line.count("taken"),
                "published": beside and beside.number.value,
                "difference": beside and beside.difference,
                "source": beside and beside.number.source,
            }


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(long_rows(table))
    return text.getvalue().encode("utf-8")


def _parquet(table: Table) -> bytes:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise NoiserError("Parquet needs pyarrow: pip install 'noiser[table]'.") from error
    kinds = {int: pa.int64(), float: pa.float64(), str: pa.string()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(list(long_rows(table)), schema=schema), sink)
    return bytes(sink.getvalue())


def _markdown(table: Table) -> bytes:
    parts: list[str] = []
    for title, head, body in _papers(table, "**{}**", "{} [{}, {}]", markdown.escaped):
        parts.append(f"### {markdown.escaped(title)}\n\n{markdown.table(head, body)}")
    if table.pairs:
        parts.append(_pairs(table))
    told = map(markdown.escaped, published_lines(table))
    return ("\n\n".join([*parts, *told, _counts(table)]) + "\n").encode("utf-8")


def _pairs(table: Table) -> str:
    """Every pair of methods as Markdown."""
    head = ["Difference", "Of", "By", "Samples", "p", "p (Holm)"]
    rows = [
        [
            markdown.escaped(f"{pair.first} − {pair.second}, {pair.dataset}, {pair.model}"),
            markdown.escaped(pair.column),
            "–" if pair.difference is None else number(pair.difference),
            str(pair.samples),
            *("–" if one is None else f"{one:.4f}" for one in (pair.p, pair.corrected)),
        ]
        for pair in table.pairs
    ]
    return f"### Pairs\n\n{markdown.table(head, rows, words=2)}"


def _latex(table: Table) -> bytes:
    parts = [
        "% In the preamble: \\usepackage{booktabs}; compile with LuaLaTeX or XeLaTeX for other letters."
    ]
    for title, head, body in _papers(
        table, "\\textbf{{{}}}", "{} {{\\scriptsize[{}, {}]}}", escape
    ):
        rows = "\n".join(f"{' & '.join(row)} \\\\" for row in body)
        parts.append(
            "\\begin{table}\n\\centering\n"
            f"\\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}\n\\toprule\n"
            f"{' & '.join(head)} \\\\\n\\midrule\n{rows}\n\\bottomrule\n\\end{{tabular}}\n"
            f"\\caption{{{escape(title)}}}\n\\end{{table}}"
        )
    told = [*published_lines(table), *_counts(table).splitlines()]
    counts = "\n".join(f"% {line}" for line in told)
    return ("\n\n".join([*parts, counts]) + "\n").encode("utf-8")


def _papers(
    table: Table, bold: str, ranged: str, safe: Callable[[str], str]
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """As the paper lays its tables out: one per column, a row per method, a column per data set and model.

    The best number of each column is set off; after it comes what was published, where anything was. Where
    nothing is measured, the samples kept come first.
    """
    if not table.study.metrics:
        yield _kept(table, safe)
    places = list(dict.fromkeys((line.dataset, line.model) for line in table.lines))
    variants = list(dict.fromkeys(line.variant for line in table.lines))
    short = _short_names({model for _, model in places})
    lines = {(line.variant, (line.dataset, line.model)): line for line in table.lines}
    samples = {key: max(one.samples for one in line.cells) for key, line in lines.items()}
    for i, column in enumerate(table.columns):
        cells = {
            (variant, place): table.cell(place[1], place[0], variant, i)
            for variant in variants
            for place in places
        }
        others = {key: table.beside(line, column.name) for key, line in lines.items()}
        known = {place for (_, place), one in others.items() if one is not None}
        if not known and all(cell is None or cell.value is None for cell in cells.values()):
            continue
        best = {place: best_of(column, [cells[one, place] for one in variants]) for place in places}
        head = ["Method"]
        for dataset, model in places:
            head.append(safe(f"{dataset}, {short[model]}"))
            head += ["published"] * ((dataset, model) in known)
        body = []
        for variant in variants:
            row = [safe(variant)]
            for place in places:
                cell = cells[variant, place]
                shown = _shown(cell, ranged, samples.get((variant, place), 0))
                set_off = cell is not None and cell.value is not None and cell.value == best[place]
                row.append(bold.format(shown) if set_off else shown)
                row += [beside_text(others.get((variant, place)))] * (place in known)
            body.append(row)
        yield f"{column.name}: {column.what}", head, body


def _kept(table: Table, safe: Callable[[str], str]) -> tuple[str, list[str], list[list[str]]]:
    """A row per model, a column per data set: of how many samples each model predicts the target."""
    first = {(line.model, line.dataset): line for line in reversed(table.lines)}
    models = list(dict.fromkeys(line.model for line in table.lines))
    datasets = list(dict.fromkeys(line.dataset for line in table.lines))
    short = _short_names(models)
    body = []
    for model in models:
        found = [first.get((model, dataset)) for dataset in datasets]
        body.append([safe(short[model]), *map(partial(_share, table), found)])
    return "Samples kept", ["Model", *map(safe, datasets)], body


def _share(table: Table, line: Line | None) -> str:
    if line is None:
        return "–"
    own = f"{line.count('done')} of {sum(line.counts.values())}"
    beside = table.beside(line, KEPT)
    return own if beside is None else f"{own}, published {beside_text(beside)}"


def _short_names(models: Collection[str]) -> dict[str, str]:
    """Each model by the last part of its id or folder, where no other ends like it."""
    ends = Counter(Path(model).name for model in models)
    return {model: name if ends[name := Path(model).name] == 1 else model for model in models}


def best_of(column: Column, cells: list[Cell | None]) -> float | None:
    """The best number of a column's cells, None where it has no better end or no two numbers."""
    known = [cell.value for cell in cells if cell is not None and cell.value is not None]
    if not column.better or len(known) < 2:
        return None
    return max(known) if column.better == "high" else min(known)


def _shown(cell: Cell | None, ranged: str, most: int) -> str:
    """A number with its interval, and of how many samples it is where other columns have more."""
    if cell is None or cell.value is None:
        return "–"
    shown = number(cell.value)
    if cell.interval is not None:
        shown = ranged.format(shown, *map(number, cell.interval))
    return shown if cell.samples == most else f"{shown} (n={cell.samples})"


def _counts(table: Table) -> str:
    """What became of every sample: nothing is left out unsaid."""
    lines = ["Samples done, left out (the model predicts another token), failed and open:", ""]
    for line in table.lines:
        left = line.count("open") + line.count("taken")
        counts = (
            f"{line.count('done')} / {line.count('left-out')} / {line.count('failed')} / {left}"
        )
        lines.append(f"- {line.dataset}, {line.model}, {line.variant}: {counts}")
    return "\n".join(lines)


FORMATS: dict[str, Callable[[Table], bytes]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".tex": _latex,
    ".md": _markdown,
}
