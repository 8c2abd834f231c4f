"""A number below zero has the minus sign in sentences, not the hyphen of keyboards."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest

from noiser.assembly import unsafe_sum, unstable
from noiser.errors import WrongUse
from noiser.export.wording import scale
from noiser.methods.attributed import tell_gap
from noiser.methods.task import Attribution
from noiser.same_model import check_clean
from tests.packaging.test_engine_words import ENGINE, texts

SCREENS = ENGINE.parents[1] / "noiser_tui" / "workbench"
TYPED = {"Whose output is explained; -1 is the last."}
"""Where the number is to be written so."""
NEGATIVE = re.compile(r"(?<![\w.\[(-])-\d")


def test_no_sentence_of_the_workbench_has_a_hyphen_before_a_number() -> None:
    found = {
        f"{path.name}: {text}"
        for path in SCREENS.rglob("*.py")
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if " " in text and NEGATIVE.search(text) and "walk(" not in text and text not in TYPED
    }
    assert not found


def test_sentences_with_a_number_that_is_below_zero() -> None:
    result = Attribution(np.zeros(2))
    tell_gap(result, 1.0, -3.0, "More.")
    tell_gap(result, 0.0, -1e-9, "More.")
    told = [one.message for one in result.warnings]
    told += [
        one.message for one in (unsafe_sum(np.array([-1.5])), unstable(-0.25, "token", "draws"))
    ]
    told.append(scale(0.0005))
    with pytest.raises(WrongUse) as refused:
        check_clean(-1.25, -2.5, "reward")
    told.append(str(refused.value))
    assert len(told) == 6
    for one in told:
        assert "−" in one
        assert not re.search(r"-\d", one)
