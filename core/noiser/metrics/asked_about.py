"""What a judge is asked about: the targets of a run, each with the explanation of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from noiser.errors import WrongUse
from noiser.explanation import Explanation

_SPECIAL = re.compile(r"<\|?[^<>\s]+\|?>|\[[A-Z]+\]")
"""How special tokens are mostly written; a record does not say that a target is one."""


@dataclass(frozen=True)
class AskedAbout:
    """A target's text and the explanation of it, the words of which are shown.

    `nameless` says that it is no word that a judge could name: a piece of a longer one, punctuation,
    white space, or a special token, as far as its text tells.
    """

    explanation: Explanation
    text: str
    nameless: bool = False


def asked_about(explanation: Explanation, named: str | None = None) -> tuple[AskedAbout, ...]:
    """Of a generation each of its tokens, after those before it; of an answer the whole; else the target.

    `named` takes the place of the first one's text: what a data set says it should be. WrongUse for a
    reward, which no text can name, and for a run that was cancelled.
    """
    if explanation.explains in ("reward", "margin"):
        raise WrongUse(f"A {explanation.explains} is explained, no text that a judge can name.")
    steps = (explanation,) if explanation.whole else explanation.steps_explained
    if not all(one.complete for one in steps):
        raise WrongUse("This run was cancelled before its end: explain the prompt again.")
    texts = [named or steps[0].target.text, *(one.target.text for one in steps[1:])]
    after = [*texts[1:], ""]
    return tuple(
        AskedAbout(one, text, _nameless(one.prompt, text, following))
        for one, text, following in zip(steps, texts, after, strict=True)
    )


def _nameless(before: str, text: str, after: str) -> bool:
    return (
        all(unicodedata.category(one)[0] in "ZPC" for one in text)
        or _SPECIAL.fullmatch(text) is not None
        or _joined(before, text)
        or _joined(text, after)
    )


def _joined(left: str, right: str) -> bool:
    """Whether a word goes on from one text into the next; scripts without spaces have no such words."""
    pair = left[-1:] + right[:1]
    return len(pair) == 2 and all(
        one.isalnum() and unicodedata.east_asian_width(one) not in "WF" for one in pair
    )
