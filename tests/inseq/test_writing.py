"""A file written here opens with Inseq, and here again without loss."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import inseq
import numpy as np
import pytest
import torch

import noiser
from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.export import render
from noiser.opening import open_record
from tests.export.example import example, generation
from tests.inseq.conftest import Theirs
from tests.tiny import tiny as tiny_model


def scores(explanation: Explanation) -> np.ndarray:
    return np.array([np.nan if one.score is None else one.score for one in explanation.tokens])


def opened(path: Path) -> Any:
    return inseq.FeatureAttributionOutput.load(path, decompress=path.suffix == ".gz")


REQUESTS = {
    "one": noiser.Request(),
    "generated": noiser.Request(generate=3),
    "several": noiser.Request(target=" Paris."),
    "left out": noiser.Request(specials="exclude", generate=2),
    "occlusion": noiser.Request(method="occlusion", normalisation="raw"),
    "words": noiser.Request(granularity="word"),
    "contrast": noiser.Request(contrast=" Rome"),
}


@pytest.mark.parametrize("suffix", [".inseq.json", ".inseq.json.gz"])
@pytest.mark.parametrize("name", REQUESTS)
def test_inseq_opens_it_and_finds_every_score(name: str, suffix: str, tmp_path: Path) -> None:
    made = noiser.explain(noiser.load(), "The capital of France is", REQUESTS[name])
    path = tmp_path / f"run{suffix}"
    noiser.save(made, path)
    theirs = opened(path)
    text = theirs[0]
    steps = made.continuation if made.whole else made.steps_explained
    start = len(steps[0].tokens)
    assert (text.attr_pos_start, text.attr_pos_end) == (start, start + len(steps))
    for k, step in enumerate(steps):
        length = len(step.tokens)
        np.testing.assert_array_equal(
            text.target_attributions[:length, k].numpy(), scores(step).astype(np.float32)
        )
        assert torch.isnan(text.target_attributions[length:, k]).all()
        ids = [*(token.id for token in step.tokens), step.target.id]
        assert [token.id for token in text.target][: length + 1] == ids
        assert text.step_scores["probability"][k] == pytest.approx(step.target.probability)
    assert [token.token for token in text.source] == [token.text for token in steps[0].tokens]
    assert theirs.info["attribution_method"] == made.method
    shown = theirs.aggregate()[0].target_attributions
    assert torch.equal(torch.nan_to_num(shown), torch.nan_to_num(text.target_attributions))
    assert " France" in theirs.show(display=False, return_html=True)
    assert open_record(path) == made


def test_special_tokens_without_a_score_and_no_probability_are_written(tmp_path: Path) -> None:
    made = noiser.explain(tiny_model("llama"), "Rivers run", noiser.Request(specials="exclude"))
    made = replace(made, target=replace(made.target, probability=None))
    noiser.save(made, tmp_path / "run.inseq.json")
    text = opened(tmp_path / "run.inseq.json")[0]
    assert text.source[0].token == "<s>"
    assert torch.isnan(text.target_attributions[0, 0])
    assert torch.isnan(text.step_scores["probability"]).all()
    assert open_record(tmp_path / "run.inseq.json") == made


def test_what_inseq_changed_is_read_as_it_is_now(tmp_path: Path) -> None:
    made = noiser.explain(noiser.load(), "The capital of France is")
    noiser.save(made, tmp_path / "run.inseq.json")
    theirs = opened(tmp_path / "run.inseq.json")
    theirs[0].target_attributions[0, 0] = 0.5
    theirs.save(tmp_path / "changed.json")
    again = open_record(tmp_path / "changed.json")
    assert again.alpha is None
    assert again.tokens[0].raw == 0.5
    assert [token.text for token in again.tokens] == [token.text for token in made.tokens]
    assert (again.method, again.bound, again.draws) == ("noiser", "min", 10)
    merged = theirs + opened(tmp_path / "run.inseq.json")
    merged.save(tmp_path / "merged.json")
    second = open_record(tmp_path / "merged.json", text=2)
    assert scores(second) == pytest.approx(scores(made), abs=1e-6)


def test_targets_that_are_not_one_text_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoiserError, match=r"^Inseq's file is of one text, and target 2"):
        noiser.save(generation(), tmp_path / "run.inseq.json")
    assert not (tmp_path / "run.inseq.json").exists()


def test_what_is_no_token_is_one_sentence() -> None:
    made = replace(example(), explains="reward", reward=1.5)
    with pytest.raises(
        NoiserError, match=r"^Inseq's file is of predicted tokens: a reward is none"
    ):
        render(made, ".inseq.json")


def test_ours_and_theirs_of_one_run_are_the_same_file_to_inseq(
    builtin: Theirs, tmp_path: Path
) -> None:
    """What our method gives inside Inseq, beside what we write of the same run ourselves."""
    theirs = builtin.attribute("noiser", "The capital of France is")[0]
    made = noiser.explain(noiser.load(), "The capital of France is", noiser.Request(generate=2))
    noiser.save(made, tmp_path / "run.inseq.json")
    ours = opened(tmp_path / "run.inseq.json")[0]
    assert type(ours) is type(theirs)
    torch.testing.assert_close(
        ours.target_attributions, theirs.target_attributions, equal_nan=True, atol=1e-6, rtol=0
    )
