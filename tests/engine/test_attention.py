"""The attention methods against whole matrices, against Inseq, and what they must leave as it was."""

from __future__ import annotations

import copy

import inseq
import numpy as np
import pytest
import torch
from transformers import MambaConfig, MambaForCausalLM

import noiser
from noiser.errors import NoiserError, WrongUse
from noiser.events import Event, TokensScored, Warned
from noiser.explainer import explain
from noiser.methods import attention, get_method
from noiser.model.language_model import LanguageModel
from noiser.model.rows import packable
from noiser.request import Request
from tests.engine.cases import PROMPT, one_sentence
from tests.tiny import make_reward, make_tiny, tiny, tokenizer

FAMILIES = ("llama", "qwen2", "mistral", "gemma2", "gpt2")
METHODS = ("attention", "attention_last", "attention_rollout")
ROUNDING = 1e-6
"""Most families take the softmax of attention in float32, whatever the model's own precision."""
LONG = "Rivers run to the sea. Mountains stay where they are, mostly. Numbers like 123 stay too."


def plain(model: LanguageModel, method: str, text: str = PROMPT) -> np.ndarray:
    """The definitions over every layer's whole matrix, by a copy of the network that keeps them."""
    ids = torch.tensor([model.read(text).ids])
    network = type(model.network)(model.network.config).to(model.network.dtype).eval()
    network.load_state_dict(model.network.state_dict())
    before = network.config._attn_implementation
    network.config._attn_implementation = "eager"
    with torch.no_grad():
        every = network(ids, output_attentions=True).attentions
    network.config._attn_implementation = before
    layers = [one[0].mean(dim=0) for one in every]
    if method == "attention":
        return torch.stack(layers).mean(dim=0)[-1].numpy()
    if method == "attention_last":
        return layers[-1][-1].numpy()
    product = torch.eye(ids.shape[1], dtype=network.dtype)
    for layer in layers:
        mixed = 0.5 * layer + 0.5 * torch.eye(len(layer), dtype=layer.dtype)
        product = mixed / mixed.sum(dim=-1, keepdim=True) @ product
    return product[-1].numpy()


def raw(model: LanguageModel, method: str, text: str = PROMPT, **options: object) -> np.ndarray:
    found = explain(model, text, Request(method=method, **options))  # type: ignore[arg-type]
    return np.array([token.raw for token in found.tokens], dtype=float)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", FAMILIES)
def test_they_are_what_their_definitions_say(family: str, method: str) -> None:
    model = tiny(family)
    assert raw(model, method) == pytest.approx(plain(model, method), abs=ROUNDING)


@pytest.mark.parametrize("method", METHODS)
def test_where_nothing_is_kept_of_the_clean_prompt_it_runs_whole(method: str) -> None:
    model = make_tiny("llama")
    model.__dict__["prefix_fault"] = "of this test"
    assert raw(model, method) == pytest.approx(plain(model, method), abs=ROUNDING)


@pytest.mark.parametrize("family", ["llama", "mistral", "gpt2"])
def test_a_long_prompt_is_followed_in_stretches(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "QUERIES", 5)
    model = tiny(family)
    found = explain(model, LONG, Request(method="attention_rollout"))
    expected = plain(model, "attention_rollout", LONG)
    assert [token.raw for token in found.tokens] == pytest.approx(expected, abs=ROUNDING)
    assert found.work.token_forwards == 2 * len(found.tokens)
    assert found.work.calls == 1 + -(-len(found.tokens) // 5)


@pytest.mark.parametrize("family", ["llama", "qwen2", "gpt2"])
def test_inseq_gives_the_same_on_the_same_ids(family: str) -> None:
    model = make_tiny(family, dtype="float32")
    ours = raw(model, "attention")
    model.network.set_attn_implementation("eager")
    theirs = inseq.load_model(model.network, "attention", tokenizer=copy.deepcopy(model.tokenizer))
    out = theirs.attribute(PROMPT, generated_texts=f"{PROMPT} text", show_progress=False)
    assert [t.id for t in out.sequence_attributions[0].source] == list(model.read(PROMPT).ids)
    scores = out.aggregate().sequence_attributions[0].target_attributions
    assert scores is not None
    assert ours == pytest.approx(scores[: len(ours), 0].numpy(), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_reference_mode_takes_the_softmax_of_the_released_code(method: str) -> None:
    model = tiny("qwen2")
    weights = torch.tensor(plain(model, method))
    found = explain(model, PROMPT, Request(method=method, reference=True))
    expected = torch.softmax(weights, dim=0).tolist()
    assert [token.raw for token in found.tokens] == pytest.approx(expected, abs=ROUNDING)
    assert [token.score for token in found.tokens] == pytest.approx(expected, abs=ROUNDING)


def test_reference_mode_is_of_released_methods_only() -> None:
    with pytest.raises(WrongUse, match="has no occlusion"):
        Request(method="occlusion", reference=True)


@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_left_as_it_was(method: str) -> None:
    model = make_tiny("llama")
    before = [len(module._forward_hooks) for module in model.network.modules()]
    noise = raw(model, "noiser", bound="none")
    raw(model, method)
    assert model.network.config._attn_implementation == "sdpa"
    assert [len(module._forward_hooks) for module in model.network.modules()] == before
    assert packable(model) is not None
    assert raw(model, "noiser", bound="none").tolist() == noise.tolist()


def test_also_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_tiny("llama")
    noiser.estimate(model, PROMPT)  # the trials of shortcuts are not what fails

    def fail(*_args: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("noiser.model.attention._weights", fail)
    with pytest.raises(NoiserError, match="Out of memory"):
        raw(model, "attention")
    assert model.network.config._attn_implementation == "sdpa"
    assert packable(model) is not None


def test_a_model_without_attention_says_so() -> None:
    words = tokenizer(True)
    config = MambaConfig(vocab_size=len(words), hidden_size=32, num_hidden_layers=2, state_size=4)
    model = make_tiny("llama")
    state_space = LanguageModel(MambaForCausalLM(config), words, model.info)
    for method in METHODS:
        with pytest.raises(NoiserError, match="gives no attention weights") as error:
            raw(state_space, method)
        one_sentence(error.value)


def test_matrices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(NoiserError, match="shorter prompt or more memory in a call") as error:
        explain(tiny("llama"), LONG, Request(method="attention_rollout"), memory="10KB")
    one_sentence(error.value)


@pytest.mark.parametrize("method", [*METHODS, "value_zeroing", "random"])
@pytest.mark.parametrize("options", [{"target": "id:7"}, {"target": "id:7", "contrast": "id:8"}])
def test_that_the_target_plays_no_part_is_said_before_anything_runs(
    method: str, options: dict[str, str]
) -> None:
    seen: list[Event] = []
    request = Request(method=method, **options)  # type: ignore[arg-type]
    found = explain(tiny("llama"), PROMPT, request, emit=seen.append)
    (warning,) = (w for w in found.warnings if "no part" in w.message)
    told = next(i for i, event in enumerate(seen) if event == warning)
    assert not any(isinstance(event, TokensScored) for event in seen[:told])
    assert not any("noise scale" in w.message for w in found.warnings)


def test_nothing_is_said_of_the_prediction_itself() -> None:
    assert explain(tiny("llama"), PROMPT, Request(method="attention")).warnings == ()


def test_an_attention_sink_is_named() -> None:
    """With a window of one token, each attends to itself alone."""
    model = make_tiny("mistral", sliding_window=1)
    found = explain(model, PROMPT, Request(method="attention"))
    (warning,) = found.warnings
    assert warning.message.startswith("100% of it all goes to one token")
    assert warning.position == len(found.tokens) - 1


@pytest.mark.parametrize("method", [*METHODS, "value_zeroing"])
def test_a_unit_has_the_sum_of_its_tokens(method: str) -> None:
    tokens = raw(tiny("llama"), method, LONG)
    found = explain(tiny("llama"), LONG, Request(method=method, granularity="sentence"))
    assert len(found.units) > 2
    for unit in found.units:
        assert unit.raw == pytest.approx(tokens[unit.first : unit.last + 1].sum(), abs=ROUNDING)


@pytest.mark.parametrize("method", [*METHODS, "value_zeroing"])
@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_work_is_as_told(family: str, method: str) -> None:
    told = noiser.estimate(tiny(family), LONG, Request(method=method))
    found = explain(tiny(family), LONG, Request(method=method))
    assert told.token_forwards == found.work.token_forwards
    assert told.calls == found.work.calls
    n = len(found.tokens)
    assert found.work.token_forwards <= get_method(method).cost(n, Request(method=method))


def test_scores_that_are_no_numbers_are_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(task: object) -> torch.Tensor:
        return torch.full((len(task.prompt),), float("nan"))  # type: ignore[attr-defined]

    monkeypatch.setitem(attention._METHODS, "attention", nothing)
    found = explain(tiny("llama"), PROMPT, Request(method="attention"))
    assert any(isinstance(w, Warned) and "(NaN)" in w.message for w in found.warnings)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_an_answer_is_the_mean_over_the_positions_that_predict_it(family: str) -> None:
    model = tiny(family)
    found = explain(model, PROMPT, Request(method="attention", target=" text too; numbers"))
    n, length = len(found.tokens), len(found.whole)
    assert length > 2
    steps = np.array([[t.raw for t in step.tokens[:n]] for step in found.continuation], dtype=float)
    assert [token.raw for token in found.tokens] == pytest.approx(steps.mean(axis=0), abs=ROUNDING)
    assert found.work.token_forwards == 2 * (n + length - 1) - n + 1


@pytest.mark.parametrize("method", [*METHODS, "value_zeroing"])
def test_a_reward_model_has_attention_too(method: str) -> None:
    found = explain(make_reward("llama"), PROMPT, Request(method=method))
    assert sum(token.raw or 0 for token in found.tokens) == pytest.approx(1, abs=ROUNDING)
    assert any("reads no reward" in warning.message for warning in found.warnings)
