"""The samples of a cell as rows to choose from."""

from __future__ import annotations

import numpy as np

from noiser.study.measures import Column
from noiser.study.samples import SampleRow
from noiser.study.table import columns_of
from noiser.study.wording import shown
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.widgets.row_list import Row, Tone

_TONES: dict[str, Tone] = {"failed": "error", "done": "plain", "taken": "accent"}


def sample_list(page: StudyPage) -> list[Row]:
    """A row for each sample: its prompt, and its number or why it has none."""
    column = _column(page)
    if page.samples is None or column is None:
        return []
    several = len({row.setting.seed for row in page.samples}) > 1
    return [
        Row(
            str(i),
            f"{f'seed {row.setting.seed}: ' if several else ''}{row.sample.prompt}",
            _told(row, column),
            tone=_TONES.get(row.state, "muted"),
        )
        for i, row in enumerate(page.samples)
    ]


def sample_heading(page: StudyPage) -> str:
    """What the list is of."""
    spot = page.looking
    if spot is None:
        return ""
    count = "" if page.samples is None else f"{len(page.samples):,} samples, "
    return (
        f"{spot.variant} on {spot.dataset}, {spot.model}: {count}{spot.column} of each by itself. "
        "Enter explains it in a tab, Esc goes back."
    )


def _column(page: StudyPage) -> Column | None:
    table = page.found.table if page.found is not None else None
    if table is None or page.looking is None:
        return None
    name = page.looking.column
    return next((one for one in columns_of(table.study) if one.name == name), None)


def _told(row: SampleRow, column: Column) -> str:
    if row.state != "done":
        what = {"left-out": "left out", "taken": "being done"}.get(row.state, row.state)
        return f"{what}: {row.why}" if row.why else what
    values = [row.values.get(name) for name in column.of]
    if None in values:
        return "–"
    with np.errstate(divide="ignore", invalid="ignore"):
        found = float(column.number(np.array(values, dtype=float)))
    return shown(found) if np.isfinite(found) else "–"
