"""What the metrics give: plain data that goes into JSON, with no NaN in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from noiser.events import NextToken, Warned, Work

FORMAT: Literal["noiser-metrics/1"] = "noiser-metrics/1"
Metric = Literal["soft", "hard", "curves"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True)
class Number:
    """A number with its 95% bootstrap interval.

    `value` is None where it is not defined (the logarithm of 0, a share of nothing), `interval` where
    there is nothing to resample or an end of it is not defined.
    """

    value: float | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class SoftTarget:
    """What soft perturbation does to the prediction of one target, as distances from the clean one.

    `zero`: with all embeddings zero. The others, one per mask: what is kept with the scores as
    probabilities (`kept`), what is left without that (`left`), and the same for random scores.
    """

    zero: float
    kept: tuple[float, ...]
    left: tuple[float, ...]
    random_kept: tuple[float, ...]
    random_left: tuple[float, ...]


@dataclass(frozen=True)
class Soft:
    """Soft-NS and Soft-NC of an explanation and of random scores, averaged over its targets.

    The intervals are over the masks. `log_ratio` is ln(Soft-NS / random's) + ln(Soft-NC / random's) of
    this one explanation; over samples see `noiser.metrics.faithfulness`. `reference`: one mask and the
    distance of the released code.
    """

    sufficiency: Number
    comprehensiveness: Number
    random_sufficiency: Number
    random_comprehensiveness: Number
    log_ratio: Number
    masks: int
    seed: int
    reference: bool
    targets: tuple[SoftTarget, ...]

    @property
    def why_no_ratio(self) -> str:
        """Why `log_ratio` has no value, in a few words; empty where it has one."""
        named = {
            "Soft-NS": self.sufficiency,
            "Soft-NC": self.comprehensiveness,
            "random's Soft-NS": self.random_sufficiency,
            "random's Soft-NC": self.random_comprehensiveness,
        }
        if self.log_ratio.value is not None:
            return ""
        nothing = [name for name, one in named.items() if one.value == 0]
        if not nothing:
            return "the prediction is the same without the prompt"
        return f"{' and '.join(nothing)} {'is' if len(nothing) == 1 else 'are'} 0"


@dataclass(frozen=True)
class Hard:
    """Sufficiency and comprehensiveness at each of `percents` of the units, averaged over the targets.

    Both are losses of the target's probability: with the top units alone (small is good), and without
    them (large is good). The intervals are over the targets.
    """

    percents: tuple[float, ...]
    sufficiency: tuple[Number, ...]
    comprehensiveness: tuple[Number, ...]
    grain: str
    baseline: str


@dataclass(frozen=True)
class Curve:
    """The target's probability with the first `counts` units of a ranking changed, and the area below.

    The area is over the share of units, so both axes end at 1.
    """

    counts: tuple[int, ...]
    values: tuple[float, ...]
    area: float


@dataclass(frozen=True)
class Curves:
    """Deletion and insertion curves, one of each per target, and their mean areas.

    Deletion takes units away, the most important first (a small area is good); insertion begins
    without any and puts them back in that order (a large one is good). The intervals are over the targets.
    """

    deletion_area: Number
    insertion_area: Number
    deletion: tuple[Curve, ...]
    insertion: tuple[Curve, ...]
    grain: str
    baseline: str


@dataclass(frozen=True)
class Metrics:
    """What was measured of one explanation; None for what was not asked for.

    `targets` are those that the numbers are averaged over. `work` and `seconds` are those of all
    explanations that were measured together.
    """

    prompt: str
    model: dict[str, Any]
    method: str
    targets: tuple[NextToken, ...]
    soft: Soft | None
    hard: Hard | None
    curves: Curves | None
    work: Work
    seconds: float
    warnings: tuple[Warned, ...] = ()
    format: Literal["noiser-metrics/1"] = FORMAT

    def to_json(self) -> str:
        """One JSON object on one line; what is not defined is null."""
        data = asdict(self)
        record = {"format": data.pop("format"), **data}
        return json.dumps(record, ensure_ascii=False, allow_nan=False)
