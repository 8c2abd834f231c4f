"""What is shown of the store of runs: the newest of those looked for, and which are marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from noiser_tui.look.cells import by_itself, one_line
from noiser_tui.workbench.row import Row, Tone

if TYPE_CHECKING:
    from noiser_tui.history.entry import Entry

PAGE = 200
"""Runs that are read at a time."""
PINNED, MARKED, PARTIAL = "★", "+", "…"
"""The signs before a run's name."""
_LONG = 200
_ROLE = 12


@dataclass(frozen=True)
class Shelf:
    """The runs that have every word of `sought`: all `pinned` ones, the newest of the others.

    `total` is how many others there are, `wanted` how many of them are to be read. `marked` are all runs
    marked for comparison, whatever is sought. `deleted` are ids that can be brought back, the last one
    last. `known` says that the store was read.
    """

    sought: str = ""
    wanted: int = PAGE
    pinned: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()
    total: int = 0
    marked: tuple[Entry, ...] = ()
    deleted: tuple[str, ...] = ()
    known: bool = False

    def entry(self, run: str) -> Entry | None:
        """The line of a run that is shown."""
        every = (*self.pinned, *self.others, *self.marked)
        return next((one for one in every if one.id == run), None)

    def rows(self, today: date) -> list[Row]:
        """The pinned ones, then the others under the days on which they were made."""
        rows = [Row("pinned", "PINNED", heading=True)] if self.pinned else []
        rows += [_row(one) for one in self.pinned]
        day: date | None = None
        for entry in self.others:
            made = entry.created.astimezone().date()
            if made != day:
                day = made
                rows.append(Row(f"day {day}", day_name(day, today).upper(), heading=True))
            rows.append(_row(entry))
        if len(self.others) < self.total:
            rows.append(Row("more", f"… {self.total - len(self.others)} more", heading=True))
        return rows


def marked_rows(shelf: Shelf) -> list[Row]:
    """What can be compared, then the marked runs; the keys of the first are actions."""
    rows = [
        Row("compare_marked", "Compare marked runs", mark="▸ "),
        Row("compare_here", "Compare on this prompt…", mark="▸ "),
        Row("marked", f"MARKED ({len(shelf.marked)})", heading=True),
    ]
    if not shelf.marked:
        rows.append(Row("none", "none: Alt+R, then Space", heading=True))
    return [*rows, *(_row(one, marked=False) for one in shelf.marked)]


_TONES: Mapping[str, Tone] = {"damaged": "error", "newer": "warning"}
"""Of runs that cannot be opened here."""


def _row(entry: Entry, *, marked: bool = True) -> Row:
    marks = [
        PINNED if entry.pinned else "",
        MARKED if entry.marked and marked else "",
        "" if entry.complete else PARTIAL,
    ]
    signs = "".join(marks)
    name = one_line(entry.name.strip(), _LONG) or entry.kind
    kind = "⇄ " if entry.kind == "comparison" else ""
    kind += f"{one_line(entry.role, _ROLE)}: " if entry.role else ""
    tone: Tone = _TONES.get(entry.kind, "plain")
    time = entry.created.astimezone().strftime("%H:%M")
    return Row(entry.id, f"{kind}{name}", time, mark=f"{signs} " if signs else "", tone=tone)


def day_name(day: date, today: date) -> str:
    """A day as people call it."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return day.strftime("%a %d %b") if day.year == today.year else day.strftime("%d %b %Y")


def how_made(entry: Entry) -> list[str]:
    """A run in three short lines: what was explained and how, by what, when and how much."""
    from noiser.export import wording

    target = f"“{by_itself(entry.target)}”" if entry.target else entry.kind
    how = "/".join(filter(None, (entry.method, entry.bound)))
    models = (one.rstrip("/").rpartition("/")[2] for one in entry.model.split(", "))
    scale = f"α {wording.scale(entry.alpha)}" if entry.alpha is not None else ""
    when = entry.created.astimezone().strftime("%d %b %Y %H:%M")
    partial = "" if entry.complete else "partial"
    return [f"{target}  {how}", f"{', '.join(models)}  {scale}", f"{when}  {partial}"]
