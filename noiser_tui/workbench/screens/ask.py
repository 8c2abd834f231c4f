"""One question with a line to answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from noiser.errors import NoiserError
from noiser_tui.look.cells import visible
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.screens.modal import Modal
from noiser_tui.workbench.widgets.plain_text import Line


class Ask(Modal[str | None]):
    """Returns the answer, or None when the question was left.

    `check` raises NoiserError for what is no answer: its sentence is shown in place of the hint. An
    `empty` line is an answer only where that is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close")]

    def __init__(
        self,
        title: str,
        hint: str,
        answer: str = "",
        *,
        check: Callable[[str], object] | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__()
        self._check = check
        self._empty = empty
        self._title = title
        self._hint = hint
        self._answer = answer

    def compose(self) -> ComposeResult:
        """The question, the line, the hint."""
        box = Vertical(id="ask")
        box.border_title = self._title
        box.border_subtitle = "Enter accepts, Esc closes"
        with box:
            yield Line(self._answer, compact=True)
            yield Label(spoken(self, self._hint), markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answer, or say why it is none."""
        if not (event.value.strip() or self._empty):
            return
        try:
            if self._check is not None:
                self._check(event.value)
        except NoiserError as error:
            hint = self.query_one(Label)
            hint.add_class("-wrong")
            hint.update(visible(str(error)))
        else:
            self.finish(event.value)
