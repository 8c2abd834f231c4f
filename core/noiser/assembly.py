"""What is to be said beside the scores of an explanation: doubts, and what a repetition needs."""

from __future__ import annotations

import functools
import importlib.metadata
import math
import platform
from collections.abc import Iterator
from typing import cast

import numpy as np

from noiser import __version__
from noiser.answer import WholeAnswer
from noiser.draws import FloatArray
from noiser.events import Warned
from noiser.methods import Method, get_method
from noiser.methods.task import Attribution, Target, Task
from noiser.minus import minus
from noiser.request import Normalisation
from noiser.reward import Reward
from noiser.scores import sum_is_safe

SINK = 0.9
"""The share of attention from which one token is doubted."""
UNSTABLE = 0.7
"""Kendall's τ below which a ranking is doubted: one pair in seven changes places.

Of 14 prompts with 10 draws, the two below it (0.53, 0.63) had hardly a token surely above 0, and stayed
below it with 40 draws; the twelve others were from 0.74 up.
"""
LIBRARIES = ("torch", "transformers", "numpy")


def beforehand(task: Task) -> Iterator[Warned]:
    """What is to be known before a method runs: that it gives the same for every target."""
    objective, name = task.objective, task.request.method
    if get_method(name).needs_target:
        return
    if isinstance(objective, Reward):
        yield Warned(f"{name} reads no reward: it gives the same whatever the reward is.")
    elif isinstance(objective, WholeAnswer):
        yield Warned(f"{name} reads no prediction: the target counts only as text before its end.")
    elif objective.contrast is not None:
        yield Warned(f"{name} reads no prediction: the target and the contrast play no part in it.")
    elif objective.target != objective.top:
        yield Warned(f"{name} reads no prediction: the chosen target plays no part in it.")


def doubts(
    task: Task, attribution: Attribution, stability: float | None, ranked: bool = True
) -> Iterator[Warned]:
    """What any method's scores give reason to doubt, and what was left out of them.

    Unless they are `ranked` they go into other scores, and nothing is said of their size and order.
    """
    raw, request = attribution.raw, task.request
    method = get_method(request.method)
    left_out = len(task.prompt) - sum(len(task.at(i)) for i in task.positions)
    if left_out:
        kind = "special and template" if task.prompt.messages else "special"
        many = "tokens were" if left_out > 1 else "token was"
        yield Warned(f"{left_out} {kind} {many} left out of the noise and the scores.")
    yield from map(Warned, task.prompt.doubts)
    if method.kind == "perturbation" and (fault := task.model.prefix_fault) is not None:
        yield Warned(
            f"Every row runs the whole prompt, about twice the work: {task.model.info.name}: {fault}."
        )
    yield from _degenerate(task, raw, method)
    if ranked:
        yield from _unranked(task, attribution, stability)
    if attribution.close:
        many = "decisions" if attribution.close > 1 else "decision"
        yield Warned(
            f"{attribution.close} {many} of the search came closer than the rounding of "
            f"{task.model.info.dtype}: on another machine or in other batches the scale can come out "
            "otherwise."
        )
    if method.needs_target:
        yield from _unpredicted(task, method)


def _unranked(task: Task, attribution: Attribution, stability: float | None) -> Iterator[Warned]:
    """Scores that do not normalise, or whose order is not sure."""
    raw, request = attribution.raw, task.request
    unit = request.granularity
    if request.normalisation == "sum" and not sum_is_safe(raw):
        yield unsafe_sum(raw, request.reference)
    elif request.normalisation == "positive" and never_positive(raw):
        yield Warned(f"No {unit} {_favour(task.objective)}: every score is 0.")
    if attribution.losses is not None and request.draws > 1 and not above_noise(attribution.losses):
        yield below_noise(request.draws, unit)
    if stability is not None and stability < UNSTABLE:
        yield unstable(stability, unit, "draws" if attribution.repeats is None else "samples")


def _favour(objective: Target) -> str:
    """What a token with a positive raw score does for what is explained."""
    if isinstance(objective, Reward):
        return "raises the reward"
    if objective.contrast is not None:
        return "speaks for the target against the contrast"
    return "adds to the target's probability"


def unsafe_sum(raw: FloatArray, divided: bool = False) -> Warned:
    """That raw scores were not (or all the same) divided by a sum that is not safely positive."""
    done = "divided by it" if divided else "they are left raw: divided by it"
    return Warned(
        f"The raw scores sum to {minus(f'{np.nansum(raw):.3g}')}, negative or mostly by cancelling; {done} "
        "they explode or change sign. Use the normalisation 'positive'."
    )


def below_noise(draws: int, unit: str) -> Warned:
    """That no raw score is above what the draws alone make of it."""
    return Warned(
        f"With {draws} draws no {unit}'s raw score is surely above 0: more draws would tell."
    )


def unstable(stability: float, unit: str, others: str = "draws") -> Warned:
    """That other draws, or samples, would give another order."""
    then = "more draws would tell" if others == "draws" else "their order is not to be relied on"
    return Warned(
        f"Other {others} would rank the {unit}s otherwise (Kendall's τ "
        f"{minus(f'{stability:.2f}')} over resamples): {then}."
    )


def _unpredicted(task: Task, method: Method) -> Iterator[Warned]:
    """A target that is not what the model itself would give."""
    objective = task.objective
    held = "; the noise scale is still the one at which "
    if isinstance(objective, WholeAnswer):
        if not objective.predicted:
            held += "its own prediction holds at each place of the target"
            yield Warned(
                f"The target is not what the model would generate{held if method.searches else ''}."
            )
    elif isinstance(objective, Reward):
        return
    elif objective.contrast is None and objective.target != objective.top:
        held += "the model's own prediction holds"
        top = float(task.perturber.clean[objective.target])
        yield Warned(
            f"The target is not what the model predicts (probability {minus(f'{top:.2g}')})"
            f"{held if method.searches else ''}."
        )


def never_positive(raw: FloatArray) -> bool:
    """Whether some scores are negative and none positive."""
    known = np.nan_to_num(raw)
    return bool(known.any()) and not (known > 0).any()


def _degenerate(task: Task, raw: FloatArray, method: Method) -> Iterator[Warned]:
    """Scores that say nothing: no numbers, no difference, or one token for all."""
    known = raw[list(task.positions)]
    if missing := int(np.isnan(known).sum()):
        yield Warned(
            f"{missing} of {len(known)} raw scores are no numbers (NaN): do not trust the rest."
        )
    elif not known.any():
        yield Warned(f"Every raw score is exactly 0: {task.request.method} tells nothing here.")
    elif method.kind == "attention" and known.max() > SINK * known.sum() and len(known) > 1:
        strongest = task.positions[int(known.argmax())]
        yield Warned(
            f"{known.max() / known.sum():.0%} of it all goes to one {task.request.granularity}: likely "
            "an attention sink, where attention rests that has nothing to read.",
            strongest,
        )


def stopped(task: Task, attribution: Attribution) -> Warned:
    """What a cancelled run leaves to be known."""
    scored = int((~np.isnan(attribution.raw[list(task.positions)])).sum())
    if scored == 0 and not get_method(task.request.method).searches:
        return Warned("Cancelled before any token was scored.")
    if scored == 0:
        return Warned("Cancelled while the noise scale was searched: no token is scored.")
    if scored == len(task.positions) and not task.request.zoom:
        return Warned("Cancelled before all samples ran: the scores are as they stood by then.")
    if scored == len(task.positions):
        return Warned(f"Cancelled before any {task.request.granularity} was looked into.")
    return Warned(
        f"Cancelled with {scored} of {len(task.positions)} scored: the scores are shares among those."
    )


def normalisation_used(task: Task, attribution: Attribution) -> Normalisation:
    """The normalisation asked for, but no division by a sum that is not safely positive.

    Reference mode divides by it all the same, as the released code.
    """
    request = task.request
    unsafe = request.normalisation == "sum" and not sum_is_safe(attribution.raw)
    if unsafe and not request.reference:
        return "raw"
    return cast("Normalisation", request.normalisation)


@functools.cache
def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def environment() -> dict[str, str]:
    """Versions that a repetition needs."""
    return {"noiser": __version__, "python": platform.python_version(), **_versions()}


def above_noise(losses: FloatArray) -> bool:
    """Whether what the draws take, shape (n, K), is on some row surely more than 0."""
    means = losses.mean(axis=1)
    errors = losses.std(axis=1, ddof=1) / math.sqrt(losses.shape[1])
    return bool((means > 2 * errors).any())
