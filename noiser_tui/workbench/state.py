"""What the workbench knows, and how each event changes it; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from noiser.events import (
    BatchHalved,
    Event,
    Explained,
    ModelLoaded,
    ModelLoading,
    NextToken,
    PromptRead,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Warned,
    Work,
    ZoomedIn,
)
from noiser.explanation import Explanation
from noiser.model.info import ModelInfo
from noiser.prompt import Prompt
from noiser.request import Request
from noiser.units import Unit, unit_text

Phase = Literal["no model", "loading", "ready", "running"]


@dataclass(frozen=True)
class Run:
    """One explanation, from the question on: what is known of it so far.

    `search` is the last step of the search, `tried` how far the next one is; `raw` the raw scores
    known so far; `outcome` one word on how the run ended. `units` get their noise together, `names`
    are their texts by first position; once `inside` of them are looked into, positions are of tokens.
    """

    prompt: Prompt | None = None
    granularity: str = "token"
    units: tuple[Unit, ...] = ()
    names: dict[int, str] = field(default_factory=dict)
    inside: int = 0
    target: NextToken | None = None
    next_tokens: tuple[NextToken, ...] = ()
    search: SearchNarrowed | None = None
    tried: ScalesTried | None = None
    raw: dict[int, float] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    explanation: Explanation | None = None
    warnings: tuple[Warned, ...] = ()
    outcome: str = ""

    def text_at(self, position: int) -> str:
        """The text of what the search calls by a position: a unit, or a token."""
        if self.prompt is None:
            return str(position)
        if self.inside or position not in self.names:
            return self.prompt.tokens[position].text
        return self.names[position]

    @property
    def searched(self) -> str:
        """What the search is over, in the plural."""
        return "tokens" if self.inside else f"{self.granularity}s"


@dataclass(frozen=True)
class State:
    """One moment of the workbench.

    `load_job` and `run_job` are the numbers of the jobs that are waited for, 0 for none; what any
    other job still tells is not for the screen. `chosen_for` is the text that a target or a
    contrast was chosen for, `before` the request to go back to when a run with the new one fails.
    `edited` says that the text in the editor is not the one explained. `error` is one sentence.
    """

    model_name: str
    model: ModelInfo | None = None
    request: Request = field(default_factory=Request)
    run: Run = field(default_factory=Run)
    load_job: int = 0
    run_job: int = 0
    chosen_for: str = ""
    before: Request = field(default_factory=Request)
    edited: bool = False
    error: str = ""

    @property
    def phase(self) -> Phase:
        """What the engine is at."""
        if self.load_job:
            return "loading"
        if self.run_job:
            return "running"
        return "ready" if self.model is not None else "no model"


def model_asked(state: State, name: str, job: int) -> State:
    """Another model was asked for: a run of the one before is over, what it found stays."""
    run = replace(state.run, outcome="cancelled") if state.run_job else state.run
    request = replace(state.request, target=None, contrast=None)  # ids of another vocabulary
    return replace(
        state, model_name=name, load_job=job, run=run, run_job=0, request=request, error=""
    )


def run_asked(state: State, job: int) -> State:
    """A run was asked for: what the last one found goes, its text stays until the new one is read."""
    before = state.run
    run = Run(
        prompt=before.prompt,
        granularity=before.granularity,
        units=before.units,
        names=before.names,
        target=before.target,
        next_tokens=before.next_tokens,
    )
    return replace(state, run=run, run_job=job, edited=False, error="")


def request_changed(state: State, request: Request) -> State:
    """Options were chosen; a target or a contrast belongs to the text that is open."""
    chosen_for = state.run.prompt.text if state.run.prompt is not None else ""
    before = state.request
    return replace(state, request=request, before=before, chosen_for=chosen_for, error="")


def prompt_changed(state: State, text: str) -> State:
    """The text is another: a target that was chosen for the one before is let go."""
    request = state.request
    prompt = state.run.prompt
    state = replace(state, edited=prompt is not None and text != prompt.text)
    if text == state.chosen_for or (request.target is None and request.contrast is None):
        return state
    return replace(state, request=replace(request, target=None, contrast=None))


def refused(state: State, sentence: str) -> State:
    """Something was not done; whatever runs goes on."""
    return replace(state, error=sentence)


def told(state: State, job: int, event: Event) -> State:
    """The state after an event of a job."""
    if job == state.load_job:
        if isinstance(event, ModelLoaded):
            return replace(state, model=event.info)
        if isinstance(event, ModelLoading):
            return state
    if job == state.run_job:
        return replace(state, run=run_told(state.run, event))
    return state


def run_told(run: Run, event: Event) -> Run:
    """The run after an event of its job."""
    if isinstance(event, PromptRead):
        prompt = event.prompt
        return Run(
            prompt=prompt,
            granularity=event.granularity,
            units=event.units,
            names={u[0]: unit_text(prompt.text, prompt.tokens, u) for u in event.units},
            target=event.target,
            next_tokens=event.next_tokens,
        )
    if isinstance(event, ZoomedIn):
        return replace(run, inside=len(event.units), search=None, tried=None)
    if isinstance(event, SearchNarrowed):
        return replace(run, search=event, tried=None, work=event.work)
    if isinstance(event, ScalesTried):
        return replace(run, tried=event, work=event.work)
    if isinstance(event, TokensScored) and run.inside:
        return replace(run, work=event.work)  # a token's share is known once all are
    if isinstance(event, TokensScored):
        return replace(run, raw={**run.raw, **event.raw}, work=event.work)
    if isinstance(event, Warned):
        return replace(run, warnings=(*run.warnings, event))
    if isinstance(event, Explained):
        return replace(run, explanation=event.explanation, work=event.explanation.work)
    if isinstance(event, BatchHalved):
        halved = Warned(f"Memory ran out: batches were halved to {event.rows} rows.")
        return replace(run, warnings=(*run.warnings, halved), work=event.work)
    raise TypeError(f"unknown event {event!r}")


def model_known(state: State, model: ModelInfo | None) -> State:
    """Loading ended: `model` is the one the engine has now, the one before if the new one failed."""
    name = model.name if model is not None else state.model_name
    return replace(state, model=model, model_name=name)


def ended(state: State, job: int, *, error: str | None, cancelled: bool) -> State:
    """The state after a job ended; a request that failed gives way to the one before."""
    if job == state.load_job:
        return replace(state, load_job=0, error=error or state.error)
    if job == state.run_job:
        outcome = "cancelled" if cancelled else "failed" if error else "done"
        run = replace(state.run, outcome=outcome)
        request = state.before if error else state.request
        return replace(
            state, run=run, run_job=0, request=request, before=request, error=error or state.error
        )
    return state
