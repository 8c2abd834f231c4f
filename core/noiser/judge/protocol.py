"""What a judge is: it is shown words of a prompt and gives the completions it holds most probable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """What a judge answered: its `answers`, most probable first, and the `raw` text they are from.

    `parsed` is False where the text is not in the format that was asked for; it may have no answers.
    """

    answers: tuple[str, ...]
    raw: str
    parsed: bool


class Judge(Protocol):
    """Names completions of an unseen prompt from some of its words."""

    def ask(self, words: Sequence[str]) -> Reply:
        """The most probable completions, given `words` in their order in the prompt.

        NoiserError where the judge could not be asked.
        """
