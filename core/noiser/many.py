"""Explaining many independent prompts, on one model or spread over several."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from noiser.begun import go_on
from noiser.errors import Cancelled
from noiser.events import Event
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.prompt import Asked
from noiser.request import Request
from noiser.snapshots import Snapshots
from noiser.spread import AHEAD, spread

EmitMany = Callable[[int, Event], None]
NOTHING: Mapping[int, Explanation] = {}


def _ignore(number: int, event: Event) -> None:
    """The listener of who does not listen."""


def _parted(
    prompt: Asked | tuple[Asked, Request], request: Request | None
) -> tuple[Asked, Request | None]:
    """A prompt and its request: its own where it is a pair of both."""
    match prompt:
        case (asked, Request() as own):
            return cast("Asked", asked), own
    return prompt, request


def explain_many(
    models: Sequence[LanguageModel],
    prompts: Iterable[Asked | tuple[Asked, Request]],
    request: Request | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: EmitMany = _ignore,
    memory: str | None = None,
    ahead: int = AHEAD,
    begun: Mapping[int, Explanation] = NOTHING,
    keep: Callable[[int, Explanation], object] | None = None,
) -> Iterator[Explanation | Exception]:
    """Explain every prompt, on whichever of the models is free; the results come in order.

    A prompt that fails gives its exception in its place, and the others go on. One with a request of
    its own is a pair. `prompts` may be endless: at most `ahead` per model are read before the first of
    them is out. They are read, and `emit` is called with a prompt's number from 0 and each of its
    events, in the threads of the models. Setting `cancel` stops within one batch: what was finished
    before still comes, then Cancelled is raised. `memory` bounds a call as it does for `explain`, on
    each model by itself.

    `begun` is what a cancel left of some of them, by their numbers: they go on from there, or begin anew
    where it is of another run. `keep` takes, with the number, what a cancel has left of one, and every few
    seconds what it would leave.
    """

    def work(
        model: LanguageModel, job: tuple[int, Asked | tuple[Asked, Request]], stop: threading.Event
    ) -> Explanation:
        number, prompt = job
        asked, own = _parted(prompt, request)
        run = functools.partial(
            explain,
            model,
            asked,
            own,
            cancel=stop,
            emit=functools.partial(emit, number),
            memory=memory,
            keep=Snapshots(functools.partial(keep, number)) if keep is not None else None,
        )
        try:
            return go_on(lambda left: run(begun=left), begun.get(number))
        except Cancelled as cancelled:
            if keep is not None and cancelled.partial is not None:
                keep(number, cancelled.partial)
            raise

    made = spread(models, enumerate(prompts), work, cancel=cancel, ahead=ahead)
    return (outcome for _, outcome in made)
