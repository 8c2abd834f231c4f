"""Comparing models, methods and bounds: which rows there are, what fails, what a cancel leaves."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import noiser
from noiser import comparer
from noiser.comparison.result import CANCELLED
from noiser.errors import ComparisonCancelled, NoiserError, WrongUse
from noiser.events import (
    Emit,
    Event,
    Explained,
    ModelLoaded,
    ModelLoading,
    RowExplained,
    RowFailed,
    RowStarted,
    Work,
)
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.opening import parse
from noiser.perturb import Perturber
from noiser.record import to_json, to_record
from noiser.request import Request
from noiser.snapshots import Snapshots
from tests.comparison.rows import compared, scored
from tests.engine.cases import one_sentence
from tests.tiny import make_tiny, save_tiny, tiny

PROMPT = "The capital of Italy is"


def labels(made: noiser.Comparison) -> list[str]:
    return [row.label for row in made.rows]


def test_rows_are_the_explanations_one_by_one() -> None:
    made = noiser.compare(
        tiny("llama"), PROMPT, methods=["noiser", "occlusion"], bounds=["min", "none"]
    )
    assert labels(made) == ["noiser min", "noiser none", "occlusion"]
    assert [row.bound for row in made.rows] == ["min", "none", None]
    for row in made.rows:
        alone = noiser.explain(tiny("llama"), PROMPT, Request(row.method, row.bound or "min"))
        assert row.explanation is not None
        assert replace(row.explanation, seconds=0.0) == replace(alone, seconds=0.0)
        assert row.model == "tiny-llama"
    assert made.complete
    assert made.agreement.segments[0].text == "<s>"
    assert len(made.agreement.segments) == len(alone.tokens)


def test_models_of_different_tokens_line_up() -> None:
    """One has a BOS before the text and the other has none."""
    models = [tiny("llama", bos=True), tiny("qwen2", bos=False)]
    made = noiser.compare(models, PROMPT, Request(method="occlusion", target="id:30"))
    assert labels(made) == ["tiny-llama", "tiny-qwen2"]
    assert "".join(one.text for one in made.agreement.segments) == PROMPT
    assert "<s>: not every row has such a token" in made.warnings[0].message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"methods": ["occlusion"]}, "one row only"),
        ({"methods": ["occlusion", "noisser"]}, "Did you mean 'noiser'"),
        ({"methods": ["occlusion", "occlusion"]}, "'occlusion' is named twice"),
        ({"bounds": ["min", "mix"]}, "Unknown bound 'mix'"),
        ({"methods": ["occlusion", "random"], "bounds": ["min", "max"]}, "none uses a bound"),
        ({"methods": ["noiser", "random"], "top": 0}, "top is 0"),
        ({"bounds": ["min", "max"], "request": Request(search="fast")}, "max: The fast search"),
        ({"bounds": ["min", "max"], "request": Request(generate=1)}, "takes no generate"),
        ({"models": [], "bounds": ["min", "max"]}, "no model to compare"),
        ({"models": ["a", "a"]}, "'a' is named twice"),
        ({"models": [f"m{i}" for i in range(65)]}, "65 rows, and a comparison has 64"),
    ],
)
def test_rows_that_cannot_be_meant_are_told_before_anything_is_loaded(
    options: dict[str, Any], says: str
) -> None:
    chosen = {"models": "never/looked-at", "request": None, **options}
    with pytest.raises(WrongUse, match=says) as caught:
        noiser.compare(prompt=PROMPT, emit=pytest.fail, **chosen)
    one_sentence(caught.value)


def test_options_go_to_the_methods_that_take_them() -> None:
    planned = comparer.plan(
        ["m"], ["noiser", "occlusion"], ["min"], Request("occlusion", baseline="zero")
    )
    assert [one.request.baseline for one in planned] == ["auto", "zero"]
    own = {"lime": {"samples": 9}, "occlusion": {"baseline": "mean"}}
    request = Request("occlusion", baseline="zero")
    planned = comparer.plan(["m"], ["lime", "occlusion", "random"], ["min"], request, own)
    asked = [(one.request.samples, one.request.baseline) for one in planned]
    assert asked == [(9, "zero"), (None, "mean"), (None, "auto")]


# Models are loaded, run and let go one after the other


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("models")
    return [str(save_tiny(folder / family, family)) for family in ("qwen2", "llama")]


def test_each_model_is_loaded_once_and_let_go_before_the_next(folders: list[str]) -> None:
    loaded: list[weakref.ref[LanguageModel]] = []

    def load(model: str, *, emit: Emit) -> LanguageModel:
        assert [one for one in loaded if one() is not None] == []
        made = noiser.load(model, dtype="float64", emit=emit)
        loaded.append(weakref.ref(made))
        return made

    told: list[Event] = []
    made = noiser.compare(
        folders,
        PROMPT,
        methods=["occlusion", "random"],
        load=load,
        emit=told.append,
    )
    assert labels(made) == ["qwen2 occlusion", "qwen2 random", "llama occlusion", "llama random"]
    assert len(loaded) == 2
    seen = [e for e in told if isinstance(e, (ModelLoading, ModelLoaded, RowStarted, Explained))]
    one = [ModelLoading, ModelLoaded, RowStarted, Explained, RowStarted, Explained]
    assert [type(event) for event in seen] == one * 2
    rows = [event for event in seen if isinstance(event, RowStarted)]
    assert [(e.row, e.rows, e.label) for e in rows] == [
        (i, 4, n) for i, n in enumerate(labels(made))
    ]


def test_the_callers_own_model_stays_and_loaded_ones_of_one_name_are_numbered() -> None:
    models = [make_tiny("llama"), make_tiny("llama", seed=1)]
    made = noiser.compare(models, PROMPT, Request(method="occlusion"))
    assert labels(made) == ["tiny-llama", "tiny-llama (2)"]
    gc.collect()
    assert models[0].read(PROMPT)


# Failures


def test_a_row_that_fails_is_named_and_the_others_go_on(folders: list[str]) -> None:
    told: list[Event] = []
    made = noiser.compare(
        [folders[0], "./no/such/model"], PROMPT, methods=["occlusion", "random"], emit=told.append
    )
    assert labels(made)[2:] == ["model occlusion", "model random"]
    assert [row.error is None for row in made.rows] == [True, True, False, False]
    assert "There is no folder" in str(made.rows[2].error)
    failures = [event for event in told if isinstance(event, RowFailed)]
    assert [(e.row, e.label, type(e.error)) for e in failures] == [
        (2, "model occlusion", NoiserError),
        (3, "model random", NoiserError),
    ]
    assert made.agreement.scores[2:] == (None, None)
    assert made.agreement.tau[2] == (None,) * 4
    assert len(made.explained) == len(made.failed) == 2


def test_a_bug_in_one_method_costs_its_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    explain = comparer.explain

    def sometimes(model: LanguageModel, prompt: str, request: Request, **more: Any) -> object:
        if request.method == "random":
            raise ZeroDivisionError("oops")
        return explain(model, prompt, request, **more)

    monkeypatch.setattr(comparer, "explain", sometimes)
    made = noiser.compare(tiny("llama"), PROMPT, methods=["random", "occlusion"])
    assert [row.error for row in made.rows] == ["ZeroDivisionError: oops", None]


def test_when_every_row_fails_there_is_an_error_and_no_comparison() -> None:
    with pytest.raises(WrongUse, match=r"^The prompt is empty: give some text to explain\.$"):
        noiser.compare(tiny("llama"), " ", methods=["random", "occlusion"])
    with pytest.raises(NoiserError, match=r"No row .* a: There is no folder .* b: ") as caught:
        noiser.compare(["./no/a", "./no/b"], PROMPT)
    assert type(caught.value) is NoiserError


def test_a_text_read_back_otherwise_cannot_be_laid_beside_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_tiny("llama")
    monkeypatch.setattr(other, "read", lambda text: tiny("llama").read(text + "!"))
    made = noiser.compare([tiny("qwen2"), other], PROMPT, Request(method="random"))
    assert "tiny-llama reads the prompt as another text than tiny-qwen2 does" in str(
        made.rows[1].error
    )


# A cancel


@pytest.mark.parametrize("finished", [0, 1])
def test_a_cancel_keeps_the_rows_that_were_finished(finished: int) -> None:
    cancel = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, RowStarted) and event.row == finished:
            cancel.set()

    with pytest.raises(ComparisonCancelled) as caught:
        noiser.compare(
            tiny("llama"),
            PROMPT,
            methods=["occlusion", "noiser", "random"],
            cancel=cancel,
            emit=emit,
        )
    kept = caught.value.comparison
    if not finished:
        assert kept is None
        return
    assert kept is not None
    assert not kept.complete
    assert [row.error is None for row in kept.rows] == [True, False, False]
    assert "Cancelled after 1 of 3 rows" in kept.warnings[0].message
    assert parse(to_json(kept).encode(), "it") == kept


THREE = ["occlusion", "noiser", "random"]


def cancelled_after(finished: int, model: LanguageModel | str, **options: Any) -> noiser.Comparison:
    cancel = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, RowStarted) and event.row == finished:
            cancel.set()

    with pytest.raises(ComparisonCancelled) as caught:
        noiser.compare(model, PROMPT, methods=THREE, cancel=cancel, emit=emit, **options)
    assert caught.value.comparison is not None
    return caught.value.comparison


def test_what_a_cancel_left_is_gone_on_with_and_no_row_is_made_twice() -> None:
    told: list[Event] = []
    left = cancelled_after(1, tiny("llama"))
    made = noiser.compare(tiny("llama"), PROMPT, methods=THREE, begun=left, emit=told.append)
    assert [one.row for one in told if isinstance(one, RowStarted)] == [1, 2]
    assert [one.row for one in told if isinstance(one, RowExplained)] == [0, 1, 2]
    assert made.rows[0] is left.rows[0] or made.rows[0] == left.rows[0]
    whole = noiser.compare(tiny("llama"), PROMPT, methods=THREE)
    assert made.complete
    assert made.agreement == whole.agreement
    assert made.seconds > left.seconds


def same(explanation: Explanation | None) -> Explanation:
    """All of it but what differs from run to run."""
    assert explanation is not None
    later = tuple(map(same, explanation.continuation))
    return replace(explanation, work=Work(), seconds=0.0, continuation=later)


def cancelled_at(call: int, monkeypatch: pytest.MonkeyPatch, **options: Any) -> noiser.Comparison:
    """What is left of two rows when a cancel comes in such a call, as it is read from its file."""
    cancel, made = threading.Event(), 0
    run = Perturber._forward

    def counted(perturber: Perturber, *arguments: Any) -> torch.Tensor:
        nonlocal made
        made += 1
        if made == call:
            cancel.set()
        return run(perturber, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Perturber, "_forward", counted)
        with pytest.raises(ComparisonCancelled) as caught:
            noiser.compare(tiny("llama"), PROMPT, methods=TWO, cancel=cancel, **options)
    assert caught.value.comparison is not None
    found = parse(to_json(caught.value.comparison).encode(), "it")
    assert isinstance(found, noiser.Comparison)
    return found


TWO = ["noiser", "random"]


def test_the_row_in_hand_goes_on_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is the first, so that there is no other, and where the cancel comes again."""
    whole = noiser.compare(tiny("llama"), PROMPT, methods=TWO)
    left = cancelled_at(6, monkeypatch)
    assert [row.explanation for row in left.rows] == [None, None]
    assert left.rows[0].begun is not None
    assert left.rows[0].begun.left_off is not None
    assert left.prompt == whole.prompt
    again = cancelled_at(1, monkeypatch, begun=left)
    assert again.rows[0].begun == left.rows[0].begun
    made = noiser.compare(tiny("llama"), PROMPT, methods=TWO, begun=again)
    assert made.agreement == whole.agreement
    assert same(made.rows[0].explanation) == same(whole.rows[0].explanation)
    assert made.rows[0].begun is None
    first = whole.rows[0].explanation
    assert first is not None
    assert made.rows[0].explanation is not None
    assert made.rows[0].explanation.work.calls > left.rows[0].begun.left_off.work.calls > 2


def test_a_row_that_was_begun_otherwise_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    left, told = cancelled_at(6, monkeypatch), list[Event]()
    request = Request(seed=3)
    made = noiser.compare(tiny("llama"), PROMPT, request, methods=TWO, begun=left, emit=told.append)
    assert "another seed" in [one.anew for one in told if isinstance(one, RowStarted)][1]
    alone = noiser.compare(tiny("llama"), PROMPT, request, methods=TWO)
    assert same(made.rows[0].explanation) == same(alone.rows[0].explanation)


@pytest.mark.parametrize(
    ("before", "now", "anew"),
    [
        ({}, {"target": "id:9"}, "another target"),
        ({"target": "id:9"}, {}, "another target"),
        ({"target": "id:9"}, {"target": "id:8"}, "another target"),
        ({"target": "id:9"}, {"target": "id:9"}, None),
        ({}, {}, None),
        ({"contrast": "id:9"}, {"contrast": "id:8"}, "another contrast"),
        ({"contrast": "id:9"}, {}, "another contrast"),
        ({}, {"contrast": "id:9"}, "another contrast"),
        ({"contrast": "id:9"}, {"contrast": "id:9"}, None),
        ({"target": "sea"}, {"target": "sea"}, None),
        ({"target": "sea"}, {"target": "the sea"}, "another target"),
        ({"target": "the sea"}, {"target": "the sea"}, None),
        ({"target": "the sea"}, {"target": "the sun"}, "another target"),
    ],
)
def test_rows_that_explain_another_target_are_made_anew(
    before: dict[str, str], now: dict[str, str], anew: str | None
) -> None:
    left = cancelled_after(1, tiny("llama"), request=Request(**before))
    told: list[Event] = []
    made = noiser.compare(
        tiny("llama"), PROMPT, Request(**now), methods=THREE, begun=left, emit=told.append
    )
    again = [one.anew for one in told if isinstance(one, RowStarted) and one.row == 0]
    assert len(again) == (anew is not None)
    assert all(anew in one for one in again if anew is not None)
    alone = noiser.compare(tiny("llama"), PROMPT, Request(**now), methods=THREE)
    assert same(made.rows[0].explanation) == same(alone.rows[0].explanation)


def test_what_a_cancel_would_leave_is_kept_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill -9: rows that are there, and what there is of the one in hand."""
    monkeypatch.setattr("noiser.snapshots.SHARE", 0)
    kept: list[noiser.Comparison] = []
    ways = ["occlusion", "noiser", "random"]
    keep = Snapshots(kept.append, every=0.0)
    whole = noiser.compare(tiny("llama"), PROMPT, methods=ways, keep=keep)
    begun = [one for one in kept if one.rows[1].begun is not None]
    assert len(begun) > 2
    assert all(one.rows[0].explanation is not None and not one.complete for one in begun)
    left = parse(to_json(begun[len(begun) // 2]).encode(), "it")
    assert isinstance(left, noiser.Comparison)
    made = noiser.compare(tiny("llama"), PROMPT, methods=ways, begun=left)
    assert made.agreement == whole.agreement
    assert [same(row.explanation) for row in made.rows] == [
        same(row.explanation) for row in whole.rows
    ]


def test_rows_that_were_made_of_another_text_are_not_kept_beside_new_ones() -> None:
    """As after a chat went on with a model of another template."""
    left, other = noiser.compare(tiny("llama"), PROMPT, methods=THREE), make_tiny("llama")
    other.read = lambda text: tiny("llama").read(text + "!")  # type: ignore[method-assign,assignment]
    kept = cancelled_after(1, other, begun=left)
    assert kept.prompt == PROMPT + "!"
    assert [row.error for row in kept.rows] == [None, CANCELLED, CANCELLED]


@pytest.mark.parametrize(
    ("dtype", "prompt", "request_", "why"),
    [
        ("bfloat16", PROMPT, Request(), "dtype is 'float64'"),
        ("float64", "Another text", Request(), "another prompt"),
        ("float64", PROMPT, Request(specials="exclude"), "another specials"),
    ],
)
def test_a_row_that_was_made_otherwise_is_made_anew_and_the_event_says_why(
    dtype: str, prompt: str, request_: Request, why: str
) -> None:
    told: list[Event] = []
    left = cancelled_after(1, tiny("llama"))
    model = tiny("llama", dtype=dtype)
    made = noiser.compare(model, prompt, request_, methods=THREE, begun=left, emit=told.append)
    first, *others = [one for one in told if isinstance(one, RowStarted)]
    assert why in first.anew
    assert [one.anew for one in others] == ["", ""]
    assert made.rows[0].explanation is not None
    assert made.rows[0].explanation.model["dtype"] == dtype


def test_a_model_all_rows_of_which_are_there_is_not_loaded_again() -> None:
    loaded: list[str] = []

    def load(model: str, *, emit: Emit) -> LanguageModel:
        loaded.append(model)
        return tiny("llama")

    options: dict[str, Any] = {"methods": ["occlusion", "random"], "load": load}
    whole = noiser.compare(["a", "b"], PROMPT, **options)
    rows = (*whole.rows[:2], replace(whole.rows[2], explanation=None, error=CANCELLED))
    agreement = replace(whole.agreement, scores=(*whole.agreement.scores[:2], None, None))
    last = replace(whole.rows[3], explanation=None, error="No memory.")
    left = replace(whole, rows=(*rows, last), agreement=agreement, complete=False)
    loaded.clear()
    made = noiser.compare(["a", "b"], PROMPT, begun=left, **options)
    assert loaded == ["b"], "what failed is tried again"
    assert len(made.explained) == 4


def test_an_interrupt_while_a_model_loads_is_a_cancel_where_the_flag_is_set() -> None:
    cancel = threading.Event()

    def load(model: str, *, emit: Emit) -> LanguageModel:
        if model == "second":
            cancel.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        noiser.compare(["first", "third"], PROMPT, load=load, cancel=cancel)
    with pytest.raises(ComparisonCancelled) as caught:
        noiser.compare([tiny("llama"), "second"], PROMPT, load=load, cancel=cancel)
    assert caught.value.comparison is not None
    assert len(caught.value.comparison.explained) == 1


# The record


def test_what_is_written_opens_as_the_same_comparison(tmp_path: Path) -> None:
    made = noiser.compare(tiny("llama"), "The 🚀 is", methods=["noiser", "occlusion", "random"])
    noiser.save(made, tmp_path / "run.json")
    assert noiser.open_comparison(tmp_path / "run.json") == made
    record = to_record(made)
    assert next(iter(record)) == "format"
    assert record["format"] == "noiser-compare/1"
    for row, one in zip(record["rows"], made.rows, strict=True):
        assert noiser.record.from_record(row["explanation"]) == one.explanation


def test_no_number_that_is_none_reaches_json() -> None:
    flat = scored("ab", ("a", 0.5), ("b", 0.5))
    made = compared({"flat": flat, "failed": "why", "x": scored("ab", ("a", 0.9), ("b", 0.1))})
    assert json.loads(to_json(made))["agreement"]["tau"][0] == [None, None, None]


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    one = scored("ab", ("a", 0.9), ("b", 0.1))
    return to_record(compared({"x": one, "y": one, "z": "it failed"}))


@pytest.mark.parametrize(
    ("where", "damage", "says"),
    [
        (("format",), "noiser-compare/2", "newer Noiser"),
        (("format",), "another/1", "no Noiser comparison"),
        (("prompt",), "other", "another prompt"),
        (("rows",), [], "not about these rows"),
        (("rows", 0, "explanation", "prompt"), 3, "prompt"),
        (("rows", 0, "explanation", "model"), {}, "model.name"),
        (("rows", 0, "explanation"), None, "needs an explanation or an error"),
        (("rows", 2, "error"), None, "needs an explanation or an error"),
        (("rows", 0, "explanation", "seconds"), float("nan"), "not JSON compliant"),
        (("agreement", "tau"), [[1.0]], "tau has no row and column"),
        (("agreement", "tau", 0, 1), 1.5, "outside -1 to 1"),
        (("agreement", "overlap", 0, 1), -0.5, "outside 0 to 1"),
        (("agreement", "scores", 0), [1.0], "not as long as the segments"),
        (("agreement", "scores", 0), None, "scores without an explanation, or none"),
        (("agreement", "segments", 0, "end"), 99, "do not follow each other"),
        (("agreement", "top"), 0, "top is less than 1"),
    ],
)
def test_a_damaged_comparison_is_told_in_one_sentence(
    record: dict[str, Any], where: tuple[str | int, ...], damage: object, says: str, tmp_path: Path
) -> None:
    broken: Any = json.loads(json.dumps(record))
    inner = broken
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = damage
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(NoiserError, match=says) as caught:
        noiser.open_comparison(path)
    assert "\n" not in str(caught.value)


def test_each_kind_opens_as_itself_only(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(NoiserError, match="'noiser-compare/1', not 'noiser/1'"):
        noiser.open_record(path)
    path.write_text(json.dumps(record["rows"][0]["explanation"]), encoding="utf-8")
    with pytest.raises(NoiserError, match="'noiser/1', not 'noiser-compare/1'"):
        noiser.open_comparison(path)
