"""What an explanation's page knows, and how each event changes it; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Literal

from textual.message import Message

from noiser.events import Event, Explained, ModelLoaded, ModelLoading, TokensScored
from noiser.explanation import Explanation
from noiser.model.info import ModelInfo
from noiser.request import Request
from noiser_tui.look.cells import by_itself, one_line
from noiser_tui.workbench.chat_form import ChatForm, Said
from noiser_tui.workbench.continuation import STOPPED, Continuation
from noiser_tui.workbench.costs import Costs
from noiser_tui.workbench.engine import EngineEstimated, EngineTold, JobEnded, WentOn
from noiser_tui.workbench.measured import Measured, left_by_cancel
from noiser_tui.workbench.pace import Pace
from noiser_tui.workbench.reading import Reading
from noiser_tui.workbench.response_form import (
    Measure,
    Question,
    Responded,
    ResponseForm,
    unanswerable,
)
from noiser_tui.workbench.run import Run, redrawn, run_stopped, run_told, shown
from noiser_tui.workbench.tracing import Trace

Phase = Literal[
    "no model", "loading", "ready", "running", "estimating", "measuring", "asking the judge"
]

GOES_ON = "It goes on where it was cancelled."
"""The note of a run while it does."""
ANEW = "It began anew:"
"""How the note of a run begins that was to go on and could not; the reason follows."""


@dataclass(frozen=True)
class State:
    """One moment of an explanation: a prompt, what is asked of it, what came of that.

    `text` is what stands in the editor, `chat` whether that is a message of a chat, `response` what
    is responded to it, if that is judged. `load_job` and `run_job` are the numbers of the jobs that are
    waited for, 0 for none; what any other job still tells is not for the screen. `chosen_for` is what a
    target or a contrast was chosen for, `before` the request to go back to when a run with the new one
    fails.
    `edited` says that the text in the editor is not the one explained. `error` is one sentence, and so
    is `note`, which answers a question. `refusal` is the error that says why the last key did nothing: it
    goes with the next one, and what stood `behind` it is the error again.
    `estimate_job` asks for an estimate, `costs` is the last one. `adding` is how many draws the explanation
    will have once the running job has added them, `measured` what is known of how faithful the scores are.
    `replay` is the step of the search that is looked at again, 0 for its end; `playing` goes on from there.
    `reading` is what the model makes of the text as it stands, `trace` the curve of a token, `continuation`
    how it goes on, `pace` how fast the run does its work.
    """

    kind: ClassVar[str] = "explanation"

    model_name: str
    model: ModelInfo | None = None
    text: str = ""
    chat: ChatForm = field(default_factory=ChatForm)
    response: ResponseForm = field(default_factory=ResponseForm)
    request: Request = field(default_factory=Request)
    run: Run = field(default_factory=Run)
    load_job: int = 0
    run_job: int = 0
    chosen_for: Question = ""
    before: Request = field(default_factory=Request)
    edited: bool = False
    error: str = ""
    refusal: str = ""
    behind: str = ""
    estimate_job: int = 0
    costs: Costs | None = None
    note: str = ""
    adding: int = 0
    measured: Measured = field(default_factory=Measured)
    replay: int = 0
    playing: bool = False
    reading: Reading = field(default_factory=Reading)
    trace: Trace = field(default_factory=Trace)
    continuation: Continuation = field(default_factory=Continuation)
    pace: Pace = field(default_factory=Pace)

    @cached_property
    def said(self) -> Said:
        """The prompt: the text, or the chat that it ends."""
        return self.chat.around(self.text)

    @cached_property
    def asked(self) -> Question:
        """What the engine is asked about: the prompt, or a response to it."""
        return self.response.after(self.said)

    @property
    def measure(self) -> Measure | None:
        """What F5 explains where that is a number for a whole text, and no token's probability."""
        if isinstance(self.asked, Responded):
            return self.asked.measure
        return "reward" if self.model is not None and self.model.rewards else None

    @property
    def unanswerable(self) -> str:
        """Why F5 cannot explain it, in one sentence; empty where it can, as far as that is known."""
        model = None if self.load_job else self.model
        return unanswerable(self.response, self.request, self.model_name, model)

    @property
    def phase(self) -> Phase:
        """What the engine is at."""
        if self.load_job:
            return "loading"
        if self.run_job:
            return "running"
        if self.estimate_job:
            return "estimating"
        if self.measured.doing:
            return self.measured.doing
        return "ready" if self.model is not None else "no model"

    @property
    def other_model(self) -> str:
        """The name of the model that made what is shown where it is not the one chosen, else empty."""
        made = self.run.explanation.model.get("name", "") if self.run.explanation else ""
        return "" if made == self.model_name else str(made)

    @property
    def failure(self) -> str:
        """The error that stays, however many keys are pressed."""
        passing = self.refusal and self.error == self.refusal
        return self.behind if passing else self.error

    @property
    def begun(self) -> Explanation | None:
        """What a cancel left of the very run that is asked for."""
        run = self.run
        same = run.asked == self.asked and run.asked_with == self.request
        return run.begun if same else None

    @property
    def title(self) -> str:
        """The prompt's first words."""
        return one_line(self.text.strip()[:400], 20) or "Untitled"

    @property
    def job(self) -> int:
        """The run, the estimate or the measurement that is waited for."""
        return self.run_job or self.estimate_job or self.measured.job

    @property
    def stoppable(self) -> int:
        """The job that a cancel stops: what is waited for, else what the model goes on to write."""
        return self.job or self.continuation.job

    @property
    def status(self) -> str:
        """What the engine is at."""
        return self.phase

    def heard(self, message: Message) -> State:
        """The page after a message of the engine."""
        ours = (self.job, self.continuation.job)
        if isinstance(message, JobEnded) and message.number in ours and self.refusal:
            return went_on(self).heard(message)  # what stood against it may be over
        reading, trace = self.reading.heard(message), self.trace.heard(message)
        continuation = self.continuation.heard(message)
        own = (self.reading, self.trace, self.continuation)
        if self.chat.on and isinstance(message, JobEnded) and message.number == self.reading.job:
            own_error = message.error or self.error  # a model without a template says so at once
            return replace(self, reading=reading, error=own_error)
        if any(a is not b for a, b in zip((reading, trace, continuation), own, strict=True)):
            state = replace(self, reading=reading, trace=trace, continuation=continuation)
            cut = continuation.left and not self.continuation.left
            return noted(state, STOPPED) if cut else state
        if isinstance(message, EngineTold):
            now = told(self, message.number, message.event, preview=message.preview)
            if message.number != now.run_job:
                return now
            pace = now.pace.heard(message.time, now.run.work.token_forwards)
            return replace(now, pace=pace) if pace is not now.pace else now
        if isinstance(message, WentOn) and message.number == self.run_job:
            if message.anew:
                return noted(self, f"{ANEW} {message.anew}")
            return noted(replace(self, pace=Pace(goes_on=True)), GOES_ON)
        if isinstance(message, EngineEstimated):
            return estimated(self, message.number, message.costs)
        state, measured = self, self.measured.heard(message)
        if measured is not self.measured:
            ended = message if isinstance(message, JobEnded) else None
            wrong = ended.error if ended is not None else None
            state = replace(self, measured=measured, error=wrong or self.error)
            if ended is not None and ended.cancelled:
                state = noted(state, left_by_cancel(self.measured))
        return _job_ended(state, message) if isinstance(message, JobEnded) else state


def model_asked(state: State, name: str, job: int) -> State:
    """Another model was asked for: a run of the one before is over, what it found stays."""
    run = replace(state.run, outcome="cancelled") if state.run_job else state.run
    request = without_target(state.request)  # ids of another vocabulary
    state = replace(
        state, run=run, run_job=0, estimate_job=0, request=request, costs=None, adding=0
    )
    if state.model is not None:  # what is said at the start, before the first one, stays
        state = replace(state, error="", note="")
    return replace(state, model_name=name, load_job=job)


def model_let_go(state: State, note: str) -> State:
    """The model that is loading is not wanted any more."""
    return replace(noted(model_known(state, state.model), note), load_job=0)


def run_asked(state: State, job: int) -> State:
    """A run was asked for: what the last one found goes, its text stays until the new one is read."""
    before = state.run
    run = Run(
        responded=state.asked if isinstance(state.asked, Responded) else None,
        prompt=before.prompt,
        granularity=before.granularity,
        joint=before.joint,
        units=before.units,
        names=before.names,
        target=before.target,
        next_tokens=before.next_tokens,
        asked_with=state.request,
    )
    state = replace(state, run=run, run_job=job, edited=False, replay=0, playing=False)
    return replace(state, error="", note="", adding=0, pace=Pace())


def draws_asked(state: State, job: int, draws: int) -> State:
    """More draws were asked for: what was found stays until they are there."""
    run = replace(state.run, costs=None, why="")
    return replace(state, run=run, run_job=job, adding=draws, error="", note="", pace=Pace())


def _draws_told(state: State, event: Event) -> State:
    """The state after an event of the job that adds draws."""
    if isinstance(event, Explained):
        return replace(state, run=redrawn(state.run, event.explanation, event.step))
    if isinstance(event, TokensScored):
        done = f"{event.done} of {event.total}"
        return noted(state, f"Adding draws, up to {state.adding}: {done} in this round.")
    return state


def _draws_ended(
    state: State, *, error: str | None, cancelled: bool, partial: Explanation | None
) -> State:
    """The state after that job: cancelled, it has the draws that were complete by then."""
    run = state.run
    for step, one in enumerate(partial.steps_explained if partial is not None else ()):
        run = redrawn(run, one, step)
    now = run.explanation.draws if run.explanation is not None else 0
    ended = "Cancelled: the" if cancelled else "The"
    note = "" if error else f"{ended} scores are those of {now} draws."
    run = replace(run, why=error or "")
    return replace(state, run=run, run_job=0, adding=0, error=error or "", note=note)


def estimate_asked(state: State, job: int) -> State:
    """An estimate was asked for."""
    return replace(state, estimate_job=job, error="", note="")


def estimated(state: State, job: int, costs: Costs) -> State:
    """What a run takes that has begun, or would take, if the text is still the one it was asked for."""
    if job == state.run_job:
        return replace(state, costs=costs, run=replace(state.run, costs=costs))
    if job != state.estimate_job:
        return state
    if costs.text != state.asked or costs.request != state.request:
        return noted(state, "What was to be estimated has been changed: ask again with Ctrl+T.")
    return noted(replace(state, costs=costs), costs.sentence())


def noted(state: State, sentence: str) -> State:
    """A question is answered."""
    return replace(state, note=sentence, error="")


def request_changed(state: State, request: Request) -> State:
    """Options were chosen; a target or a contrast belongs to the text that is open."""
    chosen_for = state.asked or state.run.asked or ""
    before = state.request
    return replace(state, request=request, before=before, chosen_for=chosen_for, error="", note="")


def walked(state: State, steps: int) -> State:
    """Another of several targets is looked at, as many steps on or back as there are."""
    run = state.run
    if state.run_job or len(run.done) < 2:
        return refused(state, "There is one target only: a target of several words has more.")
    at = min(max(0, run.at + steps), len(run.done) - 1)
    state = replace(state, run=shown(run, at), replay=0, playing=False)
    target = state.run.target
    if state.run.measure == "margin":
        which = "other response" if at else "response"
        return noted(state, f"Text {at + 1} of 2: the prompt with the {which}.")
    text = one_line(by_itself(target.text), 40) if target is not None else ""
    return noted(state, f"Target {at + 1} of {len(run.done)}: “{text}”")


def without_target(request: Request) -> Request:
    """The request for the model's own prediction, and for no single token of a text."""
    generate = 0 if request.at else request.generate
    return replace(request, target=None, contrast=None, generate=generate, at=0)


def refused(state: State, sentence: str) -> State:
    """Something was not done; whatever runs goes on."""
    return replace(state, error=sentence, note="", refusal=sentence, behind=state.failure)


def went_on(state: State) -> State:
    """Another key was pressed: why the one before did nothing is known by now."""
    if not state.refusal:
        return state
    return replace(state, error=state.failure, refusal="", behind="")


def told(state: State, job: int, event: Event, *, preview: bool = False) -> State:
    """The state after an event of a job, or of the preview that goes before it."""
    if job == state.load_job:
        if isinstance(event, ModelLoaded):
            return replace(state, model=event.info)
        if isinstance(event, ModelLoading):
            return state
    if job == state.run_job and isinstance(event, Explained):
        state = replace(state, measured=Measured())  # that was of other scores
    if job == state.run_job and state.adding:
        return _draws_told(state, event)
    if job == state.run_job:
        return replace(state, run=run_told(state.run, event, preview=preview))
    return state


def _job_ended(state: State, message: JobEnded) -> State:
    """The page after any job ended; after loading it has the model that the engine has now."""
    if message.number == state.load_job:
        state = model_known(state, message.model)
    return ended(
        state,
        message.number,
        error=message.error,
        cancelled=message.cancelled,
        partial=message.partial,
    )


def model_known(state: State, model: ModelInfo | None) -> State:
    """Loading ended: `model` is the one the engine has now, the one before if the new one failed."""
    name = model.name if model is not None else state.model_name
    return replace(state, model=model, model_name=name)


def ended(
    state: State,
    job: int,
    *,
    error: str | None,
    cancelled: bool,
    partial: Explanation | None = None,
) -> State:
    """The state after a job ended; a request that failed gives way to the one before."""
    if job == state.load_job:
        return replace(state, load_job=0, error=error or state.error)
    if job == state.estimate_job:
        return replace(state, estimate_job=0, error=error or state.error)
    if job == state.run_job and state.adding:
        return _draws_ended(state, error=error, cancelled=cancelled, partial=partial)
    if job == state.run_job:
        outcome = "cancelled" if cancelled else "failed" if error else "done"
        run = replace(run_stopped(state.run, partial), outcome=outcome, why=error or "")
        request = state.before if error else state.request
        note = "" if state.note == GOES_ON else state.note
        if len(run.done) > 1:
            note = f"{len(run.done)} targets, the whole and each token: Alt+Right shows the next."
            if run.measure == "margin":
                note = "Scores are of both texts: Alt+Right shows the other response's."
        return replace(
            state,
            run=run,
            run_job=0,
            request=request,
            before=request,
            error=error or state.error,
            note=note,
        )
    return state
