"""Metrics as lines of text: numbers with their intervals, small curves, what a judge said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style

from noiser.export import wording
from noiser.metrics.results import Curve, Curves, Hard, Number, Soft
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.look.small_curve import blocks, braille
from noiser_tui.workbench.engine import Verdict
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.measured import failures
from noiser_tui.workbench.panes import metric_notes as notes
from noiser_tui.workbench.panes.metric_notes import SHOWN

if TYPE_CHECKING:
    from noiser.judge.protocol import Reply
    from noiser.metrics.answered import Answered

LINES = list[list[Segment]]
LABEL = 15
SHARE = 7
"""Cells of the share of importance that a judge was shown."""
WANTED = (
    (": p as they go, small is good", ": p as they come, large is good"),
    (", small is good", ", large is good"),
    (", small good", ", large good"),
)
"""What is said of both curves beside their areas, the first that has room; else on a line below."""


def soft(found: Soft, pens: Pens, width: int) -> LINES:
    """Soft-NS, Soft-NC and faithfulness, beside those of random scores."""
    masks = f"{found.masks} mask{'s' if found.masks > 1 else ''}"
    ratio = notes.ratio_note(found)
    return [
        _head(f"Soft, {masks}", ["this", "random scores"], pens, width),
        _row("Soft-NS", [found.sufficiency, found.random_sufficiency], pens, width),
        _row("Soft-NC", [found.comprehensiveness, found.random_comprehensiveness], pens, width),
        _row("faithfulness", [found.log_ratio], pens, width, why=ratio),
    ]


def hard(found: Hard, pens: Pens, width: int) -> LINES:
    """What is lost with the top k% alone, and without them."""
    numbers = zip(found.percents, found.sufficiency, found.comprehensiveness, strict=True)
    heads = ["sufficiency loss", "comprehensiveness"]
    return [
        _head(f"Top {found.grain}s", heads, pens, width),
        *(
            _row(f"{percent:g}%", [alone, without], pens, width)
            for percent, alone, without in numbers
        ),
    ]


def note(sentence: str, pens: Pens, width: int, style: Style | None = None) -> LINES:
    """A sentence on lines of its own; none where it is empty."""
    if not sentence:
        return []
    lines = chop_words(visible(sentence), max(8, width - 2))
    return [[Segment(f" {line}", style or pens.muted)] for line in lines]


def curves(found: Curves, pens: Pens, width: int) -> LINES:
    """Both areas, what is good of them, and below each its curve."""
    half = (width - 3) // 2
    names = ("deletion", found.deletion_area), ("insertion", found.insertion_area)
    heads = [f"{name} {_number(area)}" for name, area in names]
    said = next((one for one in WANTED if _fit(heads, one, half)), None)
    if said is not None:
        heads = [f"{head}{wanted}" for head, wanted in zip(heads, said, strict=True)]
    lines = [_pair([one_line(head, half) for head in heads], half, pens.strong, pens)]
    drawn = [_drawn(one, pens, min(half, 32)) for one in (found.deletion, found.insertion)]
    lines += [_pair(list(pair), half, pens.primary, pens) for pair in zip(*drawn, strict=True)]
    if said is None:
        lines.append(_pair(["small is good", "large is good"], half, pens.muted, pens))
    return lines


def _fit(heads: Sequence[str], more: Sequence[str], width: int) -> bool:
    return all(cell_width(a + b) <= width for a, b in zip(heads, more, strict=True))


def verdict(found: Verdict, pens: Pens, width: int) -> LINES:
    """Whether the judge named the target, by what it was shown."""
    intervals, column = True, _answer_column(found, intervals=True)
    if LABEL + 2 + 2 * column + SHARE > width:
        intervals, column = False, _answer_column(found, intervals=False)
    head = one_line(f" Judge {found.judge}", LABEL + 1)
    told = f"{'right':<{column}}{'in five':<{column}}{'share':<{SHARE}}it said"
    lines = [
        [
            Segment(f"{_padded(head, LABEL + 1)} ", pens.strong),
            Segment(one_line(told, max(1, width - LABEL - 2)), pens.muted),
        ]
    ]
    for name, label in SHOWN.items():
        answers = found.shown.get(name)  # type: ignore[call-overload]
        if answers:
            if name == "top":
                label = f"top words {found.percent:g}%"
            first = [Segment(f" {_padded(label, LABEL)} ", pens.plain)]
            shares = [_share(right, found.seed, intervals=intervals) for right in _right(answers)]
            lines.append(first + _answered(answers, shares, pens, width, column))
    for sentence in failures(found):
        lines += note(sentence, pens, width, pens.error)
    surety = notes.surety(found) if intervals else "intervals: Enter"
    return [*lines, *note(f"{surety}; {notes.counts(found)}", pens, width)]


def _answer_column(found: Verdict, *, intervals: bool) -> int:
    """Cells of yes or no; of a share of several targets, with its interval where that is shown."""
    shares = (
        _share(right, found.seed, intervals=intervals)
        for answers in found.shown.values()
        for right in _right(answers)
    )
    return max([9, *(len(one) + 1 for one in shares)])


def _right(answers: Sequence[Answered]) -> tuple[list[bool], list[bool]]:
    """Whether the first answer to each is right, and whether one of five is."""
    return [one.first for one in answers], [one.any_of_five for one in answers]


def _answered(
    answers: Sequence[Answered], shares: Sequence[str], pens: Pens, width: int, column: int
) -> list[Segment]:
    missing = sum(one.reply is None for one in answers)
    if missing:
        what = "no reply" if any(one.asked and one.error for one in answers) else "not asked"
        of = f" to {missing} of {len(answers)}" if len(answers) > 1 else ""
        return [Segment(f"– {what}{of}", pens.error)]
    line = [
        Segment(f"{share:<{column}}", pens.success if all(right) else pens.plain)
        for share, right in zip(shares, _right(answers), strict=True)
    ]
    mass = sum(one.mass for one in answers) / len(answers)
    line.append(Segment(f"{wording.score(mass):<{SHARE}}", pens.plain))
    said = [_said(one.reply) for one in answers if one.reply is not None]
    room = max(1, width - LABEL - 2 - 2 * column - SHARE)
    return [*line, Segment(one_line("; ".join(said), room), pens.muted)]


def _said(reply: Reply) -> str:
    """Its answers; marked where they are no list of five, as was asked for."""
    answers = ", ".join(reply.answers)
    return answers if reply.parsed else f"(unparsed) {answers or reply.raw}"


def _share(right: list[bool], seed: int, *, intervals: bool) -> str:
    if len(right) == 1:
        return "✓ yes" if right[0] else "✗ no"
    count = f"{sum(right)} of {len(right)}"
    if not intervals:
        return count
    from noiser.metrics.bootstrap import mean  # numpy is not on the way to the first screen

    of = mean([float(one) for one in right], seed)
    return f"{count} ({wording.interval(of.interval)})"


def _head(name: str, columns: list[str], pens: Pens, width: int) -> list[Segment]:
    line = [Segment(f" {_padded(name, LABEL)} ", pens.strong)]
    room = _column(width, len(columns))
    return [*line, *(Segment(_padded(one, room), pens.muted) for one in columns)]


def _row(label: str, numbers: list[Number], pens: Pens, width: int, why: str = "") -> list[Segment]:
    line = [Segment(f" {_padded(label, LABEL)} ", pens.plain)]
    room = _column(width, 2)
    for number in numbers:
        value = wording.score(number.value)
        interval = f"  {wording.interval(number.interval)}" if number.interval else ""
        if why:  # the only number of its line
            room = max(1, width - LABEL - 2 - cell_width(value))
            more = one_line(f"{interval}   {why}", room)
            return [*line, Segment(value, pens.plain), Segment(more, pens.muted)]
        more = _padded(interval, max(0, room - cell_width(value)))
        line += [Segment(value, pens.plain), Segment(more, pens.muted)]
    return line


def _column(width: int, columns: int) -> int:
    return max(8, (width - LABEL - 2) // columns)


def _padded(text: str, width: int) -> str:
    short = one_line(text, width) if cell_width(text) > width else text
    return short + " " * (width - cell_width(short))


def _pair(texts: list[str], half: int, style: Style, pens: Pens) -> list[Segment]:
    line = [Segment(" ", pens.plain)]
    for text in texts:
        line += [Segment(text, style), Segment(" " * (half + 1 - cell_width(text)), pens.plain)]
    return line


def _number(number: Number) -> str:
    value = wording.score(number.value)
    return f"{value} ({wording.interval(number.interval)})" if number.interval else value


def _drawn(every: Sequence[Curve], pens: Pens, width: int) -> list[str]:
    """The mean of the curves over the share of units."""
    dots = pens.depth in ("truecolor", "256")
    count = 2 * width if dots else width
    values = [sum(_at(one, x / (count - 1)) for one in every) / len(every) for x in range(count)]
    low = min(0.0, *(value for one in every for value in one.values))
    high = max(1.0, *(value for one in every for value in one.values))
    draw, height = (braille, 3) if dots else (blocks, 2)
    return draw(values, height, low, high)


def _at(curve: Curve, share: float) -> float:
    """The value of a curve at a share of its units, on the line between two points."""
    place = share * curve.counts[-1]
    after = next(i for i, count in enumerate(curve.counts) if count >= place - 1e-9)
    if after == 0:
        return curve.values[0]
    left, right = curve.counts[after - 1], curve.counts[after]
    part = (place - left) / (right - left)
    return curve.values[after - 1] * (1 - part) + curve.values[after] * part
