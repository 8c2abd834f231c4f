"""What tests of the workbench share."""

from __future__ import annotations

import pytest
from textual import _wait
from textual.widgets import Input, TextArea

from tests.workbench.snapshot import Snapshot


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """The screen as it was kept; see `tests.workbench.snapshot.Snapshot` for how to add one."""
    return Snapshot(update=request.config.getoption("--update-snapshots"))


@pytest.fixture(autouse=True)
def asked_of_itself_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of the engine because some time went by, except where a test is about that."""
    for pause in ("TYPED", "RESTED"):
        monkeypatch.setattr(f"noiser_tui.workbench.views.explanation.{pause}", 3600.0)


@pytest.fixture(autouse=True)
def blinking_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor stands: whether it is drawn must not hang on the moment a screen is looked at.

    Textual's own `cursor_blink = False` does not do: a line drawn while the cursor was away stays kept.
    """
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a key is done with is asked every 5 ms instead of 20: most of a test was that wait."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 1 / 200)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 1 / 200 / 20)
