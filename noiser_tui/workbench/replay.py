"""Stepping through a search that has ended: what each of its steps had on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from noiser.events import SearchNarrowed

if TYPE_CHECKING:
    from noiser_tui.workbench.run import Run
    from noiser_tui.workbench.state import State

MOST = 100
"""Steps of a search that are kept, the last ones."""


@dataclass(frozen=True)
class Step:
    """A step of the search; `inside` is how many units were looked into by then, 0 before."""

    search: SearchNarrowed
    inside: int


def recorded(run: Run, search: SearchNarrowed) -> tuple[Step, ...]:
    """The steps of a run with one more."""
    return (*run.steps, Step(search, run.inside))[-MOST:]


def replayed(state: State) -> State:
    """The state as it was at the step that is looked at; itself where none is."""
    run = state.run
    if not 0 < state.replay <= len(run.steps):
        return state
    step = run.steps[state.replay - 1]
    run = replace(
        run,
        search=step.search,
        inside=step.inside,
        tried=None,
        work=run.before + step.search.work,
        explanation=None,
        warnings=(),  # they are of the end, and stand in Problems
    )
    return replace(state, run=run)


def why_not(state: State) -> str:
    """Why there is nothing to step through, in one sentence; empty where there is."""
    run = state.run
    if state.run_job:
        return "The search is under way: it can be replayed once it has ended."
    if run.steps:
        return ""
    if run.search is not None:
        return (
            "This run was opened from a record, which has no steps: explain again (F5) to replay."
        )
    if run.explanation is not None:
        return f"The method {run.explanation.method} has no search to replay."
    return "There is no search to replay: explain a prompt first (F5)."


def at_step(state: State, step: int) -> State:
    """The state with another step looked at, the first being 1; past the last one its end."""
    step = max(1, step)
    return replace(state, replay=0 if step > len(state.run.steps) else step, playing=False)


def stepped(state: State, by: int) -> State:
    """The state with a step further on looked at, or further back; its end stands behind the last."""
    here = state.replay or len(state.run.steps) + 1
    return at_step(state, here + by)


def played(state: State) -> State:
    """The state a moment later while the search is played; at its end it stops."""
    on = stepped(state, 1)
    return replace(on, playing=on.replay != 0)
