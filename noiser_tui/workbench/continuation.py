"""What the model goes on to write after a prompt, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.message import Message

from noiser.events import NextToken
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine import Continued, JobEnded

LEFT = "The text was not written to its end when the workbench was left: Alt+N goes on."
"""What is offered of a continuation that was ended before its end."""
STOPPED = "Cancelled: what is written stays, and Alt+N goes on."

Kept = tuple[str, tuple[tuple[int, str, float], ...]]
"""A step as a session keeps it: its text, then id, text and probability of its token and of the others."""


@dataclass(frozen=True)
class Step:
    """A token that is written, what else might stand there, and the text up to it and with it."""

    token: NextToken
    alternatives: tuple[NextToken, ...]
    text: str


@dataclass(frozen=True)
class Continuation:
    """What is `written` after `text`; the first tokens are those `chosen` by the user.

    `job` is waited for, 0 for none; `error` is why it failed. `model` is the name of who writes. Until all
    is written `tokens` is how many were asked for, `begun` what was written before they were.
    """

    job: int = 0
    text: Said = ""
    chosen: tuple[int, ...] = ()
    written: tuple[Step, ...] = ()
    error: str = ""
    model: str = ""
    tokens: int = 0
    begun: tuple[Step, ...] = ()

    @property
    def left(self) -> bool:
        """Whether it was ended before its end, and can be gone on with."""
        return self.tokens > 0 and not self.job

    @property
    def ids(self) -> tuple[int, ...]:
        """What is written, by ids."""
        return tuple(one.token.id for one in self.written)

    def heard(self, message: Message) -> Continuation:
        """The continuation after a message of the engine."""
        if isinstance(message, Continued) and message.number == self.job:
            steps = (Step(one.token, one.alternatives, one.text) for one in message.written)
            return replace(self, written=(*self.begun, *steps))
        if isinstance(message, JobEnded) and message.number == self.job:
            tokens = self.tokens if message.cancelled else 0
            return replace(self, job=0, error=message.error or "", tokens=tokens)
        return self

    def greedy_to(self, at: int) -> bool:
        """Whether every token up to one of them is the most probable at its place."""
        return all(one.token.id == one.alternatives[0].id for one in self.written[: at + 1])


def kept(continuation: Continuation) -> tuple[Kept, ...]:
    """What is written, as plain data."""
    return tuple(
        (step.text, tuple(map(_plain, (step.token, *step.alternatives))))
        for step in continuation.written
    )


def put_back(text: Said, steps: tuple[Kept, ...], model: str) -> Continuation:
    """What was written after a text, from what was kept of it."""
    written = []
    for step, tokens in steps:
        if len(tokens) < 2:  # no token without what else might stand there
            break
        token, *others = (NextToken(*one) for one in tokens)
        written.append(Step(token, tuple(others), step))
    return Continuation(text=text, written=tuple(written), model=model)


def _plain(token: NextToken) -> tuple[int, str, float]:
    return token.id, token.text, token.probability or 0.0
