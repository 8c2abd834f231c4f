"""What was measured of an explanation, as small tables."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from noiser.export import wording
from noiser.metrics.results import Curves, Hard, Metrics, Number, Soft
from noiser_tui.cli.deliver import PIPE_WIDTH
from noiser_tui.look.cells import one_line, visible

_NOT_DEFINED = "–"


def draw(found: Metrics) -> None:
    """Print the tables to stdout."""
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    console = Console(
        file=sys.stdout, width=width, markup=False, highlight=False, emoji=False, color_system=None
    )
    for part in lines(found, width):
        console.print(part)


def lines(found: Metrics, width: int) -> list[Text | Table]:
    """A heading, one table for each kind of metric, and what was spent."""
    targets = found.targets
    what = repr(visible(targets[0].text)) if len(targets) == 1 else f"{len(targets)} targets"
    heading = f"{found.method} on {found.model['name']}, {what}, after {visible(found.prompt)!r}"
    parts: list[Text | Table] = [Text(one_line(heading, width), no_wrap=True)]
    if found.soft is not None:
        parts += [Text(), _soft(found.soft)]
        if why := found.soft.why_no_ratio:
            parts.append(Text(f"no log ratio: {why}"))
    if found.hard is not None:
        parts += [Text(), _hard(found.hard)]
    if found.curves is not None:
        parts += [Text(), _curves(found.curves)]
    spent = f"{found.work.token_forwards:,} token-forwards in {found.work.calls:,} calls"
    return [*parts, Text(), Text(f"{spent}, {found.seconds:.1f} s")]


def _soft(soft: Soft) -> Table:
    masks = f"{soft.masks} mask{'s' if soft.masks > 1 else ''}"
    rows = [
        ("Soft-NS", (soft.sufficiency, soft.random_sufficiency)),
        ("Soft-NC", (soft.comprehensiveness, soft.random_comprehensiveness)),
        ("log ratio", (soft.log_ratio, Number(0.0))),
    ]
    return _told(rows, f"{masks}{', reference' if soft.reference else ''}", "", "random")


def _hard(hard: Hard) -> Table:
    numbers = zip(hard.sufficiency, hard.comprehensiveness, strict=True)
    rows = [
        (f"top {percent:g}%", both) for percent, both in zip(hard.percents, numbers, strict=True)
    ]
    return _told(rows, _units(hard), "sufficiency", "comprehensiveness")


def _curves(curves: Curves) -> Table:
    rows = [("deletion", (curves.deletion_area,)), ("insertion", (curves.insertion_area,))]
    return _told(rows, _units(curves), "area")


def _units(one: Hard | Curves) -> str:
    return f"{one.grain}s → {one.baseline}"


def _told(rows: Sequence[tuple[str, Sequence[Number]]], *heads: str) -> Table:
    """A row of numbers with their intervals; where no number of a column has one there is no column."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_edge=False)
    columns = list(zip(*(numbers for _, numbers in rows), strict=True))
    some = [any(one.interval is not None for one in column) for column in columns]
    table.add_column(heads[0])
    for head, interval in zip(heads[1:], some, strict=True):
        table.add_column(head, justify="right")
        if interval:
            table.add_column("95%", justify="right")
    for name, numbers in rows:
        cells = [
            cell
            for one, interval in zip(numbers, some, strict=True)
            for cell in _cells(one)[: 2 if interval else 1]
        ]
        table.add_row(name, *cells)
    return table


def _cells(number: Number) -> tuple[str, str]:
    value = _NOT_DEFINED if number.value is None else wording.raw(number.value)
    interval = number.interval
    return value, "" if interval is None else " to ".join(map(wording.score, interval))
