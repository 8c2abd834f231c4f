"""What a judge makes of many explanations, with its controls beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.judge.asker import ModelJudge
from noiser.judge.controls import CONTROLS, Control, control_places
from noiser.judge.many import AT_ONCE, ask_many
from noiser.judge.protocol import Judge
from noiser.metrics.answerability import PERCENT, Answered, ask_about
from noiser.metrics.words import Word, top_words, words_of

Shown = Literal["top", "none", "random", "whole"]
"""Which words a judge was shown: those of the explanation, or those of a control."""


@dataclass(frozen=True)
class Judged:
    """What a judge made of each explanation, shown its top words (`top`) and those of each control.

    `unasked` counts the questions that were not asked because the budget was spent; their samples have
    no reply.
    """

    shown: dict[Shown, tuple[Answered, ...]]
    unasked: int


def judge_all(
    judge: Judge,
    explanations: Sequence[Explanation],
    *,
    percent: float = PERCENT,
    seed: int = 1,
    at_once: int = AT_ONCE,
    cancel: Event | None = None,
    watch: Callable[[int, int], None] = lambda done, all_: None,
) -> Judged:
    """Ask about the top `percent` of the words of every explanation, and about its controls.

    The controls: no words, as many at random (by `seed`), the whole prompt. The target is the whole text
    that is explained. Failures stay with their samples. WrongUse for an explanation of no text.
    """
    chosen: dict[Shown, list[tuple[Word, ...]]] = {"top": [], **{c: [] for c in CONTROLS}}
    for explanation in explanations:
        if explanation.explains in ("reward", "margin"):
            raise WrongUse(f"A {explanation.explains} is explained, no text that a judge can name.")
        words = words_of(explanation)
        if not words:
            raise WrongUse("An explanation has no word with a score: there is nothing to show.")
        top = top_words(words, percent)
        chosen["top"].append(top)
        for control in CONTROLS:
            chosen[control].append(_control(words, control, len(top), seed))
    questions = [_texts(words) for shown in chosen.values() for words in shown]
    replies = ask_many(judge, questions, at_once=at_once, cancel=cancel, watch=watch)
    targets = [explanation.target.text for explanation in explanations]
    judged: dict[Shown, tuple[Answered, ...]] = {
        shown: tuple(map(ask_about, [replies] * len(targets), every, targets))
        for shown, every in chosen.items()
    }
    if isinstance(judge, ModelJudge):
        for every in judged.values():
            _note(judge, every)
    return Judged(judged, len(replies.unasked))


def _control(words: Sequence[Word], control: Control, count: int, seed: int) -> tuple[Word, ...]:
    return tuple(words[i] for i in control_places(control, _texts(words), count, seed))


def _note(judge: ModelJudge, samples: Sequence[Answered]) -> None:
    for one in samples:
        if one.reply is not None:
            judge.note(one.words, one.target, first=one.first, any_of_five=one.any_of_five)


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)
