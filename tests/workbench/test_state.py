"""The workbench's state, event by event."""

from __future__ import annotations

import pytest

from noiser.events import ModelLoaded, ModelLoading, Warned
from noiser.request import Request
from noiser_tui.workbench import state
from noiser_tui.workbench.state import State
from tests.workbench.fake import INFO, script

PROMPT = "one two three"


def after(events, start=None):
    now = start or State(model_name="fake", model=INFO, phase="ready")
    for event in events:
        now = state.told(now, event)
    return now


def test_a_run_from_start_to_end():
    now = state.started(State(model_name="fake", model=INFO, phase="ready"), Request(bound="max"))
    assert now.phase == "running"
    now = after(script(PROMPT), now)
    assert now.explanation is not None
    assert now.work.token_forwards == 1999
    now = state.ended(now, error=None, cancelled=False)
    assert (now.phase, now.outcome) == ("ready", "done")


def test_a_second_run_forgets_what_the_first_found():
    first = state.ended(after(script(PROMPT)), error=None, cancelled=False)
    second = state.started(first, Request())
    assert second.explanation is None
    assert second.search is None
    assert second.raw == {}
    assert second.warnings == ()
    assert second.prompt is first.prompt, "the text stays until the new prompt is read"


def test_loading_another_model_lets_go_of_the_first():
    now = after([ModelLoading("other")])
    assert now.model is None
    assert now.phase == "loading"
    assert after([ModelLoaded(INFO, 1.0)], now).phase == "ready"


def test_warnings_add_up():
    now = after([Warned("a"), Warned("b", 1)])
    assert [w.message for w in now.warnings] == ["a", "b"]


def test_the_released_codes_work_is_known_from_the_prompt():
    now = after(script(PROMPT)[:1])
    n = len(now.prompt)
    assert now.reference_work == 121 * n * n + 11 * n


def test_an_unknown_event_is_a_bug_not_a_shrug():
    with pytest.raises(TypeError):
        state.told(State(model_name="x"), object())
