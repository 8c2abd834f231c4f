"""A small study on tiny random models, and its rows as they must always be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.model.language_model import LanguageModel
from noiser.study.claims import Outcome, Task, Worker
from noiser.study.loading import Loading
from noiser.study.planning import plan
from noiser.study.spec import DataChoice, Study
from noiser.study.store import Store
from noiser.study.worker import Loop
from tests.tiny import tiny

WORDS = ("Paris", "Rome", "rivers", "mountains", "code", "emoji", "numbers", "the sea")


def load(name: str) -> LanguageModel:
    """The tiny model of a family."""
    return tiny(name)


SLEEPY = "Rome and Paris"
"""The prompt over which a `Sleepy` model hangs."""


@dataclass(frozen=True)
class Sleepy(Loading):
    """Loads the tiny models for another process; one that reads SLEEPY never goes on."""

    def __call__(self, name: str) -> LanguageModel:
        model = load(name)
        read = model.read

        def hang(text: str, *args: Any, **options: Any) -> Any:
            while text == SLEEPY:
                time.sleep(1)
            return read(text, *args, **options)

        object.__setattr__(model, "read", hang)
        return model


def write_data(folder: Path, count: int) -> str:
    """A file of prompts without targets, so that none is left out."""
    rows = [{"prompt": f"{WORDS[i % 8]} and {WORDS[(i // 8) % 8]}", "id": i} for i in range(count)]
    path = folder / "data.json"
    path.write_text(json.dumps(rows))
    return str(path)


def small_study(folder: Path, count: int = 4, **changes: Any) -> Study:
    """Two models, two methods, `count` samples; searches of two draws and four steps."""
    options: dict[str, Any] = {
        "models": ("qwen2", "gpt2"),
        "methods": ("noiser", "random"),
        "datasets": (DataChoice("data", file=write_data(folder, count)),),
        "draws": 2,
        "steps": 4,
        **changes,
    }
    return Study(**options)


def run_all(folder: Path) -> None:
    """Do every row that is open, in this thread."""
    with Store(folder) as store, Worker(store) as worker:
        Loop(worker, load).run()


def finished(folder: Path, study: Study) -> list[tuple[Any, ...]]:
    """The rows of an undisturbed run."""
    plan(folder, study, {})
    run_all(folder)
    return table(folder)


def table(folder: Path) -> list[tuple[Any, ...]]:
    """All that is stored but the timings."""
    with Store(folder) as store:
        return [(row.setting, row.number, row.state, row.result, row.error) for row in store.rows()]


def fill(folder: Path, count: int, outcome: Callable[[Task], Outcome]) -> None:
    """Finish so many rows as a worker does, with these outcomes."""
    with Store(folder) as store, Worker(store) as worker:
        for _ in range(count):
            task = worker.take(None)
            assert task is not None
            worker.finish(task, outcome(task))


def measured(task: Task) -> Outcome:
    """Numbers that differ from row to row; every fifth sample is left out, one fails."""
    if task.number == 4:
        return Outcome("left-out", {"predicted": " Rome"}, seconds=0.5)
    if task.number == 5:
        return Outcome("failed", error="It broke.", seconds=0.5)
    better = 2.0 if task.setting.method == "noiser" else 1.0
    values = {
        "alpha": 0.1 * (task.number + 1),
        "probability": None if task.number == 1 else 0.5,
        "hard_sufficiency": better / (task.number + 1),
        "hard_comprehensiveness": better * (task.number + 1) + task.setting.seed,
    }
    return Outcome("done", {"values": values}, seconds=0.25 * (task.number + 1))
