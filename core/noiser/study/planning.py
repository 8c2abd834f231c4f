"""Writing a study's plan into its folder: its samples, and a row for each of them in every setting."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from threading import Event

from noiser.data.sample import Sample
from noiser.errors import WrongUse
from noiser.files import expand
from noiser.study.spec import GRID, DataChoice, Setting, Study
from noiser.study.store import FORMAT, Store, from_json, to_json


def plan(
    folder: str | Path,
    study: Study,
    environment: Mapping[str, str],
    *,
    cancel: Event | None = None,
) -> None:
    """Write the plan of a study into its folder; one that is there already goes on, and may grow.

    WrongUse where the folder holds another study: one that differs in more than a longer grid or more
    samples, or whose data set changed meanwhile. Cancelled where `cancel` is set while a data set is
    fetched; nothing is written then.
    """
    path = expand(folder)
    chosen = {dataset.name: choose(study, dataset, cancel) for dataset in study.datasets}
    with Store(path, create=True) as store, store.transaction():
        row = store.db.execute("SELECT spec FROM study").fetchone()
        if row is not None:
            _check_grown(from_json(row[0]), study, path)
            store.db.execute("UPDATE study SET spec = ?", (to_json(study),))
        else:
            told = json.dumps(dict(environment), sort_keys=True)
            store.db.execute(
                "INSERT INTO study VALUES (1, ?, ?, ?, ?)",
                (FORMAT, to_json(study), told, time.time()),
            )
        for dataset, samples in chosen.items():
            _write_samples(store, dataset, samples)
        _write_tasks(store, study, {name: len(samples) for name, samples in chosen.items()})


def choose(study: Study, dataset: DataChoice, cancel: Event | None = None) -> list[Sample]:
    """The samples of a data set that a study takes: in an order of chance, each once."""
    samples = dataset.load(cancel)
    random.Random(f"{study.sample_seed} {dataset.name}").shuffle(samples)
    return samples[: study.samples]


def _write_samples(store: Store, dataset: str, samples: list[Sample]) -> None:
    known = store.db.execute(
        "SELECT id, prompt, target, relative FROM sample WHERE dataset = ? ORDER BY number",
        (dataset,),
    ).fetchall()
    if [Sample(*row) for row in known] != samples[: len(known)]:
        raise WrongUse(
            f"The data set {dataset} is not what it was when this study began: take another folder."
        )
    store.db.executemany(
        "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)",
        [
            (dataset, number, one.id, one.prompt, one.target, one.relative)
            for number, one in enumerate(samples[len(known) :], len(known))
        ],
    )


def _write_tasks(store: Store, study: Study, counts: Mapping[str, int]) -> None:
    """All rows; those of a model and a sample one after the other."""
    names = [field.name for field in fields(Setting)]
    settings: dict[tuple[str, str], list[Setting]] = {}
    for setting in study.settings():
        settings.setdefault((setting.model, setting.dataset), []).append(setting)
    store.db.executemany(
        f"INSERT OR IGNORE INTO task ({', '.join(names)}, number) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (*(getattr(setting, name) for name in names), number)
            for (_, dataset), group in settings.items()
            for number in range(counts[dataset])
            for setting in group
        ),
    )


def _check_grown(before: Study, after: Study, folder: Path) -> None:
    for field in fields(Study):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name in GRID:
            fits = set(old) <= set(new)
        elif field.name == "samples":
            fits = new is None or (old is not None and old <= new)
        else:
            fits = old == new or not field.compare
        if not fits:
            verb = "are" if field.name.endswith("s") else "is"
            raise WrongUse(
                f"{folder} holds another study: its {field.name} {verb} {_shown(old)}, not {_shown(new)}. "
                "A study's grid and samples can grow; for anything else take another folder."
            )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(one.name if isinstance(one, DataChoice) else str(one) for one in value)
    return "not given" if value in (None, "") else str(value)
