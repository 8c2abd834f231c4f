"""The end of a workbench: what runs is stopped, what it has by then is kept, and what is open is written."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

LAST = 1.5
"""Seconds that leaving waits for runs to stop and for what they have to be kept: a batch, and a disk."""
LOOK = 0.02
"""Seconds between two looks at whether that is done."""


def stop_runs(app: Workbench) -> None:
    """Stop all that documents wait for; their tabs will say that it was not done."""
    app.session.stopping()
    for document in app.desk.documents:
        if document.page.job:
            app.engine.cancel(document.page.job)


def is_kept(app: Workbench) -> bool:
    """Whether nothing is waited for any more, and no run is to be kept."""
    return not app.keeping.busy and all(not one.page.job for one in app.desk.documents)


def save_last(app: Workbench) -> None:
    """Write what is open once what ran is kept; for a thread, in the seconds that a signal leaves."""
    end = time.monotonic() + LAST
    while not is_kept(app) and time.monotonic() < end:
        time.sleep(LOOK)
    app.session.save()


def leave(app: Workbench) -> None:
    """Leave once what ran is kept, after a second whatever happens; first, files are written to their end.

    Asked again, without those files.
    """
    stop_runs(app)
    if app.leaving:
        app.writing.let_go()
    elif names := app.writing.names:
        key = app.keymap.label("leave") or "“Quit”"
        told = f"{' and '.join(names)} is written first; {key} again leaves without it."
        app.notify(told, markup=False)
    app.leaving = True
    _leave_by(app, time.monotonic() + LAST)


def _leave_by(app: Workbench, end: float) -> None:
    if app.writing.names or (not is_kept(app) and time.monotonic() < end):
        app.set_timer(LOOK, partial(_leave_by, app, end))
        return
    app.session.close()
    app.exit(0)
