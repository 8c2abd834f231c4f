"""What every attribution method says about itself before it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from noiser.change import Change
    from noiser.methods.task import Attribution, Task
    from noiser.model.language_model import LanguageModel
    from noiser.request import Request

Kind = Literal["perturbation", "gradient", "attention", "baseline"]
Option = Literal["samples", "layer", "baseline", "reduction"]


@dataclass(frozen=True)
class Method:
    """An attribution method: what it is, whether its raw scores are signed, what it costs.

    `source` is where it was published, `differs` a sentence or two on how its numbers stand to Inseq's;
    the README beside this has all of that. `module` is its file in `noiser.methods`, imported when it
    first runs, and `function` its place there. `joint`: whether it can change the tokens of a unit
    together. `options` are those of a request's that it reads. `searches`: whether it uses the bound,
    the norm and the noise. `needs_target`: whether what it gives depends on the target at all.
    `released`: whether the paper's code has it, so that reference mode can give its numbers. `rewards`:
    whether it can explain a reward, where nothing is predicted. `ahead`: whether its module can tell by
    `ahead` what it will change before the target is known, so that this runs beside the clean prompt.

    `cost` gives token-forwards at most for a prompt of n tokens, far more than pruning and prefixes
    leave of it; the fast search can pass it where many tokens lead in turn. What is to be expected:
    each of n units runs once with all its `variants` in every one of `passes`, and `rounds` are calls
    that wait for each other's outcome, of few rows; `whole` are rows of the whole prompt beside them,
    a backward run counted as two. `reference_work` gives what the released code spends, 0 where it
    has no such method.
    """

    name: str
    what: str
    source: str
    signed: bool
    kind: Kind
    module: str
    cost: Callable[[int, Request], int]
    passes: Callable[[int, Request], float] = lambda n, request: 0.0
    variants: Callable[[Request], int] = lambda request: 1
    rounds: Callable[[Request], int] = lambda request: 1
    whole: Callable[[int, Request], float] = lambda n, request: 0.0
    reference_work: Callable[[int, Request], int] = lambda n, request: 0
    searches: bool = False
    joint: bool = False
    function: str = "attribute"
    needs_target: bool = True
    ahead: bool = False
    released: bool = False
    rewards: bool = True
    options: frozenset[Option] = frozenset()
    differs: str = ""

    def run(self, task: Task) -> Attribution:
        """Score every position of the task."""
        return cast("Attribution", getattr(self._module(), self.function)(task))

    def changes(
        self, model: LanguageModel, request: Request, units: Iterable[tuple[int, ...]]
    ) -> dict[tuple[int, ...], Change]:
        """What it will change in each of the units, where that is known `ahead`."""
        if not self.ahead:
            return {}
        found = self._module().ahead(model, request, units)
        return cast("dict[tuple[int, ...], Change]", found)

    def _module(self) -> ModuleType:
        return importlib.import_module(f"noiser.methods.{self.module}")
