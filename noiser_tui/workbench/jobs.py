"""What the workbench asks of the engine, and how the engine answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from textual.message import Message

from noiser.events import Event
from noiser.explanation import Explanation
from noiser.model.info import ModelInfo
from noiser.request import Request
from noiser_tui.workbench.costs import Costs


@dataclass(frozen=True)
class LoadModel:
    """Load a model; `options` are those of `noiser.load`."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExplainPrompt:
    """Explain a prompt with the model that is loaded, after a preview where that is worth it."""

    text: str
    request: Request


@dataclass(frozen=True)
class EstimateCost:
    """Say what explaining a prompt would take."""

    text: str
    request: Request


@dataclass(frozen=True)
class AddDraws:
    """Add draws to an explanation, so that there are so many in all."""

    explanation: Explanation
    draws: int


Job: TypeAlias = LoadModel | ExplainPrompt | EstimateCost | AddDraws


class EngineTold(Message):
    """The engine reports an event of job `number`, of its preview or of the run itself."""

    def __init__(self, number: int, event: Event, *, preview: bool = False) -> None:
        super().__init__()
        self.number = number
        self.event = event
        self.preview = preview


class EngineEstimated(Message):
    """The engine says what job `number` will take, or what was asked by it."""

    def __init__(self, number: int, costs: Costs) -> None:
        super().__init__()
        self.number = number
        self.costs = costs


class JobEnded(Message):
    """A job ended: done when `error` is None, else why not in one sentence.

    `cancelled` says that the user stopped it, `partial` what was known by then, `model` which model the
    engine has now.
    """

    def __init__(
        self,
        number: int,
        job: Job,
        error: str | None = None,
        *,
        model: ModelInfo | None,
        cancelled: bool = False,
        partial: Explanation | None = None,
    ) -> None:
        super().__init__()
        self.number = number
        self.job = job
        self.error = error
        self.model = model
        self.cancelled = cancelled
        self.partial = partial
