"""What the engine can be asked for: a job knows how it runs, and whether it may overtake others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


class Job(ABC):
    """A question to the engine, or work for it; each kind is a frozen dataclass in a file of its own.

    `short` ones go before long ones that wait, but never before one that `changes_model`.
    """

    short: ClassVar[bool] = False
    changes_model: ClassVar[bool] = False

    @abstractmethod
    def run(self, context: Context) -> None:
        """Do it in the engine's thread, posting what is found.

        Cancelled where it was stopped; NoiserError, whose message the user reads, where it fails;
        GoOnLater where others are to go first.
        """


class GoOnLater(Exception):
    """What is left of a job waits behind the others, under the same number."""

    def __init__(self, rest: Job) -> None:
        super().__init__()
        self.rest = rest
