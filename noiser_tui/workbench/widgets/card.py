"""All that is known of the token under the cursor, with its probability over the noise on it."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from noiser.explanation import TokenScore, UnitScore
from noiser.export import wording
from noiser.prompt import full_name
from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.look.curve import Part, Plot, column_of, curve_lines
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.response_form import Measure
from noiser_tui.workbench.state import State
from noiser_tui.workbench.tracing import Trace
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.inspector import known_unit

SMALLEST, LARGEST = 3, 12
"""Lines of a curve."""
AXES = 2
"""Lines around it: a heading and the scales."""

Drawn = list[list[Segment]]


class Card(DrawnPane[State]):
    """The numbers of a token, what it is, and its curve where there is room for it."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._positions: tuple[int, ...] = ()

    def point_at(self, positions: tuple[int, ...]) -> None:
        """Tell of the tokens at other positions."""
        self._positions = positions
        self.refresh()

    def _lines(self) -> Drawn:
        width, height = self.size
        return card_lines(self.state, self._positions, self.pens, width, height)

    def line(self, y: int, width: int) -> list[Segment]:
        """One line of the card."""
        lines = self._lines()
        return lines[y] if y < len(lines) else []


def card_lines(
    state: State | None, positions: tuple[int, ...], pens: Pens, width: int, height: int
) -> Drawn:
    """The card in at most `height` lines of `width` cells: facts first, then the curve."""
    if state is None or state.run.prompt is None or not positions:
        return []
    if positions[0] >= len(state.run.prompt) or width < 8:
        return []
    lines = _facts(state, positions, pens, width)
    return lines[:height] + _curve(state, positions[0], pens, width, height - len(lines))


def _facts(state: State, positions: tuple[int, ...], pens: Pens, width: int) -> Drawn:
    prompt = state.run.prompt
    assert prompt is not None
    tokens = [prompt.tokens[i] for i in positions]
    first, explanation = tokens[0], state.run.explanation
    unit = known_unit(explanation, positions[0])
    as_unit = positions[0] in state.run.names and (unit is None or not unit.zoomed)
    name = full_name(prompt.text, first.text, first.start, first.end)
    name = state.run.names[positions[0]] if as_unit else name
    scored: TokenScore | UnitScore | None = unit if as_unit else None
    if not as_unit and explanation is not None and positions[0] < len(explanation.tokens):
        scored = explanation.tokens[positions[0]]
    rows = _numbers(scored, state.run.measure, width - 11) if scored is not None else []
    if unit is not None and not as_unit:
        rows.append(("in", f"“{by_itself(unit.text)}” {wording.score(unit.score)}"))
    ids = [str(token.id) for token in tokens]
    many = len(ids) > 1
    rows += [
        ("ids" if many else "id", " ".join(ids)),
        ("role", " and ".join(dict.fromkeys(token.role for token in tokens))),
        ("bytes", wording.own_bytes("".join(token.bytes for token in tokens))),
        ("position", f"{positions[0]}–{positions[-1]}" if many else str(positions[0])),
        ("chars", wording.characters(first.start, tokens[-1].end)),
    ]
    if as_unit:
        rows.append(("unit", f"{state.run.granularity} of {len(tokens)}"))
    elif many:
        rows.append(("part", f"{len(tokens)} tokens of one character"))
    lines = [[Segment(one_line(f" “{by_itself(name)}”", width), pens.accent)]]
    for label, value in _two_by_two(rows, width):
        room = width - 11
        style = pens.strong if label == "score" else pens.plain
        lines.append([Segment(f" {label:<9} ", pens.muted), Segment(one_line(value, room), style)])
    return lines


def _numbers(
    scored: TokenScore | UnitScore, measure: Measure | None, room: int
) -> list[tuple[str, str]]:
    if scored.score is None:
        return [("score", "left out")]
    half = (scored.interval[1] - scored.interval[0]) / 2 if scored.interval is not None else None
    score = wording.score(scored.score) + (f" ± {half:.3f}" if half is not None else "")
    if scored.sure is False:
        score += f" {wording.UNSURE}"
    rows = [("score", score)]
    if scored.interval is not None:
        rows.append(("95%", wording.interval(scored.interval)))
    if scored.raw is not None:
        ends = f" ({_ends(scored.raw_interval)})" if scored.raw_interval is not None else ""
        of = f" of the {measure}" if measure is not None else ""
        raw = wording.raw(scored.raw) + ends
        rows.append(("raw", raw + of if cell_width(raw + of) <= room else raw))
    if scored.alpha is not None:
        rows.append(("α range", wording.alpha(scored)))
    return rows


def _ends(ends: tuple[float, float]) -> str:
    return f"{wording.raw(ends[0])} to {wording.raw(ends[1])}"


_SHORT = {"95%", "role", "chars", "unit"}
"""What goes behind the row before it where there is room."""


def _two_by_two(rows: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """The rows, short ones behind the one before, so that the curve has the lines."""
    joined: list[tuple[str, str]] = []
    for label, value in rows:
        if joined and label in _SHORT:
            before = joined[-1][1]
            together = f"{before}   {label} {value}"
            if cell_width(together) <= width - 11:
                joined[-1] = (joined[-1][0], together)
                continue
            if label == "95%":  # the half width says nearly as much
                continue
        joined.append((label, value))
    return joined


def _curve(state: State, position: int, pens: Pens, width: int, height: int) -> Drawn:
    """The heading, the curve and its scales; a sentence where there is none."""
    trace = state.trace
    room = min(LARGEST, height - AXES)
    if height < 1 or not trace.is_of(state.run.explanation, position):
        return []
    if trace.error:
        return [[Segment(one_line(f" no curve: {trace.error}", width), pens.muted)]]
    if trace.curve is None:
        return [[Segment(" drawing its curve …", pens.muted)]]
    if room < SMALLEST:
        return []
    return _drawn(trace, pens, width, room)


def _drawn(trace: Trace, pens: Pens, width: int, height: int) -> Drawn:
    curve = trace.curve
    assert curve is not None
    plot = Plot(curve.scales, curve.means, curve.intervals, curve.alpha)
    styles: dict[Part, Style] = {
        "curve": pens.primary,
        "band": pens.muted,
        "mark": pens.accent,
        "axis": pens.plain,
    }
    bottom, top = plot.ends
    labels = {0: wording.minus(f"{top:.2f}"), height - 1: wording.minus(f"{bottom:.2f}")}
    margin = max(map(cell_width, labels.values())) + 2
    across = width - margin - 1
    if across < 8:
        return []
    of_reward = trace.explanation is not None and trace.explanation.explains == "reward"
    what = " the reward over α" if of_reward else " p of the target over α"
    lines: Drawn = [[Segment(one_line(what, width), pens.muted)]]
    for y, parts in enumerate(curve_lines(plot, across, height, glyphs=pens.glyphs)):
        label = f"{labels.get(y, ''):>{margin - 1}}{'┤' if y in labels else '│'}"
        lines.append([Segment(label, pens.muted), *(Segment(t, styles[p]) for t, p in parts)])
    return [*lines, _scales(plot, pens, margin, across)]


def _scales(plot: Plot, pens: Pens, margin: int, across: int) -> list[Segment]:
    """The smallest scale and the largest, and between them the one of the scores."""
    low, high = wording.scale(plot.xs[0]), f"{plot.xs[-1]:g}"
    if plot.mark is None:
        gap = across - cell_width(low) - cell_width(high)
        return [Segment(" " * margin + low + " " * max(1, gap) + high, pens.muted)]
    name = f"α {wording.scale(plot.mark)}"
    at = column_of(plot, plot.mark, across) - cell_width(name) // 2
    at = min(max(0, at), across - cell_width(name))
    before = f"{low:<{at}}" if cell_width(low) < at else " " * at
    room = across - at - cell_width(name)
    after = f"{high:>{room}}" if cell_width(high) < room else ""
    return [
        Segment(" " * margin + before, pens.muted),
        Segment(name, pens.accent),
        Segment(after, pens.muted),
    ]
