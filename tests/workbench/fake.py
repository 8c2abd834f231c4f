"""An engine that follows a script: what the interface shows must not depend on torch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.message import Message
from textual.pilot import Pilot

from noiser.events import (
    Bracket,
    Estimate,
    Event,
    Explained,
    ModelLoaded,
    ModelLoading,
    PromptRead,
    SearchNarrowed,
    TokensScored,
    Warned,
    Work,
    ZoomedIn,
)
from noiser.explanation import Explanation
from noiser.methods import METHODS
from noiser.model.info import ModelInfo
from noiser.prompt import Prompt, Token
from noiser.request import Request
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.costs import WORTH, Costs, left_of, no_fast_search
from noiser_tui.workbench.engine import (
    AddDraws,
    EngineEstimated,
    EngineTold,
    EstimateCost,
    ExplainPrompt,
    Job,
    JobEnded,
    LoadModel,
    Post,
    QueueChanged,
    UnloadModel,
    WentOn,
)
from noiser_tui.workbench.response_form import Question, Responded
from tests.export.example import zoomed
from tests.workbench.answers import answers, explanation_of, prompt_of

INFO = ModelInfo(
    name="fake",
    family="qwen2",
    parameters=3_000_000,
    bytes=12_000_000,
    dtype="float32",
    device="cpu",
    attention="sdpa",
    context=1024,
)


def preview_of(text: Question) -> Explanation:
    """What the fast search finds: another scale, for less work."""
    return replace(
        explanation_of(text), search="fast", alpha=0.08, work=Work(700, 9, 9900), seconds=0.3
    )


def partial_of(text: str, scored: int) -> Explanation:
    """What is left of a run that was cancelled: the first `scored` tokens have scores."""
    whole = explanation_of(text)
    tokens = [
        token if i < scored else replace(token, score=None, raw=None, interval=None)
        for i, token in enumerate(whole.tokens)
    ]
    told = (Warned(f"Cancelled with {scored} of {len(tokens)} scored."),)
    return replace(whole, tokens=tuple(tokens), complete=False, warnings=told, leaders=())


def costs_of(text: Question, request: Request, seconds: float) -> Costs:
    """What the engine expects of a prompt that takes so many seconds, its preview a half of them."""
    why = no_fast_search(request) or ("" if seconds >= WORTH else "the exact search is short")
    by_method = {name: Estimate(24, 61_000, seconds) for name in METHODS}
    return Costs(text, request, by_method, None if why else Estimate(20, 30_000, seconds / 2), why)


def script(text: Question, explanation: Explanation | None = None) -> list[Event]:
    """What the engine tells about a prompt: two steps of a search, scores, the result."""
    if isinstance(text, Responded):
        return reward_script(text)
    explanation = explanation or explanation_of(text)
    tokens = tuple(Token(t.id, t.text, t.start, t.end, t.role) for t in explanation.tokens)
    wide = {i: Bracket(0.0, 0.5) for i in range(len(tokens))}
    narrow = {i: Bracket(0.25, 0.5, out_at=2) for i in wide} | {1: Bracket(0.0, 0.25)}
    raw = {i: t.raw or 0.0 for i, t in enumerate(explanation.tokens)}
    return [
        PromptRead(
            Prompt(explanation.prompt, tokens, explanation.messages),
            explanation.target,
            explanation.next_tokens,
        ),
        SearchNarrowed(1, 10, wide, tuple(wide), tuple(wide), Work(500, 2)),
        SearchNarrowed(2, 10, narrow, (1,), (1,), Work(900, 3)),
        TokensScored(len(tokens), len(tokens), raw, Work(1000, 4)),
        Explained(explanation),
    ]


def reward_script(asked: Responded) -> list[Event]:
    """What the engine tells about a response: its reward; and where there is another, its own, the margin."""
    whole = explanation_of(asked)
    texts = [one for one in (asked.response, asked.against) if one]
    events: list[Event] = []
    for step, response in enumerate(texts):
        alone = Responded(asked.prompt, response)
        made, prompt = explanation_of(alone), prompt_of(alone)
        raw = {i: t.raw or 0.0 for i, t in enumerate(made.tokens)}
        events += [
            PromptRead(prompt, made.target, (), step, len(texts)),
            TokensScored(len(raw), len(raw), raw, Work(1000, 4)),
            Explained(made, step, len(texts)),
        ]
    return [*events, Explained(whole)] if asked.against else events


def zoomed_script() -> list[Event]:
    """What the engine tells about a prompt of three sentences: their search, then that inside one."""
    explanation = zoomed()
    tokens = tuple(Token(t.id, t.text, t.start, t.end, t.role) for t in explanation.tokens)
    units = tuple(tuple(range(unit.first, unit.last + 1)) for unit in explanation.units)
    firsts = {unit[0]: Bracket(0.25, 0.5) for unit in units}
    inside = {i: Bracket(0.125, 0.25, out_at=1) for i in (3, 5)} | {4: Bracket(0.125, 0.25)}
    prompt = Prompt(explanation.prompt, tokens)
    read = PromptRead(prompt, explanation.target, explanation.next_tokens)
    return [
        replace(read, granularity="sentence", units=units),
        SearchNarrowed(2, 10, firsts, tuple(firsts), (3,), Work(300, 2)),
        TokensScored(4, 4, {0: 0.0, 1: 0.1, 3: 0.35, 6: 0.05}, Work(400, 4)),
        ZoomedIn((3,)),
        SearchNarrowed(3, 10, inside, (4,), (4,), Work(450, 6)),
        TokensScored(3, 3, {3: 0.05, 4: 0.3, 5: 0.0}, Work(500, 9)),
        Explained(explanation),
    ]


class ScriptedEngine:
    """Answers at once; `pause_at` stops the script of an explanation before that event.

    Jobs of the kinds in `waiting` are queued until `answer` lets them go or `cancel` takes them back;
    those of the kinds in `failing` end with that sentence. What else is asked is answered by
    `tests.workbench.answers`, or by `answering` of that kind: a job's number and itself to messages.

    With `seconds` it estimates runs at so many, and goes ahead with previews. While `measuring` it does
    not answer. `partial` is what is known of a run that is cancelled; one that is to go on begins anew where
    `anew` says why.
    """

    def __init__(self, post: Post) -> None:
        self.post = post
        self.memory: str | None = None
        self.jobs: list[Job] = []
        self.instead_of: list[int] = []
        self.pause_at: int | None = None
        self.load_error: str | None = None
        self.explain_error: str | None = None
        self.cancelled = 0
        self.seconds: float | None = None
        self.measuring = False
        self.partial: Explanation | None = None
        self.anew = ""
        self.model: ModelInfo | None = None
        self.waiting: set[type[Job]] = set()
        self.failing: dict[type[Job], str] = {}
        self.answering: dict[type[Job], Callable[[int, Any], list[Message]]] = {}
        self.queued: list[int] = []
        self.finished: list[int] = []

    def submit(self, job: Job, *, instead_of: int = 0) -> int:
        self.jobs.append(job)
        self.instead_of.append(instead_of)
        number = len(self.jobs)
        if instead_of in self.queued:
            self.cancel(instead_of)
        if type(job) in self.waiting:
            self.queued.append(number)
            self._queue_changed()
        else:
            self._do(number, job)
        return number

    def answer(self, number: int) -> None:
        """Let a job go that waits."""
        self.queued.remove(number)
        self._do(number, self.jobs[number - 1])
        self._queue_changed()

    def _queue_changed(self) -> None:
        running, *rest = self.queued or [0]
        self.post(QueueChanged(running, tuple(rest)))

    def _do(self, number: int, job: Job) -> None:
        if type(job) in self.failing:
            self.post(JobEnded(number, job, self.failing[type(job)], model=self.model))
            return
        if isinstance(job, UnloadModel):
            self.model = None
        own = self.answering.get(type(job))
        given = own(number, job) if own is not None else answers(number, job, self.model)
        if given is not None or isinstance(job, UnloadModel):
            for message in given or []:
                self.post(message)
            self.post(JobEnded(number, job, model=self.model))
            return
        self._explain_or_load(number, job)

    def _explain_or_load(self, number: int, job: Job) -> None:
        if isinstance(job, LoadModel):
            self.post(EngineTold(number, ModelLoading(job.name)))
            if self.load_error is None:
                self.model = replace(INFO, name=job.name, rewards="reward" in job.name)
                self.post(EngineTold(number, ModelLoaded(self.model, 0.1)))
            self.post(JobEnded(number, job, self.load_error, model=self.model))
            return
        if isinstance(job, EstimateCost):
            if not self.measuring:
                self.measured(number, job)
            return
        if isinstance(job, AddDraws):
            self.add_draws(number, job)
            return
        assert isinstance(job, ExplainPrompt)
        if self.explain_error is not None:
            self.post(JobEnded(number, job, self.explain_error, model=self.model))
            return
        whole = script(job.text) if job.request.granularity == "token" else zoomed_script()
        events = [(event, False) for event in whole]
        if self.seconds is not None:
            costs = left_of(costs_of(job.text, job.request, self.seconds), job.begun)
            self.post(EngineEstimated(number, costs))
            if costs.preview is not None:
                first = script(job.text, preview_of(job.text))
                if job.request.granularity != "token":
                    first = zoomed_script()
                events = [(event, True) for event in first] + events
        if job.begun is not None:
            self.post(WentOn(number, self.anew))
        for event, preview in events[: self.pause_at]:
            self.post(EngineTold(number, event, preview=preview))
        if self.pause_at is None:
            self.post(JobEnded(number, job, model=self.model))

    def cancel(self, number: int | None = None) -> None:
        self.cancelled += 1
        if number is None and self.queued:
            number = self.queued[0]
        if number in self.queued:
            self.queued.remove(number)
            job = self.jobs[number - 1]
            self._queue_changed()
            self.post(JobEnded(number, job, model=self.model, cancelled=True))
            return
        if (
            self.jobs
            and isinstance(self.jobs[-1], (ExplainPrompt, AddDraws))
            and self.pause_at is not None
        ):
            self.post(
                JobEnded(
                    len(self.jobs),
                    self.jobs[-1],
                    model=self.model,
                    cancelled=True,
                    partial=self.partial,
                )
            )

    def finish(self, number: int) -> None:
        self.finished.append(number)
        if number in self.queued:
            self.cancel(number)

    def add_draws(self, number: int, job: AddDraws) -> None:
        """Add them at once; with `pause_at` only tell how far it is."""
        more = replace(job.explanation, draws=job.draws, search_draws=10, warnings=())
        self.post(EngineTold(number, TokensScored(1, 3, {0: 0.1}, Work(100, 1))))
        if self.pause_at is None:
            self.post(EngineTold(number, Explained(more)))
            self.post(JobEnded(number, job, self.explain_error, model=self.model))

    def measured(self, number: int, job: EstimateCost) -> None:
        """Answer an estimate."""
        costs = costs_of(job.text, job.request, self.seconds or 0.2)
        self.post(EngineEstimated(number, left_of(costs, job.begun)))
        self.post(JobEnded(number, job, model=self.model))

    def start(self) -> None:
        pass

    @property
    def explained(self) -> list[ExplainPrompt]:
        """The explanations asked for."""
        return [job for job in self.jobs if isinstance(job, ExplainPrompt)]


@asynccontextmanager
async def workbench(
    size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[Workbench, Pilot[int], ScriptedEngine]]:
    """A workbench on a scripted engine, its model loaded; its pilot pauses until all is painted."""
    app = Workbench(model="fake", engine=ScriptedEngine, **{"depth": "256", **options})
    async with app.run_test(size=size) as pilot:
        _wait_for_frames(app, pilot)
        for _ in range(100):
            await pilot.pause()
            if app.desk.model is not None and not app.desk.load_job:
                break
            await asyncio.sleep(0.01)
        engine = app.engine
        assert isinstance(engine, ScriptedEngine)
        yield app, pilot, engine


def _wait_for_frames(app: Workbench, pilot: Pilot[int]) -> None:
    """Let a pause last until the next frame is drawn and the runs are kept, where that is under way.

    Textual's own ends where the process was idle for a moment, which it is between two frames, and on a
    busy machine between any two messages of a chain: a key, what is chosen by it, the list that it opens.
    """
    pause = pilot.pause

    async def until_painted(delay: float | None = None) -> None:
        await pause(delay)
        for _ in range(2):
            await pause()
        end = time.monotonic() + 1
        while (app._frame is not None or app.keeping.busy or app.writing.names) and (
            time.monotonic() < end
        ):
            await pause(0.005)

    pilot.pause = until_painted  # type: ignore[method-assign]


def screen_lines(app: Workbench) -> list[str]:
    """What stands on the screen, line by line, without styles."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    lines = [strip.text for strip in strips]
    assert len(lines) == height
    assert all(strip.cell_length == width for strip in strips)
    return lines
