"""Explaining several targets in turn, each after all tokens before it: a generation or an answer."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from noiser.begun import Begun, check_prompt, cut_short, tell_again
from noiser.errors import AnotherRun, Cancelled, NoiserError, WrongUse
from noiser.events import Warned
from noiser.explanation import Explanation
from noiser.one import Explainer
from noiser.perturb import Perturber
from noiser.prompt import Prompt, extend


def explain_generation(one: Explainer, prompt: Prompt, begun: Begun) -> Explanation:
    """Generate greedily, explaining each token before the next, or only the one asked for.

    Stops after a token that ends the text, and with a warning where the context is full. What was
    `begun` is not done again.
    """
    model, request = one.model, one.request
    if request.at:
        return one.explain(_generated(one, prompt, request.at - 1), left=begun.at(0))
    made = _made_before(one, prompt, begun, request.generate)
    for step in range(len(made), request.generate):
        ids = [explanation.target.id for explanation in made]
        if ids and ids[-1] in model.end_ids:
            break
        if made and len(prompt) + len(ids) > (model.info.context or math.inf):
            made[-1] = _stopped_at_the_context(one, made[-1])
            break
        told = f"Cancelled after {len(made)} of {request.generate} generated tokens."
        now = _kept_behind(one, made, told)
        try:
            text = extend(model.tokenizer, prompt, ids)
            made.append(now.explain(text, step, request.generate, left=begun.at(step)))
        except Cancelled as cancelled:
            left = cancelled.partial or begun.at(step)
            raise Cancelled(cut_short(made, left, told)) from None
    return replace(made[0], continuation=tuple(made[1:]))


def explain_answer(
    one: Explainer, prompt: Prompt, spellings: Sequence[tuple[int, ...]], begun: Begun
) -> Explanation:
    """Explain the more probable spelling of an answer as a whole, then each of its tokens.

    Or only the token asked for. What was `begun` is not done again.
    """
    request, tokenizer = one.request, one.model.tokenizer
    if request.contrast is not None:
        raise WrongUse("A contrast is between single tokens, and the target is several.")
    if request.reference:
        raise WrongUse("Reference mode explains single tokens, and the target is several.")
    for ids in spellings:
        one.model.check_length(len(prompt) + len(ids) - 1)
    started = time.perf_counter()
    ids, perturber = _most_probable(one, prompt, spellings)
    if request.at:
        if request.at > len(ids):
            raise WrongUse(
                f"The target is {len(ids)} tokens: there is no token {request.at} in it."
            )
        before = extend(tokenizer, prompt, ids[: request.at - 1])
        return one.explain(before, target=f"id:{ids[request.at - 1]}", left=begun.at(0))
    steps = len(ids) + 1
    made = _made_before(one, prompt, begun, steps, ids)
    if not made:
        left = begun.at(0)
        made.append(one.explain_whole(prompt, ids, perturber, steps, started, left))
    for step in range(len(made), steps):
        before = extend(tokenizer, prompt, ids[: step - 1])
        told = f"Cancelled after the whole and {step - 1} of its {len(ids)} tokens."
        now = _kept_behind(one, made, told)
        try:
            target = f"id:{ids[step - 1]}"
            made.append(now.explain(before, step, steps, target, left=begun.at(step)))
        except Cancelled as cancelled:
            left = cancelled.partial or begun.at(step)
            raise Cancelled(cut_short(made, left, told)) from None
    return replace(made[0], continuation=tuple(made[1:]))


def _kept_behind(one: Explainer, made: Sequence[Explanation], told: str) -> Explainer:
    """Who explains the next target; what is kept of it on the way is kept behind those that are `made`."""
    if one.keep is None or not made:
        return one
    before = tuple(made)
    return replace(one, keep=one.keep.within(lambda left: cut_short(before, left, told)))


def _made_before(
    one: Explainer, prompt: Prompt, begun: Begun, steps: int, whole: tuple[int, ...] = ()
) -> list[Explanation]:
    """The targets that are explained already, told of again; AnotherRun where the `whole` is another."""
    made = begun.made[:steps]
    if made:
        check_prompt(prompt, made[0])
        if tuple(part.id for part in made[0].whole) != whole:
            raise AnotherRun("The run to go on from is of another target.")
    for step, explanation in enumerate(made):
        tell_again(one.emit, explanation, step, steps)
    return list(made)


def _most_probable(
    one: Explainer, prompt: Prompt, spellings: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], Perturber]:
    """The spelling to which the model gives the higher probability, and the prompt run with it."""

    def run(ids: tuple[int, ...]) -> tuple[float, tuple[int, ...], Perturber]:
        perturber = one.run((*prompt.ids, *ids[:-1]), reads=len(ids))
        log = float(perturber.clean[range(len(ids)), list(ids)].double().log().sum())
        return log, ids, perturber

    _, ids, perturber = max(map(run, spellings), key=lambda made: made[0])
    return ids, perturber


def _generated(one: Explainer, prompt: Prompt, count: int) -> Prompt:
    """The prompt with `count` greedily generated tokens after it, none of which is explained."""
    ids: list[int] = []
    for _ in range(count):
        text = extend(one.model.tokenizer, prompt, ids)
        ids.append(int(one.run(text.ids).clean.argmax()))
        if ids[-1] in one.model.end_ids:
            raise NoiserError(
                f"The generation ends after {len(ids)} tokens: there is no token {count + 1}."
            )
        one.model.check_length(len(prompt) + len(ids))
    return extend(one.model.tokenizer, prompt, ids)


def _stopped_at_the_context(one: Explainer, last: Explanation) -> Explanation:
    info = one.model.info
    warning = Warned(f"Generation ends here: {info.name} reads {info.context:,} tokens at most.")
    one.emit(warning)
    return replace(last, warnings=(*last.warnings, warning))
