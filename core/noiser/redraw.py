"""More draws for a finished explanation: only the new ones run, at the scale found before."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from noiser.added_draws import AddedDraws
from noiser.again import task_again
from noiser.assembly import doubts
from noiser.errors import Cancelled, WrongUse
from noiser.events import Emit, Explained, PromptRead, Warned, Work, ignore
from noiser.explanation import Explanation
from noiser.grouping import scored_as
from noiser.methods.task import Task
from noiser.model.language_model import LanguageModel
from noiser.model.memory import enough_memory
from noiser.reopened import found_in, inside_of, members_of, request_of, zoomed_in
from noiser.same_model import check_model
from noiser.zoom import Zoomed, told


def more_draws(
    model: LanguageModel,
    explanation: Explanation,
    draws: int,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
) -> Explanation:
    """The explanation with `draws` draws in all, every generated token of it included.

    The first draws of a seed stay the same when there are more, so only the others run, on the ids of
    the record and at the scale, or scales, found with `search_draws`; the raw scores are those of a
    run with all draws at that scale. Where the prediction held under the first draws and may no longer
    hold, a warning says so. `work` and `seconds` are added to those spent before.

    The draws double from round to round: setting `cancel` raises Cancelled within one batch, and its
    `partial` has the draws of every round that was finished. `positions_per_batch` and `memory` are
    those of `explain`. WrongUse for a method without draws, a run that was cancelled, fewer draws than
    there are, losses that the record lacks, and a model that is not the record's.
    """
    cancel = cancel or threading.Event()
    steps = explanation.steps_explained
    check_draws(explanation, draws)
    for one in steps:
        check_model(model, one)
    made: list[Explanation] = []
    for number, one in enumerate(steps):
        redraw = _Redraw(model, one, cancel, emit, positions_per_batch, memory)
        more, complete = redraw.to(draws, number, len(steps))
        made.append(more)
        if not complete:
            first, *others = [*made, *steps[number + 1 :]]
            raise Cancelled(replace(first, continuation=tuple(others)))
        emit(Explained(more, number, len(steps)))
    return replace(made[0], continuation=tuple(made[1:]))


def check_draws(explanation: Explanation, draws: int) -> None:
    """WrongUse where draws cannot be added to a run, found before a model is loaded."""
    for one in explanation.steps_explained:
        _check_draws(one, draws)


def _check_draws(explanation: Explanation, draws: int) -> None:
    if explanation.explains == "margin":
        raise WrongUse(
            "A margin takes no further draws: it was made of the rewards of two responses, and the record "
            "holds their difference only. Explain it again with more draws.",
            change=("draws",),
        )
    if explanation.method != "noiser":
        raise WrongUse(f"The method {explanation.method} has no draws: there are none to add to.")
    if not explanation.complete:
        raise WrongUse("This run was cancelled before its end: explain the prompt again.")
    if draws <= explanation.draws:
        raise WrongUse(
            f"The run has {explanation.draws} draws already: ask for more than that, not for {draws}."
        )
    replace(request_of(explanation), draws=draws)  # which checks it
    if not _holds_losses(explanation):
        raise WrongUse(
            "This record does not hold what each draw took, or at which scale: explain the prompt again."
        )


def _holds_losses(explanation: Explanation) -> bool:
    """Whether every position that had noise has its scale, and what each draw took there."""
    found, zoomed = found_in(explanation), zoomed_in(explanation)
    asked = [(found, i) for i in members_of(explanation)]
    asked += [(zoomed.inside, i) for i in inside_of(explanation)] if zoomed is not None else []
    return bool(asked) and all(i in one.scales and not np.isnan(one.raw[i]) for one, i in asked)


@dataclass(frozen=True)
class _Redraw:
    """More draws for one target."""

    model: LanguageModel
    before: Explanation
    cancel: threading.Event
    emit: Emit
    positions_per_batch: int | None
    memory: str | None

    def to(self, draws: int, step: int, steps: int) -> tuple[Explanation, bool]:
        """The explanation with so many draws; False with as many as there were when it was cancelled."""
        result, started = self.before, time.perf_counter()
        try:
            task = self._task(draws)
            self.emit(_read(task, self.before, step, steps))
            zoomed = zoomed_in(self.before)
            parts = [AddedDraws(task, found_in(self.before))]
            if zoomed is not None:
                inner = replace(
                    task,
                    positions=inside_of(self.before),
                    members={},
                    request=task.request.by_token,
                )
                parts.append(AddedDraws(inner, zoomed.inside))
            while result.draws < draws:
                some = slice(result.draws, min(draws, 2 * result.draws))
                with enough_memory(self.model, len(task.prompt)):
                    for part in parts:
                        part.add(some)
                seconds = time.perf_counter() - started
                result = self._put_together(task, parts, zoomed, some.stop, seconds)
        except Cancelled:
            return result, False
        return result, True

    def _task(self, draws: int) -> Task:
        return task_again(
            self.model,
            self.before,
            draws,
            cancel=self.cancel,
            emit=self.emit,
            positions_per_batch=self.positions_per_batch,
            memory=self.memory,
        )

    def _put_together(
        self,
        task: Task,
        parts: list[AddedDraws],
        zoomed: Zoomed | None,
        draws: int,
        seconds: float,
    ) -> Explanation:
        """The explanation as it is with the draws that there are by now."""
        before, found = self.before, parts[0].found
        task = replace(task, request=replace(task.request, draws=draws))
        request = replace(request_of(before), draws=draws)
        asked, by_unit, how, new = scored_as(request, task, found, zoomed)
        searched = before.search_draws or (before.draws if found.brackets else None)
        warnings = self._still_true(task)
        warnings += [*told(task, found, zoomed), *doubts(asked, by_unit, new.stability)]
        if searched is not None:
            later = [one for part in parts for one in part.flips(searched)]
            flipped = {one.position for one in warnings} if before.bound == "min" else ()
            warnings += [
                one for one in later if one not in warnings and one.position not in flipped
            ]
        added = Work(
            # the released code can only begin again: this is what its own scoring of the new draws takes
            reference_token_forwards=(draws - before.draws) * len(task.prompt) ** 2
            if before.work.reference_token_forwards
            else 0
        )
        return replace(
            before,
            draws=draws,
            search_draws=searched,
            left_off=None,
            normalisation=how,
            tokens=new.tokens,
            units=new.units,
            losses=new.losses,
            zoom=new.zoom,
            stability=new.stability,
            warnings=tuple(warnings),
            work=before.work + task.perturber.work + added,
            seconds=before.seconds + seconds,
            continuation=(),
        )

    def _still_true(self, task: Task) -> list[Warned]:
        """The warnings of the search; what was said of the scores is said of the new ones anew."""
        before, old = self.before, found_in(self.before)
        then = replace(task, request=replace(task.request, draws=before.draws))
        asked, by_unit, _, _ = scored_as(request_of(before), then, old, zoomed_in(before))
        said = {*told(then, old, zoomed_in(before)), *doubts(asked, by_unit, before.stability)}
        return [one for one in before.warnings if one not in said]


def _read(task: Task, before: Explanation, step: int, steps: int) -> PromptRead:
    units = tuple(tuple(range(unit.first, unit.last + 1)) for unit in before.units)
    named = before.target, before.next_tokens, step, steps, before.granularity
    return PromptRead(task.prompt, *named, units, before.aggregate == "joint")
