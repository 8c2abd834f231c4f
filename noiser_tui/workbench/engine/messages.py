"""What the engine posts of every job; messages of a single kind of job are beside it."""

from __future__ import annotations

from typing import TypeAlias

from textual.message import Message

from noiser.comparison.result import Comparison
from noiser.errors import NotTrusted
from noiser.events import Event
from noiser.explanation import Explanation
from noiser.metrics.begun import MetricsBegun
from noiser.model.info import ModelInfo
from noiser_tui.workbench.engine.gauge import Memory
from noiser_tui.workbench.engine.job import Job

Left: TypeAlias = Explanation | Comparison | MetricsBegun
"""What a cancel leaves of work, to be gone on from."""


class EngineMessage(Message):
    """Something about job `number`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class EngineTold(EngineMessage):
    """The engine reports an event of job `number`, of its preview or of the run itself.

    `memory` is what was free meanwhile, None where nobody looked.
    """

    def __init__(
        self, number: int, event: Event, *, preview: bool = False, memory: Memory | None = None
    ) -> None:
        super().__init__(number)
        self.event = event
        self.preview = preview
        self.memory = memory


class WorkKnown(EngineMessage):
    """What a cancel would leave of job `number` by now, every few seconds; of a list, of its prompt `at`.

    `goes_on` says whether the job went on from what a cancel had left.
    """

    def __init__(self, number: int, left: Left, *, goes_on: bool = False, at: int = 0) -> None:
        super().__init__(number)
        self.left = left
        self.goes_on = goes_on
        self.at = at


class JobEnded(EngineMessage):
    """A job ended: done when `error` is None, else why not in one sentence.

    `cancelled` says that the user stopped it, or took it back while it waited; `partial` is what was
    known of an explanation by then, `model` which model the engine has now. `refused` says what the user
    would have to trust for it to be done, `memory` what is free now.
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
        refused: NotTrusted | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(number)
        self.job = job
        self.error = error
        self.model = model
        self.cancelled = cancelled
        self.partial = partial
        self.refused = refused
        self.memory = memory


class QueueChanged(Message):
    """Which job runs, 0 for none, and which wait, in the order in which they will run.

    `change` counts the changes: what another thread posts may arrive after what was posted later.
    """

    def __init__(self, running: int, waiting: tuple[int, ...], change: int = 0) -> None:
        super().__init__()
        self.change = change
        self.running = running
        self.waiting = waiting
