"""What a judge is: it is shown words of a prompt and gives the completions it holds most probable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from noiser.errors import NoiserError


@dataclass(frozen=True)
class Reply:
    """What a judge answered: its `answers`, most probable first, and the `raw` text they are from.

    `parsed` is False where the text is no list of five, as was asked for. Such a reply is counted as
    unparsed and shown, and the answers that can be read from it, if any, count like those of others.
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


@runtime_checkable
class BatchJudge(Judge, Protocol):
    """A judge that takes several questions together."""

    @property
    def batches(self) -> bool:
        """Whether that costs less than one by one."""
        ...

    def ask_each(self, questions: Sequence[Sequence[str]]) -> list[Reply | NoiserError]:
        """The reply to each question, or the error in its place."""
        ...
