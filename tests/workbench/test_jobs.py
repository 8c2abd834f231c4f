"""Each kind of job on the built-in model: what it posts, and that it is what the engine finds."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import noiser
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Explained, RowExplained, SearchNarrowed, TokensScored
from noiser.explanation import Explanation
from noiser.metrics.measure import measure
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from noiser_tui.settings.measuring import Metrics
from noiser_tui.workbench.engine import (
    AskJudge,
    Compared,
    CompareRows,
    Continue,
    Continued,
    CurveDrawn,
    DrawCurve,
    EngineEstimated,
    EngineTold,
    EstimateCost,
    ExplainPrompt,
    Job,
    JudgeAnswered,
    JudgeAsked,
    LoadModel,
    MeasureMetrics,
    MetricMeasured,
    NextTokensKnown,
    ReadPrompt,
    RowCompared,
    TextRead,
    UnloadModel,
)
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.measuring_options import measure_job
from noiser_tui.workbench.run import Run, run_stopped, run_told
from noiser_tui.workbench.state import State
from noiser_tui.workbench.ways import ways_of
from tests.tiny import save_tiny

TEXT = "The capital of France is"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return noiser.load("built-in", device="cpu")


@pytest.fixture(scope="module")
def explanation(model: LanguageModel) -> Explanation:
    return noiser.explain(model, TEXT)


@pytest.fixture
def held(model: LanguageModel) -> Held:
    return Held(model)


def posted(job: Job, held: Held, cancel: threading.Event | None = None) -> list[Any]:
    """All that a job posts, run here and now."""
    messages: list[Any] = []
    job.run(Context(7, cancel or threading.Event(), messages.append, held))
    assert all(message.number == 7 for message in messages)
    return messages


def of(kind: type, messages: list[Any]) -> list[Any]:
    return [message for message in messages if isinstance(message, kind)]


def test_unloading_gives_the_model_back(model: LanguageModel) -> None:
    held = Held(model)
    posted(UnloadModel(), held)
    assert held.info is None
    posted(UnloadModel(), held)
    with pytest.raises(NoiserError, match="No model is loaded"):
        posted(ReadPrompt(TEXT, Request()), held)
    posted(LoadModel("built-in", {"device": "cpu"}), held)
    assert held.info is not None
    assert held.info.name == "built-in"


def test_nothing_is_left_of_a_model_that_was_let_go_or_replaced() -> None:
    """Garbage is not looked for in what stood when a model was loaded; models are in cycles."""
    held = Held()
    load = LoadModel("built-in", {"device": "cpu"})
    posted(load, held)
    first = weakref.ref(held.model)
    posted(load, held)
    assert first() is None
    second = weakref.ref(held.model)
    assert second() is not None
    posted(UnloadModel(), held)
    assert second() is None
    assert gc.isenabled()


def test_reading_tells_tokens_and_what_comes_next(
    held: Held, model: LanguageModel, explanation: Explanation
) -> None:
    read, known = posted(ReadPrompt(TEXT, Request()), held)
    assert isinstance(read, TextRead)
    assert read.prompt == model.read(TEXT)
    assert read.units == ()
    assert isinstance(known, NextTokensKnown)
    assert known.next_tokens == explanation.next_tokens
    assert len(known.next_tokens) == 50
    assert known.target == explanation.target


def test_reading_tells_units_and_a_target_that_was_chosen(held: Held) -> None:
    second = posted(ReadPrompt(TEXT, Request()), held)[1].next_tokens[1]
    request = Request(granularity="word", target=f"id:{second.id}")
    read, known = posted(ReadPrompt(TEXT, request), held)
    words = ["".join(read.prompt.tokens[i].text for i in unit).strip() for unit in read.units]
    assert [word for word in words if not word.startswith("<")] == TEXT.split()
    assert known.target == second
    (_, several) = posted(ReadPrompt(TEXT, Request(target="Paris and then Rome")), held)
    assert several.target is None


def test_the_continuation_is_that_which_is_explained(held: Held, model: LanguageModel) -> None:
    whole = noiser.explain(model, TEXT, Request(generate=3, method="random"))
    last = of(Continued, posted(Continue(TEXT, 3, alternatives=5), held))[-1]
    assert last.done
    assert [one.token for one in last.written] == [one.target for one in whole.steps_explained]
    for one, explained in zip(last.written, whole.steps_explained, strict=True):
        assert one.alternatives == explained.next_tokens[:5]
        assert one.before.text + one.token.text == TEXT + one.text
        assert one.token.id == one.alternatives[0].id


def test_a_continuation_can_go_another_way(held: Held) -> None:
    (first,) = of(Continued, posted(Continue(TEXT, 1), held))[-1].written
    other = first.alternatives[1]
    one, two = of(Continued, posted(Continue(TEXT, 2, chosen=(other.id,)), held))[-1].written
    assert one.token == other
    assert two.before.ids == (*first.before.ids, other.id)
    assert two.token == two.alternatives[0]
    with pytest.raises(WrongUse, match="There is no token 99999999"):
        posted(Continue(TEXT, 2, chosen=(99999999,)), held)


def test_a_continuation_is_of_the_model_it_was_asked_of(held: Held, model: LanguageModel) -> None:
    assert posted(Continue(TEXT, 1, model=model.info.name), held)
    with pytest.raises(NoiserError, match=r"asked of another, and .* is loaded"):
        posted(Continue(TEXT, 1, model="another"), held)


def test_a_cancelled_continuation_keeps_what_is_written(held: Held) -> None:
    cancel = threading.Event()
    messages: list[Any] = []

    def post(message: Any) -> None:
        messages.append(message)
        cancel.set()

    with pytest.raises(Cancelled):
        Continue(TEXT, 10).run(Context(1, cancel, post, held))
    assert [len(one.written) for one in messages] == [1, 1]
    assert messages[-1].done


def test_metrics_fill_in_one_by_one_and_are_those_measured_together(
    held: Held, model: LanguageModel, explanation: Explanation
) -> None:
    told = of(MetricMeasured, posted(MeasureMetrics(explanation, masks=4, seed=3), held))
    assert [one.metric for one in told] == ["soft", "hard", "curves"]
    whole = measure(model, explanation, masks=4, seed=3)
    for one in told:
        there = getattr(one.found, one.metric)
        assert there == getattr(whole, one.metric)
        others = {"soft", "hard", "curves"} - {one.metric}
        assert all(getattr(one.found, other) is None for other in others)
    soft = told[0].found.soft
    for number in (soft.sufficiency, soft.comprehensiveness, soft.log_ratio):
        assert number.interval is None or number.interval[0] <= number.value <= number.interval[1]


def test_metrics_are_measured_by_the_options_of_the_settings(
    held: Held, model: LanguageModel, explanation: Explanation
) -> None:
    chosen = Metrics("hard,soft", seed=7, percents="25,50", grain="word", baseline="mean")
    told = of(MetricMeasured, posted(measure_job(explanation, chosen), held))
    assert [one.metric for one in told] == ["soft", "hard"]
    how: dict[str, Any] = {"percents": (25.0, 50.0), "grain": "word", "baseline": "mean"}
    whole = measure(model, explanation, seed=7, **how)
    assert (told[0].found.soft, told[1].found.hard) == (whole.soft, whole.hard)
    released = measure_job(explanation, replace(chosen, reference=True))
    one = of(MetricMeasured, posted(released, held))[0].found.soft
    assert (one.masks, one.reference) == (1, True)


def test_what_was_made_with_another_model_is_neither_measured_nor_drawn(
    explanation: Explanation, tmp_path: Path
) -> None:
    held = Held()
    posted(LoadModel(str(save_tiny(tmp_path)), {"device": "cpu"}), held)
    for job in (MeasureMetrics(explanation), DrawCurve(explanation, 1)):
        with pytest.raises(NoiserError, match=r"made with built-in.*load built-in first"):
            posted(job, held)


def test_metrics_are_cancelled_between_batches(held: Held, explanation: Explanation) -> None:
    cancel = threading.Event()
    messages: list[Any] = []

    def post(message: Any) -> None:
        messages.append(message)
        if isinstance(message, MetricMeasured):
            cancel.set()

    with pytest.raises(Cancelled):
        MeasureMetrics(explanation, masks=2).run(Context(1, cancel, post, held))
    assert [one.metric for one in of(MetricMeasured, messages)] == ["soft"]


def test_the_judge_answers_with_its_controls(explanation: Explanation, tmp_path: Path) -> None:
    job = AskJudge(explanation, device="cpu", cache=tmp_path / "replies.sqlite")
    messages = posted(job, Held())
    (answered,) = of(JudgeAnswered, messages)
    verdict = answered.verdict
    assert list(verdict.shown) == ["top", "none", "random", "whole"]
    assert all(len(answers) == 1 for answers in verdict.shown.values()), "there is one target"
    none, whole, top = (verdict.shown[name][0] for name in ("none", "whole", "top"))
    assert none.words == ()
    assert " ".join(whole.words) == TEXT
    assert len(top.words) == len(TEXT.split()) // 2
    assert whole.any_of_five, "it knows the built-in facts"
    asked = of(JudgeAsked, messages)
    assert asked[-1].done == asked[-1].total == verdict.asked
    again = of(JudgeAnswered, posted(job, Held()))[0].verdict
    assert again.shown == verdict.shown
    assert (again.asked, again.known) == (0, verdict.asked)


def test_rows_are_told_one_by_one_and_compared_at_the_end(held: Held, tmp_path: Path) -> None:
    tiny = str(save_tiny(tmp_path))
    request = Request(draws=2, steps=3)
    job = CompareRows(
        TEXT,
        request,
        methods=("noiser", "occlusion", "layer_deeplift"),
        models=("built-in", tiny),
        options={"device": "cpu"},
    )
    before = held.model
    messages = posted(job, held)
    rows = of(RowCompared, messages)
    (compared,) = of(Compared, messages)
    assert messages[-1] is compared
    assert [row.row for row in rows] == list(range(6))
    assert {row.rows for row in rows} == {6}
    for row, whole in zip(rows, compared.comparison.rows, strict=True):
        assert row.label == whole.label
        assert row.explanation is whole.explanation
        assert row.error == whole.error
    assert held.model is before, "the other model is let go, ours stays"
    first = messages.index(rows[0])
    assert any(isinstance(m, EngineTold) for m in messages[:first])
    for row in rows:
        if row.explanation is not None:
            told = [m for m in of(EngineTold, messages) if isinstance(m.event, RowExplained)]
            assert row.explanation in [m.event.explanation for m in told]


def test_options_of_one_method_and_how_many_on_top_are_the_engines_own(held: Held) -> None:
    job = CompareRows(
        TEXT,
        Request(draws=2, steps=3),
        methods=("occlusion", "lime"),
        top=3,
        own={"lime": {"samples": 16}, "occlusion": {"baseline": "mean"}},
    )
    (compared,) = of(Compared, posted(job, held))
    comparison = compared.comparison
    assert comparison.agreement.top == 3
    occlusion, lime = comparison.explained
    assert lime.options["samples"] == 16
    assert occlusion.options["baseline"] == "mean"
    assert ways_of(comparison).own["lime"]["samples"] == 16


def test_a_comparison_that_is_cancelled_has_the_rows_finished_by_then(held: Held) -> None:
    cancel = threading.Event()
    messages: list[Any] = []

    def post(message: Any) -> None:
        messages.append(message)
        if isinstance(message, RowCompared):
            cancel.set()

    job = CompareRows(TEXT, Request(draws=2, steps=3), methods=("noiser", "occlusion"))
    with pytest.raises(Cancelled):
        job.run(Context(1, cancel, post, held))
    (compared,) = of(Compared, messages)
    assert not compared.comparison.complete
    assert [row.explanation is None for row in compared.comparison.rows] == [False, True]


def test_a_row_that_fails_says_why_and_the_others_go_on(held: Held) -> None:
    job = CompareRows(
        TEXT, Request(method="random"), models=("built-in", "./nowhere"), options={"device": "cpu"}
    )
    one, other = of(RowCompared, posted(job, held))
    assert one.error is None
    assert other.explanation is None
    assert "no folder" in other.error


def test_a_curve_is_drawn_once(held: Held, explanation: Explanation) -> None:
    job = DrawCurve(explanation, 2, points=9)
    (drawn,) = of(CurveDrawn, posted(job, held))
    assert drawn.explanation is explanation
    token = explanation.tokens[2]
    assert token.scale is not None
    assert token.raw is not None
    assert drawn.curve.at(token.scale) == pytest.approx(drawn.curve.clean - token.raw, abs=1e-6)
    held.model = None
    (again,) = of(CurveDrawn, posted(DrawCurve(explanation, 2, points=9), held))
    assert again.curve is drawn.curve
    with pytest.raises(NoiserError, match="No model"):
        posted(DrawCurve(explanation, 1, points=9), held)


def test_a_cancelled_run_goes_on_to_what_an_undisturbed_one_gives(
    held: Held, explanation: Explanation
) -> None:
    cancel, posted_by_now = threading.Event(), list[Any]()

    def post(message: Any) -> None:
        posted_by_now.append(message)
        if sum(isinstance(getattr(m, "event", None), SearchNarrowed) for m in posted_by_now) == 5:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        ExplainPrompt(TEXT, Request(), preview=False).run(Context(7, cancel, post, held))
    left = caught.value.partial
    assert left is not None
    assert left.left_off is not None
    messages = posted(ExplainPrompt(TEXT, Request(), begun=left), held)
    found = [
        m.event.explanation for m in messages if isinstance(getattr(m, "event", None), Explained)
    ]
    assert [replace(one, work=explanation.work, seconds=0) for one in found] == [
        replace(explanation, seconds=0)
    ]
    posted(ExplainPrompt(TEXT, Request(seed=3), begun=left), held)  # of another run: it begins anew


def test_a_generation_goes_on_and_shows_the_tokens_that_it_had(held: Held) -> None:
    request, cancel, told = Request(generate=3, draws=3), threading.Event(), list[Any]()

    def post(message: Any) -> None:
        told.append(message)
        if sum(isinstance(getattr(m, "event", None), Explained) for m in told) == 2:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        ExplainPrompt(TEXT, request).run(Context(7, cancel, post, held))
    run = Run(asked_with=request)
    for message in told:
        run = run_told(run, message.event) if isinstance(message, EngineTold) else run
    page = State("built-in", text=TEXT, request=request, run=run_stopped(run, caught.value.partial))
    assert page.begun == caught.value.partial
    again = Run()
    for message in posted(ExplainPrompt(TEXT, request, begun=page.begun), held):
        again = run_told(again, message.event) if isinstance(message, EngineTold) else again
    assert again.saved is not None
    whole = noiser.explain(held.model, TEXT, request)
    pairs = zip(again.saved.steps_explained, whole.steps_explained, strict=True)
    for one, other in pairs:
        alike = {"work": other.work, "seconds": other.seconds, "continuation": ()}
        assert replace(one, **alike) == replace(other, continuation=())


@pytest.mark.parametrize(
    "request_",
    [Request(bound="norm-l2", draws=200), Request(bound="norm-l2", draws=100, generate=3)],
)
def test_what_is_told_of_a_run_that_goes_on_is_what_is_left_of_it(
    held: Held, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the work that going on then does; where nothing is searched, that is known before."""
    monkeypatch.setattr("noiser.call_budget.CPU_POSITIONS", 200)
    monkeypatch.setattr("noiser_tui.workbench.engine.rationing.PROGRESS_INTERVAL", 0.0)
    cancel, told = threading.Event(), list[Any]()

    def post(message: Any) -> None:
        told.append(message)
        event = getattr(message, "event", None)
        if isinstance(event, TokensScored) and event.done >= 2:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        ExplainPrompt(TEXT, request_, preview=False).run(Context(7, cancel, post, held))
    left = caught.value.partial
    assert left is not None
    assert left.left_off is not None
    before = left.left_off.work.token_forwards
    messages = posted(ExplainPrompt(TEXT, request_, begun=left), held)
    (costs,) = (one.costs for one in of(EngineEstimated, messages))
    found = [
        m.event.explanation for m in of(EngineTold, messages) if isinstance(m.event, Explained)
    ]
    done = sum(one.work.token_forwards for one in found) - before
    assert costs.preview is None
    assert costs.own.token_forwards == pytest.approx(done, rel=0.15)
    whole = costs.by_method["noiser"]
    assert costs.own.seconds / whole.seconds == pytest.approx(
        costs.own.token_forwards / whole.token_forwards, rel=0.01
    )
    (asked,) = of(EngineEstimated, posted(EstimateCost(TEXT, request_, left), held))
    assert asked.costs.own.token_forwards == costs.own.token_forwards
    assert asked.costs.sentence().startswith("What is left takes")
    anew = posted(ExplainPrompt(TEXT, replace(request_, seed=3), begun=left), held)
    assert of(EngineEstimated, anew)[-1].costs.left is None, "it began anew, and is told as a whole"
