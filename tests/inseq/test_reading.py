"""What Inseq wrote opens here, with its own numbers, texts and doubts."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save as pack

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.inseq_file.vocabulary import Known, read, spelling
from noiser.opening import open_record, parse
from tests.inseq.conftest import Theirs

PROMPT = "The capital of France is"


def saved(out: Any, folder: Path, **options: Any) -> Explanation:
    path = folder / "theirs.json"
    out.save(path, overwrite=True, **options)
    return open_record(path)


def array(values: Any) -> str:
    return base64.b64encode(pack({"attribution": np.asarray(values, dtype=np.float32)})).decode()


def document(**changes: Any) -> dict[str, Any]:
    """The smallest file: two tokens, then one that is explained."""
    text = {
        "source": [{"id": 1, "token": "a"}, {"id": 2, "token": " b"}],
        "target": [{"id": 1, "token": "a"}, {"id": 2, "token": " b"}, {"id": 3, "token": " c"}],
        "target_attributions": array([[0.25], [0.75], [np.nan]]),
        "attr_pos_start": 2,
        **changes,
    }
    return {"sequence_attributions": [text], "info": {"attribution_method": "saliency"}}


def opened(made: dict[str, Any], text: int = 1) -> Explanation:
    return parse(json.dumps(made).encode(), "made", text)


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "attention", "occlusion"])
@pytest.mark.parametrize("model", ["builtin", "tiny"])
def test_its_numbers_are_those_that_inseq_shows(
    method: str, model: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    theirs: Theirs = request.getfixturevalue(model)
    out = theirs.attribute(method, PROMPT)
    shown = out.aggregate()[0]
    found = saved(out, tmp_path)
    assert (found.method, found.alpha, found.environment) == (method, None, {})
    assert len(found.steps_explained) == shown.attr_pos_end - shown.attr_pos_start
    for k, step in enumerate(found.steps_explained):
        wanted = shown.target_attributions[: len(step.tokens), k].numpy()
        normalised = method in ("saliency", "input_x_gradient")
        got = [one.score if normalised else one.raw for one in step.tokens]
        np.testing.assert_allclose(np.array(got, dtype=float), wanted, atol=1e-6)
        assert sum(one.score or 0 for one in step.tokens) == pytest.approx(1, abs=1e-6)
        position = shown.attr_pos_start + k
        ids = [token.id for token in shown.target]
        assert [one.id for one in step.tokens] == ids[:position]
        assert step.target.id == ids[position]
    aggregated = {"saliency": "L2 norm", "input_x_gradient": "L2 norm", "attention": "mean"}
    messages = [one.message for one in found.warnings]
    assert [aggregated[method] in one for one in messages] == [True] * (method != "occlusion")


def test_the_text_is_the_prompt_and_every_token_has_its_characters(
    builtin: Theirs, tiny: Theirs, tmp_path: Path
) -> None:
    prompt = "Café 🙂 東京 — it's"
    for theirs in (builtin, tiny):
        found = saved(theirs.attribute("occlusion", prompt), tmp_path)
        assert found.prompt == prompt
        own = [one for one in found.tokens if not one.special]
        covered = {i for one in own for i in range(one.start, one.end)}
        assert covered == set(range(len(prompt)))
        plain = [one for one in own if not one.text.startswith("<")]
        assert all(found.prompt[one.start : one.end] == one.text for one in plain)
        ours = theirs.loaded("occlusion").tokenizer
        assert [one.id for one in found.tokens] == ours(prompt)["input_ids"]
        later = found.continuation[-1]
        assert later.prompt.startswith(prompt)
        assert {one.role for one in later.tokens[len(found.tokens) :]} <= {"generated", "special"}
    assert [(one.text, one.special, one.start, one.end) for one in found.tokens[:1]] == [
        ("<s>", True, 0, 0)
    ]


@pytest.mark.parametrize(
    ("precision", "compress", "error"),
    [("float32", True, 0), ("float16", False, 1e-3), ("float8", True, 0.07)],
)
def test_every_precision_opens_packed_or_not(
    precision: str, compress: bool, error: float, builtin: Theirs, tmp_path: Path
) -> None:
    out = builtin.attribute("attention", PROMPT)
    exact = saved(out, tmp_path)
    rough = saved(out, tmp_path, scores_precision=precision, compress=compress)
    for ours, theirs in zip(rough.tokens, exact.tokens, strict=True):
        assert ours.raw == pytest.approx(theirs.raw, rel=error)


def test_tokens_that_inseq_cleaned_or_decoded_make_the_same_text(
    builtin: Theirs, tmp_path: Path
) -> None:
    plain = saved(builtin.attribute("occlusion", PROMPT), tmp_path)
    clean = saved(builtin.attribute("occlusion", PROMPT, clean_special_chars=True), tmp_path)
    decoded = builtin.attribute("occlusion", PROMPT)
    decoded.decode_tokens(builtin.loaded("occlusion").tokenizer)
    for other in (clean, saved(decoded, tmp_path)):
        assert other.prompt == plain.prompt == PROMPT
        assert [one.text for one in other.tokens] == [one.text for one in plain.tokens]
        assert other.continuation[0].prompt == plain.continuation[0].prompt


def test_a_file_without_classes_opens_too(builtin: Theirs, tmp_path: Path) -> None:
    out = builtin.attribute("occlusion", PROMPT)
    assert saved(out, tmp_path, use_primitives=True).tokens == saved(out, tmp_path).tokens


def test_any_of_several_texts_can_be_asked_for(tiny: Theirs, tmp_path: Path) -> None:
    prompts = ["Rivers run to the sea", "Rome"]
    tiny.attribute("saliency", *prompts).save(tmp_path / "two.json")
    for i, prompt in enumerate(prompts, start=1):
        found = open_record(tmp_path / "two.json", text=i)
        assert found.prompt == prompt
        assert any(f"number {i}" in one.message for one in found.warnings)
    with pytest.raises(WrongUse, match=r"no text 3: the file has 2"):
        open_record(tmp_path / "two.json", text=3)


def test_probabilities_are_known_where_the_file_tells_them(builtin: Theirs, tmp_path: Path) -> None:
    told = saved(builtin.attribute("saliency", PROMPT, step_scores=["probability"]), tmp_path)
    assert told.target.probability == pytest.approx(0.993, abs=0.001)
    untold = saved(builtin.attribute("saliency", PROMPT), tmp_path)
    assert untold.target.probability is None
    assert "–" in untold._repr_html_()


def test_another_function_is_told(builtin: Theirs, tmp_path: Path) -> None:
    found = saved(builtin.attribute("saliency", PROMPT, attributed_fn="entropy"), tmp_path)
    assert any("entropy" in one.message for one in found.warnings)


def test_negative_scores_stay_and_are_not_shared_out() -> None:
    found = opened(document(target_attributions=array([[0.5], [-0.25], [np.nan]])))
    assert found.normalisation == "raw"
    assert [one.score for one in found.tokens] == [0.5, -0.25]
    assert opened(document()).normalisation == "positive"


def test_a_token_without_a_number_has_none() -> None:
    found = opened(document(target_attributions=array([[np.nan], [0.5], [np.nan]])))
    assert [(one.raw, one.score) for one in found.tokens] == [(None, None), (0.5, 1.0)]


def test_a_model_with_an_encoder_has_its_own_tokens_first() -> None:
    made = document(
        source=[
            {"id": 7, "token": "▁Guten"},
            {"id": 8, "token": "▁Tag"},
            {"id": 0, "token": "</s>"},
        ],
        target=[{"id": 9, "token": "▁Good"}, {"id": 4, "token": "▁day"}],
        source_attributions=array([[0.4, 0.1], [0.5, 0.2], [0.1, 0.3]]),
        target_attributions=array([[np.nan, 0.4], [np.nan, np.nan]]),
        attr_pos_start=0,
    )
    made["info"] |= {"input_texts": ["Guten Tag"], "generated_texts": ["Good day"]}
    first, second = opened(made).steps_explained
    assert (first.prompt, second.prompt) == ("Guten Tag\n", "Guten Tag\nGood")
    assert [one.text for one in second.tokens] == ["Guten", " Tag", "</s>", "Good"]
    assert [one.role for one in second.tokens] == ["content", "content", "special", "generated"]
    assert [one.raw for one in second.tokens] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert second.target.text == " day"
    only = {**made["sequence_attributions"][0], "target_attributions": None}
    alone = opened({**made, "sequence_attributions": [only]}).continuation[0]
    assert [one.text for one in alone.tokens] == ["Guten", " Tag", "</s>"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_bytes_cut_anywhere_make_the_text_again(text: str) -> None:
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    table = bytes_to_unicode()
    data = f"x {text}".encode()
    tokens = ["".join(table[byte] for byte in data[i : i + 2]) for i in range(0, len(data), 2)]
    known = Known(f"x {text}", f"x {text}")
    assert spelling(tokens, known) == "bytes" or f"x {text}".isascii()
    made, found = read([(0, one) for one in tokens], "bytes", known)
    assert made == f"x {text}"
    ends = [0, *(one.end for one in found)]
    assert ends == sorted(ends)
    assert ends[-1] == len(made)
