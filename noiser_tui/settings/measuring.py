"""The sections that say what the workbench measures of an explanation, and whom it asks about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noiser.errors import WrongUse
from noiser_tui.settings.declared import declared
from noiser_tui.settings.kinds import Flag, OneOf, Real, Text, Whole

AUTO = "auto"
"""The grain that the explanation itself has."""
BUILT_IN, PAPER, LOCAL = "built-in", "paper", "local:"
"""How judges are named, as for `noiser answerability`."""
MOST = 1_000_000_000


def read_metrics(text: str) -> tuple[str, ...]:
    """The metrics that are named with commas between; WrongUse where one of them is none."""
    from noiser.metrics.results import METRICS

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = next((name for name in names if name not in METRICS), None)
    if unknown is not None or not names:
        told = "It names none" if unknown is None else f"{unknown!r} is none"
        raise WrongUse(f"{told} of the metrics {', '.join(METRICS)}.")
    return tuple(name for name in METRICS if name in names)


def read_percents(text: str) -> tuple[float, ...]:
    """The percentages that are written with commas between; WrongUse where one cannot be one."""
    try:
        percents = tuple(float(part) for part in text.split(","))
    except ValueError:
        percents = ()
    if not percents or not all(0 < percent <= 100 for percent in percents):
        raise WrongUse(f"It is {text!r}: give numbers above 0, up to 100, with commas between.")
    return percents


def _baselines() -> Sequence[str]:
    from noiser.request import BASELINES

    return BASELINES


def _address(text: str) -> None:
    from noiser.judge.remote import check_address

    check_address(text, repr(text))


@dataclass(frozen=True)
class Metrics:
    """What the workbench measures of an explanation; `noiser metrics` has options of its own."""

    which: str = declared(
        "soft,hard,curves",
        Text("soft, hard, curves, with commas between", read_metrics),
        "Which metrics are measured.",
    )
    masks: int = declared(16, Whole(1, 100_000), "Masks of Soft-NS and Soft-NC.")
    seed: int = declared(1, Whole(0, 2**32 - 1), "The seed of the masks.")
    percents: str = declared(
        "1,5,10,20,50",
        Text("numbers above 0, up to 100, with commas between", read_percents),
        "The top percents of the hard metrics.",
    )
    grain: str = declared(
        AUTO,
        OneOf((AUTO, "token", "word", "sentence", "line")),
        "What is taken away together; auto is what was explained.",
    )
    baseline: str = declared("zero", OneOf(_baselines), "What comes in its place.")
    reference: bool = declared(
        False,
        Flag(),
        "Whether Soft-NS and Soft-NC are the released code's: one mask, its distance.",
    )


@dataclass(frozen=True)
class Judge:
    """Whom the workbench asks for the target; the key is in the environment, never in a file."""

    name: str = declared(
        BUILT_IN,
        Text(f"{BUILT_IN}, {PAPER}, {LOCAL}FOLDER_OR_ID, or the model's name at the url"),
        "Who is asked; the built-in one knows the built-in facts only.",
        personal=True,
    )
    url: str = declared(
        "",
        Text("an address that begins with https:// or http://, or empty", _address, filled=False),
        "A server that speaks the OpenAI protocol; it gets the key.",
        personal=True,
    )
    top: float = declared(
        50, Real(0, 100, above=True), "Percent of the words that are shown, the most important."
    )
    seed: int = declared(1, Whole(0, 2**32 - 1), "The seed of the random words and the intervals.")
    max_calls: int = declared(0, Whole(0, MOST), "Calls at most each time; 0 is no limit.")
    max_tokens: int = declared(
        0, Whole(0, MOST), "Tokens at most each time, of questions and replies; 0 is no limit."
    )
    per_minute: float = declared(0, Real(0, 100_000), "Requests a minute; 0 is as they come.")
    at_once: int = declared(
        8, Whole(1, 1_000), "Questions on their way at once, or in one batch of a local judge."
    )
    cache: str = declared(
        "",
        Text("a file or empty", filled=False),
        "Where replies are kept, never paid for twice; empty is the user's cache.",
        personal=True,
    )
