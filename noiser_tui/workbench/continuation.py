"""What the model goes on to write after a prompt, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.message import Message

from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine import Continued, JobEnded

if TYPE_CHECKING:
    from noiser.continuation import Written


@dataclass(frozen=True)
class Continuation:
    """What is `written` after `text`; the first tokens are those `chosen` by the user.

    `job` is waited for, 0 for none; `error` is why it failed.
    """

    job: int = 0
    text: Said = ""
    chosen: tuple[int, ...] = ()
    written: tuple[Written, ...] = ()
    error: str = ""

    def heard(self, message: Message) -> Continuation:
        """The continuation after a message of the engine."""
        if isinstance(message, Continued) and message.number == self.job:
            return replace(self, written=message.written)
        if isinstance(message, JobEnded) and message.number == self.job:
            return replace(self, job=0, error=message.error or "")
        return self

    def greedy_to(self, at: int) -> bool:
        """Whether every token up to one of them is the most probable at its place."""
        return all(one.token.id == one.alternatives[0].id for one in self.written[: at + 1])
