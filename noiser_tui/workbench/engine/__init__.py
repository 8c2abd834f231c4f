"""The engine of the workbench: jobs in, messages out; one daemon thread, no widget in sight.

`Engine.submit(job, *, instead_of=0) -> int` queues a job; only the job `instead_of` is cancelled, or taken
back, for it. `Engine.cancel(number=None)` does the same to a job, None being the one that runs, and
`Engine.start()` begins. `Engine.finish(number)` lets a list of prompts end after the one in hand. Every job
gets exactly one `JobEnded`, every change of what runs and waits a `QueueChanged`. Short jobs (marked s) go
before long ones that wait, never before one that changes the model (marked m). ExplainList makes way for
whatever waits after each prompt.

    job                                                          its messages, before JobEnded
    LoadModel(name, options)                                m    EngineTold: ModelLoading, ModelLoaded
    UnloadModel()                                           m
    SurveyModels(recent)                                    s    ModelsSurveyed(rows, places)
    ReadPrompt(text, request)                               s    TextRead(text, prompt, units),
                                                                 NextTokensKnown(text, next_tokens,
                                                                 target)
    Continue(text, tokens, chosen, begun, model, …)         s    Continued(text, written, done)
    EstimateCost(text, request, begun)                      s    EngineEstimated(costs)
    ExplainPrompt(text, request, preview, begun)                 EngineEstimated, WentOn(anew),
                                                                 EngineTold: the events of
                                                                 noiser.explain
    ExplainList(prompts, model, devices, options, made_with)     ListedBegun(at), ListedExplained(at,
                                                                 explanation, error)
    AddDraws(explanation, draws)                                 EngineTold
    DrawCurve(explanation, position, points)                s    CurveDrawn(explanation, position, curve)
    CompareRows(text, request, methods, models, bounds,          EngineTold, RowCompared(row, rows,
                options, top, own, apart, begun)                 label, explanation, error),
                                                                 Compared(comparison)
    MeasureMetrics(explanation, masks, seed, metrics,            MetricMeasured(metric, found)
                   reference, percents, grain, baseline,
                   begun)
    AskJudge(explanation, judge, url, percent, seed, device,     JudgeAsked(done, total),
             max_calls, max_tokens, per_minute, at_once,         JudgeAnswered(verdict)
             cache)

ExplainPrompt, ExplainList, CompareRows and MeasureMetrics post WorkKnown(left, goes_on, at) now and then:
what a cancel would leave by then, to be kept and gone on from.

All messages but QueueChanged have the `number` of their job. Beside it: `study` starts and reads
studies, each a process of its own; `models` says what a model needs; `recent` which were loaded last.
"""

from noiser_tui.workbench.engine.adding import AddDraws
from noiser_tui.workbench.engine.comparing import Compared, CompareRows, RowCompared
from noiser_tui.workbench.engine.context import Context, Post
from noiser_tui.workbench.engine.continuing import Continue, Continued
from noiser_tui.workbench.engine.drawing import CurveDrawn, DrawCurve
from noiser_tui.workbench.engine.estimating import EngineEstimated, EstimateCost
from noiser_tui.workbench.engine.explaining import ExplainPrompt, WentOn
from noiser_tui.workbench.engine.gauge import Memory
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.judging import AskJudge, JudgeAnswered, JudgeAsked, Verdict
from noiser_tui.workbench.engine.listed import (
    ExplainList,
    ListedBegun,
    ListedExplained,
    ListedPrompt,
)
from noiser_tui.workbench.engine.loading import LoadModel, UnloadModel
from noiser_tui.workbench.engine.measuring import MeasureMetrics, MetricMeasured
from noiser_tui.workbench.engine.messages import (
    EngineMessage,
    EngineTold,
    JobEnded,
    QueueChanged,
    WorkKnown,
)
from noiser_tui.workbench.engine.models import ModelRow, Place
from noiser_tui.workbench.engine.reading import NextTokensKnown, ReadPrompt, TextRead
from noiser_tui.workbench.engine.surveying import ModelsSurveyed, SurveyModels
from noiser_tui.workbench.engine.thread import Engine, EngineThread

__all__ = [
    "AddDraws",
    "AskJudge",
    "CompareRows",
    "Compared",
    "Context",
    "Continue",
    "Continued",
    "CurveDrawn",
    "DrawCurve",
    "Engine",
    "EngineEstimated",
    "EngineMessage",
    "EngineThread",
    "EngineTold",
    "EstimateCost",
    "ExplainList",
    "ExplainPrompt",
    "Job",
    "JobEnded",
    "JudgeAnswered",
    "JudgeAsked",
    "ListedBegun",
    "ListedExplained",
    "ListedPrompt",
    "LoadModel",
    "MeasureMetrics",
    "Memory",
    "MetricMeasured",
    "ModelRow",
    "ModelsSurveyed",
    "NextTokensKnown",
    "Place",
    "Post",
    "QueueChanged",
    "ReadPrompt",
    "RowCompared",
    "SurveyModels",
    "TextRead",
    "UnloadModel",
    "Verdict",
    "WentOn",
    "WorkKnown",
]
