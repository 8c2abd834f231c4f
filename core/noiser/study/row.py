"""One row of a study: its sample explained and measured, with a model and without a store."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from noiser.data.sample import Sample
from noiser.errors import Cancelled, NoiserError
from noiser.explainer import explain
from noiser.model.memory import let_go
from noiser.perturb import Perturber
from noiser.study.claims import Outcome, Task
from noiser.study.measures import Case, Explained, Measure
from noiser.study.registry import OWN, get_measure
from noiser.study.spec import Study
from noiser.target import next_token

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.language_model import LanguageModel

Load = Callable[[str], "LanguageModel"]


class Lost(Exception):
    """Whoever did the row is gone, and it may be tried again."""


@dataclass(frozen=True)
class Done:
    """What a row came to; `explanation` is there where a judge has still to be asked about it."""

    outcome: Outcome
    explanation: Explanation | None = None


class RowDoer(Protocol):
    """Who does rows, wherever that is."""

    @property
    def loaded(self) -> str | None:
        """The name of the model in memory."""
        ...

    def ready(self) -> None:
        """Have what is needed before a row is claimed."""

    def prepare(self, name: str) -> None:
        """Have that model in memory; NoiserError where it cannot be loaded, Lost."""

    def do(self, task: Task, sample: Sample) -> Done:
        """All of a row that needs its model, which is prepared; Cancelled, Lost."""
        ...


@dataclass
class Doer:
    """Does rows of `study` one after the other, with one model in memory; `load` loads it by name."""

    study: Study
    load: Load
    cancel: threading.Event = field(default_factory=threading.Event)
    memory: str | None = None
    _model: tuple[str, LanguageModel] | None = None
    _predicted: tuple[object, str] | None = None

    @property
    def loaded(self) -> str | None:
        """The name of the model in memory."""
        return self._model and self._model[0]

    def ready(self) -> None:
        """Nothing is needed."""

    def prepare(self, name: str) -> None:
        """Have that model in memory, and no other; NoiserError where it cannot be loaded."""
        if self.loaded == name:
            return
        if self._model is not None:
            self._model = None
            let_go()
        self._model = name, self.load(name)

    def do(self, task: Task, sample: Sample) -> Done:
        """All of a row that needs its model, which is prepared; Cancelled where `cancel` was set.

        Whatever else goes wrong is this row's result, and the others go on.
        """
        assert self._model is not None
        model, started = self._model[1], time.perf_counter()
        try:
            other = self._other(model, task, sample)
            if other is not None:
                seconds = time.perf_counter() - started
                return Done(Outcome("left-out", {"predicted": other}, seconds=seconds))
            explanation = explain(
                model,
                sample.prompt,
                self.study.request(task.setting),
                cancel=self.cancel,
                memory=self.memory,
            )
            case = Case(self.study, task.setting, sample, explanation, self.cancel, model)
            own, asking = measures_of(self.study)
            steps = explanation.steps_explained
            result = {
                "values": values_of([OWN, *own], case),
                "targets": [step.target.text for step in steps],
                "scores": [[_finite(token.score) for token in step.tokens] for step in steps],
            }
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001  # told in the row
            return Done(failed(error, started))
        work = sum(step.work.token_forwards for step in steps)
        outcome = Outcome("done", result, None, time.perf_counter() - started, work)
        return Done(outcome, explanation if asking else None)

    def _other(self, model: LanguageModel, task: Task, sample: Sample) -> str | None:
        """What the model predicts in place of the sample's target; None where the sample stays."""
        if not self.study.filter or sample.target is None:
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


def measures_of(study: Study) -> tuple[list[Measure], list[Measure]]:
    """What a study measures with the model, and what it asks a judge."""
    chosen = [get_measure(name) for name in study.metrics]
    return [one for one in chosen if not one.asks], [one for one in chosen if one.asks]


def values_of(measures: Iterable[Measure], explained: Explained) -> dict[str, float | None]:
    """What those measures make of a sample, by name."""
    return {
        name: _finite(value) for one in measures for name, value in one.measure(explained).items()
    }


def failed(error: Exception, started: float) -> Outcome:
    """A row that failed for that reason, begun at a time of the performance counter."""
    told = error.told if isinstance(error, NoiserError) else f"{type(error).__name__}: {error}"
    return Outcome("failed", error=told, seconds=time.perf_counter() - started)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
