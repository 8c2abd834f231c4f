"""Warnings that really come: in the record, on standard error, and among the workbench's problems."""

from __future__ import annotations

import json

import pytest

from noiser.record import from_record
from noiser_tui.workbench.desk import Desk, Document
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.reopened_run import page_of
from noiser_tui.workbench.state import State
from tests.cli.conftest import Run

PROMPT = "The capital of France is"
CASES = {
    "left out of the noise": ("--specials", "exclude"),
    "No noise on this token": ("--bound", "per-token", "--norm", "2"),
    "on some token": ("--bound", "max", "--norm", "2"),
    "is not what the model predicts": ("--target", " Rome"),
    "reads no prediction": ("--method", "attention", "--target", " Rome"),
    "the target and the contrast play no part": ("--method", "attention", "--contrast", " Rome"),
    "cannot tell": ("--method", "lime", "--samples", "4"),
    "are few for": ("--method", "lime", "--samples", "20"),
    "lower layer": ("--method", "layer_gradient_x_activation", "--layer", "-1"),
    "More samples come closer": ("--method", "integrated_gradients", "--samples", "1"),
    "had not ended": ("--method", "reagent", "--samples", "1"),
}


def on_top(page: State) -> Desk:
    """A workbench with one document."""
    return Desk("m", documents=(Document(1, page),), active_id=1)


@pytest.mark.parametrize("says", CASES)
def test_a_warning_is_told_everywhere(run: Run, tiny: str, says: str) -> None:
    ended = run("explain", PROMPT, "-m", tiny, "--json", *CASES[says])
    assert ended.code == 0, ended.err
    found = from_record(json.loads(ended.out))
    messages = [one.message for one in found.warnings]
    assert any(says.lower() in one.lower() for one in messages), messages
    lines = ended.err.splitlines()
    shown = {(one.sentence, one.position) for one in problems(on_top(page_of(found, State("m"))))}
    for warning in found.warnings:
        assert any(
            warning.message in line for line in lines if line.startswith("noiser: warning: ")
        )
        assert any(warning.message in sentence for sentence, _ in shown)
        if warning.position is not None:
            assert any(at == warning.position for _, at in shown)
            assert any(found.tokens[warning.position].text.strip() in line for line in lines)
