"""A list of which several are chosen: Space toggles, Enter accepts, typing narrows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from noiser_tui.look.cells import visible
from noiser_tui.workbench.screens.choice import Choice, move, nothing
from noiser_tui.workbench.screens.modal import Modal
from noiser_tui.workbench.screens.whole import Whole
from noiser_tui.workbench.widgets.plain_text import Line

LEAD = 6
"""Cells before a name: the mark of the line under the cursor, and whether it is chosen."""


class Filter(Line):
    """A line that leaves the space bar to the list: letters have narrowed it before the next key is taken."""

    NARROWS: ClassVar[bool] = True

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Every key that writes but that one."""
        return key != "space" and super().check_consume_key(key, character)


class PickMany(Modal[tuple[str, ...] | None]):
    """Returns the values chosen, in the order of the list, or None.

    `check` says in a sentence why they are no answer, empty where they are one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        # all taken at once, so that keys that come together are obeyed in their order
        Binding("space", "take", "Choose", show=False, priority=True),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(8)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-8)", "Previous page", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        chosen: Collection[str] = (),
        check: Callable[[tuple[str, ...]], str] | None = None,
    ) -> None:
        super().__init__()
        self._check = check
        self._title = title
        self._choices = choices
        self._chosen = set(chosen)
        self._shown: list[Choice | None] = []  # None is the name of a group

    def compose(self) -> ComposeResult:
        """A filter and the list."""
        box = Vertical(id="pick")
        box.border_title = self._title
        box.border_subtitle = f"Space chooses, {_accepting('Enter accepts')}, Esc closes"
        with box:
            yield Filter(placeholder="Type to narrow the list", compact=True)
            yield OptionList(compact=True)
            yield Whole(self._choices, LEAD)

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one(OptionList).can_focus = False
        self._fill("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is chosen."""
        self.action_accept()

    def action_accept(self) -> None:
        """Take what is chosen, or say why it is no answer."""
        values = tuple(one.value for one in self._choices if one.value in self._chosen)
        if self._check is not None and (why_not := self._check(values)):
            self.query_one("#pick").border_subtitle = _accepting(why_not)
        else:
            self.finish(values)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Toggle the line that was clicked."""
        self._toggle(event.option_index)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark the line with a glyph as well: without colours there is nothing else to see."""
        self._draw()
        at = event.option_index
        self.query_one(Whole).tell(self._shown[at] if at < len(self._shown) else None)

    def action_take(self) -> None:
        """Choose the highlighted line, or take that back."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._toggle(at)

    def action_move(self, by: int) -> None:
        """Move the highlight; typing goes on in the filter."""
        move(self.query_one(OptionList), self._shown, by)

    def _toggle(self, index: int) -> None:
        if (choice := self._shown[index]) is not None:
            self._chosen ^= {choice.value}
            self._draw()

    def _draw(self) -> None:
        options = self.query_one(OptionList)
        for index, choice in enumerate(self._shown):
            if choice is not None:
                here = index == options.highlighted
                options.replace_option_prompt_at_index(index, self._line(choice, marked=here))

    def _fill(self, needle: str) -> None:
        words = needle.lower().split()
        found = [
            choice
            for choice in self._choices
            if all(word in f"{choice.group} {choice.name} {choice.what}".lower() for word in words)
        ]
        self._shown = []
        lines: list[Option] = []
        for before, choice in zip([None, *found], found, strict=False):
            if choice.group and (before is None or before.group != choice.group):
                self._shown.append(None)
                lines.append(Option(Text(choice.group.upper(), "bold dim"), disabled=True))
            self._shown.append(choice)
            lines.append(Option(self._line(choice)))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(lines if found or not needle else [nothing()])
        options.highlighted = self._shown.index(found[0]) if found else None

    def _line(self, choice: Choice, *, marked: bool = False) -> Text:
        box = "[x] " if choice.value in self._chosen else "[ ] "
        text = Text(f"{'▸' if marked else ' '} {box}", no_wrap=True, overflow="ellipsis")
        text.append(visible(choice.name))
        if choice.what:
            text.append(f"  {visible(choice.what)}", "dim")
        return text


def _accepting(words: str) -> str:
    """Words that take what is chosen when they are clicked."""
    return f"[@click=screen.accept()]{words}[/]"
