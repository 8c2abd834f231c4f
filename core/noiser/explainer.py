"""Explaining a prompt: read it, choose the target, run the method, put the result together."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import asdict, dataclass, replace

from noiser.assembly import doubts, environment, normalisation_used, stopped
from noiser.errors import Cancelled, NoiserError
from noiser.events import Emit, Explained, PromptRead, Warned, Work, ignore
from noiser.explanation import Explanation
from noiser.methods import Method, get_method
from noiser.methods.task import Attribution, Task
from noiser.model.language_model import LanguageModel
from noiser.model.memory import first_run
from noiser.perturb import Perturber
from noiser.prompt import Prompt, extend
from noiser.request import Request
from noiser.scoring import scored
from noiser.target import make_objective, next_token, next_tokens
from noiser.units import cut
from noiser.zoom import Zoomed, told, zoom_in

NEXT_TOKENS = 50
"""Candidates for the next token kept with every explanation."""


def explain(
    model: LanguageModel,
    prompt: str,
    request: Request | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
) -> Explanation:
    """Explain what `model` predicts after `prompt`.

    `emit` is told every step, in this thread. Setting `cancel` raises Cancelled within one batch;
    its `partial` is what was known by then. `memory` bounds what a call may take: a share of what is
    free (`40%`) or a size (`2GB`), None for half of what is free.
    `positions_per_batch` bounds rows × tokens of one forward pass (None: by the device). With
    `request.generate`, each greedily generated token is explained after all tokens before it.
    """
    request = request or Request()
    if request.reference:
        request = replace(request, normalisation="sum")
    one = _Explainer(model, request, cancel or threading.Event(), emit, positions_per_batch, memory)
    text = model.read(prompt)
    if not request.generate:
        return one.explain(text)
    return one.explain_generation(text)


@dataclass(frozen=True)
class _Explainer:
    """What stays the same over the targets of one call."""

    model: LanguageModel
    request: Request
    cancel: threading.Event
    emit: Emit
    positions_per_batch: int | None
    memory: str | None

    def explain_generation(self, prompt: Prompt) -> Explanation:
        """Generate greedily, explaining each token before the next.

        Stops after a token that ends the text, and with a warning where the context is full.
        """
        made: list[Explanation] = []
        for step in range(self.request.generate):
            ids = [explanation.target.id for explanation in made]
            if ids and ids[-1] in self.model.end_ids:
                break
            if made and len(prompt) + len(ids) > (self.model.info.context or math.inf):
                made[-1] = self._stopped_at_the_context(made[-1])
                break
            try:
                made.append(self.explain(extend(self.model.tokenizer, prompt, ids), step))
            except Cancelled as cancelled:
                raise Cancelled(self._cut_short(made, cancelled.partial)) from None
        return replace(made[0], continuation=tuple(made[1:]))

    def _cut_short(
        self, made: list[Explanation], partial: Explanation | None
    ) -> Explanation | None:
        """What was generated before a cancel, the token that was being explained last of all."""
        kept = made if partial is None else [*made, partial]
        if not kept:
            return None
        first, *more = kept
        warning = Warned(
            f"Cancelled after {len(made)} of {self.request.generate} generated tokens."
        )
        return replace(
            first, continuation=tuple(more), complete=False, warnings=(*first.warnings, warning)
        )

    def _stopped_at_the_context(self, last: Explanation) -> Explanation:
        info = self.model.info
        warning = Warned(
            f"Generation ends here: {info.name} reads {info.context:,} tokens at most."
        )
        self.emit(warning)
        return replace(last, warnings=(*last.warnings, warning))

    def explain(self, prompt: Prompt, step: int = 0) -> Explanation:
        """Explain the token after `prompt`; `step` counts generated tokens."""
        started = time.perf_counter()
        model, request = self.model, self.request
        task = self._task(prompt)
        clean = task.perturber.clean
        target = next_token(model, clean, task.objective.target)
        contrast = task.objective.contrast
        candidates = next_tokens(model, clean, NEXT_TOKENS)
        steps = max(1, request.generate)
        units = cut(prompt, request.granularity) if request.granularity != "token" else ()
        self.emit(PromptRead(prompt, target, candidates, step, steps, request.granularity, units))
        method = get_method(request.method)
        attribution, zoomed, complete = _run(task, method)
        how = normalisation_used(task, attribution)
        found = scored(task, attribution, zoomed, how)
        if complete:
            warnings = (*told(task, attribution, zoomed), *doubts(task, attribution))
        else:
            warnings = (stopped(task, attribution),)
        for warning in warnings:
            self.emit(warning)
        reference = Work(reference_token_forwards=method.reference_work(len(prompt), request))
        explanation = Explanation(
            prompt=prompt.text,
            model=asdict(model.info),
            method=request.method,
            bound=request.bound,
            norm=request.norm,
            normalisation=how,
            seed=request.seed,
            draws=request.draws,
            steps=request.steps,
            specials=request.specials,
            reference=request.reference,
            target=target,
            contrast=None if contrast is None else next_token(model, clean, contrast),
            tokens=found.tokens,
            next_tokens=candidates,
            alpha=attribution.alpha,
            saturated=attribution.scale_saturated,
            leaders=attribution.leaders,
            work=task.perturber.work + reference,
            seconds=time.perf_counter() - started,
            warnings=warnings,
            environment=environment(),
            losses=found.losses,
            search=request.search,
            granularity=request.granularity,
            units=found.units,
            zoom=found.zoom,
            rounding=attribution.rounding,
            close_decisions=attribution.close,
            complete=complete,
            options=attribution.options,
        )
        if not complete:
            raise Cancelled(explanation)
        self.emit(Explained(explanation, step, steps))
        return explanation

    def _task(self, prompt: Prompt) -> Task:
        out = {
            i
            for i, token in enumerate(prompt.tokens)
            if token.special and self.request.specials == "exclude"
        }
        units = cut(prompt, self.request.granularity)
        members = {u[0]: kept for u in units if (kept := tuple(i for i in u if i not in out))}
        if not members:
            raise NoiserError("The prompt has special tokens only, and they are excluded.")
        with first_run(self.model, len(prompt)):
            perturber = Perturber(
                self.model,
                prompt.ids,
                positions_per_batch=self.positions_per_batch,
                memory=self.memory,
                cancel=self.cancel,
                emit=self.emit,
            )
        objective = make_objective(
            self.model, perturber.clean, self.request.target, self.request.contrast
        )
        positions = tuple(members)
        return Task(
            self.model, prompt, positions, objective, self.request, perturber, self.emit, members
        )


def _run(task: Task, method: Method) -> tuple[Attribution, Zoomed | None, bool]:
    """What the method finds, and inside which units; False where it was cancelled on the way."""
    try:
        found = method.run(task)
    except Cancelled:
        if not task.kept:
            raise
        return task.kept[0], None, False
    try:
        return found, zoom_in(task, method, found) if task.request.zoom else None, True
    except Cancelled:
        return found, None, False
