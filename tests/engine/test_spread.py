"""Independent jobs over several models: in order, read as needed, and ended when they are to be."""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from noiser import spread as module
from noiser.errors import Cancelled, WrongUse
from noiser.spread import spread

SOON = 20.0
Work = Callable[[Any, Any, threading.Event], Any]


def models(count: int = 2) -> list[Any]:
    """As many as there are threads; the pool itself only asks where they are."""
    return [
        SimpleNamespace(device=torch.device("cpu"), info=SimpleNamespace(device=f"cpu {i}"))
        for i in range(count)
    ]


def gone(count: int = 0) -> bool:
    """Whether no more than `count` of the pool's threads are left, after at most SOON."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        if sum(t.name.startswith("noiser ") for t in threading.enumerate()) <= count:
            return True
        time.sleep(0.01)
    return False


def until_stopped(stop: threading.Event) -> None:
    """What a long job does: one batch after the other, until it is to stop."""
    started = time.monotonic()
    while not stop.is_set():
        assert time.monotonic() - started < SOON
        time.sleep(0.005)
    raise Cancelled


def gather(made: Iterator[tuple[int, Any]], into: list[int]) -> None:
    """What comes, up to whatever ends it."""
    for item, _ in made:
        into.append(item)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_results_come_in_order_however_long_each_takes(count: int) -> None:
    at: set[int] = set()

    def work(model: Any, item: int, stop: threading.Event) -> int:
        at.add(threading.get_ident())
        time.sleep(0.02 * (item % 3 == 0))
        return item * item

    made = list(spread(models(count), range(30), work))
    assert made == [(i, i * i) for i in range(30)]
    assert (threading.get_ident() in at) == (count == 1), "one model needs no thread"
    assert len(at) == count
    assert gone()


def test_an_endless_input_is_read_no_further_than_the_window() -> None:
    read: list[int] = []

    def endless() -> Iterator[int]:
        for i in itertools.count():
            read.append(i)
            yield i

    go_on = threading.Event()
    other = threading.Event()

    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item == 0:
            assert go_on.wait(SOON)
        elif item == 5:  # 2 models, 3 ahead for each: the last that may be taken
            other.set()
        return item

    made = spread(models(), endless(), work, ahead=3)
    threading.Timer(0.3, go_on.set).start()
    assert next(made) == (0, 0)
    assert other.is_set(), "the other model went on meanwhile"
    assert len(read) <= 7, "one more may be read once the first is out"
    assert [next(made)[0] for _ in range(50)] == list(range(1, 51))
    assert len(read) <= 51 + 6
    made.close()
    assert gone()


def test_a_slow_input_holds_back_nothing_that_is_done() -> None:
    come = threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        assert come.wait(SOON)
        yield 2

    made = spread(models(), slow(), lambda model, item, stop: item)
    assert next(made) == (1, 1), "while the second is waited for"
    come.set()
    assert list(made) == [(2, 2)]


@pytest.mark.parametrize("count", [1, 2])
def test_an_item_that_fails_fails_alone_and_lets_go_of_what_it_held(count: int) -> None:
    held: list[weakref.ref[torch.Tensor]] = []

    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item == 2:
            rows = torch.zeros(3)
            held.append(weakref.ref(rows))
            try:
                raise MemoryError("full")
            except MemoryError as error:
                raise ValueError(f"no {rows.shape}") from error
        return item

    made = list(spread(models(count), range(5), work))
    assert [item for item, _ in made] == list(range(5))
    assert [outcome for item, outcome in made if item != 2] == [0, 1, 3, 4]
    assert isinstance(made[2][1], ValueError)
    assert made[2][1].__traceback__ is not None, "and it can still be told where"
    assert held[0]() is None


@pytest.mark.parametrize("count", [1, 2])
def test_what_reading_raises_comes_after_what_was_read(count: int) -> None:
    def broken() -> Iterator[int]:
        yield from range(3)
        raise OSError("the disk is gone")

    made: list[int] = []
    with pytest.raises(OSError, match="the disk is gone"):
        gather(spread(models(count), broken(), lambda m, i, s: i), made)
    assert made == [0, 1, 2]
    assert gone()


def test_cancelling_gives_what_is_done_and_stops_the_rest_at_once() -> None:
    cancel = threading.Event()
    read: list[int] = []

    def items() -> Iterator[int]:
        for i in range(1000):
            read.append(i)
            yield i

    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item >= 4:
            if item == 5:
                cancel.set()
            until_stopped(stop)
        return item

    made: list[int] = []
    with pytest.raises(Cancelled):
        gather(spread(models(), items(), work, cancel=cancel), made)
    assert made == [0, 1, 2, 3]
    assert len(read) <= 7
    assert gone()


def test_cancelling_while_the_input_is_silent() -> None:
    cancel, never = threading.Event(), threading.Event()

    def silent() -> Iterator[int]:
        yield 1
        never.wait(SOON)
        yield 2

    worked: list[int] = []
    made = spread(models(), silent(), lambda m, i, s: worked.append(i), cancel=cancel)
    assert next(made) == (1, None)
    threading.Timer(0.05, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        next(made)
    assert time.monotonic() - started < SOON / 4
    never.set()
    assert gone()
    assert worked == [1], "what comes after is not begun"


def test_leaving_early_stops_what_runs() -> None:
    stopped: list[int] = []

    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item:
            try:
                until_stopped(stop)
            finally:
                stopped.append(item)
        return item

    for item, _ in spread(models(3), itertools.count(), work):
        assert item == 0
        break
    assert gone()
    assert len(stopped) <= 3


def test_an_interrupt_of_the_waiting_thread_stops_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Ctrl+C does, wherever the thread is when it comes."""
    monkeypatch.setattr(module, "POLL", 0.01)
    begun = threading.Event()

    def work(model: Any, item: int, stop: threading.Event) -> None:
        begun.set()
        until_stopped(stop)

    wait = threading.Condition.wait

    def interrupted(self: threading.Condition, timeout: float | None = None) -> bool:
        if threading.current_thread() is threading.main_thread() and begun.is_set():
            monkeypatch.undo()
            raise KeyboardInterrupt
        return wait(self, timeout)

    monkeypatch.setattr(threading.Condition, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(spread(models(), itertools.count(), work))
    assert gone()


def test_a_job_that_does_not_stop_is_not_waited_for_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.1)
    release = threading.Event()

    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item:
            release.wait(SOON)
        return item

    made = spread(models(), itertools.count(), work)
    assert next(made) == (0, 0)
    started = time.monotonic()
    made.close()
    assert time.monotonic() - started < SOON / 4
    release.set()
    assert gone()


def test_an_end_that_a_job_asks_for_is_raised_in_its_turn() -> None:
    def work(model: Any, item: int, stop: threading.Event) -> int:
        if item == 3:
            raise SystemExit(4)
        return item

    made: list[int] = []
    with pytest.raises(SystemExit):
        gather(spread(models(), range(9), work), made)
    assert made == [0, 1, 2]


def test_a_device_that_cannot_be_taken_ends_it() -> None:
    class Lost(SimpleNamespace):
        @property
        def device(self) -> torch.device:
            raise RuntimeError("the device is lost")

    good, lost = *models(1), Lost(info=SimpleNamespace(device="lost"))
    with pytest.raises(RuntimeError, match="the device is lost"):
        list(spread([good, lost], itertools.count(), lambda m, i, s: i))
    assert gone()


def test_models_that_cannot_be_meant() -> None:
    (one,) = models(1)
    with pytest.raises(WrongUse, match="no model"):
        spread([], range(3), lambda m, i, s: i)
    with pytest.raises(WrongUse, match="load another for each device"):
        spread([one, one], range(3), lambda m, i, s: i)
