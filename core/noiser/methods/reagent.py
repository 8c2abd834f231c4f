"""ReAGent: importances moved by what random replacements do (Zhao and Shan 2024, section 3)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from noiser.draws import FloatArray
from noiser.events import SamplesRun, Warned
from noiser.methods.costs import PROBES, reagent_updates
from noiser.methods.replace import Replace
from noiser.methods.stand_ins import StandIns
from noiser.methods.task import Attribution, Task
from noiser.reward import Reward

BoolArray = npt.NDArray[np.bool_]

RATIO = 0.3
"""The chance of a token to be replaced in an update, as in the paper and in Inseq."""
KEPT = 5
"""How many of the strongest tokens have to carry the prediction by themselves, as in Inseq."""
TOP = 3
"""They do where the target is among so many of the most probable tokens, as in Inseq."""
CERTAIN = 1e-12
"""The logit of a loss of everything is infinite: losses stay this far from it."""


class _Probes:
    """Changed prompts of one task: which units are replaced in each, by tokens drawn anew."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.generator = np.random.RandomState(task.request.seed)
        self._stand_ins = StandIns(task.model)
        pairs = [(m, u) for u, i in enumerate(task.positions) for m in task.at(i)]
        self._members = np.array([member for member, _ in sorted(pairs)])
        self._units = np.array([unit for _, unit in sorted(pairs)])

    def run(self, replaced: BoolArray) -> torch.Tensor:
        """Distributions of rows with the units replaced that `replaced` has, shape (rows, units).

        Gives (rows, vocabulary); where nothing is replaced, the clean one.
        """
        task = self.task
        rows = np.flatnonzero(replaced.any(axis=1))
        found = task.perturber.clean.repeat(len(replaced), *[1] * task.perturber.clean.dim())
        if not rows.size:
            return found
        at = [self._members[replaced[row][self._units]] for row in rows]
        ids = [task.prompt.ids[i] for places in at for i in places]
        drawn = task.model.embed(self._stand_ins.draw(self.generator, ids).tolist())
        parts = torch.split(drawn, [len(places) for places in at])
        changes = [Replace(tuple(p.tolist()), e) for p, e in zip(at, parts, strict=True)]
        for batch, distributions in task.perturber.probabilities(changes, 1):
            found[torch.from_numpy(rows[batch]).to(found.device)] = distributions[:, 0]
        return found


def attribute(task: Task) -> Attribution:
    """Raw score: the token's share of importance, a mean over probes; shares are positive and sum to 1.

    A probe begins with random importances. Each update replaces a random part of the tokens; what the
    target loses, as a logit, is added to the importance of those replaced and taken from that of the
    others. It ends once the target stays probable with all but the strongest tokens replaced.
    """
    objective, units = task.objective, len(task.positions)
    assert not isinstance(objective, Reward)  # refused before anything runs
    most, kept = reagent_updates(task.request), min(KEPT, units // 2)
    result = Attribution(np.full(len(task.prompt), np.nan), options={"samples": most})
    probes = _Probes(task)
    clean = float(objective.value(task.perturber.clean))
    largest = 1.0 if objective.contrast is None else 2.0
    importance = probes.generator.random_sample((PROBES, units))
    ended = np.zeros(PROBES, dtype=bool)
    task.keep(result)
    for update in range(1, most + 1):
        going = np.flatnonzero(~ended)
        replaced = probes.generator.random_sample((len(going), units)) < RATIO
        values = objective.value(probes.run(replaced)).double().cpu().numpy()
        importance[going] += (
            np.where(replaced, 1.0, -1.0) * logit((clean - values) / largest)[:, None]
        )
        weakest = np.argsort(np.argsort(-importance[going], axis=1), axis=1) >= kept
        ended[going] = objective.among(probes.run(weakest), TOP).cpu().numpy()
        shares = softmax(importance[ended] if ended.any() else importance)
        raw = dict(zip(task.positions, shares.mean(axis=0).tolist(), strict=True))
        result.raw[list(raw)] = list(raw.values())
        task.emit(SamplesRun(update, most, raw, task.perturber.work))
        if ended.all():
            break
    result.options["ended"] = int(ended.sum())
    result.repeats = np.full((len(task.prompt), len(shares)), np.nan)
    result.repeats[list(task.positions)] = shares.T
    result.warnings += _doubts(task, shares, int(ended.sum()), most)
    return result


def logit(loss: FloatArray) -> FloatArray:
    """How far a loss from −1 to 1 moves an importance: the logit of (1 + loss) / 2."""
    p = np.clip((1.0 + loss) / 2, CERTAIN, 1.0 - CERTAIN)
    return np.asarray(np.log(p / (1.0 - p)))


def softmax(importance: FloatArray) -> FloatArray:
    """Shares of each row that sum to 1."""
    powers = np.exp(importance - importance.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _doubts(task: Task, shares: FloatArray, ended: int, most: int) -> Iterator[Warned]:
    word, kept = task.request.granularity, min(KEPT, len(task.positions) // 2)
    if not ended:
        yield Warned(
            f"In no probe did the {kept} strongest {word}s come to carry the target by themselves, "
            f"within {most} updates: the scores are what all probes had come to."
        )
    elif ended < PROBES:
        yield Warned(
            f"{PROBES - ended} of {PROBES} probes had not ended after {most} updates and are left out "
            "of the scores: more samples let more of them end."
        )
    errors = shares.std(axis=0, ddof=1) / math.sqrt(len(shares)) if len(shares) > 1 else np.inf
    if not (shares.mean(axis=0) - 2 * errors > 1 / len(task.positions)).any():
        yield Warned(
            f"No {word}'s share is surely above an even one, over {len(shares)} probes: the scores are noise."
        )
