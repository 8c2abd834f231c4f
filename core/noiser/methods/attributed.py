"""From gradients at every hidden dimension to raw scores, and what gives reason to doubt them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from noiser.answer import WholeAnswer
from noiser.draws import FloatArray
from noiser.events import Warned
from noiser.methods.task import Attribution, Options, Task
from noiser.minus import minus
from noiser.target import Objective

if TYPE_CHECKING:
    from noiser.request import Reduction

SURE = 0.999
"""A probability above which its gradients are next to nothing."""
TOLERATED = 0.05
"""The share of the difference to the baseline that scores may leave unexplained without a word."""
NOTHING = 1e-6
"""A difference to the baseline that is no more than rounding."""


def attributed(
    task: Task,
    found: torch.Tensor,
    *,
    options: Options,
    usual: Reduction = "sum",
) -> Attribution:
    """Raw scores of attributions (n, d), each token's hidden dimensions made one number.

    `usual` is the method's own reduction. With what makes the scores doubtful, whatever the method.
    """
    how = usual if task.request.reduction == "auto" else task.request.reduction
    numbers = found.sum(dim=-1) if how == "sum" else found.norm(dim=-1)
    every = numbers.double().cpu().numpy()
    raw = in_place(task, every)
    result = Attribution(raw, options={**options, "reduction": how})
    result.warnings += doubtful(task, raw)
    if "layer" in options and (share := elsewhere(task, every)) > TOLERATED:
        result.warnings.append(
            Warned(
                f"{share:.0%} of what this layer carries is at positions that are not explained: those "
                "left out, or those of the answer. Try a lower layer."
            )
        )
    return result


def elsewhere(task: Task, numbers: FloatArray) -> float:
    """The share of the numbers' magnitudes that is at no position that is explained."""
    magnitudes = np.abs(numbers)
    explained = [i for position in task.positions for i in task.at(position)]
    total = magnitudes.sum()
    return float(1.0 - magnitudes[explained].sum() / total) if total > 0 else 0.0


def in_place(task: Task, numbers: FloatArray) -> FloatArray:
    """Numbers of all rows' positions at those explained; a unit has the sum of its tokens'.

    What is not finite is no score.
    """
    raw = np.full(len(task.prompt), np.nan)
    for position in task.positions:
        one = numbers[list(task.at(position))].sum()
        raw[position] = one if math.isfinite(one) else np.nan
    return raw


def doubtful(task: Task, raw: FloatArray) -> list[Warned]:
    """What is wrong with raw scores by gradient: none, nothing but 0, or of a prediction too sure."""
    warnings, known = [], raw[list(task.positions)]
    if lost := int(np.isnan(known).sum()):
        warnings.append(
            Warned(
                f"The gradients at {lost} of {len(known)} positions are no finite numbers in "
                f"{task.model.info.dtype}: those have no score. Try the dtype float32."
            )
        )
    if lost < len(known) and not np.nan_to_num(known).any():
        warnings.append(
            Warned(
                f"Every gradient is 0 in {task.model.info.dtype}: the scores tell nothing. "
                "Try the dtype float32, a contrast, or a method without gradients."
            )
        )
    value = float(task.objective.value(task.perturber.clean))
    if isinstance(task.objective, (Objective, WholeAnswer)) and value > SURE:
        warnings.append(
            Warned(
                f"The prediction is all but certain ({value:.5f}): its gradients nearly vanish there "
                "and their order is not to be trusted. A contrast, or the method noiser, tells more."
            )
        )
    return warnings


def tell_gap(result: Attribution, missed: float, difference: float, advice: str) -> None:
    """Add how much of a `difference` the attributions that should sum to it missed, relative to it."""
    if abs(difference) <= NOTHING:
        result.warnings.append(
            Warned(
                f"The baseline changes what is explained by {minus(f'{difference:.2g}')} only: there is "
                "nothing to attribute. Try another baseline."
            )
        )
        return
    gap = float(abs(missed / difference))
    if math.isfinite(gap):
        result.options["completeness_gap"] = float(f"{gap:.3g}")
    if not gap <= TOLERATED:
        result.warnings.append(
            Warned(
                f"The attributions should sum to {minus(f'{difference:.4g}')}, by which the baseline "
                f"changes what is explained, and miss it by {gap:.0%}. {advice}"
            )
        )
