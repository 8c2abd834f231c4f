"""`noiser study watch`: how far a study is, from another terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from noiser.study.standing import Standing, stand
from noiser.study.store import Store
from noiser.study.wording import standing_line
from noiser_tui.look.cells import visible


def watch_study(folder: Path, *, every: float, once: bool) -> None:
    """Show the standing until the study is finished: a live table, or a line each time it changes."""
    with Store(folder) as store:
        if once or not sys.stdout.isatty():
            _lines(store, every, once=once)
        else:
            _live(store, every)


def _lines(store: Store, every: float, *, once: bool) -> None:
    last = ""
    while True:
        standing = stand(store)
        line = standing_line(standing)
        if line != last:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        last = line
        if once or standing.complete:
            return
        time.sleep(every)


def _live(store: Store, every: float) -> None:
    standing = stand(store)
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            live.update(_table(standing), refresh=True)
            if standing.complete:
                return
            time.sleep(every)
            standing = stand(store)


def _table(standing: Standing) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("rows", ProgressBar(max(1, standing.total), standing.finished, width=40))
    table.add_row("", Text(standing_line(standing)))
    for place in standing.places:
        table.add_row("worker", Text(visible(place)))
    for error, count in standing.errors:
        table.add_row("failed", Text(f"{count} × {visible(error)}"))
    return table
