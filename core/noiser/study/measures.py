"""What a measure of a study is: numbers of every explanation, and columns that are made of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import threading
    from pathlib import Path

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
class Explained:
    """What a measure sees that asks a judge: the sample, and how it was explained.

    `folder` is the study's, where its workers keep one account of what its judge costs; None: each
    process its own.
    """

    study: Study
    setting: Setting
    sample: Sample
    explanation: Explanation
    cancel: threading.Event
    folder: Path | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Case(Explained):
    """What the other measures see: the model besides."""

    model: LanguageModel


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
    numbers whenever it is asked, or raise, and the sample counts as failed. One that `asks` a judge gets
    an `Explained`, the others a `Case`. `ahead` names what asks about several samples together, so that
    the judge's cache has the replies by the time each is measured.
    """

    name: str
    what: str
    columns: tuple[Column, ...]
    function: str
    asks: bool = False
    ahead: str = ""

    def measure(self, case: Explained) -> Mapping[str, Value]:
        """The numbers of one sample."""
        found: Mapping[str, Value] = _named(self.function)(case)
        return found

    def ask_ahead(self, cases: Sequence[Explained]) -> None:
        """Ask the judge about several samples together; NoiserError as of one."""
        if self.ahead:
            _named(self.ahead)(cases)


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
