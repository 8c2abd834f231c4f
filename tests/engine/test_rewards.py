"""Rewards and margins: against a plain computation on the networks' own forward, and what is refused."""

from __future__ import annotations

import copy
import threading
from pathlib import Path

import pytest
import torch

import noiser
from noiser.draws import make_draws
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Event, Explained, Warned
from noiser.export import wording
from noiser.model.reward_model import RewardModel
from noiser.record import from_record, to_record
from noiser.request import Request
from tests.tiny import make_classifier, make_reward, make_tiny, save_tiny, tokenizer

PROMPT, GOOD, BAD = "The capital of France is", " Paris, of course.", " Rome and live"
FIXED = Request(bound="norm-l2", draws=4, normalisation="raw")
FAMILIES = ["llama", "qwen2", "gpt2", "gemma2"]


def plain_reward(model: RewardModel, rows: torch.Tensor) -> torch.Tensor:
    """The network's own forward, one row at a time, which needs no padding token."""
    with torch.no_grad():
        return torch.cat(
            [model.network(inputs_embeds=row.unsqueeze(0)).logits[:, 0] for row in rows]
        )


def plain_losses(model: RewardModel, ids: list[int]) -> list[torch.Tensor]:
    """What each draw on each token takes from the reward, at the scale of the bound norm-l2."""
    clean = model.network.get_input_embeddings()(torch.tensor(ids))
    noise = torch.from_numpy(make_draws(1, FIXED.draws, model.dim)) * model.noise_factor
    before = plain_reward(model, clean.unsqueeze(0))
    losses = []
    for position in range(len(ids)):
        rows = clean.repeat(FIXED.draws, 1, 1)
        rows[:, position] += model.dim**-0.5 * noise
        losses.append(before - plain_reward(model, rows))
    return losses


def ids_of(model: RewardModel, *parts: str) -> list[int]:
    """The prompt with BOS, and what follows without."""
    first, *more = parts
    ids = list(model.tokenizer(first)["input_ids"])
    for part in more:
        ids += model.tokenizer(part, add_special_tokens=False)["input_ids"]
    return ids


@pytest.mark.parametrize("family", FAMILIES)
def test_a_reward_against_the_networks_own_forward(family: str) -> None:
    model = make_reward(family)
    found = noiser.explain_reward(model, PROMPT, GOOD, FIXED)
    ids = ids_of(model, PROMPT, GOOD)
    assert [token.id for token in found.tokens] == ids
    for token, losses in zip(found.tokens, plain_losses(model, ids), strict=True):
        assert token.raw == pytest.approx(float(losses.mean()), abs=1e-9)
        assert token.score == token.raw
    embeddings = model.network.get_input_embeddings()(torch.tensor(ids)).unsqueeze(0)
    assert found.reward == pytest.approx(float(plain_reward(model, embeddings)))
    assert (found.explains, found.next_tokens) == ("reward", ())
    assert from_record(to_record(found)) == found


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_rows_run_packed_as_those_of_a_language_model_do(family: str) -> None:
    assert make_reward(family).packed_fault is None


def test_both_signs_are_there() -> None:
    found = noiser.explain_reward(make_reward("llama"), PROMPT, GOOD, FIXED)
    raw = [token.raw or 0.0 for token in found.tokens]
    assert min(raw) < 0 < max(raw)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("normalisation", ["raw", "positive"])
def test_a_margin_is_the_difference_of_two_rewards(family: str, normalisation: str) -> None:
    model = make_reward(family)
    request = Request(bound="norm-l2", draws=4, normalisation=normalisation)
    found = noiser.explain_margin(model, PROMPT, GOOD, BAD, request)
    first, second = (ids_of(model, PROMPT, response) for response in (GOOD, BAD))
    ours, theirs = plain_losses(model, first), plain_losses(model, second)
    pairs = zip(first, second, strict=False)
    shared = next(i for i, (one, other) in enumerate(pairs) if one != other)
    assert shared >= len(ids_of(model, PROMPT))
    expected = [float((a - b).mean()) for a, b in zip(ours[:shared], theirs, strict=False)]
    expected += [float(a.mean()) for a in ours[shared:]]
    others = [-float(b.mean()) for b in theirs[shared:]]
    (other,) = found.continuation
    assert [t.raw for t in found.tokens] == pytest.approx(expected, abs=1e-9)
    assert [t.raw for t in other.tokens[shared:]] == pytest.approx(others, abs=1e-9)
    assert all(t.raw is t.score is t.interval is None for t in other.tokens[:shared])
    if normalisation == "positive":
        total = sum(max(0.0, one) for one in (*expected, *others))
        scores = [t.score for t in (*found.tokens, *other.tokens[shared:])]
        shares = [max(0.0, one) / total for one in (*expected, *others)]
        assert scores == pytest.approx(shares, abs=1e-9)
    for token in (*found.tokens, *other.tokens[shared:]):
        assert token.raw_interval is not None
        assert token.raw_interval[0] <= (token.raw or 0.0) <= token.raw_interval[1]
    embed = model.network.get_input_embeddings()
    rewards = [float(plain_reward(model, embed(torch.tensor([ids])))) for ids in (first, second)]
    assert found.reward == pytest.approx(rewards[0] - rewards[1])
    assert from_record(to_record(found)) == found


def test_a_margin_turned_round_changes_its_sign_and_says_so() -> None:
    model = make_reward("llama")
    one = noiser.explain_margin(model, PROMPT, GOOD, BAD, FIXED)
    other = noiser.explain_margin(model, PROMPT, BAD, GOOD, FIXED)
    assert one.reward is not None
    assert other.reward == pytest.approx(-one.reward)
    told = ["margin is negative" in str(found.warnings) for found in (one, other)]
    assert sorted(told) == [False, True]
    assert told[0] == (one.reward < 0)
    assert "preferred with probability" in wording.question(one)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"bound": "min"}, "a reward has none to flip"),
        ({"bound": "norm-l2", "target": "Paris"}, "predicts no token: give no target"),
        ({"bound": "norm-l2", "contrast": "Rome"}, "give no contrast"),
        ({"bound": "norm-l2", "generate": 2}, "give no generate"),
    ],
)
def test_what_a_reward_model_cannot_be_asked(options: dict[str, object], says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        noiser.explain(make_reward("llama"), PROMPT, Request(**options))  # type: ignore[arg-type]


def test_margins_want_rewards_and_a_method_that_depends_on_them() -> None:
    with pytest.raises(WrongUse, match="gives no rewards"):
        noiser.explain_margin(make_tiny("llama"), PROMPT, GOOD, BAD, FIXED)
    with pytest.raises(WrongUse, match="the same whatever the reward"):
        noiser.explain_margin(make_reward("llama"), PROMPT, GOOD, BAD, Request(method="random"))
    for unsigned in (
        Request(method="saliency"),
        Request(method="integrated_gradients", reduction="l2"),
    ):
        with pytest.raises(WrongUse, match="has no sign"):
            noiser.explain_margin(make_reward("llama"), PROMPT, GOOD, BAD, unsigned)
    with pytest.raises(WrongUse, match="A response is empty"):
        noiser.explain_margin(make_reward("llama"), PROMPT, GOOD, "", FIXED)
    with pytest.raises(WrongUse, match="two responses are the same"):
        noiser.explain_margin(make_reward("llama"), PROMPT, GOOD, GOOD, FIXED)


@pytest.mark.parametrize("method", ["noiser", "occlusion", "input_x_gradient"])
@pytest.mark.parametrize("normalisation", ["sum", "positive", "raw"])
def test_what_is_doubted_of_a_margin_is_its_own(method: str, normalisation: str) -> None:
    asked = Request(method=method, bound="norm-l2", draws=4, normalisation=normalisation)
    events: list[Event] = []
    found = noiser.explain_margin(
        make_reward("llama"), PROMPT, GOOD, BAD, asked, emit=events.append
    )
    told = [one.message for one in found.warnings]
    assert sum("left raw" in one for one in told) == (found.normalisation != normalisation)
    unsure = found.stability is not None and found.stability < 0.7
    assert sum("Kendall" in one for one in told) == unsure
    assert {one for one in events if isinstance(one, Warned)} == set(found.warnings)


def test_a_cancel_between_the_responses_keeps_the_first() -> None:
    cancel = threading.Event()

    def stop(event: Event) -> None:
        if isinstance(event, Explained):
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        noiser.explain_margin(
            make_reward("llama"), PROMPT, GOOD, BAD, FIXED, cancel=cancel, emit=stop
        )
    partial = caught.value.partial
    assert partial is not None
    assert (partial.explains, partial.complete) == ("reward", False)


@pytest.mark.parametrize("family", ["qwen2", "gpt2"])
def test_a_checkpoint_with_one_output_loads_as_a_reward_model(tmp_path: Path, family: str) -> None:
    folder = save_reward(tmp_path, family, 1)
    model = noiser.load(str(folder), dtype="float64")
    assert isinstance(model, RewardModel)
    found = noiser.explain(model, PROMPT, FIXED)
    assert found.explains == "reward"
    assert wording.question(found).startswith("Why a reward of ")


def test_a_classifier_is_no_reward_model(tmp_path: Path) -> None:
    with pytest.raises(NoiserError, match="sorts texts into 3 classes"):
        noiser.load(str(save_reward(tmp_path, "qwen2", 3)))


def test_language_models_still_load_as_such(tmp_path: Path) -> None:
    assert not isinstance(noiser.load(str(save_tiny(tmp_path))), RewardModel)


def save_reward(folder: Path, family: str, labels: int) -> Path:
    make_classifier(make_tiny(family, dtype="float32").network, labels).save_pretrained(folder)
    tokenizer(True).save_pretrained(folder)
    return folder


def test_a_chat_is_closed_by_its_template() -> None:
    model = make_reward("llama")
    model.tokenizer = copy.deepcopy(model.tokenizer)
    model.tokenizer.chat_template = (
        "{% for m in messages %}[{{ m.role }}] {{ m.content }} [end]{% endfor %}"
        "{% if add_generation_prompt %}[assistant]{% endif %}"
    )
    chat = [{"role": "user", "content": "Where are we?"}]
    found = noiser.explain_margin(model, chat, "Paris.", "Rome.", FIXED)
    assert found.prompt == "[user] Where are we? [end][assistant] Paris. [end]"
    assert [m.content for m in found.messages] == ["Where are we?", "Paris."]
    (other,) = found.continuation
    assert other.prompt.endswith("[assistant] Rome. [end]")
    whole = [*chat, {"role": "assistant", "content": "Paris."}]
    alone = noiser.explain(model, whole, FIXED)
    assert alone.prompt == found.prompt
    assert found.reward is not None
    assert alone.reward == pytest.approx(noiser.explain_reward(model, chat, "Paris.", FIXED).reward)
