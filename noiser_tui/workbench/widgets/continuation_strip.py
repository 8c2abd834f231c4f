"""The continuation of the prompt, a token beside the other; under it what else might stand there."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from noiser.events import NextToken
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.continuation import Continuation
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane


class ContinuationStrip(DrawnPane[State], can_focus=True):
    """Left and right walk the tokens, up and down the alternatives, Enter explains or goes that way."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Token before", show=False),
        Binding("right", "step(1)", "Token after", show=False),
        Binding("up", "turn(-1)", "Alternative before", show=False),
        Binding("down", "turn(1)", "Alternative after", show=False),
        Binding("enter", "choose", "Explain, or go this way", show=False),
    ]

    class Chosen(Message):
        """A token is to be explained, or with `instead` another one to stand at its place."""

        def __init__(self, at: int, instead: NextToken | None) -> None:
            super().__init__()
            self.at = at
            self.instead = instead

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._cursor = 0
        self._instead = 0

    def show_state(self, state: State) -> None:
        """Show the continuation, where there is one of this text."""
        shown = _shown(state.continuation, state.asked)
        if self.display != shown:
            self.display = shown
        super().show_state(state)

    @property
    def _at(self) -> int:
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
        written = self._continuation.written
        texts = [visible(one.token.text) for one in written]
        first = 0
        while sum(map(cell_width, texts[first : self._at + 1])) > width - 6 and first < self._at:
            first += 1
        segments, used = [Segment(" …", self.pens.muted)], 2
        for index in range(first, len(texts)):
            used += cell_width(texts[index])
            if used > width - 1:
                segments.append(Segment("…", self.pens.muted))
                break
            here = index == self._at
            style = self.pens.plain
            if here:
                style = self.pens.cursor if self.has_focus else self.pens.accent
            segments.append(Segment(texts[index], style))
        return segments

    def _alternatives(self, width: int) -> list[Segment]:
        one = self._continuation.written[self._at]
        head = f" {self._at + 1} of {len(self._continuation.written)}  "
        segments, used = [Segment(head, self.pens.muted)], cell_width(head)
        for index, token in enumerate(one.alternatives):
            mark = "▸" if token.id == one.token.id else ""
            text = f"{mark}“{visible(token.text)}” {token.probability or 0.0:.3f}  "
            used += cell_width(text)
            if used > width:
                break
            style = self.pens.accent if mark else self.pens.plain
            if self.has_focus and index == self._instead:
                style = self.pens.cursor
            segments.append(Segment(text, style))
        return segments

    def action_step(self, by: int) -> None:
        """Move the cursor to another token; its own alternative is under it."""
        written = self._continuation.written
        if written:
            self._cursor = min(max(0, self._at + by), len(written) - 1)
            ids = [token.id for token in written[self._at].alternatives]
            own = written[self._at].token.id
            self._instead = ids.index(own) if own in ids else 0
            self.refresh()

    def action_turn(self, by: int) -> None:
        """Move among what might stand there."""
        written = self._continuation.written
        if written:
            most = len(written[self._at].alternatives) - 1
            self._instead = min(max(0, self._instead + by), most)
            self.refresh()

    def action_choose(self) -> None:
        """Explain the token, or continue with the alternative."""
        written = self._continuation.written
        if not written:
            return
        one = written[self._at]
        other = one.alternatives[self._instead] if one.alternatives else one.token
        self.post_message(self.Chosen(self._at, None if other.id == one.token.id else other))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.action_step(0)

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()


def _shown(continuation: Continuation, text: Said) -> bool:
    known = continuation.job or continuation.written or continuation.error
    return bool(known) and continuation.text == text
