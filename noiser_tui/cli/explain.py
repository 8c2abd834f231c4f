"""`noiser explain` for one prompt."""

from __future__ import annotations

from dataclasses import replace

from noiser.chat import Chat
from noiser.errors import Cancelled
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.cli.deliver import Delivery
from noiser_tui.cli.fail import Interrupted
from noiser_tui.cli.interrupt import gently, interrupted
from noiser_tui.cli.options import ModelChoice
from noiser_tui.cli.progress import Progress


def explain_one(
    asked: str | Chat,
    request: Request,
    choice: ModelChoice,
    delivery: Delivery,
    *,
    memory: str | None = None,
) -> None:
    """Explain one prompt and deliver it; a run that is interrupted delivers what it has."""
    with Progress(quiet=delivery.quiet) as progress:
        try:
            explanation = _explain(asked, request, choice, memory, progress)
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


def _explain(
    asked: str | Chat, request: Request, choice: ModelChoice, memory: str | None, progress: Progress
) -> Explanation:
    model = choice.load(progress)
    from noiser.explainer import explain  # after loading: what it imports came with the model

    with gently():
        return explain(model, asked, request, cancel=interrupted, emit=progress, memory=memory)
