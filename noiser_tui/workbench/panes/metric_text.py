"""What was measured and what a judge said, in sentences: all that has no room in the pane's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from noiser.export import wording
from noiser.metrics.results import Curves, Hard, Number, Soft
from noiser_tui.workbench.engine import Verdict
from noiser_tui.workbench.measured import Measured, failures
from noiser_tui.workbench.panes.metric_notes import (
    SHOWN,
    counts,
    surety,
    unparsed,
)
from noiser_tui.workbench.widgets.measured_by import NO_INTERVAL, made_by
from noiser_tui.workbench.widgets.row_list import Tone
from noiser_tui.workbench.widgets.words import Paragraphs

if TYPE_CHECKING:
    from noiser.metrics.answered import Answered

Told = tuple[str, Tone]
_RAW = 400
"""Characters of a reply that is no list of five."""


def in_full(found: Measured) -> Paragraphs:
    """Everything that is known, one paragraph a line."""
    lines: list[Told] = []
    if by := made_by(found):
        lines += [("Measured by", "strong"), (by, "plain"), ("", "plain")]
    for block in (
        _soft(found.soft) if found.soft is not None else (),
        _hard(found.hard) if found.hard is not None else (),
        _curves(found.curves) if found.curves is not None else (),
        _verdict(found.verdict) if found.verdict is not None else (),
    ):
        lines += [*block, ("", "plain")] if block else []
    return tuple(lines[:-1])


def _soft(found: Soft) -> Sequence[Told]:
    ratio = found.log_ratio
    told: list[Told] = [
        ("Soft-NS and Soft-NC", "strong"),
        (
            f"Soft-NS: {_number(found.sufficiency)}; random scores {_number(found.random_sufficiency)}.",
            "plain",
        ),
        (
            f"Soft-NC: {_number(found.comprehensiveness)}; random scores "
            f"{_number(found.random_comprehensiveness)}.",
            "plain",
        ),
    ]
    what = (
        "Faithfulness is ln(Soft-NS / random's Soft-NS) + ln(Soft-NC / random's Soft-NC), 0 for random "
        "scores"
    )
    if why := found.why_no_ratio:
        more = "" if found.reference else "more masks (Metrics: options) may help; "
        return [
            *told,
            (
                f"{what}. It is not defined here: {why}. Of one run that is no fault: {more}the mean over "
                "the samples of a study is taken before the logarithm.",
                "warning",
            ),
        ]
    told.append((f"{what}: {_number(ratio)}.", "plain"))
    if ratio.interval is None and found.masks > 1:
        told.append(
            ("It has no interval: for some draws of the masks one of the four is 0.", "muted")
        )
    elif found.masks == 1:
        told.append((f"One mask: {NO_INTERVAL}.", "muted"))
    else:
        told.append((f"The 95% intervals are over the {found.masks} masks.", "muted"))
    return told


def _hard(found: Hard) -> Iterator[Told]:
    yield f"Top {found.grain}s, replaced by {found.baseline}", "strong"
    rows = zip(found.percents, found.sufficiency, found.comprehensiveness, strict=True)
    for percent, alone, without in rows:
        yield (
            f"{percent:g}%: p falls by {_number(alone)} with these alone, by {_number(without)} "
            "without them.",
            "plain",
        )
    yield _of_targets(found.sufficiency), "muted"


def _curves(found: Curves) -> Iterator[Told]:
    yield f"Deletion and insertion of {found.grain}s, {found.baseline} in their place", "strong"
    yield f"Area below deletion: {_number(found.deletion_area)}; small is good.", "plain"
    yield f"Area below insertion: {_number(found.insertion_area)}; large is good.", "plain"
    yield _of_targets([found.deletion_area]), "muted"


def _of_targets(numbers: Sequence[Number]) -> str:
    if any(one.interval is not None for one in numbers):
        return "The 95% intervals are over the targets."
    return f"One target: {NO_INTERVAL}, there is nothing to draw again."


def _verdict(found: Verdict) -> Iterator[Told]:
    from noiser.metrics.answerability import answerability

    yield f"Judge {found.judge}, shown the top {found.percent:g}% of the words", "strong"
    for name, label in SHOWN.items():
        targets = found.shown.get(name)  # type: ignore[call-overload]
        if not targets:
            continue
        # a run of which a question got no reply has no rate, as `noiser answerability` has it
        made = answerability([(one,) for one in targets], found.seed)
        if made.asked - made.failed == made.samples:
            rates = (
                f"right {_number(made.first_rate)}, score {_number(made.first_score)}; in five "
                f"{_number(made.five_rate)}, score {_number(made.five_score)}"
            )
        else:
            rates = "no rate: a question got no reply"
        yield f"{label[0].upper()}{label[1:]}: {rates}.", "plain"
        for one in targets:
            yield f"  {_answered(one)}", "muted"
    yield (
        "The score is the share of importance of the words shown where it is right, else 0.",
        "muted",
    )
    yield f"{surety(found)}.", "muted"
    yield f"{counts(found)}.", "plain"
    for sentence in failures(found):
        yield sentence, "error"
    for reply in unparsed(found):
        yield f"No list of five: {reply[:_RAW]!r}", "warning"


def _answered(one: Answered) -> str:
    words = " ".join(one.words) or "nothing"
    if one.reply is None:
        said = "no reply" if one.asked else "not asked"
    else:
        said = ", ".join(one.reply.answers) or "no answer"
    nameless = " (no word that a judge could name)" if one.nameless else ""
    return f"{one.target.strip()!r}{nameless}: {said}; from: {words}"


def _number(number: Number) -> str:
    value = wording.score(number.value)
    return f"{value} ({wording.interval(number.interval)})" if number.interval else value
