"""Independent jobs over several models, a thread for each: read lazily, given back in their order.

Threads and no processes: torch lets go of the interpreter inside its kernels, and a process for each
device would import torch once more and need a channel for every event and result.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from noiser.errors import Cancelled, WrongUse

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[["LanguageModel", T, threading.Event], R]
"""What is done with a job on a model; it stops with Cancelled soon after the event is set."""

AHEAD = 16
"""Jobs per model that may be taken before the first of them is out."""
POLL = 0.1
"""Seconds between two looks at the caller's cancel flag, which wakes nobody."""
GRACE = 5.0
"""Seconds that jobs have to stop; an interrupted program must not hang on a long batch."""


def spread(
    models: Sequence[LanguageModel],
    items: Iterable[T],
    work: Work[T, R],
    *,
    cancel: threading.Event | None = None,
    ahead: int = AHEAD,
) -> Iterator[tuple[T, R | Exception]]:
    """Do `work` on every item, on whichever model is free; each item with its result or exception.

    In the order of `items`, which are read in the threads of the models, one at a time, and at most
    `ahead` per model before the first of them is out. What reading them raises is raised here, after
    the results before it; so is Cancelled, once `cancel` is set. One model works in this thread.
    """
    if not models:
        raise WrongUse("There is no model to work with.")
    if len({id(model) for model in models}) < len(models):
        raise WrongUse("A model works on one prompt at a time: load another for each device.")
    cancel = cancel or threading.Event()
    if len(models) == 1:
        return _in_turn(models[0], items, work, cancel)
    return _Spread(items, work, cancel, max(1, ahead) * len(models)).run(models)


def _in_turn(
    model: LanguageModel, items: Iterable[T], work: Work[T, R], cancel: threading.Event
) -> Iterator[tuple[T, R | Exception]]:
    """No thread: Ctrl+C then breaks a batch in its middle, too."""
    for item in items:
        if cancel.is_set():
            raise Cancelled
        yield item, _attempt(model, item, work, cancel)


def _attempt(
    model: LanguageModel, item: T, work: Work[T, R], stop: threading.Event
) -> R | Exception:
    try:
        return work(model, item, stop)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001  # it is this item's result, the others go on
        _let_go(error)
        return error


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of a kept exception hold: the rows of a batch fill a device's memory."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


class _Stop(threading.Event):
    """Set by itself, or by the caller's own flag."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return super().is_set() or self._other.is_set()


class _Spread(Generic[T, R]):
    """What the threads share; everything but the reading is guarded by `_changed`."""

    def __init__(
        self, items: Iterable[T], work: Work[T, R], cancel: threading.Event, window: int
    ) -> None:
        self._items = iter(items)
        self._work = work
        self._window = window
        self._stop = _Stop(cancel)
        self._reading = threading.Lock()
        self._changed = threading.Condition()
        self._done: dict[int, tuple[T, R | Exception] | BaseException] = {}
        self._taken = self._given = self._busy = 0
        self._ended = False
        self._failure: BaseException | None = None

    def run(self, models: Sequence[LanguageModel]) -> Iterator[tuple[T, R | Exception]]:
        """Start the threads and give what they make, until all is done or the caller leaves."""
        try:
            for model in models:
                name = f"noiser {model.info.device}"
                threading.Thread(target=self._serve, args=(model,), name=name, daemon=True).start()
            while (made := self._next()) is not None:
                yield made
        finally:
            self._stop.set()
            with self._changed:
                self._changed.notify_all()
                self._changed.wait_for(lambda: not self._busy, timeout=GRACE)

    def _next(self) -> tuple[T, R | Exception] | None:
        with self._changed:
            while self._given not in self._done:
                if self._given == self._taken:  # nobody works on the next one
                    if self._failure is not None:
                        raise self._failure
                    if self._ended:
                        return None
                    if self._stop.is_set():
                        raise Cancelled
                self._changed.wait(POLL)
            made = self._done.pop(self._given)
            self._given += 1
            self._changed.notify_all()
        if isinstance(made, BaseException):
            raise made
        return made

    def _serve(self, model: LanguageModel) -> None:
        """One model's thread: take a job, do it, leave the result."""
        try:
            _sit_at(model)
            while (job := self._take()) is not None:
                self._do(model, *job)
        except BaseException as error:  # noqa: BLE001  # raised where the results are awaited
            self._end(error)

    def _take(self) -> tuple[int, T] | None:
        with self._reading:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._over() or self._taken - self._given < self._window
                )
                if self._over():
                    return None
            try:
                item = next(self._items)
            except StopIteration:
                self._end()
                return None
            with self._changed:
                if self._over():
                    return None
                self._taken += 1
                self._busy += 1
                return self._taken - 1, item

    def _do(self, model: LanguageModel, number: int, item: T) -> None:
        made: tuple[T, R | Exception] | BaseException
        try:
            made = item, _attempt(model, item, self._work, self._stop)
        except BaseException as error:  # noqa: BLE001  # no result but an end, raised in its turn
            made = error
        with self._changed:
            self._done[number] = made
            self._busy -= 1
            self._changed.notify_all()

    def _over(self) -> bool:
        return self._ended or self._stop.is_set()

    def _end(self, failure: BaseException | None = None) -> None:
        with self._changed:
            self._ended = True
            self._failure = self._failure or failure
            self._changed.notify_all()


def _sit_at(model: LanguageModel) -> None:
    """Make the model's GPU this thread's own: some kernels run on the current device, whatever it is.

    Torch would open GPU 0 in every thread besides, which takes some hundred megabytes there.
    """
    if model.device.type == "cuda":
        import torch

        torch.cuda.set_device(model.device)
