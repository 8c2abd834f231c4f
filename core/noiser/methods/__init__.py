"""The attribution methods: one registry of what each is, one file per family for how it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from noiser.errors import unknown

if TYPE_CHECKING:
    from noiser.methods.task import Attribution, Task


@dataclass(frozen=True)
class Method:
    """An attribution method: what it is, whether its raw scores are signed, what it costs.

    `cost` gives token-forwards at most for a prompt of n tokens with K draws and S steps; `searches`
    says whether it uses the bound, the norm and the noise. Its code is imported when it first runs.
    """

    name: str
    what: str
    signed: bool
    searches: bool
    cost: Callable[[int, int, int], int]

    def run(self, task: Task) -> Attribution:
        """Score every position of the task."""
        module = importlib.import_module(f"noiser.methods.{self.name}")
        return cast("Attribution", module.attribute(task))


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            "noiser",
            "bounded noise on each embedding (Madani et al. 2025)",
            signed=True,
            searches=True,
            cost=lambda n, draws, steps: n * n * draws * (steps + 1) + n,
        ),
        Method(
            "occlusion",
            "each embedding replaced by a neutral one",
            signed=True,
            searches=False,
            cost=lambda n, draws, steps: n * n + n,
        ),
        Method(
            "random",
            "uniform random scores, the baseline to beat",
            signed=False,
            searches=False,
            cost=lambda n, draws, steps: n,
        ),
    )
}


def get_method(name: str) -> Method:
    """The method called `name`; WrongUse with a suggestion when there is none."""
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    return METHODS[name]
