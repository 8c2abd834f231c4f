"""`inseq.load_model(model, "noiser")` gives our scores, whichever of the two was imported first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import noiser
from noiser.errors import WrongUse
from noiser.prompt import from_ids
from tests.inseq.conftest import Theirs

ROOT = Path(__file__).resolve().parents[2]
PROMPT = "The capital of France is"


def ran(program: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "imports",
    [
        "import noiser; print({'inseq', 'torch'} & set(sys.modules)); import inseq",
        "import inseq; print(set()); import noiser; importlib.reload(noiser)",
        "import noiser; print(set()); importlib.util.find_spec('inseq'); import inseq.data, inseq",
    ],
)
def test_inseq_knows_it_in_any_order_of_imports_and_nothing_stays_in_the_way(imports: str) -> None:
    left = "[one for one in sys.meta_path if type(one).__module__.startswith('noiser')]"
    known = "'noiser' in inseq.list_feature_attribution_methods()"
    program = f"import importlib.util, sys; {imports}; print({known}, {left})"
    assert ran(program) == "set()\nTrue []"


def test_a_version_of_inseq_without_a_place_for_it_can_still_be_imported(tmp_path: Path) -> None:
    (tmp_path / "inseq.py").write_text("name = 'another'\n")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport noiser, inseq"
    assert ran(f"{program}\nprint(inseq.name)") == "another"


def test_its_scores_are_ours_on_the_same_ids(builtin: Theirs) -> None:
    theirs = builtin.attribute("noiser", PROMPT)[0]
    made = noiser.explain(noiser.load(), PROMPT, noiser.Request(generate=2))
    assert len(made.steps_explained) == theirs.attr_pos_end - theirs.attr_pos_start
    for k, step in enumerate(made.steps_explained):
        ids = [*(one.id for one in step.tokens), step.target.id]
        assert [one.id for one in theirs.target][: len(ids)] == ids
        got = theirs.target_attributions[: len(step.tokens), k].numpy()
        np.testing.assert_allclose(got, [one.score for one in step.tokens], atol=1e-6)


def test_options_of_a_request_go_through(builtin: Theirs) -> None:
    asked = {"bound": "max", "draws": 4, "normalisation": "raw"}
    out = builtin.attribute("noiser", PROMPT, **asked)
    made = noiser.explain(noiser.load(), PROMPT, noiser.Request(**asked))
    got = out[0].target_attributions[: len(made.tokens), 0].numpy()
    np.testing.assert_allclose(got, [one.score for one in made.tokens], atol=1e-6)
    assert out.info["attribution_args"] == asked


def test_texts_of_different_length_are_told_apart(tiny: Theirs) -> None:
    model = noiser.load(str(tiny.folder))
    for text in tiny.attribute("noiser", "Rivers run to the sea", "Rome", then=None):
        ids = [one.id for one in text.target]
        for at in range(text.attr_pos_start, text.attr_pos_end):
            request = noiser.Request(target=f"id:{ids[at]}")
            made = noiser.explain(model, from_ids(model.tokenizer, ids[:at]), request)
            got = text.target_attributions[:at, at - text.attr_pos_start].numpy()
            # Inseq loads with another implementation of attention, which rounds otherwise
            np.testing.assert_allclose(got, [one.score for one in made.tokens], atol=1e-4)


def test_a_chosen_text_is_explained_token_by_token(builtin: Theirs) -> None:
    out = builtin.attribute("noiser", PROMPT, then=" Rome")
    made = noiser.explain(noiser.load(), PROMPT, noiser.Request(target=" Rome"))
    got = out[0].target_attributions[: len(made.tokens), 0].numpy()
    np.testing.assert_allclose(got, [one.score for one in made.tokens], atol=1e-6)


def test_another_function_is_refused_in_one_sentence(builtin: Theirs) -> None:
    with pytest.raises(WrongUse, match=r"explains the probability of a token, not entropy"):
        builtin.attribute("noiser", PROMPT, attributed_fn="entropy")


def test_a_model_with_an_encoder_is_refused_in_one_sentence() -> None:
    from noiser.inseq_method import NoiserAttribution

    with pytest.raises(WrongUse, match="for causal language models: this has an encoder"):
        NoiserAttribution(SimpleNamespace(is_encoder_decoder=True))


def test_the_weights_are_as_they_were(builtin: Theirs) -> None:
    network = builtin.loaded("noiser").model
    before = [one.requires_grad for one in network.parameters()]
    builtin.attribute("noiser", PROMPT)
    assert [one.requires_grad for one in network.parameters()] == before
    assert any(before)
