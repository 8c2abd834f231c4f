"""LIME: a linear model of the target around the prompt (Ribeiro et al. 2016, section 3)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from noiser.draws import FloatArray
from noiser.events import SamplesRun, Warned
from noiser.methods.baseline import make_baseline
from noiser.methods.costs import FIRST_LOOK, lime_samples
from noiser.methods.replace import Replace
from noiser.methods.surrogate import Fit, fit
from noiser.methods.task import Attribution, Task

BoolArray = npt.NDArray[np.bool_]

WIDTH = 0.25
"""σ of the kernel exp(−D²/σ²), D being a cosine distance: the width that the released code has for text."""
FEW = 4
"""With fewer samples for each unit, a fit may follow them all and be wrong elsewhere."""
TRUSTED = 0.5
"""Where less of the variance is foretold, a linear model is a poor picture of the target."""


def attribute(task: Task) -> Attribution:
    """Raw score: the coefficient of a token's presence in a linear model of the target, signed.

    As in the paper, each mask takes away a uniformly drawn number of tokens, and weighs exp(−D²/σ²),
    where D is the cosine distance of its ones and zeros from the prompt's ones. The prompt itself is
    one more sample. A token taken away has the baseline's embedding, chosen as for occlusion.
    """
    request, units = task.request, len(task.positions)
    count = lime_samples(units, request)
    name, baseline = make_baseline(task.model, request.baseline, ("unk", "pad", "eos"))
    result = Attribution(np.full(len(task.prompt), np.nan))
    result.options = {"samples": count, "baseline": name}
    task.keep(result)
    present = np.vstack([np.ones((1, units), dtype=bool), draw_masks(request.seed, count, units)])
    changes = [Replace(_absent(task, row), baseline) for row in present[1:]]
    values = np.full(1 + count, float(task.objective.value(task.perturber.clean)))
    done, found = 0, None
    for upto in _looks(count):
        begun = done
        for batch, distributions in task.perturber.probabilities(changes[begun:upto], 1):
            rows = [1 + begun + i for i in batch]
            values[rows] = task.objective.value(distributions[:, 0]).double().cpu().numpy()
            done += len(batch)
            task.emit(SamplesRun(done, count, {}, task.perturber.work))
        found = fit(
            present[: 1 + done].astype(np.float64), values[: 1 + done], weigh(present[: 1 + done])
        )
        raw = dict(zip(task.positions, found.coefficients.tolist(), strict=True))
        result.raw[list(raw)] = list(raw.values())
        task.emit(SamplesRun(done, count, raw, task.perturber.work))
    assert found is not None  # there is at least one sample
    if math.isfinite(found.share):
        result.options["foretold"] = found.share
    if found.repeats is not None:
        result.repeats = np.full((len(task.prompt), 1 + count), np.nan)
        result.repeats[list(task.positions)] = found.repeats
    result.warnings += _doubts(task, found, count)
    return result


def draw_masks(seed: int, count: int, units: int) -> BoolArray:
    """Which units are there in each of `count` samples, shape (count, units); at least one is not.

    The first samples stay the same when `count` grows.
    """
    generator = np.random.RandomState(seed)
    present = np.ones((count, units), dtype=bool)
    for row in present:
        size = generator.randint(1, units + 1)
        row[generator.choice(units, size, replace=False)] = False
    return present


def weigh(present: BoolArray) -> FloatArray:
    """What each sample weighs, shape (N,), from which units it has, shape (N, units)."""
    distance = 1.0 - np.sqrt(present.mean(axis=1))
    return np.asarray(np.exp(-np.square(distance / WIDTH)))


def _absent(task: Task, present: BoolArray) -> tuple[int, ...]:
    """The positions of a mask's missing units, in order."""
    gone = (task.at(task.positions[i]) for i in np.flatnonzero(~present))
    return tuple(sorted(member for members in gone for member in members))


def _looks(count: int) -> Iterator[int]:
    """After how many samples the scores are computed, the last time after all."""
    upto = FIRST_LOOK
    while upto < count:
        yield upto
        upto *= 2
    yield count


def _doubts(task: Task, found: Fit, count: int) -> Iterator[Warned]:
    word, units = task.request.granularity, len(task.positions)
    if units == 1:
        yield Warned(
            f"The only {word} is in no sample, so that nothing is there to compare with: its score "
            "says nothing. Another method, as occlusion, can score it."
        )
        return
    if found.repeats is None:
        yield Warned(
            f"{count} samples cannot tell {units} {word}s apart: the scores are noise. "
            f"Use {lime_samples(units)} or more."
        )
        return
    if count < FEW * units:
        yield Warned(
            f"{count} samples are few for {units} {word}s, and can look surer than they are: "
            f"use {lime_samples(units)} or more."
        )
    if found.share < TRUSTED:
        yield Warned(
            f"A sum over {word}s foretells {max(0.0, found.share):.0%} of how the target varies "
            f"between samples: the {word}s work together, or {count} samples are too few. "
            "The scores are rough."
        )
    errors = found.repeats.std(axis=1, ddof=1) / math.sqrt(found.repeats.shape[1])
    if math.isfinite(found.share) and not (found.coefficients > 2 * errors).any():
        yield Warned(
            f"With {count} samples no {word}'s raw score is surely above 0: more would tell."
        )
