"""A list to choose from, narrowed by typing, as VS Code's quick pick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from noiser_tui.look.cells import visible
from noiser_tui.workbench.widgets.plain_text import Line


@dataclass(frozen=True)
class Choice:
    """One line of the list: what is returned, its name, what it is."""

    value: str
    name: str
    what: str = ""


class Pick(ModalScreen[str | None]):
    """Returns the value chosen, what was typed when `free` is allowed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
        Binding("pagedown", "move(8)", "Next page", show=False),
        Binding("pageup", "move(-8)", "Previous page", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[Choice], *, chosen: str | None = None, free: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._chosen = chosen
        self._free = free
        self._shown: list[Choice] = []
        self._marked: int | None = None

    def compose(self) -> ComposeResult:
        """A filter and the list."""
        box = Vertical(id="pick")
        box.border_title = self._title
        box.border_subtitle = "Enter chooses, Esc closes"
        with box:
            yield Line(placeholder=self._free or "Type to narrow the list", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Fill the list and stand on what is chosen now."""
        self.query_one(OptionList).can_focus = False
        self._fill("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted line, or the text itself where any text will do."""
        at = self.query_one(OptionList).highlighted
        if at is not None and self._shown:
            self.dismiss(self._shown[at].value)
        elif self._free and event.value:
            self.dismiss(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the line that was clicked."""
        self.dismiss(self._shown[event.option_index].value)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark the line with a glyph as well: without colours there is nothing else to see."""
        options = event.option_list
        for index in {self._marked, event.option_index} - {None}:
            if index is not None and index < len(self._shown):
                text = _line(self._shown[index], marked=index == event.option_index)
                options.replace_option_prompt_at_index(index, text)
        self._marked = event.option_index

    def action_move(self, by: int) -> None:
        """Move the highlight; typing goes on in the filter."""
        options = self.query_one(OptionList)
        if self._shown:
            at = options.highlighted if options.highlighted is not None else -by
            options.highlighted = max(0, min(len(self._shown) - 1, at + by))

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _fill(self, needle: str) -> None:
        words = needle.lower().split()
        self._shown = [
            choice
            for choice in self._choices
            if all(word in f"{choice.name} {choice.what}".lower() for word in words)
        ]
        if self._free and needle and needle not in {choice.value for choice in self._shown}:
            self._shown.append(Choice(needle, needle, "as typed"))
        options = self.query_one(OptionList)
        self._marked = None
        options.clear_options()
        options.add_options([Option(_line(choice)) for choice in self._shown])
        values = [choice.value for choice in self._shown]
        if self._shown:
            options.highlighted = values.index(self._chosen) if self._chosen in values else 0


def _line(choice: Choice, *, marked: bool = False) -> Text:
    text = Text("▸ " if marked else "  ", no_wrap=True, overflow="ellipsis")
    text.append(visible(choice.name))
    if choice.what:
        text.append(f"  {visible(choice.what)}", "dim")
    return text
