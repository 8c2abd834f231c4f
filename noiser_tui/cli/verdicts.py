"""What a judge made of explanations, as tables of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from noiser.judge.local import TINY
from noiser_tui.look.cells import one_line, visible

if TYPE_CHECKING:
    from noiser.metrics.answerability import Answerability
    from noiser.metrics.answered import Shown
    from noiser.metrics.judged import Judged, Samples
    from noiser.metrics.results import Number

NAMES: dict[Shown, str] = {
    "top": "its top words",
    "none": "no words",
    "random": "random words",
    "whole": "the whole prompt",
}
_NAME, _TEXT, _RAW = 24, 60, 200


def verdict_lines(
    names: Sequence[str], judged: Judged, judge: str, percent: float, seed: int
) -> Iterator[Text | Table]:
    """The rates with their controls, then every run, then the replies that broke the format."""
    count = len(names)
    runs = "1 run" if count == 1 else f"{count:,} runs"
    known = ", which knows the built-in facts only" if judge == TINY else ""
    yield Text(
        visible(f"{runs}, shown to {judge}{known}: the top {percent:g}% of the words"), "bold"
    )
    yield Text()
    yield from _rates(judged, seed)
    yield Text()
    yield _each(names, judged.shown["top"])
    top = [one for targets in judged.shown["top"] for one in targets]
    if nameless := [one.target for one in top if one.nameless]:
        yield Text(_told_nameless(nameless, len(top)), "dim")
    broken = [
        one.reply.raw for one in judged.every() if one.reply is not None and not one.reply.parsed
    ]
    for raw in dict.fromkeys(broken):
        yield Text(visible(f"no list of five: {one_line(raw, _RAW)!r}"), "dim")


def _told_nameless(targets: Sequence[str], total: int) -> str:
    some = ", ".join(repr(visible(one)) for one in dict.fromkeys(targets[:3]))
    return (
        f"{len(targets)} of {total} targets are no words that a judge could name ({some}): explain an "
        "answer as a whole (--target) where it has several tokens"
    )


def _rates(judged: Judged, seed: int) -> Iterator[Text | Table]:
    """The rates, and below what they are of: what got no reply, or was not asked, is in none."""
    from noiser.metrics.answerability import answerability

    made = {shown: answerability(samples, seed) for shown, samples in judged.shown.items()}
    table = _table("shown", "top-1 rate", "top-1 score", "top-5 rate", "top-5 score")
    for shown, one in made.items():
        numbers = (one.first_rate, one.first_score, one.five_rate, one.five_score)
        table.add_row(NAMES[shown], *map(_number, numbers))
    yield table
    told = {shown: _of(one) for shown, one in made.items()}
    if len(set(told.values())) == 1:
        yield Text(told["top"])
    else:
        yield from (Text(f"{NAMES[shown]}: {of}") for shown, of in told.items())


def _of(made: Answerability) -> str:
    parts = [f"of {made.asked:,} asked, {made.failed:,} failed"]
    if made.asked < made.samples:
        parts.append(f"{made.samples - made.asked:,} not asked")
    if made.unparsed:
        parts.append(f"{made.unparsed:,} unparsed")
    return ", ".join(parts)


def _each(names: Sequence[str], samples: Samples) -> Table:
    table = _table("run", "target", "", "answers", "words shown")
    for name, targets in zip(names, samples, strict=True):
        for place, one in enumerate(targets):
            mark = "✓" if one.first else "5" if one.any_of_five else "✗"
            none = "no reply" if one.asked else "not asked"
            table.add_row(
                Text("" if place else one_line(name, _NAME)),
                Text(one_line(one.target.strip(), _NAME)),
                mark if one.reply else "",
                Text(one_line(", ".join(one.reply.answers) if one.reply else none, _TEXT)),
                Text(one_line(" ".join(one.words), _TEXT)),
            )
    return table


def _number(number: Number) -> str:
    if number.value is None:
        return "–"
    ends = number.interval
    return f"{number.value:.2f}" + (f" {ends[0]:.2f}–{ends[1]:.2f}" if ends else "")


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
    for head in heads:
        table.add_column(head)
    return table
