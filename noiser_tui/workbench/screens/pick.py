"""A list to choose from, narrowed by typing, as VS Code's quick pick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.screens.choice import Choice, move, nothing
from noiser_tui.workbench.screens.modal import Modal
from noiser_tui.workbench.screens.whole import Whole, room_in
from noiser_tui.workbench.widgets.plain_text import Line

__all__ = ["Choice", "Pick"]

COMMANDS = ">"
"""What is typed first for commands."""
LEAD = 2
"""Cells before a name, for the mark of the line under the cursor."""


class Pick(Modal[str | None]):
    """A list with the names of groups as long as nothing is typed, and all of the line under the cursor.

    Returns the value chosen, what was typed when `free` is allowed, or None.

    `pointed` is called with the value of each line that the highlight comes to while the list is open.
    `commands` are listed instead once > is typed first, as in VS Code.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
        Binding("pagedown", "move(8)", "Next page", show=False),
        Binding("pageup", "move(-8)", "Previous page", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        chosen: str | None = None,
        free: str = "",
        pointed: Callable[[str], object] | None = None,
        commands: Sequence[Choice] = (),
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._chosen = chosen
        self._free = free
        self._pointed = pointed
        self._commands = commands
        self._shown: list[Choice | None] = []  # None is the name of a group
        self._marked: int | None = None

    @property
    def heading(self) -> str:
        """What is chosen."""
        return self._title

    def takes(self, value: str) -> bool:
        """Whether a value could be chosen."""
        return bool(self._free) or any(choice.value == value for choice in self._choices)

    def compose(self) -> ComposeResult:
        """A filter and the list."""
        box = Vertical(id="pick")
        box.border_title = self._title
        box.border_subtitle = "Enter chooses, Esc closes"
        with box:
            yield Line(placeholder=self._free or "Type to narrow the list", compact=True)
            yield OptionList(compact=True)
            yield Whole(self._choices, LEAD)

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
        choice = self._shown[at] if at is not None and self._shown else None
        if choice is not None:
            self.finish(choice.value)
        elif self._free and event.value and not self._of_commands(event.value):
            self.finish(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the line that was clicked."""
        if (choice := self._shown[event.option_index]) is not None:
            self.finish(choice.value)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark the line with a glyph as well: without colours there is nothing else to see."""
        options = event.option_list
        for index in {self._marked, event.option_index} - {None}:
            if index is not None and index < len(self._shown):
                choice = self._shown[index]
                if choice is None:
                    continue
                text = _line(choice, self._room, marked=index == event.option_index)
                options.replace_option_prompt_at_index(index, text)
        self._marked = event.option_index
        now = self._shown[event.option_index] if event.option_index < len(self._shown) else None
        self.query_one(Whole).tell(now)
        if self._pointed is not None and now is not None and self.is_current:
            self._pointed(now.value)

    def action_move(self, by: int) -> None:
        """Move the highlight; typing goes on in the filter."""
        move(self.query_one(OptionList), self._shown, by)

    def _of_commands(self, typed: str) -> bool:
        return bool(self._commands) and typed.startswith(COMMANDS)

    def _fill(self, needle: str) -> None:
        command = self._of_commands(needle)
        needle = needle.removeprefix(COMMANDS) if command else needle
        words = needle.lower().split()
        found = [
            choice
            for choice in (self._commands if command else self._choices)
            if all(word in f"{choice.name} {choice.what} {choice.keys}".lower() for word in words)
        ]
        # what is called so comes before what only says so
        found.sort(
            key=lambda choice: (
                not choice.possible,
                not all(word in choice.name.lower() for word in words),
            )
        )
        any_text = self._free and needle and not command
        if any_text and needle not in {choice.value for choice in found}:
            found.append(Choice(needle, needle, "as typed"))
        self._shown = []
        lines: list[Option] = []
        for before, choice in zip([None, *found], found, strict=False):
            if not needle and choice.group and (before is None or before.group != choice.group):
                self._shown.append(None)
                lines.append(Option(Text(choice.group.upper(), "bold dim"), disabled=True))
            self._shown.append(choice)
            lines.append(Option(_line(choice, self._room)))
        options = self.query_one(OptionList)
        self._marked = None
        options.clear_options()
        options.add_options(lines if found or not needle else [nothing()])
        chosen = next((one for one in found if one.value == self._chosen), None)
        if not found:
            self.query_one(Whole).tell(None)
        else:
            options.highlighted = self._shown.index(chosen or found[0])

    @property
    def _room(self) -> int:
        return room_in(self.app.size.width)


def _line(choice: Choice, room: int, *, marked: bool = False) -> Text:
    text = Text("▸ " if marked else "  ", no_wrap=True, overflow="ellipsis")
    what = cell_width(visible(choice.what)) + 2 if choice.what else 0
    # a long name leaves what is said of it in sight, where that is a few words
    text.append(
        one_line(choice.name, room - 2 - what) if what <= room // 2 else visible(choice.name),
        "" if choice.possible else "dim",
    )
    if choice.what:
        text.append(f"  {visible(choice.what)}", "dim")
    if choice.keys:
        keys = one_line(choice.keys, room // 2)
        text.truncate(room - cell_width(keys) - 2, overflow="ellipsis")
        text.append(" " * max(2, room - text.cell_len - cell_width(keys)))
        text.append(keys, "dim")
    return text
