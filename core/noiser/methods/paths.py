"""Gradients along the straight line from a baseline to the prompt."""

from __future__ import annotations

import numpy as np
import torch

from noiser.differentiate import Differentiator, Rows
from noiser.draws import FloatArray
from noiser.errors import WrongUse
from noiser.events import TokensScored
from noiser.methods.attributed import attributed, doubtful, in_place, tell_gap
from noiser.methods.ends import Ends, make_ends, replaced
from noiser.methods.gradient_methods import POINTS, SHAP_POINTS
from noiser.methods.replace import Replace
from noiser.methods.task import Attribution, Options, Task

MOST_POINTS = 1000
"""More make no difference to a quadrature of this order, and their places take long to find."""

MORE = "More samples come closer (now {})."


def gauss_legendre(samples: int | None, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Places in (0, 1) and weights of the Gauss-Legendre quadrature, both (samples,)."""
    samples = samples or POINTS
    if samples > MOST_POINTS:
        raise WrongUse(f"samples is {samples}, a path has {MOST_POINTS:,} points at most.")
    places, weights = np.polynomial.legendre.leggauss(samples)
    return like.new_tensor((1 + places) / 2), like.new_tensor(weights / 2)


def integrated_gradients(task: Task) -> Attribution:
    """Raw score: the gradient's integral from the baseline, times the way (Sundararajan et al. 2017).

    By Gauss-Legendre quadrature with 50 points, as Captum's.
    """
    ends = make_ends(task)
    return along(task, Differentiator(task.perturber, task.objective.value), ends)


def along(
    task: Task,
    differentiator: Differentiator,
    ends: Ends,
    options: Options | None = None,
) -> Attribution:
    """Integrated gradients between two ends, wherever in the network the differentiator puts them."""
    places, weights = gauss_legendre(task.request.samples, ends.end)
    start = differentiator.values(ends.start)
    mean = differentiator.integral(weights, lambda some: ends.between(places[some]))
    return summed(task, mean * ends.difference, start, ends.name, len(places), options)


def gradient_shap(task: Task) -> Attribution:
    """Raw score: the mean gradient at random points of the line, times the way (Lundberg and Lee 2017).

    As in Captum without its optional noise: 5 points by `RandomState(seed).uniform`, one baseline.
    """
    ends = make_ends(task)
    differentiator = Differentiator(task.perturber, task.objective.value)
    count = task.request.samples or SHAP_POINTS
    drawn = np.random.RandomState(task.request.seed).uniform(0.0, 1.0, count)
    shares = torch.tensor(drawn, dtype=ends.end.dtype, device=ends.end.device)
    start = differentiator.values(ends.start)
    mean = differentiator.integral(
        torch.full_like(shares, 1 / count), lambda some: ends.between(shares[some])
    )
    return summed(task, mean * ends.difference, start, ends.name, count)


def summed(
    task: Task,
    found: torch.Tensor,
    start: float,
    baseline: str,
    samples: int,
    options: Options | None = None,
) -> Attribution:
    """Raw scores of attributions (n, d) that should sum to the way from the value at the start."""
    used = {"samples": samples, "baseline": baseline, **(options or {})}
    result = attributed(task, found, options=used)
    difference = float(task.objective.value(task.perturber.clean)) - start
    tell_gap(result, float(found.sum()) - difference, difference, MORE.format(samples))
    return result


def sequential_integrated_gradients(task: Task) -> Attribution:
    """Raw score: integrated gradients of one token's path at a time, the others as they are.

    Enguehard 2023, as in Inseq: 50 points by Gauss-Legendre. What each token's attributions should
    sum to is what the value loses when the token alone is replaced.
    """
    ends = make_ends(task)
    how = "l2" if task.request.reduction == "l2" else "sum"
    places, weights = gauss_legendre(task.request.samples, ends.end)
    differentiator = Differentiator(task.perturber, task.objective.value)
    used: Options = {"samples": len(places), "baseline": ends.name, "reduction": how}
    result = task.keep(Attribution(np.full(len(task.prompt), np.nan), options=used))
    numbers, sums = np.zeros(len(task.prompt)), np.zeros(len(task.prompt))
    changed = replaced(task)
    for done, position in enumerate(task.positions, start=1):
        for token in set(task.at(position)) & set(changed):
            way = ends.difference[token]
            mean = differentiator.integral(weights, _on_the_way(ends, token, places))[token]
            found = (mean * way).double()
            numbers[token] = float(found.sum() if how == "sum" else found.norm())
            sums[token] = float(found.sum())
        result.raw[position] = in_place(task, numbers)[position]
        raw = {position: float(result.raw[position])}
        task.emit(TokensScored(done, len(task.positions), raw, task.perturber.work))
    result.warnings += doubtful(task, result.raw)
    _tell_gaps(task, result, ends, changed, sums)
    return result


def _on_the_way(ends: Ends, token: int, places: torch.Tensor) -> Rows:
    """The prompt with one token at these places of its way, (b, n, d)."""

    def rows(some: slice) -> torch.Tensor:
        made = ends.end.repeat(len(places[some]), 1, 1)
        made[:, token] = ends.between(places[some])[:, token]
        return made

    return rows


def _tell_gaps(
    task: Task, result: Attribution, ends: Ends, changed: list[int], sums: FloatArray
) -> None:
    """Hold each token's sum against what replacing it takes, by their magnitudes over all tokens."""
    objective, perturber = task.objective, task.perturber
    clean = float(objective.value(perturber.clean))
    changes = [
        Replace((token,), ends.start[token].to(perturber.embeddings.dtype)) for token in changed
    ]
    missed = lost = 0.0
    for batch, distributions in perturber.probabilities(changes, 1):
        values = objective.value(distributions[:, 0]).double().tolist()
        for i, value in zip(batch, values, strict=True):
            missed += abs(sums[changed[i]] - (clean - value))
            lost += abs(clean - value)
    tell_gap(result, missed, lost, MORE.format(result.options["samples"]))
