"""Soft normalised sufficiency and comprehensiveness: scores as probabilities of keeping embeddings.

Zhao and Aletras 2023, "Incorporating Attribution Importance for Improving Faithfulness Metrics"; for
next-token distributions Zhao and Shan 2024 (ReAGent) and Madani et al. 2025.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch

from noiser.draws import FloatArray
from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.metrics.bench import Bench, Run, ids_of, set_up, targets_of
from noiser.metrics.bootstrap import number, resampling
from noiser.metrics.going import Known
from noiser.metrics.keep import importance, keep_probabilities, random_probabilities
from noiser.metrics.masks import NOTHING, Masked, Uniforms, generator
from noiser.metrics.results import Soft, SoftTarget
from noiser.model.language_model import LanguageModel

MASKS = 16


@dataclass(frozen=True)
class SoftOptions:
    """How many masks, of which seed; `reference`: one, and the released distance."""

    masks: int = MASKS
    seed: int = 1
    reference: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.masks <= 100_000:
            raise WrongUse(f"masks is {self.masks}, it must be from 1 to 100000.")
        if not 0 <= self.seed < 2**32:
            raise WrongUse(f"seed is {self.seed}, it must be from 0 to {2**32 - 1}.")
        if self.reference and self.masks not in (1, MASKS):
            raise WrongUse(
                "The released code takes one mask: ask for no other number in reference mode."
            )

    @property
    def count(self) -> int:
        """The masks that are used."""
        return 1 if self.reference else self.masks


def soft(
    model: LanguageModel,
    explanation: Explanation,
    options: SoftOptions | None = None,
    run: Run | None = None,
) -> Soft:
    """Soft-NS and Soft-NC of an explanation beside those of random scores, averaged over its targets.

    With P the clean next-token distribution, P₀ that of all-zero embeddings and H the Hellinger distance
    ‖√P − √Q‖₂ / √2: Soft-NS = max(0, H(P, P₀) − H(P, P_kept)) / H(P, P₀), where each element of
    embedding i is kept with probability aᵢ, and Soft-NC = H(P, P_left) / H(P, P₀), where it is kept with
    1 − aᵢ; H is averaged over the masks before the maximum is taken, which taken mask by mask would push
    Soft-NS up. Soft-NS is in [0, 1], Soft-NC is not below 0. Tokens without a score are left alone. aᵢ is
    `noiser.metrics.keep`'s. The random scores, softmax(U[0, 1]ⁿ), meet the same uniform numbers.
    """
    options, run = options or SoftOptions(), run or Run()
    made: list[SoftTarget] = []
    for one in targets_of(model, explanation):
        made += soft_targets(set_up(model, ids_of(one), run), [one], options)
    return combined(made, options)


def soft_targets(
    bench: Bench,
    explanations: Sequence[Explanation],
    options: SoftOptions,
    known: Known | None = None,
) -> list[SoftTarget]:
    """The distances of one target for each of several explanations of it, all in the same calls.

    Random scores run once for all explanations that score the same tokens. What was run before, and is
    `known`, is not run again.
    """
    known = known or Known()
    perturber, count = bench.perturber, options.count
    uniforms = Uniforms(options.seed, bench.ids, bench.model.dim, bench.model.device)
    scored = [importance(one) for one in explanations]
    own = [keep_probabilities(one, reference=options.reference) for one in explanations]
    left_out = [tuple(np.flatnonzero(np.isnan(one))) for one in scored]
    controls = {
        which: random_probabilities(one, generator(options.seed, bench.ids, 0))
        for which, one in zip(left_out, scored, strict=True)
    }
    keeps = [*own, *controls.values()]
    pairs = [(Masked(keep, uniforms), Masked(keep, uniforms, inverse=True)) for keep in keeps]
    perturber.begin([NOTHING])
    root = perturber.clean.sqrt()
    ((_, nothing),) = perturber.probabilities([NOTHING], 1)
    zero = _distances(root, nothing, options.reference)[0, 0]
    found = known.distances(2 * len(keeps), count)
    changes = list(chain(*pairs))
    for batch in perturber.batches(changes, count):

        def take(
            at: slice, masks: slice, distributions: torch.Tensor, batch: list[int] = batch
        ) -> None:
            found[batch[at], masks] = _distances(root, distributions, options.reference)
            known.grown()

        def there(at: slice, masks: slice, batch: list[int] = batch) -> bool:
            return not np.isnan(found[batch[at], masks]).any()

        perturber.each([changes[i] for i in batch], slice(0, count), take, known=there)
    rows = found.tolist()
    control = {which: rows[2 * (len(own) + i) :] for i, which in enumerate(controls)}
    return [
        SoftTarget(
            zero=float(zero),
            kept=tuple(rows[2 * i]),
            left=tuple(rows[2 * i + 1]),
            random_kept=tuple(control[which][0]),
            random_left=tuple(control[which][1]),
        )
        for i, which in enumerate(left_out)
    ]


def combined(targets: Sequence[SoftTarget], options: SoftOptions) -> Soft:
    """The numbers of the distances; what is normalised by nothing at all is not defined."""
    drawn = _resampled(targets, options) if options.count > 1 else None
    plain = _numbers(targets, [np.full((1, options.count), 1 / options.count)] * len(targets))
    names = ("sufficiency", "comprehensiveness", "random_sufficiency", "random_comprehensiveness")
    numbers = {
        name: number(float(values[0]), None if drawn is None else drawn[i])
        for i, (name, values) in enumerate(zip(names, plain, strict=True))
    }
    ratio = number(float(_log_ratio(plain)[0]), None if drawn is None else _log_ratio(drawn))
    return Soft(
        **numbers,
        log_ratio=ratio,
        masks=options.count,
        seed=options.seed,
        reference=options.reference,
        targets=tuple(targets),
    )


def _resampled(targets: Sequence[SoftTarget], options: SoftOptions) -> list[FloatArray]:
    """The same numbers from masks drawn again; masks of different prompts have nothing in common."""
    weights = [resampling(options.count, (options.seed, i)) for i in range(len(targets))]
    return _numbers(targets, weights)


def _numbers(targets: Sequence[SoftTarget], weights: Sequence[FloatArray]) -> list[FloatArray]:
    """Soft-NS, Soft-NC and those of random scores under each row of weights of the masks."""
    sums = [np.zeros(len(weights[0])) for _ in range(4)]
    for one, weight in zip(targets, weights, strict=True):
        zero = one.zero or math.nan
        for at, distances in enumerate((one.kept, one.left, one.random_kept, one.random_left)):
            share = weight @ np.array(distances) / zero
            sums[at] += np.maximum(0.0, 1.0 - share) if at % 2 == 0 else share
    return [total / len(targets) for total in sums]


def _log_ratio(numbers: Sequence[FloatArray]) -> FloatArray:
    kept, left, random_kept, random_left = (np.asarray(one) for one in numbers)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(kept) - np.log(random_kept) + np.log(left) - np.log(random_left)


def _distances(root: torch.Tensor, distributions: torch.Tensor, reference: bool) -> FloatArray:
    """From √P to each of (changes, masks, vocabulary): (changes, masks). Released: Σ(√p − √q)²/√2."""
    length = torch.linalg.vector_norm(distributions.sqrt().sub_(root), dim=-1)
    return np.asarray((length**2 if reference else length).double().cpu() / math.sqrt(2))
