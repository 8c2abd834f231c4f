"""What a study measures of every explanation, and what becomes of it in a table: one registry."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from noiser.errors import unknown

if TYPE_CHECKING:
    import threading

    import numpy as np
    from numpy.typing import NDArray

    from noiser.data.sample import Sample
    from noiser.explanation import Explanation
    from noiser.model.language_model import LanguageModel
    from noiser.study.spec import Setting, Study

Value = float | None
Statistic = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
Better = Literal["high", "low", ""]


@dataclass(frozen=True)
class Case:
    """What a measure sees: the sample, how it was explained, and the model."""

    model: LanguageModel
    study: Study
    setting: Setting
    sample: Sample
    explanation: Explanation
    cancel: threading.Event


@dataclass(frozen=True)
class Column:
    """A column of a study's tables.

    `of` names the values of rows that it is made of. `statistic` makes one number of their means over
    samples, shape (…, values) → (…); None for the mean of a single value itself.
    """

    name: str
    of: tuple[str, ...]
    what: str
    better: Better = ""
    statistic: Statistic | None = None

    def number(self, means: NDArray[np.float64]) -> NDArray[np.float64]:
        """The column's number of the means of its values, shape (…, values) → (…)."""
        return means[..., 0] if self.statistic is None else self.statistic(means)


@dataclass(frozen=True)
class Measure:
    """What is measured of each sample: numbers by name, None where there is none.

    `function` is where it is, as module:name, imported when it is first needed. It must give the same
    numbers whenever it is asked, or raise, and the sample counts as failed.
    """

    name: str
    what: str
    columns: tuple[Column, ...]
    function: str

    def measure(self, case: Case) -> Mapping[str, Value]:
        """The numbers of one sample."""
        module, _, name = self.function.partition(":")
        found: Mapping[str, Value] = getattr(importlib.import_module(module), name)(case)
        return found


OWN = Measure(
    "explanation",
    "what every explanation says of itself",
    (
        Column("α", ("alpha",), "the scale of the noise"),
        Column("p(target)", ("probability",), "the clean probability of the target"),
        Column("raw", ("raw",), "the sum of the raw scores"),
    ),
    "noiser.study.own:measure",
)
"""Measured always."""

MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure(
            "hit",
            "whether the word that the target hangs on, where it is known, is among the top tokens",
            (
                Column("hit@1", ("hit1",), "it holds the top token", "high"),
                Column("hit@5", ("hit5",), "it holds one of the top five tokens", "high"),
            ),
            "noiser.study.own:hit",
        ),
    )
}
"""Every measure that `metrics` can name: a new one is one entry here."""


def get_measure(name: str) -> Measure:
    """The measure called `name`; WrongUse with a suggestion where there is none."""
    if name not in MEASURES:
        raise unknown("metric", name, MEASURES)
    return MEASURES[name]
