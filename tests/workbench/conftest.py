"""What tests of the workbench share."""

from __future__ import annotations

import pytest

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
