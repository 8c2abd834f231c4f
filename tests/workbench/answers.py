"""What a scripted engine answers to each kind of job: plausible, quick, the same every time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from textual.message import Message

from noiser.chat import Message as ChatMessage
from noiser.comparison.rows import plan
from noiser.continuation import Written
from noiser.events import Explained, NextToken, RowExplained, RowStarted, Work
from noiser.explanation import Explanation
from noiser.judge.protocol import Reply
from noiser.metrics.answered import Answered
from noiser.metrics.results import Curve, Curves, Hard, Metrics, Number, Soft
from noiser.model.available import AvailableModel
from noiser.model.info import ModelInfo
from noiser.model.weights import Weights
from noiser.prompt import Prompt, Token
from noiser.scale_curve import ScaleCurve
from noiser.units import cut
from noiser_tui.workbench.engine import (
    AskJudge,
    Compared,
    CompareRows,
    Continue,
    Continued,
    CurveDrawn,
    DrawCurve,
    EngineTold,
    ExplainList,
    Job,
    JudgeAnswered,
    JudgeAsked,
    ListedBegun,
    ListedExplained,
    MeasureMetrics,
    MetricMeasured,
    ModelsSurveyed,
    NextTokensKnown,
    Place,
    ReadPrompt,
    RowCompared,
    SurveyModels,
    TextRead,
    Verdict,
)
from noiser_tui.workbench.engine.models import model_rows
from noiser_tui.workbench.response_form import Question, Responded
from tests.comparison.rows import compared
from tests.export.example import example

WORDS = (" Paris", ",", " and", " the", " sea", ".")
"""What the scripted model goes on to write, over and over."""


def in_template(said: Question) -> str:
    """A text as it is, a chat as the scripted model's template has it, a response behind its prompt."""
    if isinstance(said, Responded):
        return in_template(said.prompt) + said.response
    if isinstance(said, str):
        return said
    return " ".join(f"[{one.role}] {one.content}" for one in said.messages) + " [assistant]"


def explanation_of(said: Question) -> Explanation:
    """An explanation of a text or a chat, one token per word with its leading space."""
    if isinstance(said, Responded):
        return reward_of(said)
    words = in_template(said).split(" ")
    pieces = [words[0], *(f" {word}" for word in words[1:])]
    made = example(pieces, warnings=())
    messages = () if isinstance(said, str) else said.messages
    tokens = tuple(
        replace(one, role="template") if messages and one.text.strip().startswith("[") else one
        for one in made.tokens
    )
    model = {**made.model, "name": "fake"}
    return replace(made, model=model, messages=messages, tokens=tokens)


def reward_of(asked: Responded) -> Explanation:
    """What a response's reward rests on, or its margin over the other one."""
    prompt, whole = in_template(asked.prompt), explanation_of(in_template(asked))
    tokens = tuple(
        replace(one, role="generated") if one.start >= len(prompt) else one for one in whole.tokens
    )
    messages: tuple[ChatMessage, ...] = ()
    if not isinstance(asked.prompt, str):
        messages = (*asked.prompt.messages, ChatMessage("assistant", asked.response))
    one = replace(
        whole,
        model={**whole.model, "name": "tiny-reward"},
        tokens=tokens,
        messages=messages,
        next_tokens=(),
        alpha=None,
        leaders=(),
        bound="norm-l2",
        contrast=None,
        explains=asked.measure,
        target=NextToken(-1, "reward", None),
        reward=1.5 - len(asked.response) / 100,
    )
    if not asked.against:
        return one
    other = reward_of(Responded(asked.prompt, asked.against))
    other = replace(other, explains="margin", reward=0.5, target=NextToken(-1, "the other", None))
    return replace(one, continuation=(other,), reward=0.5, target=NextToken(-1, "the margin", None))


def prompt_of(said: Question) -> Prompt:
    """The text or the chat as the scripted model reads it."""
    made = explanation_of(said)
    tokens = (
        Token(t.id, t.text, t.start, t.end, t.role, t.text.encode().hex()) for t in made.tokens
    )
    return Prompt(made.prompt, tuple(tokens), made.messages)


def answers(number: int, job: Job, model: ModelInfo | None = None) -> list[Message] | None:
    """All that is posted of a job before its end; None for one of another kind."""
    match job:
        case ReadPrompt():
            return _read(number, job)
        case Continue():
            return _continued(number, job)
        case CompareRows():
            return _compared(number, job)
        case ExplainList():
            return _listed(number, job)
        case MeasureMetrics():
            return _measured(number, job)
        case AskJudge():
            return _judged(number, job)
        case DrawCurve():
            curve = curve_of(job.explanation, job.position, job.points)
            return [CurveDrawn(number, job.explanation, job.position, curve)]
        case SurveyModels():
            return [_surveyed(number, job, model)]
    return None


def _read(number: int, job: ReadPrompt) -> list[Message]:
    prompt, request = prompt_of(job.text), job.request
    by_token = request.granularity == "token"
    units = () if by_token else cut(prompt, request.granularity, request.on(prompt).spans)
    known = explanation_of(job.text)
    read = TextRead(number, job.text, prompt, tuple(units))
    if isinstance(job.text, Responded):
        return [read]
    return [read, NextTokensKnown(number, job.text, known.next_tokens, known.target)]


def _continued(number: int, job: Continue) -> list[Message]:
    written: list[Written] = []
    text = ""
    for step in range(job.tokens):
        ids = [1000 + (step + i) % len(WORDS) for i in range(min(job.alternatives, len(WORDS)))]
        others = [NextToken(id_, WORDS[id_ - 1000], 0.6 / 2**i) for i, id_ in enumerate(ids)]
        known = (*job.begun, *job.chosen[len(job.begun) :])
        id_ = known[step] if step < len(known) else ids[0]
        token = next((one for one in others if one.id == id_), NextToken(id_, f" t{id_}", 0.01))
        before = prompt_of(in_template(job.text) + text)
        text += token.text
        written.append(Written(token, tuple(others), before, text, False))
    written = written[len(job.begun) :]
    return [
        *(Continued(number, job.text, tuple(written[:1]), done=False) for _ in written[1:2]),
        Continued(number, job.text, tuple(written), done=True),
    ]


def _compared(number: int, job: CompareRows) -> list[Message]:
    models = job.models or ("fake",)
    methods, bounds = job.methods or (job.request.method,), job.bounds or (job.request.bound,)
    planned = plan(models, methods, bounds, job.request, job.own)
    messages: list[Message] = []
    rows: dict[str, Explanation | str] = {}
    for row, one in enumerate(planned):
        whole = explanation_of(job.text)
        tokens = tuple(
            token
            if token.score is None
            else replace(token, score=token.score / (1 + (row + i) % 3))
            for i, token in enumerate(whole.tokens)
        )
        made = replace(whole, tokens=tokens, method=one.request.method, bound=one.request.bound)
        if job.begun is not None and (there := job.begun.rows[row].explanation) is not None:
            made = there
        rows[one.label] = made
        for event in (
            RowStarted(row, len(planned), one.label),
            Explained(made),
            RowExplained(row, len(planned), one.label, made),
        ):
            messages.append(EngineTold(number, event))
        messages.append(RowCompared(number, row, len(planned), one.label, made))
    found = compared(rows, job.top)
    named = tuple(
        replace(row, model=models[one.model], method=one.request.method, bound=one.bound)
        for row, one in zip(found.rows, planned, strict=True)
    )
    return [*messages, Compared(number, replace(found, rows=named))]


def metrics_of(explanation: Explanation, masks: int = 16, seed: int = 1) -> Metrics:
    """All metrics of an explanation, with intervals where there are any."""

    def number(value: float) -> Number:
        return Number(value, (value - 0.05, value + 0.05))

    numbers = (number(0.62), number(0.81), number(0.40), number(0.55), number(0.83))
    soft = Soft(*numbers, masks, seed, False, ())
    percents = (1.0, 5.0, 10.0, 20.0, 50.0)
    losses = tuple(Number(0.9 - 0.2 * i) for i in range(5))
    hard = Hard(percents, losses, losses[::-1], "token", "zero")
    counts = tuple(range(len(explanation.tokens) + 1))
    down = tuple(0.98 / 2**i for i in counts)
    fall, rise = Curve(counts, down, 0.21), Curve(counts, down[::-1], 0.77)
    curves = Curves(Number(0.21), Number(0.77), (fall,), (rise,), "token", "zero")
    about = (explanation.prompt, explanation.model, explanation.method, (explanation.target,))
    return Metrics(*about, soft, hard, curves, Work(4000, 6), 0.2)


def _measured(number: int, job: MeasureMetrics) -> list[Message]:
    whole = metrics_of(job.explanation, job.masks, job.seed)
    alone = replace(whole, soft=None, hard=None, curves=None)
    return [
        MetricMeasured(number, name, replace(alone, **{name: getattr(whole, name)}))
        for name in job.metrics
    ]


def _judged(number: int, job: AskJudge) -> list[Message]:
    words = job.explanation.prompt.split()
    target = job.explanation.target.text
    reply = Reply(("Lyon", target.strip(), "Rome", "Nice", "Lille"), "1. Lyon\n2. …", True)
    half = tuple(words[: len(words) // 2])
    every = {"top": half, "none": (), "random": half[::-1], "whole": tuple(words)}
    shown = {
        name: (Answered(target, some, 0.7, reply, name == "whole", name != "none"),)
        for name, some in every.items()
    }
    verdict = Verdict(job.judge, shown, 4, 0, 0)  # type: ignore[arg-type]
    return [*(JudgeAsked(number, i, 4) for i in range(1, 5)), JudgeAnswered(number, verdict)]


def _listed(number: int, job: ExplainList) -> list[Message]:
    """Each in turn; those with "fail" in them do."""
    told: list[Message] = []
    for one in job.prompts:
        told.append(ListedBegun(number, one.at))
        wrong = "fail" in str(one.said)
        found = None if wrong else explanation_of(one.said)
        told.append(ListedExplained(number, one.at, found, "No memory." if wrong else None))
    return told


def curve_of(explanation: Explanation, position: int, points: int = 33) -> ScaleCurve:
    """A curve that falls at the scale of the explanation."""
    alpha = explanation.alpha
    grid = {*np.geomspace(2.0**-10, 1.0, points).tolist(), *([alpha] if alpha else [])}
    scales, middle = tuple(sorted(grid)), 2 * (alpha or 0.05)
    means = tuple(0.98 / (1 + (scale / middle) ** 2) for scale in scales)
    return ScaleCurve(
        positions=(position,),
        text=explanation.tokens[position].text,
        clean=0.98,
        scales=scales,
        means=means,
        intervals=tuple((mean - 0.03, mean + 0.03) for mean in means),
        holds=tuple(mean > 0.5 for mean in means),
        alpha=alpha,
        draws=explanation.draws,
    )


def _surveyed(number: int, job: SurveyModels, model: ModelInfo | None) -> ModelsSurveyed:
    cached = ("org/small-1b", 1_000_000_000), ("org/large-70b", 70_000_000_000)
    available = [AvailableModel("fake", 6_000_000, Path("fake"), "shipped here, for trying things")]
    available += [
        AvailableModel(name, 2 * size, Path(name), "Hugging Face cache") for name, size in cached
    ]
    weights = {"fake": Weights(3_000_000, "bfloat16")}
    weights |= {name: Weights(size, "bfloat16") for name, size in cached}
    places = (Place("cuda:0", 24e9), Place("cpu", 60e9))
    return ModelsSurveyed(number, model_rows(available, weights, model, job.recent), places)
