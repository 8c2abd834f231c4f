"""A run that was cancelled, to go on from: what it had explained, and what its noise did by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from noiser.errors import AnotherRun, WrongUse
from noiser.events import Emit, Explained, PromptRead, Warned
from noiser.explanation import Explanation
from noiser.prompt import Asked, Prompt
from noiser.reopened import prompt_of, request_of
from noiser.request import Request
from noiser.same_model import check_model
from noiser.target import spelled
from noiser.tried import Tried
from noiser.units import cut

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

_SAME = (
    "method",
    "bound",
    "norm",
    "seed",
    "draws",
    "steps",
    "specials",
    "reference",
    "granularity",
)
"""Fields of a request that a run to go on from must have in common with it."""
Left = TypeVar("Left")
Made = TypeVar("Made")


def go_on(
    run: Callable[[Left | None], Made],
    begun: Left | None,
    anew: Callable[[str], object] = lambda why: None,
) -> Made:
    """What `run` makes from what was `begun` on, or from nothing where that is of another run.

    Before it begins anew, `anew` is told why.
    """
    if begun is None:
        return run(None)
    try:
        return run(begun)
    except AnotherRun as error:
        why = str(error)
    anew(why)
    return run(None)


@dataclass(frozen=True)
class Begun:
    """`made` are the targets that were explained, `left` is what there is of the next."""

    made: tuple[Explanation, ...] = ()
    left: Explanation | None = None

    def at(self, step: int) -> Explanation | None:
        """What a cancel left of a target, counted from 0."""
        return self.left if step == len(self.made) else None


def begun_in(explanation: Explanation | None) -> Begun:
    """What there is to go on from in what a cancel left."""
    if explanation is None:
        return Begun()
    first, *more = explanation.steps_explained
    count = explanation.finished
    if count:  # the last warning says how far it came
        first = replace(first, complete=True, finished=0, warnings=first.warnings[:-1])
    steps = [replace(first, continuation=()), *more]
    return Begun(tuple(steps[:count]), steps[count] if count < len(steps) else None)


def cut_short(
    made: Sequence[Explanation], partial: Explanation | None, told: str
) -> Explanation | None:
    """What was explained before a cancel, the target that was being explained last of all."""
    kept = [*made] if partial is None else [*made, partial]
    if not kept:
        return None
    first, *more = kept
    return replace(
        first,
        continuation=tuple(more),
        complete=False,
        finished=len(made),
        warnings=(*first.warnings, Warned(told)),
    )


def check_begun(model: LanguageModel, request: Request, explanation: Explanation) -> None:
    """AnotherRun where what a cancel left is of another model or request, as far as it tells."""
    check_model(model, explanation)
    try:
        there = request_of(explanation)
    except WrongUse as error:  # of a method, say, that another version knew
        raise AnotherRun(str(error)) from error
    names = [name for name in _SAME if getattr(there, name) != getattr(request, name)]
    ended = explanation.finished or explanation.complete  # what noise did, every search takes
    if ended and there.search != request.search:
        names.append("search")
    if explanation.aggregate != request.rule:
        names.append("aggregate")
    if explanation.normalisation not in (request.normalisation, "raw"):
        names.append("normalisation")
    if explanation.spans != request.spans:
        names.append("spans")
    if names:
        raise AnotherRun(f"The run to go on from was asked for with another {', '.join(names)}.")


def check_same(
    model: LanguageModel, asked: Asked, request: Request, explanation: Explanation
) -> None:
    """AnotherRun where an explanation is of another model, prompt or request, as far as it tells."""
    prompt = model.read(asked)
    request = replace(request, normalisation="sum") if request.reference else request
    check_begun(model, request.on(prompt), explanation)
    check_prompt(prompt, explanation)
    check_target(model, request, explanation)


def check_target(model: LanguageModel, request: Request, explanation: Explanation) -> None:
    """AnotherRun where a run explains another target, or against another contrast, than is asked for."""
    if explanation.explains not in ("token", "answer") or request.generate or request.at:
        return
    ids = tuple(one.id for one in explanation.whole or (explanation.target,))
    asked = None if request.target is None else spelled(model, request.target)
    if asked is None and explanation.next_tokens:  # the model's own prediction
        asked = {(explanation.next_tokens[0].id,)}
    if asked is not None and ids not in asked:
        raise AnotherRun("The run to go on from is of another target.")
    there = None if explanation.contrast is None else (explanation.contrast.id,)
    contrasts = {None} if request.contrast is None else spelled(model, request.contrast)
    if there not in contrasts:
        raise AnotherRun("The run to go on from is against another contrast.")


def check_prompt(prompt: Prompt, explanation: Explanation) -> None:
    """AnotherRun where it is of another prompt."""
    if prompt_of(explanation).ids != prompt.ids:
        raise AnotherRun("The run to go on from is of another prompt.")


def known_in(
    left: Explanation | None, prompt: Prompt, targets: tuple[int, ...]
) -> Mapping[tuple[int, float], Tried]:
    """What noise did at every (position, scale); AnotherRun where the prompt or target was another."""
    if left is None or left.left_off is None:
        return {}
    check_prompt(prompt, left)
    ids = [one.id for one in (*(left.whole or (left.target,)), *filter(None, (left.contrast,)))]
    if tuple(ids) != targets:
        raise AnotherRun("The run to go on from is of another target.")
    return {(one.position, one.scale): one for one in left.left_off.tried}


def tell_again(emit: Emit, explanation: Explanation, step: int, steps: int) -> None:
    """Tell of a target that is not explained again, as if it had been now."""
    prompt, grain = prompt_of(explanation), explanation.granularity
    units = cut(prompt, grain, explanation.spans) if grain != "token" else ()
    joint = explanation.aggregate == "joint"
    candidates = explanation.next_tokens
    emit(PromptRead(prompt, explanation.target, candidates, step, steps, grain, units, joint))
    for warning in explanation.warnings:
        emit(warning)
    emit(Explained(explanation, step, steps))
