"""`noiser explain` for one prompt."""

from __future__ import annotations

from dataclasses import replace

from noiser.errors import Cancelled
from noiser.events import Event, Explained, Warned
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.cli.deliver import Delivery
from noiser_tui.cli.fail import Interrupted
from noiser_tui.cli.interrupt import interrupted
from noiser_tui.cli.options import ModelChoice
from noiser_tui.cli.progress import Progress


class Finished:
    """Listens for the targets that are explained, so that an interrupted run keeps them."""

    def __init__(self) -> None:
        self.made: list[Explanation] = []

    def __call__(self, event: Event) -> None:
        """Keep what is finished."""
        if isinstance(event, Explained):
            self.made.append(event.explanation)

    def partial(self, asked: int) -> Explanation | None:
        """What is finished of `asked` targets, with a warning that it is not all."""
        if not self.made:
            return None
        note = Warned(f"Interrupted after {len(self.made)} of {asked} generated tokens.")
        first, *more = self.made
        return replace(first, continuation=tuple(more), warnings=(*first.warnings, note))


def explain_one(text: str, request: Request, choice: ModelChoice, delivery: Delivery) -> None:
    """Explain one prompt and deliver it; a generation that is interrupted delivers what it has."""
    finished = Finished()
    with Progress(quiet=delivery.quiet) as progress:
        try:
            explanation = _explain(text, request, choice, progress, finished)
        except (KeyboardInterrupt, Cancelled):
            progress.clear()
            partial = finished.partial(request.generate)
            if partial is None:
                raise Interrupted from None
            replace(delivery, quiet=True).deliver(partial)
            done = f"interrupted after {len(finished.made)} of {request.generate} generated tokens."
            raise Interrupted(done) from None
    delivery.deliver(explanation)


def _explain(
    text: str, request: Request, choice: ModelChoice, progress: Progress, finished: Finished
) -> Explanation:
    def emit(event: Event) -> None:
        finished(event)
        progress(event)

    model = choice.load(progress)
    from noiser.explainer import explain  # after loading: what it imports came with the model

    return explain(model, text, request, cancel=interrupted, emit=emit)
