"""What all lists, questions and pages over the workbench share."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.screen import ModalScreen

from noiser_tui.workbench.insides import Steady
from noiser_tui.workbench.widgets.mouse import LEFT

Answer = TypeVar("Answer")


class Modal(Steady, ModalScreen[Answer], Generic[Answer]):
    """A screen over the workbench that is answered once."""

    AUTO_FOCUS: ClassVar[str | None] = "*"

    def finish(self, answer: Answer | None) -> None:
        """Give the answer; a second one, by a key that was on its way meanwhile, is for nobody."""
        if self.is_current:
            self.dismiss(answer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Its keys walk and change what stands: not before its parts are there, nor once it is answered."""
        there = self.is_mounted and self.is_current
        return (there or action == "close") and super().check_action(action, parameters)

    def action_close(self) -> None:
        """Close it without an answer."""
        self.finish(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside it closes it, as Escape does."""
        under, _ = self.get_widget_at(event.screen_x, event.screen_y)
        if event.button == LEFT and under is self:
            self.action_close()
