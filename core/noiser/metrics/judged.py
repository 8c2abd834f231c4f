"""What a judge makes of many explanations, with its controls beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.judge.asker import ModelJudge
from noiser.judge.controls import CONTROLS, control_places
from noiser.judge.many import AT_ONCE, ask_many
from noiser.judge.protocol import Judge
from noiser.metrics.answerability import PERCENT, ask_about
from noiser.metrics.answered import SHOWN, Answered, Shown
from noiser.metrics.asked_about import asked_about
from noiser.metrics.words import Word, top_words, words_of

Samples = tuple[tuple[Answered, ...], ...]
"""Of each explanation what was made of each of its targets."""


@dataclass(frozen=True)
class Judged:
    """What a judge made of each explanation, shown its top words (`top`) and those of each control.

    `unasked` counts the questions that were not asked because the budget was spent; their targets have
    no reply.
    """

    shown: dict[Shown, Samples]
    unasked: int

    def every(self) -> Iterator[Answered]:
        """Each target of each explanation, shown each of the words."""
        for samples in self.shown.values():
            for targets in samples:
                yield from targets


def judge_all(
    judge: Judge,
    explanations: Sequence[Explanation],
    *,
    targets: Sequence[str | None] | None = None,
    percent: float = PERCENT,
    seed: int = 1,
    at_once: int = AT_ONCE,
    cancel: Event | None = None,
    watch: Callable[[int, int], None] = lambda done, all_: None,
) -> Judged:
    """Ask about the top `percent` of the words of every explanation, and about its controls.

    The controls: no words, as many at random (by `seed`), the whole prompt. Of a generation each token
    is asked about, of an answer of several tokens the whole; `targets` may name the first one of each
    explanation otherwise. A failure stays with its target. WrongUse for an explanation of no text, of no
    words, or one that was cancelled.
    """
    names = targets if targets is not None else [None] * len(explanations)
    about = [asked_about(one, name) for one, name in zip(explanations, names, strict=True)]
    chosen = [[_choices(one.explanation, percent, seed) for one in each] for each in about]
    questions = [_texts(some[shown]) for shown in SHOWN for each in chosen for some in each]
    replies = ask_many(judge, questions, at_once=at_once, cancel=cancel, watch=watch)
    judged = {
        shown: tuple(
            tuple(
                replace(ask_about(replies, some[shown], one.text), nameless=one.nameless)
                for one, some in zip(each, choices, strict=True)
            )
            for each, choices in zip(about, chosen, strict=True)
        )
        for shown in SHOWN
    }
    made = Judged(judged, len(replies.unasked))
    note_verdicts(judge, made.every())
    return made


def _choices(explanation: Explanation, percent: float, seed: int) -> dict[Shown, tuple[Word, ...]]:
    """The words that are shown of an explanation, and those of each control."""
    words = words_of(explanation)
    if not words:
        raise WrongUse("An explanation has no word with a score: there is nothing to show.")
    chosen: dict[Shown, tuple[Word, ...]] = {"top": top_words(words, percent)}
    for control in CONTROLS:
        places = control_places(control, _texts(words), len(chosen["top"]), seed)
        chosen[control] = tuple(words[i] for i in places)
    return chosen


def note_verdicts(judge: Judge, answers: Iterable[Answered]) -> None:
    """Have a judge with a cache keep there whether its replies were right."""
    for one in answers:
        if one.reply is not None and isinstance(judge, ModelJudge):
            judge.note(one.words, one.target, first=one.first, any_of_five=one.any_of_five)


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)
