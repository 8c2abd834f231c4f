"""Loading a model in place of the one that is there, and letting it go."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.garbage import collect_again, collect_later, everywhere

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context

KEPT = 2_000_000_000
"""Bytes of a model that stays until the next one is loaded; of two larger ones one might not fit."""


@dataclass(frozen=True)
class LoadModel(Job):
    """Load a model; `options` are those of `noiser.load`."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    changes_model: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Load it; where that fails or is stopped the one before stays, unless it had to make room."""
        from noiser.model.loading import load

        held = context.held
        held.copies = ()
        if held.info is not None and held.info.bytes > KEPT:
            held.model = None
            give_back()
        replaces = held.model is not None
        collect_later()
        try:
            held.model = load(
                self.name, cancel=context.cancel, emit=context.teller(), **self.options
            )
        finally:
            collect_again()
        if replaces:
            give_back()
        _leave_a_core()


@dataclass(frozen=True)
class UnloadModel(Job):
    """Let the loaded model go, and give its memory back."""

    changes_model: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Let it go; without one there is nothing to do."""
        if context.held.model is None:
            return
        context.held.model, context.held.copies = None, ()
        give_back()


def give_back() -> None:
    """Give back the memory of a model that was let go."""
    from noiser.model.memory import let_go

    with everywhere():
        let_go()


def _leave_a_core() -> None:
    """Leave one core to the interface, unless the user has set the number of threads."""
    if "OMP_NUM_THREADS" in os.environ:
        return
    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() - 1))
