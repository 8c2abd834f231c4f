"""Explaining a prompt: read it, and explain the target or each of several."""

from __future__ import annotations

import threading
from dataclasses import replace

from noiser.answer import answer_spellings
from noiser.begun import begun_in, check_begun
from noiser.errors import Cancelled, WrongUse
from noiser.events import Emit, ignore
from noiser.explanation import Explanation
from noiser.feasible import check_model
from noiser.model.language_model import LanguageModel
from noiser.one import Explainer
from noiser.prompt import Asked
from noiser.request import Request
from noiser.series import explain_answer, explain_generation
from noiser.snapshots import Snapshots


def explain(
    model: LanguageModel,
    prompt: Asked,
    request: Request | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
    begun: Explanation | None = None,
    keep: Snapshots[Explanation] | None = None,
) -> Explanation:
    """Explain what `model` predicts after `prompt`: a text, a chat, or a prompt that was read before.

    A chat is a list of {"role", "content"} or a `Chat`, and goes through the tokenizer's own template.
    `emit` is told every step, in this thread. Setting `cancel` raises Cancelled within one batch;
    its `partial` is what was known by then. `memory` bounds what a call may take: a share of what is
    free (`40%`) or a size (`2GB`), None for half of what is free.
    `positions_per_batch` bounds rows × tokens of one forward pass (None: by the device). With
    `request.generate`, each greedily generated token is explained after all tokens before it; a target
    of several tokens is explained as a whole, and then each of them after all before it.

    `begun` is what a cancel left of the same run: it goes on from there, and what comes of it is what an
    undisturbed run gives, but for the work and the seconds. AnotherRun where it is of another run.
    `keep` takes every few seconds what a cancel would leave then.
    """
    request = request or Request()
    if request.reference:
        request = replace(request, normalisation="sum")
    check_model(model, request)
    text = model.read(prompt)
    request = request.on(text)
    cancel = cancel or threading.Event()
    one = Explainer(model, request, cancel, emit, positions_per_batch, memory, keep=keep)
    before = begun_in(begun)
    if begun is not None:
        check_begun(model, request, begun)
    try:
        if request.generate:
            return explain_generation(one, text, before)
        if spellings := answer_spellings(model, request.target):
            return explain_answer(one, text, spellings, before)
        if request.at > 1:
            raise WrongUse(f"The target is one token: there is no token {request.at} in it.")
        return one.explain(text, target=request.target, left=before.left)
    except Cancelled as cancelled:  # before it came as far as it had been
        raise Cancelled(cancelled.partial or begun) from None
