"""What the model goes on to write, token by token, with what it might have written instead."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.engine.rationing import PROGRESS_INTERVAL

if TYPE_CHECKING:
    from noiser.continuation import Written
    from noiser_tui.workbench.engine.context import Context


class Continued(EngineMessage):
    """The continuation of a text as far as it is, from what was `begun` on; `done` is the last."""

    def __init__(
        self, number: int, text: Said, written: tuple[Written, ...], *, done: bool
    ) -> None:
        super().__init__(number)
        self.text = text
        self.written = written
        self.done = done


@dataclass(frozen=True)
class Continue(Job):
    """Continue a text greedily by `tokens` tokens, the first of them those `chosen` by their ids.

    Of each, so many `alternatives` are told with their probabilities; of those `begun`, which are known
    already, nothing. `model` is what the model is called that it was asked of, any where it is empty: one
    that was loading then may not have come.
    """

    text: Said
    tokens: int = 20
    chosen: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()
    model: str = ""
    alternatives: int = 10
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Post what is written now and then, and all of it at the end, also where it is cancelled."""
        from noiser.continuation import continue_greedily
        from noiser.errors import NoiserError

        if self.model and self.model != (name := context.model.info.name):
            raise NoiserError(
                f"It was asked of {self.model}, and {name} is loaded: Alt+N asks that."
            )
        written: tuple[Written, ...] = ()
        told = 0.0
        try:
            for one in continue_greedily(
                context.model,
                self.text,
                self.tokens,
                chosen=self.chosen,
                begun=self.begun,
                alternatives=self.alternatives,
                cancel=context.cancel,
                memory=context.memory,
            ):
                written = (*written, one)
                if time.monotonic() - told >= PROGRESS_INTERVAL:
                    told = time.monotonic()
                    context.post(Continued(context.number, self.text, written, done=False))
        finally:
            if written:
                context.post(Continued(context.number, self.text, written, done=True))
