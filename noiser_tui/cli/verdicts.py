"""What a judge made of explanations, as tables of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from noiser.judge.local import TINY
from noiser_tui.look.cells import one_line, visible

if TYPE_CHECKING:
    from noiser.metrics.answerability import Answered
    from noiser.metrics.judged import Judged, Shown
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
    yield _rates(judged, seed)
    yield Text()
    yield _each(names, judged.shown["top"])
    broken = [
        one.reply.raw
        for every in judged.shown.values()
        for one in every
        if one.reply is not None and not one.reply.parsed
    ]
    for raw in dict.fromkeys(broken):
        yield Text(visible(f"no list of five: {one_line(raw, _RAW)!r}"), "dim")


def _rates(judged: Judged, seed: int) -> Table:
    from noiser.metrics.answerability import answerability

    made = {shown: answerability(every, seed) for shown, every in judged.shown.items()}
    failed = any(one.failed for one in made.values())
    unparsed = any(one.unparsed for one in made.values())
    table = _table("shown", "top-1 rate", "top-1 score", "top-5 rate", "top-5 score")
    for name, there in (("no reply", failed), ("unparsed", unparsed)):
        if there:
            table.add_column(name, justify="right")
    for shown, one in made.items():
        numbers = map(_number, (one.first_rate, one.first_score, one.five_rate, one.five_score))
        counts = [
            f"{n:,}" for n, there in ((one.failed, failed), (one.unparsed, unparsed)) if there
        ]
        table.add_row(NAMES[shown], *numbers, *counts)
    return table


def _each(names: Sequence[str], samples: Sequence[Answered]) -> Table:
    table = _table("run", "target", "", "answers", "words shown")
    for name, one in zip(names, samples, strict=True):
        mark = "✓" if one.first else "5" if one.any_of_five else "✗"
        answers = ", ".join(one.reply.answers) if one.reply else "no reply"
        table.add_row(
            Text(one_line(name, _NAME)),
            Text(one_line(one.target.strip(), _NAME)),
            mark if one.reply else "",
            Text(one_line(answers, _TEXT)),
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
