"""The scripted engine answers every kind of job, with the kinds of messages that the real one posts."""

from __future__ import annotations

from typing import Any

import pytest

from noiser.request import Request
from noiser_tui.workbench.engine import (
    AskJudge,
    Compared,
    CompareRows,
    Continue,
    Continued,
    CurveDrawn,
    DrawCurve,
    Job,
    JobEnded,
    JudgeAnswered,
    LoadModel,
    MeasureMetrics,
    MetricMeasured,
    ModelsSurveyed,
    NextTokensKnown,
    QueueChanged,
    ReadPrompt,
    SurveyModels,
    UnloadModel,
)
from tests.workbench.answers import explanation_of
from tests.workbench.fake import ScriptedEngine

TEXT = "The sea is wide"
MADE = explanation_of(TEXT)
COMPARE = CompareRows(TEXT, Request(), ("noiser", "occlusion"), ("fake", "other"), ("min", "max"))


@pytest.mark.parametrize(
    ("job", "last"),
    [
        (ReadPrompt(TEXT, Request()), NextTokensKnown),
        (ReadPrompt(TEXT, Request(granularity="word")), NextTokensKnown),
        (Continue(TEXT, 4), Continued),
        (COMPARE, Compared),
        (MeasureMetrics(MADE), MetricMeasured),
        (AskJudge(MADE), JudgeAnswered),
        (DrawCurve(MADE, 2), CurveDrawn),
        (SurveyModels(), ModelsSurveyed),
        (LoadModel("fake"), None),
        (UnloadModel(), None),
    ],
)
def test_every_job_has_an_answer(job: Job, last: type | None) -> None:
    posted: list[Any] = []
    engine = ScriptedEngine(posted.append)
    number = engine.submit(job)
    assert isinstance(posted[-1], JobEnded)
    assert posted[-1].error is None
    assert {message.number for message in posted} == {number}
    if last is not None:
        assert isinstance(posted[-2], last)


def test_a_script_can_hold_fail_and_change_an_answer() -> None:
    posted: list[Any] = []
    engine = ScriptedEngine(posted.append)
    engine.waiting = {DrawCurve}
    first, second = (engine.submit(DrawCurve(MADE, i)) for i in (1, 2))
    third = engine.submit(DrawCurve(MADE, 3), instead_of=second)
    changes = [(m.running, m.waiting) for m in posted if isinstance(m, QueueChanged)]
    assert changes == [(1, ()), (1, (2,)), (1, ()), (1, (3,))]
    engine.answer(first)
    engine.cancel()
    ends = {m.number: m.cancelled for m in posted if isinstance(m, JobEnded)}
    assert ends == {first: False, second: True, third: True}
    engine.failing[AskJudge] = "No judge."
    engine.submit(AskJudge(MADE))
    assert posted[-1].error == "No judge."
    engine.answering[AskJudge] = lambda number, job: []
    del engine.failing[AskJudge]
    engine.submit(AskJudge(MADE))
    assert posted[-1].error is None
