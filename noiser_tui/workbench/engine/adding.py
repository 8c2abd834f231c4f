"""Adding draws to a finished explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noiser.explanation import Explanation
from noiser_tui.workbench.engine.job import Job

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


@dataclass(frozen=True)
class AddDraws(Job):
    """Add draws to an explanation, so that there are so many in all."""

    explanation: Explanation
    draws: int

    def run(self, context: Context) -> None:
        """Run the new draws alone; the events are those of explaining."""
        from noiser.redraw import more_draws

        more_draws(
            context.model,
            self.explanation,
            self.draws,
            cancel=context.cancel,
            emit=context.teller(),
            memory=context.memory,
        )
