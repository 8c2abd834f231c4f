"""What tests of the workbench share."""

from __future__ import annotations

import pytest

from tests.workbench.snapshot import Snapshot


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """The screen as it was kept; see `tests.workbench.snapshot.Snapshot` for how to add one."""
    return Snapshot(update=request.config.getoption("--update-snapshots"))
