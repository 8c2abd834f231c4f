"""Which models there are and where they fit, as far as the engine has said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.message import Message

from noiser_tui.workbench.engine import JobEnded, ModelRow, ModelsSurveyed, Place


@dataclass(frozen=True)
class Survey:
    """The models at hand and the devices of this machine; `job` asks for them anew, 0 for none.

    `known` says that they were read at least once, `error` why that failed, in one sentence.
    """

    rows: tuple[ModelRow, ...] = ()
    places: tuple[Place, ...] = ()
    job: int = 0
    known: bool = False
    error: str = ""

    def heard(self, message: Message) -> Survey:
        """The survey after a message of the engine."""
        if isinstance(message, ModelsSurveyed):
            return replace(self, rows=message.rows, places=message.places, known=True, error="")
        if isinstance(message, JobEnded) and message.number == self.job:
            return replace(self, job=0, error=message.error or "")
        return self

    def row(self, name: str) -> ModelRow | None:
        """The model called so."""
        return next((row for row in self.rows if row.name == name), None)
