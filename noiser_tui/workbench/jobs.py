"""What the workbench asks of the engine, and how the engine answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from textual.message import Message

from noiser.events import Event
from noiser.model.info import ModelInfo
from noiser.request import Request


@dataclass(frozen=True)
class LoadModel:
    """Load a model; `options` are those of `noiser.load`."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExplainPrompt:
    """Explain a prompt with the model that is loaded."""

    text: str
    request: Request


Job: TypeAlias = LoadModel | ExplainPrompt


class EngineTold(Message):
    """The engine reports an event of job `number`."""

    def __init__(self, number: int, event: Event) -> None:
        super().__init__()
        self.number = number
        self.event = event


class JobEnded(Message):
    """A job ended: done when `error` is None, else why not in one sentence.

    `cancelled` says that the user stopped it, `model` which model the engine has now.
    """

    def __init__(
        self,
        number: int,
        job: Job,
        error: str | None = None,
        *,
        model: ModelInfo | None,
        cancelled: bool = False,
    ) -> None:
        super().__init__()
        self.number = number
        self.job = job
        self.error = error
        self.model = model
        self.cancelled = cancelled
