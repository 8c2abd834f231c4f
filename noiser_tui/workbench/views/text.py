"""A file that is no prompt: what it is, and its text to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import TextArea

from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.text_room import in_words, take_text
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.text_box import TextBox
from noiser_tui.workbench.widgets.words import Words

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


class FileText(TextBox):
    """The text of a file."""

    def __init__(self, text: str) -> None:
        super().__init__(
            text, id="file-text", show_line_numbers=True, soft_wrap=True, tab_behavior="focus"
        )


class TextView(View):
    """What the file is, above its text."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Words(self.pens, id="file-words")
        yield FileText(self.page.text)

    def on_mount(self) -> None:
        """Stand where it was left."""
        super().on_mount()
        if self._left is not None:
            self.query_one(FileText).move_cursor(self._left.cursor)

    @property
    def place(self) -> dict[str, Any]:
        """The cursor of the text."""
        found = self.query(FileText)
        return {"cursor": found.first().cursor_location} if found else super().place

    @property
    def page(self) -> TextPage:
        """What it shows."""
        assert isinstance(self.document.page, TextPage)
        return self.document.page

    @property
    def first(self) -> Widget | None:
        """The text, once it stands."""
        found = self.query(FileText)
        return found.first() if found else None

    @property
    def text(self) -> str:
        """What stands in the editor, which the page may not have heard of yet."""
        found = self.query(FileText)
        return found.first().text if found else self.page.text

    def take(self, text: str) -> None:
        """Show what the file says by now; the cursor stays, as far as there is such a place."""
        for editor in self.query(FileText):
            at = editor.cursor_location
            editor.load_text(text)
            editor.move_cursor(at)

    def draw(self, document: Document) -> None:
        """Say what it is; the text is the editor's own."""
        self.query_one(Words).show_state(in_words(cast("Workbench", self.app), self.page))

    @on(TextArea.Changed)
    def typed(self, message: TextArea.Changed) -> None:
        """The page has what stands in the editor."""
        message.stop()
        take_text(cast("Workbench", self.app), self.document.id, self.text)
