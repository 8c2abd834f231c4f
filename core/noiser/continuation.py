"""What a model goes on to write, greedily, with the other tokens that it might have written."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noiser.errors import WrongUse
from noiser.events import NextToken
from noiser.model.language_model import LanguageModel
from noiser.model.reward_model import RewardModel
from noiser.one import NEXT_TOKENS, Explainer
from noiser.prompt import Asked, Prompt, extend
from noiser.request import Request
from noiser.target import next_token, next_tokens


@dataclass(frozen=True)
class Written:
    """A token of a continuation: the one written, and the most probable at its place, in order.

    `before` is all that the model read for it, `text` the continuation up to this token and with it,
    `ends` whether the token ends the text.
    """

    token: NextToken
    alternatives: tuple[NextToken, ...]
    before: Prompt
    text: str
    ends: bool


def continue_greedily(
    model: LanguageModel,
    prompt: Asked,
    tokens: int,
    *,
    chosen: Sequence[int] = (),
    begun: Sequence[int] = (),
    alternatives: int = NEXT_TOKENS,
    cancel: threading.Event | None = None,
    memory: str | None = None,
) -> Iterator[Written]:
    """The most probable continuation of a prompt, `tokens` tokens at most, each as soon as it is known.

    Each is what explaining a generation takes: the most probable after the exact ids before it.
    The first ones are those `chosen`, where it is to go another way; they count. So do those `begun`, which
    are known already: it goes on after them. It stops after a token that ends the text, and where the context
    is full. Setting `cancel` raises Cancelled before the
    next token. WrongUse for a reward model, and for ids that the model does not have.
    """
    if isinstance(model, RewardModel):
        raise WrongUse(f"{model.info.name} gives rewards, it writes no text.")
    rows = model.network.get_input_embeddings().weight.shape[0]
    if strange := [id_ for id_ in (*chosen, *begun) if not 0 <= id_ < rows]:
        raise WrongUse(f"There is no token {strange[0]}: {model.info.name} has {rows:,}.")
    start = model.read(prompt)
    one = Explainer(model, Request(), cancel or threading.Event(), lambda event: None, None, memory)
    written = list(begun)
    read = extend(model.tokenizer, start, written) if written else start
    if written and written[-1] in model.end_ids:
        return
    while len(written) < tokens:
        if model.info.context is not None and len(read) > model.info.context:
            return
        perturber = one.run(read.ids)
        perturber.check()
        clean = perturber.clean
        id_ = chosen[len(written)] if len(written) < len(chosen) else int(clean.argmax())
        written.append(id_)
        before, read = read, extend(model.tokenizer, start, written)
        ends = id_ in model.end_ids
        candidates = next_tokens(model, clean, alternatives)
        text = read.text[len(start.text) :]
        yield Written(next_token(model, clean, id_), candidates, before, text, ends)
        if ends:
            return
