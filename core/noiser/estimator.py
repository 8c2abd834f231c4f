"""What explaining a prompt will cost, before it is run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noiser.answer import answer_spellings
from noiser.call_budget import call_budget
from noiser.events import Estimate
from noiser.methods import get_method
from noiser.model.language_model import LanguageModel
from noiser.model.memory import enough_memory, memory_budget
from noiser.model.rows import packable
from noiser.model.speed import Speed, measure
from noiser.prompt import Asked, Prompt
from noiser.request import Request
from noiser.units import cut


def estimate(
    model: LanguageModel,
    prompt: Asked,
    request: Request | None = None,
    *,
    memory: str | None = None,
) -> Estimate:
    """Estimate what `explain` will take, from a short measurement of this model on this prompt.

    Meant to be right within a factor of 2 for 9 prompts of 10: how far the search has to go shows
    only as it goes, and a prompt on which no noise flips the prediction takes five times as much.
    `memory` bounds a call as it does for `explain`.
    """
    return estimate_each(model, prompt, [request or Request()], memory=memory)[0]


def estimate_each(
    model: LanguageModel,
    prompt: Asked,
    requests: Sequence[Request],
    *,
    memory: str | None = None,
) -> list[Estimate]:
    """Estimate several requests on one prompt: it is read, and the model measured, once for all."""
    text = model.read(prompt)
    with enough_memory(model, len(text)):
        speed = model.speed or measure(model, model.embed(text.ids))
        model.speed = speed
        ragged = packable(model) is not None
    return [_of_all(model, text, request, ragged, memory, speed) for request in requests]


def _of_all(
    model: LanguageModel,
    text: Prompt,
    request: Request,
    ragged: bool,
    memory: str | None,
    speed: Speed,
) -> Estimate:
    """The estimate of a request: the sum over the targets it explains in turn."""
    total = Estimate(0, 0, 0.0)
    request = request.on(text)
    if request.rule != "joint":
        request = request.by_token
    firsts = [unit[0] for unit in cut(text, request.granularity, request.spans)]
    answer = max(map(len, answer_spellings(model, request.target)), default=0)
    if answer and not request.at:
        # rows of a whole answer are read at several positions, and not packed
        total += _of_one(model, firsts, len(text) + answer - 1, request, False, memory, speed)
    every = range(max(1, request.generate, answer))
    for step in every if not request.at else (request.at - 1,):
        length = len(text) + step
        starts = firsts + list(range(len(text), length))
        total += _of_one(model, starts, length, request, ragged, memory, speed)
    return total


def _of_one(
    model: LanguageModel,
    starts: list[int],
    length: int,
    request: Request,
    ragged: bool,
    memory: str | None,
    speed: Speed,
) -> Estimate:
    """The estimate of one target after `length` tokens, whose units begin at `starts`."""
    method = get_method(request.method)
    variants = method.variants(request)
    whole = model.prefix_fault is not None
    run = sum(length if whole else length - start for start in starts)
    passes = method.passes(len(starts), request)
    once = variants * run
    if request.zoom:
        # which units will be looked into is not known: as many tokens as their mean has
        inside = min(request.zoom, len(starts)) * length / len(starts)
        passes += method.passes(max(1, int(inside)), request) * inside / len(starts)
    budget = call_budget(model, length, None, memory_budget(model.device, memory))
    least = once / max(1.0, budget.most_positions(length))
    # rows of one length are padded to it, and parted where that costs more than a call
    waste = 1.0 if ragged or whole else 1.15
    beside = method.ahead and ragged and least <= 1  # of the clean prompt, in its call
    calls = (
        method.rounds(request)
        - beside
        + passes * max(1.0 if passes else 0.0, least if ragged else 3 * least)
    )
    rows = method.whole(length, request)
    calls += rows * length / max(1.0, budget.most_positions(length))
    forwards = length + passes * once * waste + rows * length
    return Estimate(math.ceil(calls), math.ceil(forwards), speed.seconds(calls, forwards))
