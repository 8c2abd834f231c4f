"""One prompt set up for measuring: run cleanly once, ready to be changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from noiser.errors import WrongUse
from noiser.events import Emit, ignore
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.model.memory import enough_memory
from noiser.perturb import Perturber
from noiser.same_model import check_clean, check_model
from noiser.target import Objective


@dataclass(frozen=True)
class Run:
    """How rows are run: what `noiser.explain` takes, too."""

    cancel: threading.Event | None = None
    emit: Emit = ignore
    positions_per_batch: int | None = None
    memory: str | None = None


@dataclass(frozen=True)
class Bench:
    """The ids of a prompt and what runs them changed."""

    model: LanguageModel
    ids: tuple[int, ...]
    perturber: Perturber

    def objective(self, explanation: Explanation) -> Objective:
        """What is explained; WrongUse where the model gives another probability than the record has."""
        clean = self.perturber.clean
        target = explanation.target
        check_clean(float(clean[target.id]), target.probability)
        contrast = None if explanation.contrast is None else explanation.contrast.id
        return Objective(target.id, contrast, int(clean.argmax()), clean)


def targets_of(model: LanguageModel, explanation: Explanation) -> tuple[Explanation, ...]:
    """The explanations of single tokens that a metric is averaged over, each checked.

    Of a generation all of its tokens, of an answer each token and not the whole, else the one there is.
    WrongUse for rewards, for a run that was cancelled and for one of another model.
    """
    if explanation.explains in ("reward", "margin"):
        raise WrongUse("Metrics are about predictions, and this run explains a reward.")
    targets = tuple(one for one in explanation.steps_explained if one.explains == "token")
    if not targets or not all(one.complete for one in explanation.steps_explained):
        raise WrongUse("This run was cancelled before its end: explain the prompt again.")
    for one in targets:
        check_model(model, one)
        if all(token.score is None for token in one.tokens):
            raise WrongUse("This run has no scores: there is nothing to measure.")
    return targets


def ids_of(explanation: Explanation) -> tuple[int, ...]:
    """The ids of the prompt, with those of a generation before the target."""
    return tuple(token.id for token in explanation.tokens)


def set_up(model: LanguageModel, ids: Sequence[int], run: Run) -> Bench:
    """The prompt, to run cleanly with the first that is asked, or before it."""
    with enough_memory(model, len(ids)):
        perturber = Perturber(
            model,
            ids,
            positions_per_batch=run.positions_per_batch,
            memory=run.memory,
            cancel=run.cancel,
            emit=run.emit,
        )
    return Bench(model, tuple(ids), perturber)
