"""The continuation of the prompt, a token beside the other; under it what else might stand there."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from noiser.events import NextToken
from noiser_tui.look.cells import by_itself, cell_width, one_line, visible
from noiser_tui.workbench.continuation import Continuation
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.response_form import Question
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.mouse import LEFT

Placed = tuple[int, int, str]
"""Which token or alternative, the column where it begins, and how it is written."""
_OWN = "▸"


class ContinuationStrip(DrawnPane[State], can_focus=True):
    """Left and right walk the tokens, up and down the alternatives; `choose` takes what is walked to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Token before", show=False),
        Binding("right", "step(1)", "Token after", show=False),
        Binding("up", "turn(-1)", "Alternative before", show=False),
        Binding("down", "turn(1)", "Alternative after", show=False),
    ]

    class Chosen(Message):
        """A token is to be explained, or with `instead` another one to stand at its place."""

        def __init__(self, at: int, instead: NextToken | None) -> None:
            super().__init__()
            self.at = at
            self.instead = instead

    def __init__(self, pens: Pens, at: int = 0, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._cursor = max(0, at)
        self._instead = 0

    def show_state(self, state: State) -> None:
        """Show the continuation, where there is one of this text."""
        if self.state is not None and state.continuation.text != self._continuation.text:
            self._cursor = self._instead = 0
        shown = _shown(state.continuation, state.asked)
        if self.display != shown:
            self.display = shown
        super().show_state(state)

    @property
    def at(self) -> int:
        """The token under the cursor; the last there is while the one it stood on is still to come."""
        return min(self._cursor, max(0, len(self._continuation.written) - 1))

    @property
    def _continuation(self) -> Continuation:
        return self.state.continuation if self.state is not None else Continuation()

    def line(self, y: int, width: int) -> list[Segment]:
        """The tokens, then the alternatives of the one under the cursor."""
        continuation, pens = self._continuation, self.pens
        if continuation.error:
            return (
                [Segment(one_line(f" … {continuation.error}", width), pens.error)] if y == 0 else []
            )
        if not continuation.written:
            return [Segment(" … continuing", pens.muted)] if y == 0 else []
        return self._tokens(width) if y == 0 else self._alternatives(width)

    def _tokens(self, width: int) -> list[Segment]:
        segments = [Segment(" …", self.pens.muted)]
        for index, _, text in self._placed_tokens(width):
            style = self.pens.plain
            if index == self.at:
                style = self.pens.cursor if self.has_focus else self.pens.accent
            segments.append(Segment(text, style) if text else Segment("…", self.pens.muted))
        return segments

    def _placed_tokens(self, width: int) -> list[Placed]:
        """The tokens that fit, up to the one under the cursor at least; no text where more follow."""
        texts = [visible(one.token.text) for one in self._continuation.written]
        first = 0
        while sum(map(cell_width, texts[first : self.at + 1])) > width - 6 and first < self.at:
            first += 1
        placed, x = list[Placed](), 2
        for index in range(first, len(texts)):
            end = x + cell_width(texts[index])
            placed.append((index, x, texts[index] if end < width else ""))
            if end >= width:
                break
            x = end
        return placed

    def _alternatives(self, width: int) -> list[Segment]:
        segments = [Segment(self._head, self.pens.muted)]
        for index, _, text in self._placed_alternatives(width):
            style = self.pens.accent if text.startswith(_OWN) else self.pens.plain
            if self.has_focus and index == self._instead:
                style = self.pens.cursor
            segments.append(Segment(text, style))
        return segments

    @property
    def _head(self) -> str:
        place = f"{self.at + 1} of {len(self._continuation.written)}"
        return f" ←→ {place}  ↑↓ " if self.has_focus else f" {place}  "

    def _placed_alternatives(self, width: int) -> list[Placed]:
        one = self._continuation.written[self.at]
        placed, x = list[Placed](), cell_width(self._head)
        for index, token in enumerate(one.alternatives):
            mark = _OWN if token.id == one.token.id else ""
            text = f"{mark}“{by_itself(token.text)}” {token.probability or 0.0:.3f}  "
            if x + cell_width(text) > width:
                break
            placed.append((index, x, text))
            x += cell_width(text)
        return placed

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor on what is under the mouse: by the time of the click it may have moved."""
        if event.button != LEFT or not self._continuation.written:
            return
        tokens = event.y == 0
        place = self._placed_tokens if tokens else self._placed_alternatives
        for index, x, text in place(self.size.width):
            if not x <= event.x < x + max(1, cell_width(text)):
                continue
            if tokens:
                self.action_step(index - self.at)
            else:
                self.action_turn(index - self._instead)
            return

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the cursor with a second click."""
        if event.button == LEFT and event.chain == 2:
            self.choose()

    def action_step(self, by: int) -> None:
        """Move the cursor to another token; its own alternative is under it."""
        written = self._continuation.written
        if written:
            self._cursor = min(max(0, self.at + by), len(written) - 1)
            ids = [token.id for token in written[self.at].alternatives]
            own = written[self.at].token.id
            self._instead = ids.index(own) if own in ids else 0
            self.refresh()

    def action_turn(self, by: int) -> None:
        """Move among what might stand there."""
        written = self._continuation.written
        if written:
            most = len(written[self.at].alternatives) - 1
            self._instead = min(max(0, self._instead + by), most)
            self.refresh()

    def choose(self) -> None:
        """Explain the token, or continue with the alternative."""
        written = self._continuation.written
        if not written:
            return
        one = written[self.at]
        other = one.alternatives[self._instead] if one.alternatives else one.token
        self.post_message(self.Chosen(self.at, None if other.id == one.token.id else other))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.action_step(0)

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()


def _shown(continuation: Continuation, text: Question) -> bool:
    known = continuation.job or continuation.written or continuation.error
    return bool(known) and continuation.text == text
