"""The target: as text, as an id, against a contrast, and what cannot be one."""

from __future__ import annotations

import pytest
import torch

from noiser.errors import NoiserError, WrongUse
from noiser.events import PromptRead
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.request import Request
from tests.tiny import make_tiny, tiny

MODEL = tiny("llama")
PROMPT = "The capital of France"


def explained(target: str | None = None, contrast: str | None = None) -> Explanation:
    return explain(MODEL, PROMPT, Request(target=target, contrast=contrast, draws=2))


def id_of(text: str) -> int:
    (id_,) = MODEL.tokenizer(text, add_special_tokens=False)["input_ids"]
    return int(id_)


def probability(id_: int) -> float:
    logits = MODEL.next_logits(MODEL.embed(MODEL.read(PROMPT).ids).unsqueeze(0))
    return float(torch.softmax(logits, -1)[0, id_])


def test_the_default_is_the_models_own_prediction() -> None:
    told: list[object] = []
    explanation = explain(MODEL, PROMPT, Request(draws=2), emit=told.append)
    assert explanation.target == explanation.next_tokens[0]
    assert explanation.contrast is None
    (read,) = [event for event in told if isinstance(event, PromptRead)]
    assert read.target == explanation.target
    assert read.next_tokens == explanation.next_tokens
    probabilities = [token.probability for token in explanation.next_tokens]
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] == pytest.approx(probability(explanation.target.id))


def test_text_stands_for_itself_or_itself_after_a_space_whichever_is_more_probable() -> None:
    bare, spaced = id_of("t"), id_of(" t")
    assert bare != spaced
    best = max(bare, spaced, key=probability)
    assert explained("t").target.id == best


def test_text_with_a_space_before_it_is_taken_at_its_word() -> None:
    assert explained(" t").target.id == id_of(" t")
    assert explained(" t").target.text == " t"


def test_an_id_names_a_token() -> None:
    explanation = explained("id:42")
    assert explanation.target.id == 42
    assert explanation.target.probability == pytest.approx(probability(42))


def test_a_special_token_can_be_the_target() -> None:
    assert explained("</s>").target.id == 1


def test_a_contrast_is_one_token() -> None:
    for text in ("Paris and Rome", "🚀"):
        with pytest.raises(
            WrongUse, match=f"contrast '{text}' is not one token of tiny-llama: it is"
        ):
            explained(contrast=text)


@pytest.mark.parametrize("kind", ["target", "contrast"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id:368", "id 368 is outside the vocabulary of 368 tokens"),
        ("id:99999999999999999999", "outside the vocabulary"),
        ("id:-1", "is not one token"),
        ("id:x", "is not one token"),
        ("", "is empty"),
        ("\udcff", "not valid UTF-8"),
    ],
)
def test_what_cannot_be_a_target(kind: str, text: str, says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        explained(**{kind: text})
    assert says in str(caught.value)
    assert kind in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_contrast_is_another_token_than_the_target() -> None:
    with pytest.raises(WrongUse, match="the same token"):
        explained("id:42", "id:42")
    top = explained().target.id
    with pytest.raises(WrongUse, match="the same token"):
        explained(contrast=f"id:{top}")


def test_a_contrast_alone_is_against_the_prediction() -> None:
    top = explained().target.id
    explanation = explained(contrast="id:42" if top != 42 else "id:43")
    assert explanation.target.id == top
    assert explanation.contrast is not None


def test_a_target_that_is_not_the_prediction_is_said() -> None:
    least = f"id:{explained().next_tokens[-1].id}"
    assert any("not what the model predicts" in w.message for w in explained(least).warnings)
    assert not any("not what" in w.message for w in explained().warnings)


def test_ids_that_the_tokenizer_does_not_know_do_not_break_it() -> None:
    """Vocabularies are often padded beyond the tokenizer's own tokens."""
    model = make_tiny("qwen2", vocab_size=400)
    with torch.no_grad():
        model.network.lm_head.weight[399] = 0
    explanation = explain(model, PROMPT, Request(target="id:399", draws=2))
    assert explanation.target.id == 399
    assert explanation.target.text == "<399>"


def test_a_token_that_is_part_of_a_character_is_named_by_its_bytes() -> None:
    first, *_ = MODEL.tokenizer("🚀", add_special_tokens=False)["input_ids"]
    assert explained(f"id:{first}").target.text == "<F0>"


def test_a_word_that_is_not_one_token_shows_its_parts() -> None:
    with pytest.raises(NoiserError) as caught:
        explained(contrast=" mountainside")
    assert "' mountain" in str(caught.value)


@pytest.mark.parametrize("target", ["id:" + "9" * 5000, "id:٣"])
def test_ids_that_are_none(target: str) -> None:
    with pytest.raises(WrongUse):
        explain(tiny("qwen2"), "Rivers run", Request(target=target))
