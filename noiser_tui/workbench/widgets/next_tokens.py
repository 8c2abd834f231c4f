"""The candidates for the next token."""

from __future__ import annotations

from rich.segment import Segment

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane


class NextTokens(DrawnPane[State]):
    """The most probable next tokens: a list where there is room, else one line."""

    def line(self, y: int, width: int) -> list[Segment]:
        """A candidate per line, or all that fit on the only line."""
        state, pens = self.state, self.pens
        if state is None or not state.run.next_tokens:
            return [Segment(" next token: not known yet" if y == 0 else "", pens.muted)]
        if self.size.height < 3:
            return self._all_on_one(state, width) if y == 0 else []
        if y == 0:
            return [Segment(" Next token", pens.muted)]
        if y > len(state.run.next_tokens):
            return []
        token = state.run.next_tokens[y - 1]
        chosen = state.run.target is not None and token.id == state.run.target.id
        name = one_line(token.text, width - 19)
        name += " " * (width - 19 - cell_width(name))
        bar = "█" * round((token.probability or 0.0) * 8)
        style = pens.accent if chosen else pens.plain
        return [
            Segment(" ▸" if chosen else "  ", style),
            Segment(f"{name} {token.probability:6.4f} ", style),
            Segment(f"{bar:<8}", pens.primary),
        ]

    def _all_on_one(self, state: State, width: int) -> list[Segment]:
        pens = self.pens
        segments, used = [Segment(" next ", pens.muted)], 6
        for token in state.run.next_tokens:
            chosen = state.run.target is not None and token.id == state.run.target.id
            text = f"“{visible(token.text)}” {token.probability:.3f}  "
            if used + cell_width(text) > width:
                break
            segments.append(Segment(text, pens.accent if chosen else pens.plain))
            used += cell_width(text)
        return segments
