"""What the model goes on to write after a prompt, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.message import Message

from noiser.events import NextToken
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine import Continued, JobEnded

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

    `job` is waited for, 0 for none; `error` is why it failed. `model` is the name of who writes.
    """

    job: int = 0
    text: Said = ""
    chosen: tuple[int, ...] = ()
    written: tuple[Step, ...] = ()
    error: str = ""
    model: str = ""

    def heard(self, message: Message) -> Continuation:
        """The continuation after a message of the engine."""
        if isinstance(message, Continued) and message.number == self.job:
            steps = (Step(one.token, one.alternatives, one.text) for one in message.written)
            return replace(self, written=tuple(steps))
        if isinstance(message, JobEnded) and message.number == self.job:
            return replace(self, job=0, error=message.error or "")
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
