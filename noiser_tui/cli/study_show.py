"""`noiser study show`: a study's table on the screen, and in a file; `noiser study presets`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from noiser.errors import unknown
from noiser.study.export import check_format, save_table
from noiser.study.presets import PRESETS, preset_text
from noiser.study.published import read_published
from noiser.study.significance import Pair
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.table import Cell, Line, Table, make_table
from noiser.study.wording import on_screen, published_lines, shown, standing_line
from noiser_tui.cli.deliver import PIPE_WIDTH
from noiser_tui.cli.fail import say
from noiser_tui.look.cells import visible

WIDE = 400
"""Columns of a table that goes into a pipe are not folded."""
_HEADS = ("method", "done", "left out", "failed", "open", "s/sample")
_GAP = 2
"""Cells between two columns."""


PAIRS = ("first", "all", "none")
"""Which tests between methods are shown; the correction is for all of them."""


def check_pairs(pairs: str) -> None:
    """WrongUse for another choice."""
    if pairs not in PAIRS:
        raise unknown("--pairs", pairs, PAIRS)


def show_study(
    folder: Path, *, output: Path | None, pairs: str, published: str | None = None
) -> None:
    """Print a study's table as far as it is; write it to a file, too, where one is named.

    `published` is a file of numbers to stand beside its own, or its name in the user's folder, in place of
    the one that the study names.
    """
    check_pairs(pairs)
    others = None if published is None else read_published(published)
    if output is not None:
        check_format(output)
    with Store(folder) as store:
        standing = stand(store)
        table = make_table(store, pairs=pairs != "none", published=others)
        if output is not None:
            save_table(table, output)
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
        console = Console(
            file=sys.stdout, width=max(PIPE_WIDTH, width), highlight=False, color_system=None
        )
        console.print(Text(standing_line(standing)))
        for place in dict.fromkeys((line.model, line.dataset) for line in table.lines):
            console.print()
            console.print(Text(visible(f"{place[0]}, {place[1]}"), style="bold"))
            for i, grid in enumerate(_grids(table, place, console.width)):
                if i:
                    console.print()
                console.print(grid)
            own = [one for one in table.pairs if (one.model, one.dataset) == place]
            shown = [one for one in own if pairs == "all" or one.first == own[0].first]
            if shown:
                console.print()
                console.print(_pairs(shown))
            if len(shown) < len(own):
                told = f"Corrected for all {_times(own)}; --pairs all shows them."
                console.print(Text(told))
        for told in published_lines(table):
            console.print()
            console.print(Text(visible(told)))
        for error, count in standing.errors:
            say(f"{count} {'row' if count == 1 else 'rows'} failed: {error}")


def _grids(table: Table, place: tuple[str, str], width: int) -> Iterator[Grid]:
    """The lines of a model and data set; as many tables below each other as the width asks for."""
    lines = [line for line in table.lines if (line.model, line.dataset) == place]
    columns = []
    for head, *counts in zip(_HEADS, *(_counts(line) for line in lines), strict=True):
        columns.append([head, *counts])
        columns += _published(table, lines, head)
    for i, column in enumerate(table.columns):
        cells = [line.cells[i] for line in lines]
        others = _published(table, lines, column.name)
        if others or any(cell.value is not None for cell in cells):
            columns.append([column.name, *map(_cell, lines, cells)])
            columns += others
    for band in _bands(columns, width):
        grid = _empty(*(head for head, *_ in band), no_wrap=True)
        for row in zip(*(cells for _, *cells in band), strict=True):
            grid.add_row(*map(Text, row))
        yield grid


def _published(table: Table, lines: list[Line], metric: str) -> list[list[str]]:
    """The column of what others published of a metric; none where nobody did."""
    found = [table.beside(line, metric) for line in lines]
    if not any(found):
        return []
    return [[f"{metric}, published", *map(on_screen, found)]]


def _bands(columns: list[list[str]], width: int) -> Iterator[list[list[str]]]:
    """Columns that fit beside each other, the first one before each of the bands."""
    first, *others = columns
    band, used = [first], _widest(first)
    for column in others:
        if len(band) > 1 and used + _GAP + _widest(column) > width:
            yield band
            band, used = [first], _widest(first)
        band.append(column)
        used += _GAP + _widest(column)
    yield band


def _widest(column: list[str]) -> int:
    return max(map(cell_len, column))


def _counts(line: Line) -> list[str]:
    left = line.count("open") + line.count("taken")
    seconds = "" if line.seconds is None else f"{line.seconds:.2g}"
    counts = [line.count("done"), line.count("left-out"), line.count("failed"), left]
    return [visible(line.variant), *map(str, counts), seconds]


def _cell(line: Line, cell: Cell) -> str:
    """A number with its interval; how many samples it is of, where these are not all."""
    if cell.value is None:
        return "–"
    text = shown(cell.value)
    if cell.interval is not None:
        text += f" [{shown(cell.interval[0])}, {shown(cell.interval[1])}]"
    most = max(one.samples for one in line.cells)
    return text if cell.samples == most else f"{text} (n={cell.samples})"


def _pairs(pairs: list[Pair]) -> Grid:
    grid = _empty("difference", "of", "by", "samples", "p", "p (Holm)")
    for pair in pairs:
        names = visible(f"{pair.first} − {pair.second}")
        difference = "–" if pair.difference is None else shown(pair.difference)
        ps = ["–" if p is None else _p(p) for p in (pair.p, pair.corrected)]
        grid.add_row(*map(Text, [names, pair.column, difference, str(pair.samples), *ps]))
    return grid


def _times(pairs: list[Pair]) -> str:
    columns = {pair.column for pair in pairs}
    return f"{len(pairs) // len(columns)} pairs of methods"


def _p(p: float) -> str:
    return f"{p:.4f}" if p >= 0.0001 else "<0.0001"


def _empty(first: str, *others: str, no_wrap: bool = False) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
    grid.add_column(first, overflow="fold")
    for name in others:
        grid.add_column(name, justify="right", no_wrap=no_wrap)
    return grid


def show_presets(name: str | None) -> None:
    """List the presets, or print one of them."""
    if name is not None:
        sys.stdout.write(preset_text(name))
        return
    widest = max(map(len, PRESETS))
    for one, what in PRESETS.items():
        sys.stdout.write(f"{one:{widest}}  {what}\n")
