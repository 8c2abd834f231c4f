"""Doing a study's rows: claim one, explain its sample, measure, store; until none is left."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noiser.data.sample import Sample
from noiser.errors import Cancelled, NoiserError
from noiser.explainer import explain
from noiser.model.memory import let_go
from noiser.perturb import Perturber
from noiser.study.claims import Outcome, Task, Worker, release_dead
from noiser.study.measures import Case
from noiser.study.registry import OWN, get_measure
from noiser.study.spec import Study
from noiser.target import next_token

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

Load = Callable[[str], "LanguageModel"]
POLL = 0.5
"""Seconds between two looks at what other workers still have."""


@dataclass
class Loop:
    """A worker's way through a study. `load` loads a model by name; `tell` is told every row's end."""

    worker: Worker
    load: Load
    cancel: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[Task, Outcome], None] = lambda task, outcome: None
    memory: str | None = None
    _model: tuple[str, LanguageModel] | None = None
    _predicted: tuple[object, str] | None = None

    def run(self) -> None:
        """Do rows until all are finished, by whomever; Cancelled leaves the others open.

        Rows of a dead worker are taken over, and those that another one is at are waited for, since
        that one may die.
        """
        store = self.worker.store
        release_dead(store)
        while True:
            if self.cancel.is_set():
                raise Cancelled
            task = self.worker.take(self._model and self._model[0])
            if task is not None:
                self._do(task)
            elif not self._taken_by_others():
                return
            elif not release_dead(store):
                self.cancel.wait(POLL)

    def _taken_by_others(self) -> bool:
        query = "SELECT 1 FROM task WHERE state = 'taken' LIMIT 1"
        return self.worker.store.db.execute(query).fetchone() is not None

    def _do(self, task: Task) -> None:
        try:
            model = self._loaded(task.setting.model)
            if model is None:
                return
            outcome = self._outcome(model, task)
        except (Cancelled, KeyboardInterrupt):
            self.worker.give_back(task)
            raise
        if self.worker.finish(task, outcome):
            self.tell(task, outcome)

    def _loaded(self, name: str) -> LanguageModel | None:
        """The model, the one before it let go; None, and its rows failed, where it cannot be loaded."""
        if self._model is None or self._model[0] != name:
            if self._model is not None:
                self._model = None
                let_go()
            try:
                self._model = name, self.load(name)
            except NoiserError as error:
                self.worker.fail_model(name, str(error))
                return None
        return self._model[1]

    def _outcome(self, model: LanguageModel, task: Task) -> Outcome:
        store = self.worker.store
        sample = store.sample(task.setting.dataset, task.number)
        started = time.perf_counter()
        try:
            predicted = self._other(model, store.study, task, sample)
            if predicted is not None:
                seconds = time.perf_counter() - started
                return Outcome("left-out", {"predicted": predicted}, seconds=seconds)
            result, work = measure(
                model, store.study, task, sample, cancel=self.cancel, memory=self.memory
            )
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001  # it is this row's result, the others go on
            told = (
                str(error) if isinstance(error, NoiserError) else f"{type(error).__name__}: {error}"
            )
            return Outcome("failed", error=told, seconds=time.perf_counter() - started)
        return Outcome("done", result, None, time.perf_counter() - started, work)

    def _other(self, model: LanguageModel, study: Study, task: Task, sample: Sample) -> str | None:
        """What the model predicts in place of the sample's target; None where the sample stays."""
        if not study.filter or sample.target is None:
            return None
        key = (task.setting.model, task.setting.dataset, task.number)
        if self._predicted is None or self._predicted[0] != key:
            self._predicted = key, predicted(model, sample.prompt)
        text = self._predicted[1]
        return None if text.strip() == sample.target.strip() else text


def predicted(model: LanguageModel, prompt: str) -> str:
    """The text of the token that a model predicts after a prompt."""
    clean = Perturber(model, model.read(prompt).ids).clean
    return next_token(model, clean, int(clean.argmax())).text


def measure(
    model: LanguageModel,
    study: Study,
    task: Task,
    sample: Sample,
    *,
    cancel: threading.Event,
    memory: str | None = None,
) -> tuple[dict[str, Any], int]:
    """Explain a sample and measure; what is stored of it, and the work of explaining."""
    explanation = explain(
        model, sample.prompt, study.request(task.setting), cancel=cancel, memory=memory
    )
    case = Case(model, study, task.setting, sample, explanation, cancel)
    values: dict[str, float | None] = {}
    for one in (OWN, *(get_measure(name) for name in study.metrics)):
        values |= {name: _finite(value) for name, value in one.measure(case).items()}
    result = {
        "values": values,
        "targets": [step.target.text for step in explanation.steps_explained],
        "scores": [
            [None if token.score is None else _finite(token.score) for token in step.tokens]
            for step in explanation.steps_explained
        ],
    }
    work = sum(step.work.token_forwards for step in explanation.steps_explained)
    return result, work


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
