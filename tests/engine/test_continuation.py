"""The greedy continuation against plain forwards, and where it ends."""

from __future__ import annotations

import pytest
import torch

from noiser.continuation import continue_greedily
from noiser.errors import WrongUse
from tests.tiny import CONTEXT, FAMILIES, make_reward, make_tiny

TEXT = "The capital of France is"


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_the_argmax_of_plain_forwards(family: str) -> None:
    model = make_tiny(family)
    ids = list(model.read(TEXT).ids)
    for one in continue_greedily(model, TEXT, 6, alternatives=3):
        logits = model.network(input_ids=torch.tensor([ids])).logits[0, -1]
        best = torch.softmax(logits, dim=-1).topk(3)
        assert one.before.ids == tuple(ids)
        assert [other.id for other in one.alternatives] == best.indices.tolist()
        told = [other.probability for other in one.alternatives]
        assert told == pytest.approx(best.values.tolist(), abs=1e-9)
        assert one.token == one.alternatives[0]
        ids.append(one.token.id)
    assert len(ids) == len(model.read(TEXT)) + 6


@pytest.mark.parametrize("chosen", [(), (7, 8, 9)])
def test_it_goes_on_after_what_is_written_as_if_it_had_not_stopped(
    chosen: tuple[int, ...],
) -> None:
    model = make_tiny("llama")
    whole = list(continue_greedily(model, TEXT, 6, chosen=chosen))
    ids = [one.token.id for one in whole]
    for count in (0, 2, 5, 6):
        begun = ids[:count]
        rest = list(continue_greedily(model, TEXT, 6, chosen=chosen, begun=begun))
        assert rest == whole[count:]
    model.network.generation_config.eos_token_id = ids[1]
    assert list(continue_greedily(model, TEXT, 6, begun=ids[:2])) == []


def test_it_ends_with_the_text_and_with_the_context() -> None:
    model = make_tiny("qwen2")
    written = list(continue_greedily(model, TEXT, 4))
    assert not any(one.ends for one in written)
    ids = [one.token.id for one in written]
    model.network.generation_config.eos_token_id = ids[2]
    ended = list(continue_greedily(model, TEXT, 4))
    assert [one.token.id for one in ended] == ids[: ids.index(ids[2]) + 1]
    assert [one.ends for one in ended] == [False] * (len(ended) - 1) + [True]
    model.network.generation_config.eos_token_id = None
    words = "the sea " * CONTEXT
    start = next(
        words[:end] for end in range(len(words), 0, -1) if _fits(model, words[:end], CONTEXT - 1)
    )
    room = CONTEXT - len(model.read(start))
    assert len(list(continue_greedily(model, start, 50))) == room + 1


def _fits(model: object, text: str, most: int) -> bool:
    return len(model.tokenizer(text)["input_ids"]) <= most  # type: ignore[attr-defined]


def test_a_reward_model_writes_nothing() -> None:
    with pytest.raises(WrongUse, match="writes no text"):
        list(continue_greedily(make_reward("qwen2"), TEXT, 1))
