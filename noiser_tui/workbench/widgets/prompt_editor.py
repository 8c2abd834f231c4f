"""Where the prompt is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import TextArea

from noiser_tui.workbench.widgets.plain_text import show_controls

PLACEHOLDER = "Type a prompt, then press F5. Ctrl+O opens an example."


class PromptEditor(TextArea, inherit_bindings=False):
    """A text area without a language; Enter is a newline, F5 explains.

    F6 and F7 select text in textual's own; here they choose the target, and must not fall through
    to the editor while a list is closing: the next letter would replace the whole prompt.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if isinstance(binding, Binding) and not {"f6", "f7"} & set(binding.key.split(","))
    ]

    def __init__(
        self, text: str = "", *, at: tuple[int, int] | None = None, id: str | None = None
    ) -> None:
        super().__init__(
            text,
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder=PLACEHOLDER,
        )
        self.border_title = "Prompt"
        self._at = at

    def on_mount(self) -> None:
        """Stand where it was left, else at the end, ready to type."""
        self.name_keys()
        self.move_cursor(self._at or self.document.end)
        self.focus()

    def name_keys(self) -> None:
        """Say which keys there are by now."""
        keymap = getattr(self.app, "keymap", None)
        if keymap is not None:
            self.placeholder = keymap.spoken(PLACEHOLDER)

    def on_text_area_changed(self) -> None:
        """Keep the cursor in sight: after a paste that wraps, textual scrolls a line too little."""
        self.call_after_refresh(self.scroll_cursor_visible)

    def render_line(self, y: int) -> Strip:
        """The line, nothing in it obeyed."""
        return show_controls(super().render_line(y))
