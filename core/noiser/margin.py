"""Two responses to one prompt: what the margin between their rewards rests on."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import numpy as np

from noiser.assembly import UNSTABLE, above_noise, below_noise, never_positive, unsafe_sum, unstable
from noiser.begun import Begun, begun_in, check_begun, check_prompt, cut_short, tell_again
from noiser.chat import Chat, Message, make_chat
from noiser.draws import FloatArray
from noiser.errors import AnotherRun, Cancelled, WrongUse
from noiser.events import Emit, NextToken, Warned, ignore
from noiser.explanation import Explanation, TokenScore
from noiser.feasible import check_model
from noiser.model.language_model import LanguageModel
from noiser.model.reward_model import RewardModel
from noiser.one import Explainer
from noiser.prompt import Asked, Prompt, extend
from noiser.request import Normalisation, Request
from noiser.reward_request import check_margin
from noiser.scores import ends, normalise, number, pair, resample, stability, sum_is_safe
from noiser.snapshots import Snapshots

_OTHER = "The run to go on from is of another target."


def explain_margin(
    model: LanguageModel,
    prompt: Asked,
    response: str,
    against: str,
    request: Request | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    memory: str | None = None,
    begun: Explanation | None = None,
    keep: Snapshots[Explanation] | None = None,
) -> Explanation:
    """Explain by how much a reward model prefers `response` to `against` after `prompt`.

    The margin is the difference of the two rewards, the log-odds of the first being preferred
    (Bradley and Terry 1952). A raw score is what the margin loses: on a token that both texts begin
    with by the same change in both, on one of `against` by the change there, so that a token which
    holds the other response down has a positive one. Scores are normalised over all tokens of both.
    The explanation is of prompt and response; its one `continuation` has the tokens of `against`.

    `begun` and `keep` are as for `explain`. WrongUse where the model gives no rewards, or the method does
    not depend on them.
    """
    request = request or Request(bound="norm-l2")
    check_margin(request)
    one = replace(_explainer(model, request, cancel, emit, memory, keep), ranked=False)
    texts = [with_response(model, prompt, text) for text in (response, against)]
    if texts[0].ids == texts[1].ids:
        raise WrongUse("The two responses are the same: there is no margin between them.")
    before = _begun(model, request, begun)
    if before.made:
        check_prompt(texts[0], before.made[0])
        tell_again(one.emit, before.made[0], 0, 2)
        first = before.made[0]
    else:
        first = _going_on(one, texts[0], begun, step=0, steps=2)
    told = "Cancelled before the other response: this is the reward of the first alone."
    if keep is not None:
        one = replace(one, keep=keep.within(lambda left: cut_short([first], left, told)))
    try:
        second = one.explain(texts[1], 1, 2, left=before.at(1))
    except Cancelled as cancelled:
        left = cancelled.partial or before.at(1)
        raise Cancelled(cut_short([first], left, told)) from None
    margin = _margin(first, second, _shared(*texts), request)
    for warning in margin.warnings:
        if warning not in (*first.warnings, *second.warnings):
            emit(warning)
    return margin


def explain_reward(
    model: LanguageModel,
    prompt: Asked,
    response: str,
    request: Request | None = None,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    memory: str | None = None,
    begun: Explanation | None = None,
    keep: Snapshots[Explanation] | None = None,
) -> Explanation:
    """Explain which tokens of `prompt` and `response` raise or lower the reward.

    A raw score is what the reward loses, in the model's own units. Scores are of those that raise it
    with the normalisation `positive`; `raw` shows both sides. `begun` and `keep` are as for
    `explain`. WrongUse where the model gives no rewards.
    """
    request = request or Request(bound="norm-l2")
    one = _explainer(model, request, cancel, emit, memory, keep)
    text = with_response(model, prompt, response)
    one = replace(one, request=request.on(text))
    if _begun(model, one.request, begun).made:
        raise AnotherRun(_OTHER)
    return _going_on(one, text, begun)


def _explainer(
    model: LanguageModel,
    request: Request,
    cancel: threading.Event | None,
    emit: Emit,
    memory: str | None,
    keep: Snapshots[Explanation] | None,
) -> Explainer:
    check_model(model, request)
    if not isinstance(model, RewardModel):
        raise WrongUse(f"{model.info.name} gives no rewards: this needs a reward model.")
    return Explainer(model, request, cancel or threading.Event(), emit, None, memory, keep=keep)


def _begun(model: LanguageModel, request: Request, explanation: Explanation | None) -> Begun:
    """What there is to go on from: of a margin the first text, or what there is of it or of the other."""
    if explanation is None:
        return Begun()
    check_begun(model, request, explanation)
    before = begun_in(explanation)
    if explanation.explains != "reward" or len(before.made) > 1:
        raise AnotherRun(_OTHER)
    return before


def _going_on(
    one: Explainer, text: Prompt, begun: Explanation | None, step: int = 0, steps: int = 1
) -> Explanation:
    """Explain the reward of a text, from what a cancel left of it on."""
    try:
        return one.explain(text, step, steps, left=begun)
    except Cancelled as cancelled:  # before it came as far as it had been
        raise Cancelled(cancelled.partial or begun) from None


def with_response(model: LanguageModel, asked: Asked, response: str) -> Prompt:
    """The prompt with a response after it: the next message of a chat, or ids after a text's ids.

    WrongUse for an empty response, NoiserError where the model does not take so many tokens.
    """
    if not response.strip():
        raise WrongUse("A response is empty.")
    if not isinstance(asked, str | Prompt):
        chat = asked if isinstance(asked, Chat) else make_chat(asked)
        return model.read(Chat((*chat.messages, Message("assistant", response)), ended=True))
    prompt = model.read(asked)
    ids = model.tokenizer(response, add_special_tokens=False)["input_ids"]
    model.check_length(len(prompt) + len(ids))
    return extend(model.tokenizer, prompt, ids)


def _shared(first: Prompt, second: Prompt) -> int:
    """How many ids the two texts begin with in common, the same change to which is in both."""
    pairs = zip(first.ids, second.ids, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _margin(first: Explanation, second: Explanation, shared: int, request: Request) -> Explanation:
    """The rewards' explanations made into one of their difference."""
    assert first.reward is not None
    assert second.reward is not None
    margin = first.reward - second.reward
    raw = _joined(_raw(first), _raw(second), shared)
    how: Normalisation = "positive"
    if request.normalisation == "raw" or (request.normalisation == "sum" and not sum_is_safe(raw)):
        how = "raw"
    elif request.normalisation == "sum":
        how = "sum"
    warnings = list(dict.fromkeys([*first.warnings, *second.warnings]))
    if margin < 0:
        warnings.append(Warned("The model prefers the other response: the margin is negative."))
    if how != request.normalisation:
        warnings.append(unsafe_sum(raw))
    elif how == "positive" and never_positive(raw):
        warnings.append(Warned("No token speaks for the response: every score is 0."))
    drawn = None
    if first.losses is not None and second.losses is not None:
        losses = _joined(_losses(first), _losses(second), shared)
        drawn = resample(losses, request.seed)
        if request.draws > 1 and not above_noise(losses):
            warnings.append(below_noise(request.draws, "token"))
    sure = None if drawn is None else stability(normalise(raw, how), normalise(drawn, how))
    if sure is not None and sure < UNSTABLE:
        warnings.append(unstable(sure, "token"))
    numbers = _numbers(raw, drawn, how)
    count = len(first.tokens)
    other = replace(
        second,
        tokens=(
            *(_with(token, (None,) * 4) for token in second.tokens[:shared]),
            *map(_with, second.tokens[shared:], numbers[count:]),
        ),
        target=NextToken(-1, "the margin, by the other response", None),
        reward=margin,
        explains="margin",
        normalisation=how,
        warnings=(),
        losses=None,
        stability=None,
    )
    return replace(
        first,
        tokens=tuple(map(_with, first.tokens, numbers[:count])),
        target=NextToken(-1, "the margin", None),
        reward=margin,
        explains="margin",
        normalisation=how,
        warnings=tuple(warnings),
        continuation=(other,),
        losses=None,
        stability=sure,
    )


_Pair = tuple[float, float] | None
_Numbers = tuple[float | None, float | None, _Pair, _Pair]
"""Score, raw score, and the intervals of both."""


def _numbers(raw: FloatArray, drawn: FloatArray | None, how: Normalisation) -> list[_Numbers]:
    none = np.full((len(raw), 2), np.nan)
    score_ends = none if drawn is None else ends(normalise(drawn, how))
    raw_ends = none if drawn is None else ends(drawn)
    rows = zip(normalise(raw, how), raw, score_ends, raw_ends, strict=True)
    return [(number(s), number(r), pair(e), pair(f)) for s, r, e, f in rows]


def _with(token: TokenScore, numbers: _Numbers) -> TokenScore:
    score, raw, interval, raw_interval = numbers
    return replace(token, score=score, raw=raw, interval=interval, raw_interval=raw_interval)


def _joined(first: FloatArray, second: FloatArray, shared: int) -> FloatArray:
    """What the margin loses at each token: the prompt's, the response's, the other response's."""
    prompt = first[:shared] - second[:shared]
    return np.concatenate([prompt, first[shared:], -second[shared:]])


def _raw(one: Explanation) -> FloatArray:
    return np.array([np.nan if token.raw is None else token.raw for token in one.tokens])


def _losses(one: Explanation) -> FloatArray:
    """What each draw takes from each token, shape (n, K), NaN where a token had no noise."""
    assert one.losses is not None
    return np.array([row if row is not None else (np.nan,) * one.draws for row in one.losses])
