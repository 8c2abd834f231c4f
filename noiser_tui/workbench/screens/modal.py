"""What all lists, questions and pages over the workbench share."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Modal(ModalScreen[Answer], Generic[Answer]):
    """A screen over the workbench that is answered once."""

    AUTO_FOCUS: ClassVar[str | None] = "*"

    def finish(self, answer: Answer | None) -> None:
        """Give the answer; a second one, by a key that was on its way meanwhile, is for nobody."""
        if self.is_current:
            self.dismiss(answer)
