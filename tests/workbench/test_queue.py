"""The queue of the engine: what runs when, what is taken back, and one end for every job."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noiser.errors import Cancelled, NoiserError
from noiser_tui.workbench.engine import EngineThread, Job, JobEnded, QueueChanged
from noiser_tui.workbench.engine.context import Context
from noiser_tui.workbench.engine.queue import JobQueue


@dataclass(frozen=True)
class Long(Job):
    def run(self, context: Context) -> None:
        raise AssertionError("not run here")


@dataclass(frozen=True)
class Short(Long):
    short: ClassVar[bool] = True


@dataclass(frozen=True)
class Load(Long):
    changes_model: ClassVar[bool] = True


@dataclass(frozen=True)
class Held(Job):
    """Runs until it is let go or cancelled."""

    go: threading.Event = field(default_factory=threading.Event)

    def run(self, context: Context) -> None:
        while not self.go.wait(0.001):
            if context.cancel.is_set():
                raise Cancelled


@dataclass(frozen=True)
class Quick(Job):
    """Runs at once, well or not."""

    error: Exception | None = None
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        if self.error is not None:
            raise self.error


class Told:
    """The messages of an engine, and waiting for one of them."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.more = threading.Condition()

    def __call__(self, message: Any) -> None:
        with self.more:
            self.messages.append(message)
            self.more.notify_all()

    def wait(self, done: Any) -> None:
        with self.more:
            assert self.more.wait_for(lambda: done(self.messages), timeout=20), self.messages

    def ends(self) -> dict[int, JobEnded]:
        found = [m for m in self.messages if isinstance(m, JobEnded)]
        assert len({m.number for m in found}) == len(found), "one end each"
        return {m.number: m for m in found}

    def changes(self) -> list[tuple[int, tuple[int, ...]]]:
        told = [m for m in self.messages if isinstance(m, QueueChanged)]
        assert [m.change for m in told] == [*range(1, len(told) + 1)], "counted as they happened"
        return [(m.running, m.waiting) for m in told]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from([Long, Short, Load]), st.integers(0, 12)),
        st.tuples(st.just("cancel"), st.none() | st.integers(0, 12), st.just(0)),
        st.tuples(st.just("take"), st.just(0), st.just(0)),
    ),
    max_size=40,
)


def overtaking(waiting: list[tuple[int, type[Job]]], kind: type[Job]) -> int:
    """Where a new job belongs, by the words of the rule and not by walking back."""
    if not kind.short:
        return len(waiting)
    stops = [i for i, (_, other) in enumerate(waiting) if other.short or other.changes_model]
    return stops[-1] + 1 if stops else 0


@given(STEPS)
def test_the_queue_is_as_its_rules_say(steps: list[tuple[Any, ...]]) -> None:
    told: list[tuple[int, tuple[int, ...]]] = []
    queue = JobQueue(lambda running, waiting: told.append((running, waiting)))
    waiting: list[tuple[int, type[Job]]] = []
    running, count, before = 0, 0, 0
    flags: dict[int, threading.Event] = {}
    for step in steps:
        match step:
            case ("put", kind, instead_of):
                number, removed = queue.put(kind(), instead_of=instead_of)
                count += 1
                assert number == count
                gone = [one for one in waiting if one[0] == instead_of]
                assert (removed.number if removed else None) == (gone[0][0] if gone else None)
                waiting = [one for one in waiting if one[0] != instead_of]
                waiting.insert(overtaking(waiting, kind), (number, kind))
                if instead_of == running and running:
                    assert flags[running].is_set()
            case ("cancel", number, _):
                removed = queue.cancel(number)
                gone = [one for one in waiting if one[0] == number]
                assert (removed.number if removed else None) == (gone[0][0] if gone else None)
                waiting = [one for one in waiting if one[0] != number]
                if running and number in (None, running):
                    assert flags[running].is_set()
            case _ if waiting:
                entry = queue.take()
                running, flags[entry.number] = entry.number, entry.cancel
                assert entry.number == waiting.pop(0)[0]
                assert not entry.cancel.is_set()
        if told[before:]:
            assert told[-1] == (running, tuple(number for number, _ in waiting))
            assert len(told) == before + 1, "one message for one change"
        before = len(told)
    if told:
        assert told[-1] == (running, tuple(number for number, _ in waiting))


@given(st.lists(st.sampled_from([Long, Short, Load]), max_size=20))
def test_no_question_overtakes_what_changes_the_model_and_equals_keep_their_order(
    kinds: list[type[Job]],
) -> None:
    queue = JobQueue(lambda running, waiting: None)
    asked = {queue.put(kind())[0]: kind for kind in kinds}
    order = [queue.take().number for _ in asked]
    for number, kind in asked.items():
        for later in range(number + 1, len(kinds) + 1):
            if order.index(later) < order.index(number):
                assert asked[later].short
                assert not kind.short
                assert not any(asked[i].changes_model for i in range(number, later))


@settings(max_examples=50)  # each leaves a thread that waits
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["held", "quick", "fails", "breaks"]), st.integers(0, 9)),
            st.tuples(st.just("cancel"), st.none() | st.integers(1, 9)),
            st.tuples(st.just("go"), st.integers(1, 9)),
        ),
        max_size=15,
    ),
    st.integers(0, 15),
)
def test_every_job_ends_once_whatever_is_asked(steps: list[tuple[str, Any]], start: int) -> None:
    told = Told()
    engine = EngineThread(told)
    jobs: dict[int, Job] = {}
    for at, (what, number) in enumerate([*steps, ("start", None)]):
        if at == min(start, len(steps)):
            engine.start()
        if what == "cancel":
            engine.cancel(number)
        elif what == "go":
            job = jobs.get(number)
            if isinstance(job, Held):
                job.go.set()
        elif what != "start":
            failing = {"fails": NoiserError("No."), "breaks": ValueError("no")}
            job = Held() if what == "held" else Quick(failing.get(what))
            jobs[engine.submit(job, instead_of=number)] = job
    for job in jobs.values():
        if isinstance(job, Held):
            job.go.set()
    told.wait(lambda messages: len([m for m in messages if isinstance(m, JobEnded)]) == len(jobs))
    if jobs:
        told.wait(lambda messages: told.changes()[-1] == (0, ()))
    ends = told.ends()
    assert set(ends) == set(jobs)
    for number, end in ends.items():
        assert end.job is jobs[number]
        job = jobs[number]
        if isinstance(job, Quick) and not end.cancelled:
            assert (end.error is None) is (job.error is None)
            assert end.error in (None, "No.") or "bug in Noiser" in str(end.error)


def test_a_job_is_cancelled_by_its_number_and_no_other() -> None:
    told = Told()
    engine = EngineThread(told)
    first, second, third = Held(), Held(), Held()
    numbers = [engine.submit(job) for job in (first, second, third)]
    engine.start()
    told.wait(lambda messages: told.changes()[-1] == (1, (2, 3)))
    engine.cancel(2)
    told.wait(lambda messages: told.changes()[-1] == (1, (3,)))
    assert told.ends()[2].cancelled
    engine.cancel(2)  # it is over: nothing to do
    fourth = engine.submit(Held(), instead_of=1)
    told.wait(lambda messages: 1 in told.ends())
    assert told.ends()[1].cancelled
    told.wait(lambda messages: told.changes()[-1] == (3, (fourth,)))
    third.go.set()
    told.wait(lambda messages: 3 in told.ends())
    assert not told.ends()[3].cancelled
    engine.cancel()
    told.wait(lambda messages: told.changes()[-1] == (0, ()))
    assert told.ends()[fourth].cancelled
    assert [*numbers, fourth] == [1, 2, 3, 4]


@pytest.mark.parametrize("waits", [False, True])
def test_a_question_goes_before_runs_that_wait(waits: bool) -> None:
    told = Told()
    engine = EngineThread(told)
    running, waiting = Held(), Held()
    engine.submit(running)
    engine.submit(waiting)
    engine.start()
    told.wait(lambda messages: told.changes()[-1] == (1, (2,)))
    asked = engine.submit(Quick())
    assert told.changes()[-1] == (1, (asked, 2))
    if waits:
        engine.cancel(asked)
    running.go.set()
    told.wait(lambda messages: told.changes()[-1] == (2, ()))
    assert told.ends()[asked].cancelled is waits
    waiting.go.set()
    told.wait(lambda messages: 2 in told.ends())
