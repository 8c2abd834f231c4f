"""What can be copied of an explanation."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from noiser.explanation import Explanation
from noiser_tui.workbench import copy_forms
from noiser_tui.workbench.copy_forms import FORMS
from tests.export.example import example, zoomed


@pytest.mark.parametrize("explanation", [example(), zoomed()], ids=["tokens", "units"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_every_form_of_every_explanation_is_text(
    explanation: Explanation,
    form: copy_forms.CopyForm,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert form.make(explanation, (1,))


def test_a_spreadsheet_reads_the_table_again() -> None:
    explanation = example()
    table = list(csv.DictReader(io.StringIO(copy_forms.table_tsv(explanation)), delimiter="\t"))
    tokens = [token for step in explanation.steps_explained for token in step.tokens]
    assert [row["text"] for row in table] == [token.text for token in tokens]
    scores = [float(row["score"]) if row["score"] else None for row in table]
    assert scores == [token.score for token in tokens]


def test_the_markdown_table_has_the_strongest_first_and_survives_its_own_signs() -> None:
    explanation = example()
    tokens = (replace(explanation.tokens[0], text=" a|b`\n"), *explanation.tokens[1:])
    text = copy_forms.table_markdown(replace(explanation, tokens=tokens, continuation=()))
    head, *body = [line for line in text.splitlines() if line.startswith("|")]
    assert head == "| token | score | 95% interval | raw | α |"
    shown = [line for line in body[1:] if "a\\|b`⏎" in line]
    assert len(shown) == 1
    assert shown[0].startswith("| ``  a\\|b`⏎ `` |")
    scores = [line.split(" | ")[1] for line in body[1:] if "\\|" not in line]
    values = [float(one.replace("−", "-")) for one in scores if one != "–"]
    assert values == sorted(values, reverse=True)


def test_the_record_is_the_saved_one() -> None:
    explanation = example()
    assert json.loads(copy_forms.record_json(explanation))["format"] == "noiser/1"


def test_of_a_picture_the_path_is_copied(tmp_path: Path) -> None:
    path = copy_forms.save_picture(example(), tmp_path / "new")
    assert Image.open(path).size[0] > 100
    assert path.with_suffix(".svg").read_text() == copy_forms.picture_svg(example())


def test_the_text_of_a_token_is_that_of_the_prompt() -> None:
    explanation = example()
    for position, token in enumerate(explanation.tokens):
        covered = explanation.prompt[token.start : token.end]
        assert copy_forms.token_text(explanation, (position,)) == (covered or token.text)
    assert copy_forms.token_text(explanation, ()) == ""
