"""Where the prompt is typed."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text

from noiser.model.info import ModelInfo
from noiser.prompt import Prompt
from noiser_tui.workbench.reading import length_of, scaffold_spans
from noiser_tui.workbench.widgets.text_box import TextBox

PLACEHOLDER = "Type a prompt, then press F5. Ctrl+O opens an example."
SPECIAL = Style(bold=True, underline=True)
"""How special tokens are drawn, besides their colour: it reads without one."""


class PromptEditor(TextBox):
    """A text without a language; Enter is a newline, F5 explains."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt--special"}

    def __init__(
        self, text: str = "", *, at: tuple[int, int] | None = None, id: str | None = None
    ) -> None:
        self._special: dict[int, list[tuple[int, int]]] = {}
        self._read: Prompt | None = None
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

    def show_form(self, title: str) -> None:
        """Say what the text is: a prompt, or a message of a chat."""
        if self.border_title != title:
            self.border_title = title

    def show_read(self, prompt: Prompt | None, model: ModelInfo | None, refused: str = "") -> None:
        """Tell how long the text is, and mark special tokens in it; None where that is not known.

        Where the model has `refused` the text, why.

        Marks stay while the next letters are typed: they are wrong for a moment at most.
        """
        characters = len(self.text)
        long = f"{characters:,} character{'s' if characters != 1 else ''}"
        if prompt is None:
            said, too_long = long if characters else "", False
        else:
            tokens, too_long = length_of(prompt, model)
            said = f"{tokens} · {long}"
        if refused:
            said, too_long = refused, True
        self.set_class(too_long, "-long")
        said = f"⚠ {said}" if too_long else said
        if self.border_subtitle != said:
            self.border_subtitle = said
        if prompt is not None and prompt is not self._read:
            self._read = prompt
            special = _by_line(prompt.text, scaffold_spans(prompt))
            if special != self._special:
                self._special = special
                self.notify_style_update()
                self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line with its special tokens marked."""
        line = super().get_line(line_index)
        if spans := self._special.get(line_index):
            style = self.get_component_rich_style("prompt--special", partial=True) + SPECIAL
            for start, end in spans:
                line.stylize(style, start, end)
        return line


def _by_line(text: str, spans: list[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """Spans of the text as spans of its lines."""
    found: dict[int, list[tuple[int, int]]] = {}
    if not spans:
        return found
    start = 0
    for number, line in enumerate(text.split("\n")):
        end = start + len(line)
        own = [(max(a, start) - start, min(b, end) - start) for a, b in spans]
        if some := [(a, b) for a, b in own if a < b]:
            found[number] = some
        start = end + 1
    return found
