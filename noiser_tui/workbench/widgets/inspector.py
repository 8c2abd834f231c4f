"""The numbers of the token or the unit under the cursor, or of the most important ones."""

from __future__ import annotations

from rich.segment import Segment

from noiser.explanation import Explanation, TokenScore, UnitScore
from noiser.export import wording
from noiser.listing import Listed, ranking
from noiser.prompt import full_name
from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.response_form import Measure
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.search_text import kind_of_scores


class Inspector(DrawnPane[State]):
    """The numbers of the token under the cursor."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._positions: tuple[int, ...] = ()
        self._ranked: list[Listed] = []

    def show_state(self, state: State) -> None:
        """Draw another state; the order is found once per explanation."""
        explanation = state.run.explanation
        if self.state is None or self.state.run.explanation is not explanation:
            self._ranked = ranking(explanation) if explanation is not None else []
        super().show_state(state)

    def point_at(self, positions: tuple[int, ...]) -> None:
        """Tell of the tokens at other positions."""
        self._positions = positions
        self.set_class(bool(positions), "-pointed")
        self.refresh()

    def line(self, y: int, width: int) -> list[Segment]:
        """The numbers, and under them what the tokens are; of several the numbers of the first."""
        state, pens = self.state, self.pens
        if state is None or state.run.prompt is None:
            return []
        if not self._positions:
            return self._most_important(state, width) if y == 0 else []
        position = self._positions[0]
        if position >= len(state.run.prompt):
            return []
        name, parts = self._unit(state, position) or self._token(state, position)
        name = one_line(f" “{by_itself(name)}”", max(6, width // 3 - 2)) + "  "
        room = width - cell_width(name)
        fit = len(parts)
        while self.size.height > 1 and fit > 1 and cell_width("   ".join(parts[:fit])) > room:
            fit -= 1
        if y == 1:
            second = "   ".join([*parts[fit:], self._identity(state)])
            return [Segment(one_line(f"   {second}", width), pens.muted)]
        if self.size.height == 1:
            parts.append(self._identity(state))
            fit += 1
        numbers = one_line("   ".join(parts[:fit]), room)
        return [Segment(name, pens.accent), Segment(numbers, pens.plain)]

    def _unit(self, state: State, position: int) -> tuple[str, list[str]] | None:
        """A unit that is shown as one piece, its text and its numbers."""
        run = state.run
        unit = known_unit(run.explanation, position)
        if position not in run.names or (unit is not None and unit.zoomed):
            return None
        many = len(self._positions)
        parts = _numbers(unit, run.measure) if unit is not None else []
        parts.append(f"{run.granularity} of {many} token{'s' if many > 1 else ''}")
        ends = _raw_ends(unit) if unit is not None else []
        return run.names[position], [*parts, f"position {position}", *ends]

    def _token(self, state: State, position: int) -> tuple[str, list[str]]:
        assert state.run.prompt is not None
        token, explanation = state.run.prompt.tokens[position], state.run.explanation
        parts = [f"position {position}"]
        if len(self._positions) > 1:
            parts.append(f"first of {len(self._positions)} tokens of one character")
        if (unit := known_unit(explanation, position)) is not None:
            parts.append(f"in “{one_line(by_itself(unit.text), 24)}” {wording.score(unit.score)}")
        if explanation is not None and position < len(explanation.tokens):
            scored = explanation.tokens[position]
            numbers = _numbers(scored, state.run.measure)
            parts = [*numbers, *parts, *_raw_ends(scored)]
        return full_name(state.run.prompt.text, token.text, token.start, token.end), parts

    def _identity(self, state: State) -> str:
        """The ids, the bytes, the characters and the roles of the tokens pointed at."""
        assert state.run.prompt is not None
        tokens = [state.run.prompt.tokens[i] for i in self._positions]
        ids, roles = (str(token.id) for token in tokens), dict.fromkeys(t.role for t in tokens)
        own = "".join(token.bytes for token in tokens)
        parts = [f"id{'s' if len(tokens) > 1 else ''} {' '.join(ids)}", " and ".join(roles)]
        parts.append(f"characters {wording.characters(tokens[0].start, tokens[-1].end)}")
        return "   ".join([*parts, f"bytes {wording.own_bytes(own)}"])

    def _most_important(self, state: State, width: int) -> list[Segment]:
        """While no token is pointed at: what the target hangs on, in one line."""
        if state.run.explanation is None:
            return []
        hint = " Tab: each token" if width >= 70 else ""
        hint = " Tab, then arrows: each token's numbers" if width >= 100 else hint
        rests = f"{state.run.measure} rests on" if state.run.measure is not None else "hangs on"
        head = f" {kind_of_scores(state.run) or rests} "
        segments, used = [Segment(head, self.pens.muted)], len(head) + len(hint)
        if not self._ranked:
            return [*segments, Segment("no token is scored", self.pens.plain)]
        for one in self._ranked:
            token = one.scored
            name = one_line(by_itself(one.name.strip() or f"“{one.name}”"), 20)
            number = f" {wording.minus(f'{token.score or 0:.2f}')}{_half(token)}   "
            used += cell_width(name) + cell_width(number)
            if used > width or not token.score:
                break
            segments += [Segment(name, self.pens.accent), Segment(number, self.pens.plain)]
        return [*segments, Segment(hint, self.pens.muted)]


def known_unit(explanation: Explanation | None, position: int) -> UnitScore | None:
    """The unit of a token, None where tokens had their noise alone."""
    if explanation is None or position >= len(explanation.tokens):
        return None
    return explanation.unit_at(position)


def _numbers(scored: TokenScore | UnitScore, measure: Measure | None) -> list[str]:
    if scored.score is None:
        return ["left out"]
    score = f"score {wording.score(scored.score)}"
    if scored.interval is not None:
        score += " [{}, {}]".format(*map(wording.score, scored.interval))
    if scored.sure is False:
        score += f" {wording.UNSURE}"
    parts = [score]
    if scored.raw is not None:
        of = f" of the {measure}" if measure is not None else ""
        parts.append(f"raw {wording.signed(scored.raw)}{of}")
    if scored.alpha is not None:
        parts.append(f"α {wording.alpha(scored)}")
    return parts


def _raw_ends(scored: TokenScore | UnitScore) -> list[str]:
    """The interval of the raw score, which is looked for less often."""
    if scored.raw_interval is None:
        return []
    return ["raw from {} to {}".format(*map(wording.signed, scored.raw_interval))]


def _half(token: TokenScore | UnitScore) -> str:
    """Half the width of a score's interval, as ±; empty for a method without draws."""
    if token.interval is None:
        return ""
    return f" ±{(token.interval[1] - token.interval[0]) / 2:.2f}"
