"""A workbench without contents, to be sent signals: `python -m tests.workbench.small_app HOW FILE`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from noiser_tui.workbench import signals


class Engine:
    """Notes that it was told to stop."""

    def cancel(self) -> None:
        Path(sys.argv[2]).write_text("cancelled ")


class SmallApp(App[int]):
    """Saves its session well, slowly or not at all; or its loop is stuck after a key."""

    engine = Engine()

    def compose(self) -> ComposeResult:
        yield Static("top of the screen")
        yield Input()
        yield Static("end of the screen")

    def on_mount(self) -> None:
        signals.leave_on_signals(self, self.save)  # type: ignore[arg-type]

    def save(self) -> None:
        how, file = sys.argv[1], Path(sys.argv[2])
        if how == "fails":
            raise OSError("the disk is full")
        if how == "slow":
            time.sleep(60)
        file.write_text(file.read_text() + "saved")

    def on_input_changed(self) -> None:
        if sys.argv[1] == "stuck":
            Path(sys.argv[2]).write_text("stuck")
            time.sleep(60)


if __name__ == "__main__":
    if sys.argv[1] in ("slow", "stuck"):
        signals.SAVING, signals.GRACE = 0.2, 0.4
    app = SmallApp()
    app.run()
    sys.exit(app.return_code)
