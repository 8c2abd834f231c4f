"""`noiser compare`: one prompt explained in several ways, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from noiser.chat import Chat
from noiser.comparison.rows import Given, plan
from noiser.errors import ComparisonCancelled
from noiser.events import RowFailed
from noiser.request import Request
from noiser_tui.cli.deliver import Delivery
from noiser_tui.cli.fail import FAILED, Interrupted, say, sentence
from noiser_tui.cli.interrupt import at_once, gently, interrupted
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.cli.progress import Progress

if TYPE_CHECKING:
    from noiser.comparison.result import Comparison
    from noiser.events import Emit, Event
    from noiser.model.language_model import LanguageModel


@dataclass(frozen=True)
class Wanted:
    """What is to be compared; of `choice` all but the model counts."""

    models: list[str]
    methods: list[str]
    bounds: list[str]
    request: Request
    choice: ModelChoice
    top: int | None
    memory: str | None
    options: Given = field(default_factory=dict)

    def check(self) -> None:
        """WrongUse where the rows cannot be meant, found before torch is imported."""
        plan(self.models, self.methods, self.bounds, self.request, self.options)


def compare_one(asked: str | Chat, wanted: Wanted, delivery: Delivery) -> int:
    """Compare and deliver; the exit code is 1 when a row failed.

    A comparison that is interrupted delivers the rows that were finished.
    """
    with Progress(quiet=delivery.quiet) as progress:
        try:
            comparison = _compare(asked, wanted, progress)
        except KeyboardInterrupt:
            progress.clear()
            raise Interrupted from None
        except ComparisonCancelled as cancelled:
            progress.clear()
            if cancelled.comparison is None or not cancelled.comparison.explained:
                raise Interrupted from None
            replace(delivery, quiet=True).deliver(cancelled.comparison)
            raise Interrupted("interrupted; the rows finished by then are above.") from None
    delivery.deliver(comparison)
    if comparison.failed and not delivery.quiet:
        say(f"{len(comparison.failed)} of {len(comparison.rows)} rows failed.")
    return FAILED if comparison.failed else 0


def _compare(asked: str | Chat, wanted: Wanted, progress: Progress) -> Comparison:
    from noiser.comparer import compare  # it imports torch

    def listen(event: Event) -> None:
        if isinstance(event, RowFailed):
            progress.clear()
            say(f"{event.label}: {sentence(event.error)}")
        else:
            progress(event)

    def load(model: str, *, emit: Emit) -> LanguageModel:
        progress.prefix = ""
        with at_once():
            return replace(wanted.choice, model=model).load(emit)

    with gently():
        return compare(
            wanted.models,
            asked,
            wanted.request,
            methods=wanted.methods,
            bounds=wanted.bounds,
            options=wanted.options,
            top=wanted.top,
            load=load,
            cancel=interrupted,
            emit=listen,
            memory=wanted.memory,
        )
