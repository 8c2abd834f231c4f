"""Sentences over the whole screen, to be scrolled, for what has no place in a pane."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from noiser_tui.look.cells import visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.modal import Modal
from noiser_tui.workbench.widgets.scrolled_lines import Lines, ScrolledLines
from noiser_tui.workbench.widgets.words import Paragraphs


class InFull(Modal[None]):
    """Paragraphs under a title; arrows and pages scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "Close", show=False)
    ]

    def __init__(self, pens: Pens, title: str, paragraphs: Paragraphs) -> None:
        super().__init__()
        self._pens, self._title, self._paragraphs = pens, title, paragraphs

    def compose(self) -> ComposeResult:
        """The paragraphs in a box."""
        box = Vertical(id="in-full")
        box.border_title = self._title
        box.border_subtitle = "Esc closes"
        with box:
            yield Paragraphed(self._pens, self._paragraphs)


class Paragraphed(ScrolledLines):
    """Each paragraph wrapped to the width."""

    def __init__(self, pens: Pens, paragraphs: Paragraphs) -> None:
        super().__init__(pens)
        self._paragraphs = paragraphs

    def lines(self, width: int) -> Lines:
        """All lines."""
        return [
            [Segment(line, getattr(self.pens, tone))]
            for text, tone in self._paragraphs
            for line in chop_words(visible(text), max(8, width - 1))
        ]
