"""A workbench that keeps what is under way every moment: `python -m tests.workbench.soon_kept ...`."""

from __future__ import annotations

from noiser import snapshots
from noiser_tui.__main__ import run
from noiser_tui.workbench import session

if __name__ == "__main__":
    snapshots.EVERY, snapshots.SHARE, session.QUIET = 0.2, 1, 0.2
    run()
