"""A generation, or an answer, on one screen: every one of its tokens with what it hangs on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from noiser.explanation import Explanation
from noiser.export import wording
from noiser.listing import ranking
from noiser_tui.cli.canvas import Canvas, foot_lines
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.heat import heat_lines, how_unsure

_INDENT = 3
_TARGET = 20
_HINT = "One in full: save with --output run.json, then noiser open run.json --step N."

Block = list[Text | Padding]


def generation_lines(explanation: Explanation, canvas: Canvas) -> Block:
    """A heat map per generated token where they fit, else its leading tokens, in two lines or one."""
    steps = explanation.steps_explained
    told = list(filter(None, [_total(explanation), _unsure(steps, canvas)]))
    foot = [*foot_lines(explanation, told, canvas), Text(_HINT, "dim")]
    room = None if canvas.height is None else canvas.height - len(foot) - 2
    lines: Block = []
    for form in (_with_heat, _with_leading, _in_one_line):
        blocks = [form(_name(number, step), step, canvas) for number, step in enumerate(steps, 1)]
        lines = list(itertools.chain.from_iterable(blocks))
        if room is None or len(lines) <= room:
            break
    return [*lines, Text(), *foot]


def _name(number: int, step: Explanation) -> str:
    """What `--step` takes; the whole of an answer is the first."""
    return f"{number:>2}" + ("*" if step.whole else " ")


def _with_heat(name: str, step: Explanation, canvas: Canvas) -> Block:
    heat = heat_lines(step, canvas.width - _INDENT, canvas.theme, canvas.depth)
    return [_head(name, step), *(Padding(line, (0, 0, 0, _INDENT)) for line in heat)]


def _with_leading(name: str, step: Explanation, canvas: Canvas) -> Block:
    leading = Text(_leading(step, canvas.width - _INDENT))
    return [_head(name, step), Padding(leading, (0, 0, 0, _INDENT))]


def _in_one_line(name: str, step: Explanation, canvas: Canvas) -> Block:
    target = one_line(wording.quoted(step.target.text), _TARGET)
    line = Text(name, no_wrap=True)
    line.append(target, "bold")
    line.append(f" {wording.score(step.target.probability)}  ", "dim")
    line.append(_leading(step, canvas.width - cell_width(line.plain)))
    return [line]


def _head(name: str, step: Explanation) -> Text:
    head = Text(name, no_wrap=True, overflow="ellipsis")
    head.append(visible(wording.quoted(step.target.text)), "bold")
    head.append(f" {wording.raw(step.target.probability)}  {visible(wording.found(step))}", "dim")
    return head


def _leading(step: Explanation, width: int) -> str:
    """As many of the highest-scored tokens or units with their scores as `width` cells take."""
    line = ""
    for part in _scored(step):
        if cell_width(line + part) > width:
            break
        line += part
    return line.rstrip()


def _scored(step: Explanation) -> Iterator[str]:
    for one in ranking(step):
        mark = f" {wording.UNSURE}" if one.scored.sure is False else ""
        yield f"{wording.named(one.name)} {wording.score(one.scored.score)}{mark}  "


def _made(explanation: Explanation) -> str:
    if explanation.whole:
        return f"{len(explanation.continuation)} tokens and the whole of them (1*)"
    if explanation.explains == "margin":
        return wording.question(explanation).removeprefix("Why ")
    return f"{len(explanation.steps_explained)} generated"


def _unsure(steps: Sequence[Explanation], canvas: Canvas) -> str:
    """What the mark of what may weigh nothing means, where something has it."""
    if not any(one.scored.sure is False for step in steps for one in ranking(step)):
        return ""
    return (
        f"{wording.UNSURE}, {how_unsure(canvas.depth)}: the 95% interval of the raw score spans 0"
    )


def _total(explanation: Explanation) -> str:
    steps = explanation.steps_explained
    work = sum(step.work.token_forwards for step in steps)
    reference = sum(step.work.reference_token_forwards for step in steps)
    cancelled = [] if explanation.complete else ["cancelled"]
    parts = [_made(explanation), *cancelled]
    if work:  # else another program's file, which does not say
        parts.append(f"{work:,} token-forwards")
    if reference and work:
        parts.append(f"{reference / work:.1f}× less than the released code")
    return ", ".join([*parts, f"{sum(step.seconds for step in steps):.2f} s"])
