"""A study's table as a grid of texts: methods down, models and data sets (or measures) across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from noiser.export.wording import signed
from noiser.study.export import best_of
from noiser.study.measures import Column
from noiser.study.published import KEPT
from noiser.study.significance import Pair
from noiser.study.table import Cell, Line, Table
from noiser.study.wording import on_screen, shown

LEVELS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
"""Marks of a corrected p value below each of these."""
Place = tuple[str, str]
"""A model and a data set."""


@dataclass(frozen=True)
class Spot:
    """A cell of the grid: a method's name with what sets it apart, where, and by which column."""

    variant: str
    model: str
    dataset: str
    column: str


@dataclass(frozen=True)
class GridCell:
    """One cell's texts: the number with its interval, its mark against the chosen method, what is left.

    `best` is set where no other method of its column has a better number.
    """

    spot: Spot
    text: str
    mark: str = ""
    left: str = ""
    failed: str = ""
    best: bool = False

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.text}{self.mark}{self.left}{self.failed}"


@dataclass(frozen=True)
class GridColumn:
    """A column with its two lines of heading; cells are None where the grid has no such line."""

    heads: tuple[str, str]
    cells: tuple[GridCell | None, ...]


@dataclass(frozen=True)
class Grid:
    """What is drawn: the names of the rows, and which of them is `against`, the columns."""

    names: tuple[str, ...] = ()
    columns: tuple[GridColumn, ...] = ()
    against: str = ""

    def spot(self, row: int, column: int) -> Spot | None:
        """The cell at a place."""
        if not (0 <= row < len(self.names) and 0 <= column < len(self.columns)):
            return None
        cell = self.columns[column].cells[row]
        return cell.spot if cell is not None else None


def make_grid(table: Table, against: str = "") -> Grid:
    """The grid of a table: a column for each model and data set, of several measures one for each.

    `against` is the method that the others are marked against, the first one where there is none such.
    """
    names = tuple(dict.fromkeys(line.variant for line in table.lines))
    if not names:
        return Grid()
    against = against if against in names else names[0]
    lines = {(line.variant, line.model, line.dataset): line for line in table.lines}
    pairs = {_pair_key(pair): pair for pair in table.pairs}
    places = list(dict.fromkeys((line.model, line.dataset) for line in table.lines))
    columns = []
    for place in places:
        for i, column in enumerate(table.columns):
            if _shown(i, place, table.lines, len(table.columns)):
                of_many = len(table.columns) > 1
                own = _column(names, place, (i, column), lines, pairs, against, of_many=of_many)
                columns += [own, *_published(table, own, column, lines)]
    return Grid(names, tuple(columns), against)


def _published(
    table: Table, own: GridColumn, column: Column, lines: Mapping[tuple[str, str, str], Line]
) -> list[GridColumn]:
    """A column of what others published of a column's cells, none where nobody did."""
    cells: list[GridCell | None] = []
    for cell in own.cells:
        spot = cell and cell.spot
        line = spot and lines[spot.variant, spot.model, spot.dataset]
        beside = line and table.beside(line, column.name)
        cells.append(GridCell(spot, on_screen(beside)) if spot and beside else None)
    return [GridColumn((own.heads[0], "published"), tuple(cells))] if any(cells) else []


def _shown(i: int, place: Place, lines: Sequence[Line], count: int) -> bool:
    """Of many measures those are left out that nothing which is done has a number of."""
    own = [line for line in lines if (line.model, line.dataset) == place]
    return (
        count == 1
        or not any(line.count("done") for line in own)
        or any(line.cells[i].value is not None for line in own)
    )


def _column(
    names: Sequence[str],
    place: Place,
    numbered: tuple[int, Column],
    lines: Mapping[tuple[str, str, str], Line],
    pairs: Mapping[tuple[str, str, str, frozenset[str]], Pair],
    against: str,
    *,
    of_many: bool,
) -> GridColumn:
    (model, dataset), (i, column) = place, numbered
    found = [lines.get((name, model, dataset)) for name in names]
    best = best_of(column, [line.cells[i] if line is not None else None for line in found])
    cells: list[GridCell | None] = []
    for name, line in zip(names, found, strict=True):
        if line is None:
            cells.append(None)
            continue
        cell = line.cells[i]
        pair = pairs.get((model, dataset, column.name, frozenset((name, against))))
        cells.append(
            GridCell(
                Spot(name, model, dataset, column.name),
                cell_text(cell),
                mark_of(pair) if name != against else "",
                _left(line),
                f" ✗{line.count('failed')}" if line.count("failed") else "",
                best is not None and cell.value == best,
            )
        )
    short = PurePath(model).name or model
    heads = (f"{dataset}, {short}", column.name) if of_many else (dataset, short)
    return GridColumn(heads, tuple(cells))


def cell_text(cell: Cell) -> str:
    """The number and its 95% interval."""
    if cell.value is None:
        return "–"
    if cell.interval is None:
        return shown(cell.value)
    return f"{shown(cell.value)} [{shown(cell.interval[0])}, {shown(cell.interval[1])}]"


def mark_of(pair: Pair | None) -> str:
    """Stars of the corrected p value, none where the two do not differ or are not compared yet."""
    if pair is None or pair.corrected is None:
        return ""
    corrected = pair.corrected
    return next((mark for level, mark in LEVELS if corrected < level), "")


def _left(line: Line) -> str:
    """How many samples are finished, of how many, while they are not all."""
    total = sum(line.counts.values())
    left = line.count("open") + line.count("taken")
    return f" …{total - left}/{total}" if left else ""


def _pair_key(pair: Pair) -> tuple[str, str, str, frozenset[str]]:
    return pair.model, pair.dataset, pair.column, frozenset((pair.first, pair.second))


def detail(table: Table, spot: Spot, against: str) -> str:
    """All that is known of a cell, in a sentence."""
    line = next(
        (
            one
            for one in table.lines
            if (one.variant, one.model, one.dataset) == (spot.variant, spot.model, spot.dataset)
        ),
        None,
    )
    i = next((i for i, one in enumerate(table.columns) if one.name == spot.column), None)
    if line is None or i is None:
        return ""
    column, cell = table.columns[i], line.cells[i]
    parts = [f"{spot.variant} on {spot.dataset}, {spot.model}"]
    parts.append(f"{column.name} {_value(cell)}")
    pair = next(
        (
            one
            for one in table.pairs
            if _pair_key(one)
            == (spot.model, spot.dataset, spot.column, frozenset((spot.variant, against)))
        ),
        None,
    )
    if spot.variant != against and pair is not None:
        parts.append(_difference(pair, spot.variant, against))
    parts += [
        f"{count:,} {what}"
        for count, what in (
            (line.count("left-out"), "left out"),
            (line.count("failed"), "failed"),
            (line.count("open") + line.count("taken"), "open"),
        )
        if count
    ]
    if line.seconds is not None:
        parts.append(f"{line.seconds:.2g} s a sample")
    for metric in (column.name, KEPT):
        if beside := table.beside(line, metric):
            name = "" if metric == column.name else f"{table.kept(line):,g} samples kept, "
            parts.append(f"{name}published {on_screen(beside)}: {beside.number.source}")
    better = {"high": "; more is better", "low": "; less is better", "": ""}[column.better]
    return f"{' · '.join(parts)} · {column.what}{better}"


def _value(cell: Cell) -> str:
    samples = f"n = {cell.samples:,}"
    if cell.value is None:
        return f"not defined, {samples}"
    if cell.interval is None:
        return f"{shown(cell.value)}, {samples}"
    low, high = cell.interval
    return f"{shown(cell.value)}, 95% from {shown(low)} to {shown(high)}, {samples}"


def _difference(pair: Pair, own: str, against: str) -> str:
    if pair.difference is None:
        return f"not comparable with {against}"
    difference = pair.difference if pair.first == own else -pair.difference
    if pair.p is None or pair.corrected is None:
        return f"{signed(difference, '.3g')} against {against}"
    return f"{signed(difference, '.3g')} against {against}, p {pair.p:.4f}, after Holm {pair.corrected:.4f}"
