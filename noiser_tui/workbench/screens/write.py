"""One question with a text of several lines to answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from noiser.errors import NoiserError
from noiser_tui.look.cells import visible
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.screens.modal import Modal
from noiser_tui.workbench.widgets.text_box import TextBox


class Lines(TextBox):
    """Where the answer is typed or pasted."""


class Write(Modal[str | None]):
    """Returns the text, or None when the question was left.

    `check` raises NoiserError for what is no answer: its sentence is shown in place of the hint. An
    `empty` text is an answer only where that is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", priority=True),
        Binding("enter", "accept", "Accept", priority=True),
        Binding("ctrl+j", "line", "New line", priority=True),
    ]

    def __init__(
        self,
        title: str,
        hint: str,
        text: str = "",
        *,
        check: Callable[[str], object] | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._text = text
        self._check = check
        self._empty = empty

    def compose(self) -> ComposeResult:
        """The question, the text, the hint."""
        box = Vertical(id="write")
        box.border_title = self._title
        box.border_subtitle = "Enter accepts, Ctrl+J: new line, Esc closes"
        with box:
            yield Lines(self._text, soft_wrap=True, show_line_numbers=False, compact=True)
            yield Label(spoken(self, self._hint), markup=False)

    def on_mount(self) -> None:
        """Stand at the end, ready to go on."""
        lines = self.query_one(Lines)
        lines.move_cursor(lines.document.end)

    def action_line(self) -> None:
        """Begin another line."""
        lines = self.query_one(Lines)
        lines.replace("\n", *lines.selection)

    def action_accept(self) -> None:
        """Give the answer, or say why it is none."""
        text = self.query_one(Lines).text
        if not (text.strip() or self._empty):
            return
        try:
            if self._check is not None:
                self._check(text)
        except NoiserError as error:
            hint = self.query_one(Label)
            hint.add_class("-wrong")
            hint.update(visible(str(error)))
        else:
            self.finish(text)
