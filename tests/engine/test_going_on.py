"""A run that was cancelled goes on, and what comes of it is what an undisturbed run gives."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import torch

from noiser.begun import go_on
from noiser.errors import AnotherRun, Cancelled, WrongUse
from noiser.events import Event, Explained, PromptRead, SearchNarrowed, TokensScored, Work
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.margin import explain_margin, explain_reward
from noiser.model.language_model import LanguageModel
from noiser.opening import parse
from noiser.perturb import Perturber
from noiser.record import to_json
from noiser.request import Request
from noiser.snapshots import Snapshots
from tests.tiny import make_reward, tiny

PROMPT = "Rivers run to the sea. Mountains stay where they are, mostly."
SMALL = 40
"""Positions of a batch, so that every question takes several."""


class Calls:
    """Cancels before a call, and counts what calls there are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cancel, self.stop_at, self.made = threading.Event(), -1, 0
        run = Perturber._forward

        def counted(perturber: Perturber, *arguments: Any) -> torch.Tensor:
            if self.made == self.stop_at:
                self.cancel.set()
            found = run(perturber, *arguments)
            self.made += 1
            return found

        monkeypatch.setattr(Perturber, "_forward", counted)

    def again(self, stop_at: int = -1) -> threading.Event:
        self.cancel, self.stop_at, self.made = threading.Event(), stop_at, 0
        return self.cancel


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


def same(explanation: Explanation) -> Explanation:
    """All of it but what differs from run to run."""
    steps = tuple(same(one) for one in explanation.continuation)
    return replace(explanation, work=Work(), seconds=0.0, continuation=steps)


def whole(model: LanguageModel, request: Request, calls: Calls) -> tuple[Explanation, int]:
    found = explain(model, PROMPT, request, positions_per_batch=SMALL, cancel=calls.again())
    return found, calls.made


def interrupted(
    model: LanguageModel, request: Request, cancel: threading.Event, **options: Any
) -> Explanation | None:
    """What a cancel leaves, as it is read from its record."""
    with pytest.raises(Cancelled) as caught:
        explain(model, PROMPT, request, positions_per_batch=SMALL, cancel=cancel, **options)
    left = caught.value.partial
    return None if left is None else parse(to_json(left).encode(), "it")


WAYS = [
    Request(),
    Request(search="fast"),
    Request(bound="max"),
    Request(bound="per-token", draws=3),
    Request(bound="norm-l2"),
    Request(reference=True),
    Request(granularity="word", zoom=1),
    Request(granularity="word", aggregate="sum", draws=4),
    Request(specials="exclude", contrast="id:5"),
    Request(target="sea and"),
    Request(target="sea and", at=2),
    Request(generate=3),
    Request(generate=3, at=2),
    Request(method="occlusion"),
]


@pytest.mark.parametrize(
    "request_",
    WAYS,
    ids=lambda one: " ".join(
        f"{k}={v}" for k, v in vars(one).items() if v != getattr(Request(), k)
    ),
)
def test_what_comes_of_it_is_the_same_to_the_last_bit(request_: Request, calls: Calls) -> None:
    """In float32, where other batches round otherwise."""
    model = tiny("llama", dtype="float32")
    undisturbed, count = whole(model, request_, calls)
    for part in (0.3, 0.8):
        left = interrupted(model, request_, calls.again(int(part * count)))
        went_on = explain(
            model, PROMPT, request_, positions_per_batch=SMALL, begun=left, cancel=calls.again()
        )
        assert same(went_on) == same(undisturbed)
        assert went_on.left_off is None
        assert went_on.finished == 0


@pytest.mark.parametrize("search", ["exact", "fast"])
def test_it_is_so_where_several_steps_are_asked_at_once(
    search: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU, where a call is dear."""
    monkeypatch.setattr("noiser.methods.noiser._levels", lambda task: lambda position: 3)
    model, request_ = tiny("llama", dtype="float32"), Request(search=search)
    undisturbed, count = whole(model, request_, calls)
    for at in range(2, count, max(1, count // 5)):
        left = interrupted(model, request_, calls.again(at))
        went_on = explain(
            model, PROMPT, request_, positions_per_batch=SMALL, begun=left, cancel=calls.again()
        )
        assert same(went_on) == same(undisturbed)


def test_what_was_done_is_not_done_again(calls: Calls) -> None:
    model = tiny("llama")
    _, count = whole(model, Request(), calls)
    at = int(0.8 * count)
    left = interrupted(model, Request(), calls.again(at))
    assert left is not None
    assert left.left_off is not None
    found = explain(model, PROMPT, begun=left, positions_per_batch=SMALL, cancel=calls.again())
    assert calls.made < count - at + 6  # the rounding is measured again, and the batch cut short
    assert found.work.calls > left.left_off.work.calls > 0
    assert found.seconds > left.left_off.seconds > 0


def test_it_can_be_interrupted_again_and_again(calls: Calls) -> None:
    model = tiny("llama")
    undisturbed, count = whole(model, Request(), calls)
    left: Explanation | None = None
    rounds, found = 0, None
    while found is None and rounds < 3 * count:
        rounds += 1
        try:
            found = explain(
                model,
                PROMPT,
                begun=left,
                positions_per_batch=SMALL,
                cancel=calls.again(9),
            )
        except Cancelled as cancelled:
            left = cancelled.partial
    assert rounds > 3
    assert found is not None
    assert same(found) == same(undisturbed)


def test_tokens_of_a_generation_that_are_explained_are_told_and_not_explained_again() -> None:
    model = tiny("llama")
    cancel, request = threading.Event(), Request(generate=3)
    told: list[Event] = []

    def listen(event: Event) -> None:
        told.append(event)
        if sum(isinstance(one, Explained) for one in told) == 2:
            cancel.set()

    left = interrupted(model, request, cancel, emit=listen)
    assert left is not None
    assert (left.finished, left.complete) == (2, False)
    again: list[Event] = []
    options = {"positions_per_batch": SMALL}
    found = explain(model, PROMPT, request, begun=left, emit=again.append, **options)
    assert same(found) == same(explain(model, PROMPT, request, **options))
    assert [one.step for one in again if isinstance(one, Explained)] == [0, 1, 2]
    reads = [i for i, one in enumerate(again) if isinstance(one, PromptRead)]
    worked = [i for i, one in enumerate(again) if isinstance(one, (SearchNarrowed, TokensScored))]
    assert min(worked) > reads[2]
    assert [one.seconds for one in found.steps_explained[:2]] == [
        one.seconds for one in left.steps_explained[:2]
    ]


@pytest.mark.parametrize(
    ("prompt", "request_", "says"),
    [
        ("Another prompt of its own", Request(), "another prompt"),
        (PROMPT, Request(seed=2), "another seed"),
        (PROMPT, Request(bound="max"), "another bound"),
        (PROMPT, Request(target="id:7"), "another target"),
    ],
)
def test_it_does_not_go_on_from_another_run(
    prompt: str, request_: Request, says: str, calls: Calls
) -> None:
    model = tiny("llama")
    left = interrupted(model, Request(), calls.again(8))
    with pytest.raises(AnotherRun, match=says):
        explain(model, prompt, request_, begun=left)
    other = tiny("gpt2")
    with pytest.raises(AnotherRun, match="another"):
        explain(other, PROMPT, begun=left)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Request(target="sea and", draws=2), Request(target="sea and sea", draws=2)),
        (Request(generate=4, draws=2), Request(target="sea and", draws=2)),
    ],
    ids=["a longer answer", "an answer, not a generation"],
)
def test_targets_that_were_finished_are_of_another_run_where_others_are_asked_for(
    before: Request, now: Request, calls: Calls
) -> None:
    model = tiny("llama")
    _, count = whole(model, before, calls)
    left = interrupted(model, before, calls.again(int(0.9 * count)))
    assert left is not None
    assert left.finished > 1
    with pytest.raises(AnotherRun, match="another target"):
        explain(model, PROMPT, now, begun=left)


def test_fewer_tokens_are_the_first_of_those_that_were_generated(calls: Calls) -> None:
    model, more, fewer = tiny("llama"), Request(generate=4, draws=2), Request(generate=2, draws=2)
    _, count = whole(model, more, calls)
    left = interrupted(model, more, calls.again(int(0.9 * count)))
    assert left is not None
    assert left.finished == 3
    found, _ = whole(model, fewer, calls)
    assert same(explain(model, PROMPT, fewer, begun=left, positions_per_batch=SMALL)) == same(found)


def test_a_record_of_what_is_not_known_here_is_of_another_run(calls: Calls) -> None:
    left = interrupted(tiny("llama"), Request(), calls.again(8))
    assert left is not None
    with pytest.raises(AnotherRun, match="Unknown method 'newer'"):
        explain(tiny("llama"), PROMPT, begun=replace(left, method="newer"))


@pytest.mark.parametrize(
    ("fails", "tried", "told"),
    [
        (None, ["begun"], []),
        (AnotherRun("It has another seed."), ["begun", None], ["It has another seed."]),
        (WrongUse("There is no token 9."), ["begun"], []),  # which is no reason to begin anew
    ],
)
def test_only_what_is_of_another_run_begins_anew(
    fails: WrongUse | None, tried: list[str | None], told: list[str]
) -> None:
    runs, why = list[str | None](), list[str]()

    def run(begun: str | None) -> int:
        runs.append(begun)
        if fails is not None and begun is not None:
            raise fails
        return 7

    if fails is None or told:
        assert go_on(run, "begun", why.append) == 7
    else:
        with pytest.raises(WrongUse, match=r"There is no token 9\."):
            go_on(run, "begun", why.append)
    assert (runs, why) == (tried, told)
    assert go_on(run, None) == 7


GOOD, BAD = " And so they do, for ever.", " Nobody knows why that is so, or says."
FIXED = Request(bound="norm-l2", draws=4)


@pytest.mark.parametrize("other", ["", BAD])
def test_a_reward_and_a_margin_go_on_to_the_same_to_the_last_bit(
    other: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A margin wherever it was cancelled: in its first text or in the other one."""
    monkeypatch.setattr("noiser.call_budget.CPU_POSITIONS", 8 * SMALL)
    model = make_reward("llama", dtype="float32")

    def run(cancel: threading.Event, begun: Explanation | None = None) -> Explanation:
        given = {"cancel": cancel, "begun": begun}
        if other:
            return explain_margin(model, PROMPT, GOOD, other, FIXED, **given)  # type: ignore[arg-type]
        return explain_reward(model, PROMPT, GOOD, FIXED, **given)  # type: ignore[arg-type]

    undisturbed, count = run(calls.again()), calls.made
    seen = set[tuple[int, int]]()
    for at in range(1, count, max(1, count // 4)):
        with pytest.raises(Cancelled) as caught:
            run(calls.again(at))
        assert caught.value.partial is not None
        left = parse(to_json(caught.value.partial).encode(), "it")
        assert isinstance(left, Explanation)
        assert (left.explains, left.complete) == ("reward", False)
        seen.add((left.finished, len(left.continuation)))
        assert same(run(calls.again(), left)) == same(undisturbed)
        assert calls.made <= count - at + 4, "what was done is not done again"
    assert seen == ({(0, 0), (1, 1)} if other else {(0, 0)})


def test_a_margin_does_not_go_on_from_what_is_none(calls: Calls) -> None:
    model = make_reward("llama")
    cancel = threading.Event()

    def stop(event: Event) -> None:
        if isinstance(event, Explained):
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        explain_margin(model, PROMPT, GOOD, BAD, FIXED, cancel=cancel, emit=stop)
    left = caught.value.partial
    assert left is not None
    with pytest.raises(AnotherRun, match="another prompt"):
        explain_margin(model, PROMPT, BAD, GOOD, FIXED, begun=left)
    with pytest.raises(AnotherRun, match="another target"):
        explain_reward(model, PROMPT, GOOD, FIXED, begun=left)
    with pytest.raises(AnotherRun, match="another draws"):
        explain_margin(model, PROMPT, GOOD, BAD, replace(FIXED, draws=5), begun=left)


KEPT_WAYS = [
    Request(),
    Request(bound="norm-l2", draws=3),
    Request(granularity="word", zoom=1),
    Request(target="sea and", draws=3),
    Request(generate=2, draws=3),
]


@pytest.mark.parametrize("request_", [*KEPT_WAYS, None], ids=str)
def test_a_run_goes_on_from_what_was_kept_of_it_now_and_then(
    request_: Request | None, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill -9; None is a margin. Who is watched so comes to the same, too."""
    monkeypatch.setattr("noiser.snapshots.SHARE", 0)
    monkeypatch.setattr("noiser.call_budget.CPU_POSITIONS", 4 * SMALL)
    model = make_reward("llama", "float32") if request_ is None else tiny("llama", dtype="float32")

    def run(**given: Any) -> Explanation:
        if request_ is None:
            return explain_margin(model, PROMPT, GOOD, BAD, FIXED, **given)
        return explain(model, PROMPT, request_, **given)

    undisturbed = run()
    kept: list[str] = []
    take = Snapshots(lambda one: kept.append(to_json(one)), every=0.0)
    assert same(run(keep=take)) == same(undisturbed)
    assert len(kept) > 3
    for one in (kept[len(kept) // 3], kept[-1]):
        left = parse(one.encode(), "it")
        assert isinstance(left, Explanation)
        assert not left.complete
        calls.again()
        assert same(run(begun=left)) == same(undisturbed)


def test_nothing_is_kept_before_its_time() -> None:
    kept: list[Explanation] = []
    explain(tiny("llama"), PROMPT, Request(draws=3), keep=Snapshots(kept.append, every=3600.0))
    assert kept == []
