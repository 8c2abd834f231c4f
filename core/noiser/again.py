"""A finished run set up once more on its model: the same ids, target and draws, nothing searched."""

from __future__ import annotations

import threading
from dataclasses import replace

import torch

from noiser.answer import make_whole
from noiser.errors import WrongUse
from noiser.events import Emit, ignore
from noiser.explanation import Explanation
from noiser.methods.task import Target, Task
from noiser.model.language_model import LanguageModel
from noiser.one import Explainer
from noiser.reopened import members_of, prompt_of, request_of
from noiser.reward import Reward
from noiser.same_model import check_clean
from noiser.target import Objective


def task_again(
    model: LanguageModel,
    explanation: Explanation,
    draws: int | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
) -> Task:
    """The task that the explanation is of, its prompt run cleanly; with so many draws, None for its own.

    WrongUse where the model gives another probability, or reward, than the record has, and for a margin.
    """
    if explanation.explains == "margin":
        raise WrongUse("A margin is of two texts: it cannot be looked at on one of them alone.")
    prompt, request = prompt_of(explanation), request_of(explanation)
    request = replace(request, draws=explanation.draws if draws is None else draws)
    if request.rule != "joint":
        request = request.by_token
    cancel = cancel or threading.Event()
    asker = Explainer(model, request, cancel, emit, positions_per_batch, memory)
    answer = tuple(token.id for token in explanation.whole)
    perturber = asker.run((*prompt.ids, *answer[:-1]), reads=max(1, len(answer)))
    clean, objective = perturber.clean, _objective(explanation, perturber.clean)
    alone = explanation.explains == "token"
    here = float(clean[explanation.target.id] if alone else objective.value(clean))
    there = explanation.target.probability if explanation.reward is None else explanation.reward
    check_clean(here, there, "probability" if explanation.reward is None else "reward")
    members = members_of(explanation)
    return Task(model, prompt, tuple(members), objective, request, perturber, emit, members)


def _objective(explanation: Explanation, clean: torch.Tensor) -> Target:
    """The target by its ids, over the clean distribution that the model has for it here."""
    if explanation.explains == "reward":
        return Reward(clean)
    if explanation.whole:
        return make_whole(clean, [token.id for token in explanation.whole])
    contrast = None if explanation.contrast is None else explanation.contrast.id
    return Objective(explanation.target.id, contrast, int(clean.argmax()), clean)
