"""Explaining one target of one prompt: run the method, put the result together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from noiser.answer import WholeAnswer, make_whole
from noiser.assembly import beforehand, doubts, environment, stopped
from noiser.begun import known_in
from noiser.change import Change
from noiser.errors import Cancelled, NoiserError
from noiser.events import Emit, Event, Explained, NextToken, PromptRead, Work
from noiser.explanation import Explains, Explanation
from noiser.grouping import scored_as
from noiser.methods import Method, get_method
from noiser.methods.task import Attribution, Target, Task
from noiser.model.language_model import LanguageModel
from noiser.model.memory import enough_memory
from noiser.model.reward_model import RewardModel
from noiser.perturb import Perturber
from noiser.prompt import Prompt, extend
from noiser.request import Request
from noiser.reward import Reward
from noiser.snapshots import Snapshots
from noiser.target import make_objective, next_token, next_tokens
from noiser.tried import LeftOff
from noiser.units import cut
from noiser.zoom import Zoomed, told, zoom_in

NEXT_TOKENS = 50
"""Candidates for the next token kept with every explanation."""
NONE_AHEAD: Mapping[tuple[int, ...], Change] = {}


@dataclass(frozen=True)
class Explainer:
    """What stays the same over the targets of one call."""

    model: LanguageModel
    request: Request
    cancel: threading.Event
    emit: Emit
    positions_per_batch: int | None
    memory: str | None
    ranked: bool = True
    """Whether the scores are what is asked for, or go into others, as a margin's."""
    keep: Snapshots[Explanation] | None = None
    """Who takes what is known of a target while it is explained."""

    def explain(
        self,
        prompt: Prompt,
        step: int = 0,
        steps: int = 1,
        target: str | None = None,
        *,
        left: Explanation | None = None,
    ) -> Explanation:
        """Explain the token after `prompt`, the `target` if one is named; `step` counts from 0.

        `left` is what a cancel left of it before.
        """
        started = time.perf_counter()
        with enough_memory(self.model, len(prompt)):
            units = self._members(prompt).values()
            ahead = get_method(self.request.method).changes(self.model, self.request, units)
            perturber = self.run(prompt.ids, ahead=tuple(ahead.values()))
            objective = self._objective(perturber, target)
            return self._explain(prompt, perturber, objective, step, steps, started, left, ahead)

    def _objective(self, perturber: Perturber, target: str | None) -> Target:
        """What is explained, by the clean prompt."""
        if isinstance(self.model, RewardModel):
            return Reward(perturber.clean)
        return make_objective(self.model, perturber.clean, target, self.request.contrast)

    def explain_whole(
        self,
        prompt: Prompt,
        ids: tuple[int, ...],
        perturber: Perturber,
        steps: int,
        started: float,
        left: Explanation | None = None,
    ) -> Explanation:
        """Explain all `ids` after `prompt` at once; the perturber has read them all since `started`."""
        with enough_memory(self.model, len(prompt)):
            objective = make_whole(perturber.clean, ids)
            return self._explain(prompt, perturber, objective, 0, steps, started, left)

    def run(self, ids: tuple[int, ...], reads: int = 1, ahead: Sequence[Change] = ()) -> Perturber:
        """Run ids as they are, to be perturbed then; the last `reads` positions are read.

        Changes that are known `ahead` may run beside them.
        """
        with enough_memory(self.model, len(ids)):
            perturber = Perturber(
                self.model,
                ids,
                reads=reads,
                positions_per_batch=self.positions_per_batch,
                memory=self.memory,
                cancel=self.cancel,
                emit=self.emit,
            )
            perturber.begin(ahead)
        return perturber

    def _explain(
        self,
        prompt: Prompt,
        perturber: Perturber,
        objective: Target,
        step: int,
        steps: int,
        started: float,
        left: Explanation | None,
        ahead: Mapping[tuple[int, ...], Change] = NONE_AHEAD,
    ) -> Explanation:
        model, request = self.model, self.request
        before = known_in(left, prompt, _ids(objective))
        off = left.left_off if left is not None else None
        if off is not None:
            perturber.work += off.work
            started -= off.seconds
        looks = list[Callable[[], object]]()
        task = self._task(prompt, perturber, objective)
        task = replace(task, before=before, ahead=ahead, emit=partial(_tell, self.emit, looks))
        whole = objective.tokens(model) if isinstance(objective, WholeAnswer) else ()
        target, contrast, candidates = _tokens(model, prompt, objective)
        grain, joint = request.granularity, request.rule == "joint"
        units = cut(prompt, grain, request.spans) if grain != "token" else ()
        self.emit(PromptRead(prompt, target, candidates, step, steps, grain, units, joint))
        method = get_method(request.method)
        early = tuple(beforehand(task))
        for warning in early:
            self.emit(warning)
        kind = _kind(objective)
        reference = method.reference_work(len(prompt), request) if kind == "token" else 0

        def put_together(
            attribution: Attribution, zoomed: Zoomed | None, *, complete: bool
        ) -> Explanation:
            asked, by_unit, how, found = scored_as(request, task, attribution, zoomed)
            if complete:
                warnings = (
                    *told(task, attribution, zoomed),
                    *doubts(asked, by_unit, found.stability, self.ranked),
                )
            else:
                warnings = (stopped(task, attribution),)
            return Explanation(
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
                contrast=contrast,
                tokens=found.tokens,
                next_tokens=candidates,
                alpha=attribution.alpha,
                saturated=attribution.scale_saturated,
                leaders=attribution.leaders,
                work=task.perturber.work + Work(reference_token_forwards=reference),
                seconds=time.perf_counter() - started,
                warnings=(*early, *warnings),
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
                search_draws=request.draws if attribution.brackets else None,
                stability=found.stability,
                whole=whole,
                messages=prompt.messages,
                explains=kind,
                reward=float(objective.clean) if isinstance(objective, Reward) else None,
                aggregate=request.rule,
                spans=request.spans,
                left_off=None if complete else _left_off(task, attribution, started),
            )

        def known() -> Explanation | None:
            return put_together(task.kept[0], None, complete=False) if task.kept else None

        if self.keep is not None:
            keep = self.keep
            looks.append(lambda: keep.look(known))
        try:
            attribution, zoomed, complete = _run(task, method)
        finally:
            # what it found knows the task, and so does who looks: a circle would hold the prompt's tensors
            task.kept.clear()
            looks.clear()
        explanation = put_together(attribution, zoomed, complete=complete)
        for warning in explanation.warnings[len(early) :]:
            self.emit(warning)
        if not complete:
            raise Cancelled(explanation)
        self.emit(Explained(explanation, step, steps))
        return explanation

    def _task(self, prompt: Prompt, perturber: Perturber, objective: Target) -> Task:
        members = self._members(prompt)
        return Task(
            self.model,
            prompt,
            tuple(members),
            objective,
            self._grained,
            perturber,
            self.emit,
            members,
        )

    @property
    def _grained(self) -> Request:
        """The request, by token where units are only made of what was found of their tokens."""
        return self.request if self.request.rule == "joint" else self.request.by_token

    def _members(self, prompt: Prompt) -> dict[int, tuple[int, ...]]:
        """The units that may be changed, each by its first position that may."""
        request = self._grained
        out = {
            i
            for i, token in enumerate(prompt.tokens)
            if token.scaffold and request.specials == "exclude"
        }
        units = cut(prompt, request.granularity, request.spans)
        members = {u[0]: kept for u in units if (kept := tuple(i for i in u if i not in out))}
        if not members:
            raise NoiserError(
                "The prompt has special and template tokens only, and they are excluded."
            )
        return members


def _tell(emit: Emit, looks: list[Callable[[], object]], event: Event) -> None:
    """Tell of an event, after which those may look who do."""
    emit(event)
    for look in looks:
        look()


def _tokens(
    model: LanguageModel, prompt: Prompt, objective: Target
) -> tuple[NextToken, NextToken | None, tuple[NextToken, ...]]:
    """The target, the contrast and the most probable next tokens."""
    if isinstance(objective, Reward):
        return NextToken(-1, "reward", None), None, ()
    if isinstance(objective, WholeAnswer):
        ids = [part.target for part in objective.parts]
        text = extend(model.tokenizer, prompt, ids).text[len(prompt.text) :]
        probability = float(objective.value(objective.clean))
        candidates = next_tokens(model, objective.clean[0], NEXT_TOKENS)
        return NextToken(ids[0], text, probability), None, candidates
    token = partial(next_token, model, objective.clean)
    contrast = None if objective.contrast is None else token(objective.contrast)
    return token(objective.target), contrast, next_tokens(model, objective.clean, NEXT_TOKENS)


def _left_off(task: Task, attribution: Attribution, started: float) -> LeftOff | None:
    """Where a run is that is cancelled now; None where nothing can be taken over from it."""
    if not (tried := attribution.tried()):
        return None
    return LeftOff(tried, task.perturber.work, time.perf_counter() - started)


def _ids(objective: Target) -> tuple[int, ...]:
    """What it explains, by ids, and what against."""
    if isinstance(objective, Reward):
        return (-1,)
    if isinstance(objective, WholeAnswer):
        return tuple(part.target for part in objective.parts)
    against = () if objective.contrast is None else (objective.contrast,)
    return (objective.target, *against)


def _kind(objective: Target) -> Explains:
    """What an objective explains, as the record calls it."""
    if isinstance(objective, Reward):
        return "reward"
    return "answer" if isinstance(objective, WholeAnswer) else "token"


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
