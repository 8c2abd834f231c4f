"""What became of each sample of one cell of a study."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields

from noiser.data.sample import Sample
from noiser.study.spec import Setting
from noiser.study.store import State, Store


@dataclass(frozen=True)
class SampleRow:
    """A sample in a setting: how it ended, its values by name, and in words why it has none.

    `why` is the error of a failed one, and of one left out what the model predicts instead.
    """

    setting: Setting
    sample: Sample
    state: State
    values: dict[str, float | None]
    why: str = ""


def sample_rows(store: Store, settings: Sequence[Setting]) -> list[SampleRow]:
    """The samples of some settings in their order, seed by seed."""
    found = []
    for setting in settings:
        for state, values, predicted, error, *sample in store.db.execute(
            "SELECT state, json_extract(result, '$.values'), json_extract(result, '$.predicted'), "
            "error, sample.id, prompt, target, relative FROM task "
            "JOIN sample ON sample.dataset = task.dataset AND sample.number = task.number "
            "WHERE (model, method, bound, norm, task.dataset, seed) = (?, ?, ?, ?, ?, ?) "
            "ORDER BY task.number",
            tuple(getattr(setting, field.name) for field in fields(Setting)),
        ):
            why = error or (f"the model predicts {predicted!r}" if predicted is not None else "")
            given = json.loads(values) if values else {}
            found.append(SampleRow(setting, Sample(*sample), state, given, why))
    return found
