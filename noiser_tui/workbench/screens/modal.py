"""What all lists, questions and pages over the workbench share."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.screen import ModalScreen

from noiser_tui.workbench.widgets.mouse import LEFT

Answer = TypeVar("Answer")


class Modal(ModalScreen[Answer], Generic[Answer]):
    """A screen over the workbench that is answered once."""

    AUTO_FOCUS: ClassVar[str | None] = "*"

    def finish(self, answer: Answer | None) -> None:
        """Give the answer; a second one, by a key that was on its way meanwhile, is for nobody."""
        if self.is_current:
            self.dismiss(answer)

    def action_close(self) -> None:
        """Close it without an answer."""
        self.finish(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside it closes it, as Escape does."""
        under, _ = self.get_widget_at(event.screen_x, event.screen_y)
        if event.button == LEFT and under is self:
            self.action_close()
