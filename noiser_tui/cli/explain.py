"""`noiser explain` for one prompt, and what every command that explains one thing does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.chat import Chat
from noiser.errors import Cancelled
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.cli.deliver import Delivery
from noiser_tui.cli.fail import Interrupted
from noiser_tui.cli.interrupt import gently, interrupted
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.cli.progress import Progress

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

Run = Callable[["LanguageModel", Progress], Explanation]
"""Explains something with a loaded model and tells its progress."""


def explain_one(
    asked: str | Chat,
    request: Request,
    choice: ModelChoice,
    delivery: Delivery,
    *,
    memory: str | None = None,
) -> None:
    """Explain one prompt and deliver it; a run that is interrupted delivers what it has."""

    def run(model: LanguageModel, progress: Progress) -> Explanation:
        from noiser.explainer import explain  # after loading: what it imports came with the model

        return explain(model, asked, request, cancel=interrupted, emit=progress, memory=memory)

    run_one(run, choice, delivery)


def run_one(run: Run, choice: ModelChoice, delivery: Delivery) -> None:
    """Load the model, run, and deliver what came of it."""
    with Progress(quiet=delivery.quiet) as progress:
        try:
            model = choice.load(progress)
            with gently():
                explanation = run(model, progress)
        except KeyboardInterrupt:
            progress.clear()
            raise Interrupted from None
        except Cancelled as cancelled:
            progress.clear()
            if cancelled.partial is None:
                raise Interrupted from None
            replace(delivery, quiet=True).deliver(cancelled.partial)
            raise Interrupted("interrupted; what was known by then is above.") from None
    delivery.deliver(explanation)
