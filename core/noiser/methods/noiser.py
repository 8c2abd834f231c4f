"""Noiser: how much probability bounded noise on each token takes (Madani et al. 2025, section 3)."""

from __future__ import annotations

import math
from typing import TypedDict

import numpy as np
import torch

from noiser.bounds import Bound, chosen_scale, fixed_scale, get_bound
from noiser.events import SearchNarrowed, Warned
from noiser.fast_search import follow_and_certify
from noiser.methods.noise import Trials, make_noise
from noiser.methods.task import Attribution, Task
from noiser.min_search import search_minimum
from noiser.search import Levels, SearchState, bisect, levels_at_once

GUESS = 2
"""Times the scale at which noise would flip a linear model: the median on 61 prompts was 1.8."""

CHEAP = 0.1
"""The share of a pass that the fast search spends on a leader's path without asking for less."""


def attribute(task: Task) -> Attribution:
    """Search the scale that the bound asks for, then score every position at it."""
    request = task.request
    bound = get_bound(request.bound)
    trials = Trials(task, make_noise(task), task.perturber.rounding if bound.searches else 0.0)
    shape = len(task.prompt), request.draws
    result = task.keep(Attribution(np.full(shape[0], np.nan), losses=np.full(shape, np.nan)))
    result.tried = trials.all_tried
    state = _search(task, trials, bound, result) if bound.searches else None
    alpha: float | None
    if state is None:
        alpha = fixed_scale(bound.name, dim=task.model.dim, seed=request.seed, ids=task.prompt.ids)
        scales = dict.fromkeys(task.positions, alpha)
    else:
        searched = state.leaders("min") if request.search == "fast" else task.positions
        own = {i: state.scale(i, reference=request.reference) for i in searched}
        alpha = chosen_scale(bound.name, list(own.values()))
        scales = own if alpha is None else dict.fromkeys(task.positions, alpha)
    result.alpha, result.scales = alpha, scales
    trials.score(scales, result)
    if state is not None:
        _tell(result, state, bound, task)
        result.rounding, result.close = trials.rounding, trials.close()
    if bound.name == "min" and not request.reference:
        result.warnings += [
            Warned(
                f"Noise of the scale found, {scale:.4g}, flips the prediction on this "
                f"{request.granularity}, although a larger one held: flips are not monotone here.",
                i,
            )
            for i, scale in scales.items()
            if not trials.held[i, scale]
        ]
    return result


def _cheap_path(task: Task, position: int) -> bool:
    """Whether a position's whole path is little work beside a pass over all.

    Then the fast search has no reason to begin it by a guess, which passes over scales at which large
    noise may hold where smaller noise flips.
    """
    row = task.perturber.row
    path = task.request.steps * row(task.at(position)[0])
    return path <= CHEAP * sum(row(task.at(i)[0]) for i in task.positions)


def _levels(task: Task) -> Levels:
    """How many steps of a path to ask at once: one on a CPU, where a call by itself is cheap."""
    if task.model.device.type == "cpu":
        return lambda _: 1
    draws, row, price = task.request.draws, task.perturber.row, task.model.call_price
    return lambda i: levels_at_once(draws * row(task.at(i)[0]), price)


class Options(TypedDict):
    """What both searches for the smallest scale take."""

    steps: int
    guess: float | None
    levels: Levels


def _search(task: Task, trials: Trials, bound: Bound, result: Attribution) -> SearchState:
    request = task.request
    state: SearchState | None = None
    if bound.name == "min" and not request.reference:
        order, guess = _fragile_first(task, trials.draws)
        options: Options = {"steps": request.steps, "guess": guess, "levels": _levels(task)}
        if request.search == "fast":
            if _cheap_path(task, order[0]):
                options["guess"] = None
            states = follow_and_certify(order, trials.tried, trials.holds, **options)
        else:
            states = search_minimum(order, trials.holds, decide=trials.decide, **options)
    else:
        states = bisect(
            task.positions,
            trials.holds,
            steps=request.steps,
            pruning=bound.pruning,
            reference=request.reference,
        )
    for state in states:
        result.brackets = state.brackets
        task.emit(
            SearchNarrowed(
                step=state.step,
                steps=request.steps,
                brackets=state.brackets,
                active=state.active,
                leaders=state.leaders(bound.pruning),
                work=task.perturber.work,
            )
        )
    assert state is not None  # there is at least one position and one step
    return state


def _fragile_first(task: Task, draws: torch.Tensor) -> tuple[list[int], float | None]:
    """The positions in the order in which noise moves the prediction most, and a guess at α of the first.

    Without slopes the last position comes first, which every prediction reads, and there is no guess.
    """
    rivals = task.objective.rivals()
    slopes = None if rivals is None else task.perturber.slopes(*rivals)
    if rivals is None or slopes is None:
        return sorted(task.positions, reverse=True), None
    first, second = rivals
    steep = {i: math.hypot(*(slopes[member] for member in task.at(i))) for i in task.positions}
    order = sorted(task.positions, key=lambda i: -steep[i])
    clean = task.perturber.clean
    odds = abs(float((clean[first] / clean[second]).log()))
    pace = steep[order[0]] * float(draws.std())
    return order, GUESS * odds / pace if pace > 0 and odds > 0 and math.isfinite(odds) else None


def _flips(task: Task) -> str:
    """What noise would have to do for the prediction not to hold."""
    if task.objective.contrast is None:
        return "flips the prediction"
    return "changes which of target and contrast is ahead"


def _tell(result: Attribution, state: SearchState, bound: Bound, task: Task) -> None:
    """Add what the search found to the result, and what is doubtful about it."""
    result.brackets = state.brackets
    result.leaders = state.leaders(bound.pruning)
    result.saturated = frozenset(i for i in state.brackets if state.saturated(i))
    deciders = result.leaders or task.positions
    result.scale_saturated = bool(result.saturated.intersection(deciders))
    largest = max(state.brackets[i].low for i in deciders)
    word = task.request.granularity
    if result.scale_saturated and bound.name == "min":
        result.warnings.append(
            Warned(
                f"No noise up to scale {largest:.4g} {_flips(task)}, on any {word}: "
                "the scores are taken at the largest scale tried."
            )
        )
    elif result.scale_saturated and bound.name == "max":
        result.warnings.append(
            Warned(f"On some {word} no noise up to scale {largest:.4g} {_flips(task)}.")
        )
    elif result.scale_saturated:
        result.warnings += [
            Warned(f"No noise on this {word} {_flips(task)}.", i) for i in sorted(result.saturated)
        ]
    if not task.request.reference and result.alpha == 0.0:
        result.warnings.append(
            Warned("No scale was small enough for the prediction to hold: all raw scores are 0.")
        )
