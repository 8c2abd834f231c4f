"""The workbench's state, event by event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from noiser.events import Event, Explained, ModelLoaded, ModelLoading, PromptRead, Warned
from noiser.request import Request
from noiser_tui.workbench import question, state
from noiser_tui.workbench.engine import EngineThread, ExplainPrompt, JobEnded
from noiser_tui.workbench.run import Run, run_told
from noiser_tui.workbench.state import State
from tests.workbench.fake import INFO, explanation_of, script, zoomed_script
from tests.workbench.test_compare_room import LEFT_OFF

PROMPT = "one two three"
READY = State(model_name="fake", model=INFO)


def after(events: list[Event], now: State, job: int) -> State:
    for event in events:
        now = state.told(now, job, event)
    return now


def test_a_run_from_start_to_end() -> None:
    now = state.run_asked(READY, 7)
    assert now.phase == "running"
    now = after(script(PROMPT), now, 7)
    assert now.run.explanation is not None
    assert now.run.work.token_forwards == 1999
    now = state.ended(now, 7, error=None, cancelled=False)
    assert (now.phase, now.run.outcome) == ("ready", "done")


def test_a_second_run_forgets_what_the_first_found() -> None:
    first = after(script(PROMPT), state.run_asked(READY, 1), 1)
    second = state.run_asked(first, 2)
    assert second.run.explanation is None
    assert second.run.search is None
    assert second.run.raw == {}
    assert second.run.prompt is first.run.prompt, "the text stays until the new prompt is read"


def test_what_another_job_tells_changes_nothing() -> None:
    now = state.run_asked(READY, 2)
    assert after(script(PROMPT), now, 1) == now
    assert state.ended(now, 1, error="old trouble", cancelled=False) == now


def test_loading_another_model_lets_go_of_the_first_and_its_run() -> None:
    now = state.model_asked(state.run_asked(READY, 1), "other", 2)
    assert (now.phase, now.run_job, now.run.outcome) == ("loading", 0, "cancelled")
    now = after([ModelLoading("other"), ModelLoaded(INFO, 1.0)], now, 2)
    assert state.ended(now, 2, error=None, cancelled=False).phase == "ready"


def test_a_run_asked_for_while_the_model_loads_waits_for_it() -> None:
    now = state.run_asked(state.model_asked(READY, "fake", 1), 2)
    assert now.phase == "loading"
    now = state.ended(after([ModelLoaded(INFO, 1.0)], now, 1), 1, error=None, cancelled=False)
    assert now.phase == "running"


def test_a_model_that_fails_to_load_leaves_none() -> None:
    now = state.model_known(state.model_asked(READY, "x", 3), None)
    now = state.ended(now, 3, error="There is no model.", cancelled=False)
    assert (now.phase, now.error) == ("no model", "There is no model.")


def test_a_model_that_fails_to_load_leaves_the_one_before_where_it_is_kept() -> None:
    now = state.model_known(state.model_asked(READY, "x", 3), INFO)
    now = state.ended(now, 3, error="There is no model.", cancelled=False)
    assert (now.phase, now.model_name, now.error) == ("ready", "fake", "There is no model.")


def test_a_request_that_fails_gives_way_to_the_one_before() -> None:
    now = state.request_changed(state.run_asked(READY, 1), Request(target="nonsense"))
    now = state.ended(state.run_asked(now, 2), 2, error="Not one token.", cancelled=False)
    assert now.request.target is None


def test_warnings_add_up() -> None:
    now = after([Warned("a"), Warned("b", 1)], state.run_asked(READY, 1), 1)
    assert [w.message for w in now.run.warnings] == ["a", "b"]


def test_a_target_belongs_to_its_text() -> None:
    now = after(script(PROMPT), state.run_asked(READY, 1), 1)
    now = state.request_changed(now, Request(target="id:8", bound="max"))
    assert question.prompt_changed(now, PROMPT).request == now.request
    other = question.prompt_changed(now, PROMPT + "!")
    assert (other.request.target, other.request.bound) == (None, "max")


def test_an_unknown_event_is_a_bug_not_a_shrug() -> None:
    with pytest.raises(TypeError):
        state.told(state.run_asked(READY, 1), 1, object())  # type: ignore[arg-type]


def test_positions_are_units_until_tokens_are_looked_into() -> None:
    events = zoomed_script()
    now = after(events[:3], state.run_asked(READY, 1), 1).run
    assert (now.text_at(3), now.searched) == (" The <cat> sat.", "sentences")
    raw = now.raw
    now = after(events[:4], state.run_asked(READY, 1), 1).run
    assert (now.text_at(3), now.searched, now.search) == (" The", "tokens", None)
    now = after(events[:6], state.run_asked(READY, 1), 1).run
    assert now.raw == raw, "colours stay those of the units until the shares are known"
    assert now.work.token_forwards == 500
    again = state.run_asked(after(events, state.run_asked(READY, 1), 1), 2).run
    assert (again.units, again.inside) == (now.units, 0)


def answer_script() -> list[Event]:
    """A target of two tokens: the whole, then each, the second after the first."""
    events: list[Event] = []
    for step, text in enumerate((PROMPT, PROMPT, f"{PROMPT} four")):
        read, *more, _ = script(text)
        assert isinstance(read, PromptRead)
        events += [replace(read, step=step, steps=3), *more]
        events.append(Explained(explanation_of(text), step, 3))
    return events


def test_several_targets_are_walked_through_and_saved_as_one() -> None:
    now = state.run_asked(READY, 1)
    now = after(answer_script(), now, 1)
    assert state.walked(now, 1).error, "not while it runs"
    now = state.ended(now, 1, error=None, cancelled=False)
    assert (now.run.at, len(now.run.done), now.run.outcome) == (0, 3, "done")
    assert now.run.prompt is not None
    assert now.run.prompt.text == PROMPT
    second = state.walked(state.walked(now, 1), 1)
    assert second.run.prompt is not None
    assert second.run.prompt.text == f"{PROMPT} four"
    assert "Target 3 of 3" in second.note
    assert state.walked(second, 1).run == second.run, "there is no fourth"
    assert state.walked(second, -2).run == now.run
    assert not question.prompt_changed(second, PROMPT).edited, "the editor holds what was asked"
    for one in (now, second):
        assert one.run.saved is not None
        assert [e.prompt for e in one.run.saved.steps_explained] == [
            PROMPT,
            PROMPT,
            f"{PROMPT} four",
        ]


def test_a_failure_stands_again_behind_what_was_refused_before_it() -> None:
    failed = state.ended(state.run_asked(READY, 1), 1, error="No memory.", cancelled=False)
    twice = state.refused(state.refused(failed, "Not now."), "Not now either.")
    assert (twice.error, twice.failure) == ("Not now either.", "No memory.")
    assert state.went_on(twice).error == "No memory."
    assert state.went_on(replace(twice, error="It failed anew.")).error == "It failed anew."
    assert state.went_on(state.run_asked(twice, 2)).error == ""


def test_what_was_refused_while_it_ran_goes_when_it_ends() -> None:
    running = state.refused(state.run_asked(READY, 1), "There is nothing to copy yet.")
    job = ExplainPrompt(PROMPT, running.request)
    other = running.heard(JobEnded(7, job, model=INFO))
    assert other.error == "There is nothing to copy yet."
    assert running.heard(JobEnded(1, job, model=INFO)).error == ""
    failed = running.heard(JobEnded(1, job, "No memory.", model=INFO))
    assert (failed.error, failed.failure) == ("No memory.", "No memory.")


def test_one_target_alone_is_not_walked() -> None:
    now = after(script(PROMPT), state.run_asked(READY, 1), 1)
    now = state.ended(now, 1, error=None, cancelled=False)
    refused = state.walked(state.walked(now, 1), -1)
    assert "one target only" in refused.error
    assert state.went_on(refused) == now, "until the next key"
    assert now.run.saved is now.run.explanation


def test_units_scored_from_single_tokens_are_searched_as_tokens():
    script = zoomed_script()
    read = script[0]
    assert isinstance(read, PromptRead)
    run = run_told(Run(), replace(read, joint=False))
    assert (run.searched, run.text_at(4)) == ("tokens", read.prompt.tokens[4].text)
    assert run.text_at(3) == read.prompt.tokens[3].text
    joint = run_told(Run(), read)
    assert (joint.searched, joint.text_at(3)) == ("sentences", " The <cat> sat.")


def test_draws_are_added_to_every_target_and_a_failure_leaves_all_as_it_was() -> None:
    one = after(script(PROMPT), state.run_asked(READY, 1), 1).run
    assert one.explanation is not None
    whole = replace(one.explanation, draws=10)
    run = replace(one, explanation=whole, done=(replace(one, explanation=whole),) * 2)
    ready = replace(READY, run=run)
    asked = state.draws_asked(ready, 5, 40)
    assert (asked.phase, asked.adding) == ("running", 40)
    more = replace(whole, draws=40)
    now = after([Explained(more, 0, 2), Explained(more, 1, 2)], asked, 5)
    now = state.ended(now, 5, error=None, cancelled=False)
    assert [step.draws for step in now.run.saved.steps_explained] == [40, 40]  # type: ignore[union-attr]
    assert (now.adding, now.phase) == (0, "ready")
    failed = state.ended(asked, 5, error="No.", cancelled=False)
    assert (failed.error, failed.note, failed.run.outcome) == ("No.", "", run.outcome)
    left = replace(more, continuation=(whole,))
    cancelled = state.ended(asked, 5, error=None, cancelled=True, partial=left)
    assert [step.draws for step in cancelled.run.saved.steps_explained] == [40, 10]  # type: ignore[union-attr]


def test_a_run_that_was_to_go_on_and_is_taken_back_still_can() -> None:
    left = replace(explanation_of(PROMPT), complete=False, left_off=LEFT_OFF)
    now = state.run_asked(replace(READY, text=PROMPT), 1)
    now = state.ended(
        after(script(PROMPT)[:1], now, 1), 1, error=None, cancelled=True, partial=left
    )
    told: list[Any] = []
    engine = EngineThread(told.append)  # which is not at work: the job waits
    number = engine.submit(ExplainPrompt(now.asked, now.request, begun=now.begun))
    now = state.run_asked(now, number)
    assert now.begun is None
    engine.cancel(number)
    (ended,) = [one for one in told if isinstance(one, JobEnded)]
    assert now.heard(ended).begun == left
