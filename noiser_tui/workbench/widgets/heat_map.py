"""The prompt coloured by importance, with a cursor that walks over its pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser.prompt import Piece, Token
from noiser_tui.look.cells import cell_width
from noiser_tui.look.heat import UNFILLED, bar, bars, buckets, how_unsure, scaffold_pieces
from noiser_tui.look.layout import Row, lay_out
from noiser_tui.look.terminal_text import pieces_for_terminal
from noiser_tui.look.theme import POSITIVE
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.mouse import LEFT


class HeatMap(ScrollView, can_focus=True):
    """Draws by lines with cached strips: a widget per token is 20 to 1000 times slower."""

    FOCUS_ON_CLICK = False  # `on_mouse_down` does it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Token before", show=False),
        Binding("right", "step(1)", "Token after", show=False),
        Binding("up", "row(-1)", "Row above", show=False),
        Binding("down", "row(1)", "Row below", show=False),
        Binding("home", "edge(0)", "First token", show=False),
        Binding("end", "edge(-1)", "Last token", show=False),
    ]

    class Pointed(Message):
        """The cursor stands on other tokens; `positions` are empty when there are none."""

        def __init__(self, positions: tuple[int, ...]) -> None:
            super().__init__()
            self.positions = positions

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._pieces: Sequence[Piece] = ()
        self._scaffold: frozenset[int] = frozenset()
        self._steps: list[int] = []
        self._unsure: frozenset[int] = frozenset()
        self._rows: list[Row] = []
        self._first_row: dict[int, int] = {}
        self._width = 0
        self._cursor: int | None = None
        self._back_at: int | None = None
        self._strips: dict[int, Strip] = {}

    def on_mount(self) -> None:
        """Wrap again when a scroll bar takes a column, or gives it back."""
        self.watch(self, "show_vertical_scrollbar", self._fit_again, init=False)

    def _fit_again(self) -> None:
        self.call_after_refresh(self._wrap_to_width)

    def show_prompt(self, pieces: Sequence[Piece], tokens: Sequence[Token]) -> None:
        """Show other text, not coloured yet, with the cursor nowhere."""
        self._pieces = pieces
        self._scaffold = scaffold_pieces(pieces, tokens)
        self._steps = [0] * len(pieces)
        self._unsure = frozenset()
        self._cursor = self._back_at = None
        self._wrap()
        self.post_message(self.Pointed(()))

    def show_scores(
        self, scores: Sequence[float | None], unsure: frozenset[int] = frozenset()
    ) -> None:
        """Colour the pieces, one score each; those that may well be 0 without a fill."""
        self._steps, self._unsure = buckets(scores), unsure
        self._strips.clear()
        self.refresh()

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self._wrap()

    def point_at(self, piece: int) -> None:
        """Put the cursor on a piece and show it."""
        self._cursor = piece
        self._back_at = None
        self._strips.clear()
        self.refresh()
        self._show_cursor()
        self.post_message(self.Pointed(self._pieces[piece].positions))

    def scroll_back(self, line: int) -> None:
        """Begin with that line, also once what stands around has found its room, until the cursor moves."""
        self._back_at = line
        self.scroll_to(y=line, animate=False)

    def on_mouse_scroll_down(self) -> None:
        """The user has gone elsewhere."""
        self._back_at = None

    def on_mouse_scroll_up(self) -> None:
        """The user has gone elsewhere."""
        self._back_at = None

    def _show_cursor(self) -> None:
        if self._cursor is not None and (row := self._first_row.get(self._cursor)) is not None:
            height = self._row_height
            self.scroll_to_region(Region(0, row * height, 1, height), animate=False)

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions of the piece under the cursor, none where there is no cursor."""
        return self._pieces[self._cursor].positions if self._cursor is not None else ()

    @property
    def _row_height(self) -> int:
        return 2 if self.pens.glyphs else 1

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again when the width changed; the cursor stays in sight."""
        self._wrap_to_width()
        if self._back_at is not None:
            self.scroll_to(y=self._back_at, animate=False)
        self._show_cursor()

    def _wrap_to_width(self) -> None:
        if self.scrollable_content_region.width != self._width:
            self._wrap()

    def _wrap(self) -> None:
        self._width = self.scrollable_content_region.width
        shown = pieces_for_terminal(self._pieces)
        self._rows = lay_out(shown, max(2, self._width)) if self._width else []
        self._first_row = {
            fragment.piece: y
            for y in reversed(range(len(self._rows)))
            for fragment in self._rows[y].fragments
        }
        self._strips.clear()
        self.virtual_size = Size(self._width, len(self._rows) * self._row_height)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen, from the cache if it was drawn before."""
        y += self.scroll_offset.y
        blank = self.pens.plain
        row, bars = divmod(y, self._row_height)
        if row >= len(self._rows):
            last = y - self.scroll_offset.y == self.size.height - 1
            if last and row > len(self._rows) and any(self._steps):
                return Strip(self._legend()).adjust_cell_length(self.size.width, blank)
            return Strip.blank(self.size.width, blank)
        if y not in self._strips:
            segments = self._bars(self._rows[row]) if bars else self._text(self._rows[row])
            self._strips[y] = Strip(segments).adjust_cell_length(self.size.width, blank)
        return self._strips[y]

    def _text(self, row: Row) -> list[Segment]:
        return [Segment(f.text, self._style(f.piece)) for f in row.fragments]

    def _legend(self) -> list[Segment]:
        """What the colours mean, where there is room for it."""
        muted = self.pens.muted
        legend = [Segment("hangs on it less ", muted), *self._scale(), Segment(" more", muted)]
        apart = f"   {how_unsure(self.pens.depth)}: may be 0"
        drawn = any(self._steps[piece] for piece in self._unsure)
        if drawn and Segment.get_line_length(legend) + cell_width(apart) <= self.size.width:
            legend.append(Segment(apart, muted))
        return legend

    def _scale(self) -> list[Segment]:
        """All steps, the faintest first; their bars, where they have them, beside the colours, not over."""
        steps = range(1, POSITIVE + 1)
        styles = [self.pens.importance(step) for step in steps]
        if not self.pens.glyphs:
            return [Segment(" ", style) for style in styles]
        if not any(style.bgcolor for style in styles):
            return [Segment(bar(step), style) for step, style in zip(steps, styles, strict=True)]
        fills = [Segment("  ", style) for style in dict.fromkeys(styles)]
        return [*fills, Segment(f" {''.join(map(bar, steps))}", self.pens.primary)]

    def _bars(self, row: Row) -> list[Segment]:
        return [
            Segment(
                bars(self._steps[f.piece], f.width, unsure=f.piece in self._unsure),
                self.pens.primary,
            )
            for f in row.fragments
        ]

    def _style(self, piece: int) -> Style:
        if piece == self._cursor and self.has_focus:
            return self.pens.cursor
        step = self._steps[piece]
        if piece in self._scaffold and not step:
            style = self.pens.muted
        elif piece in self._unsure and step:
            style = self.pens.plain + UNFILLED[self.pens.depth]
        else:
            style = self.pens.importance(step)
        return self.pens.pointed(style) if piece == self._cursor else style

    def on_focus(self) -> None:
        """Show where the cursor is; without one, start at the most important piece."""
        if self._cursor is None and self._pieces:
            self.point_at(max(range(len(self._pieces)), key=lambda i: self._steps[i]))
        self._strips.clear()
        self.refresh()

    def on_blur(self) -> None:
        """Leave the cursor bold and underlined."""
        self._strips.clear()
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor under the mouse, then take the keys: without a cursor that scrolls."""
        row = (event.y + self.scroll_offset.y) // self._row_height
        if event.button == LEFT and 0 <= row < len(self._rows):
            for fragment in self._rows[row].fragments:
                if fragment.x <= event.x < fragment.x + fragment.width:
                    self.point_at(fragment.piece)
        self.screen.set_focus(self, scroll_visible=False)

    def action_step(self, by: int) -> None:
        """Move the cursor by pieces that have tokens."""
        if not self._pieces:
            return
        piece = (self._cursor if self._cursor is not None else -1) + by
        while 0 <= piece < len(self._pieces) and not self._pieces[piece].positions:
            piece += by
        if 0 <= piece < len(self._pieces):
            self.point_at(piece)

    def action_row(self, by: int) -> None:
        """Move the cursor to the piece above or below it."""
        here = self._first_row.get(self._cursor) if self._cursor is not None else None
        if here is None:
            return
        x = next(f.x for f in self._rows[here].fragments if f.piece == self._cursor)
        row = here + by
        while 0 <= row < len(self._rows):  # past the rows that the piece fills alone
            others = [f for f in self._rows[row].fragments if f.piece != self._cursor]
            if some := [f for f in others if self._pieces[f.piece].positions]:
                self.point_at(min(some, key=lambda f: abs(f.x + f.width / 2 - x - 0.5)).piece)
                return
            row += by

    def action_edge(self, which: int) -> None:
        """Move the cursor to the first or the last piece."""
        if self._pieces:
            self.point_at(range(len(self._pieces))[which])
