"""Workers of a cluster that die: how often a row is tried, and what is said in the end. No Ray is needed."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from noiser.data.sample import Sample
from noiser.errors import Cancelled, NoiserError
from noiser.study.claims import Outcome, Task
from noiser.study.cluster import _Crew
from noiser.study.hired import TRIES, Deaths, Hired
from noiser.study.loading import Loading
from noiser.study.row import Done, Lost
from noiser.study.spec import Setting

TASK = Task(7, Setting("m", "noiser", "min", "none", "data", 1), 0)
SAMPLE = Sample("0", "Rome", None, None)
DONE = Done(Outcome("done", {"values": {}}))


class _Died(Exception):
    pass


class _Ray:
    """As much of Ray as is asked for: a reference is what it came to, or the error."""

    exceptions = SimpleNamespace(RayError=_Died)

    def __init__(self, never: bool = False) -> None:
        self.never, self.killed = never, 0

    def wait(self, references: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:
        return ([], references) if self.never and references == ["never"] else (references, [])

    def get(self, reference: Any) -> Any:
        if isinstance(reference, Exception):
            raise reference
        return reference

    def kill(self, actor: Any, *, no_restart: bool) -> None:
        assert no_restart
        self.killed += 1


def _actor(**answers: Any) -> Any:
    told = {"hello": ("there:1", {"torch": "2"}), "prepare": None, "do": DONE, **answers}
    return SimpleNamespace(
        **{
            name: SimpleNamespace(remote=lambda *_, value=value: value)
            for name, value in told.items()
        }
    )


def _hired(ray: _Ray, actor: Any, cancel: threading.Event | None = None, **options: Any) -> Hired:
    stop = cancel or threading.Event()
    return Hired(ray, lambda: actor, {"torch": "2"}, Deaths(), lambda: False, stop, **options)


def test_a_row_is_tried_again_until_too_many_have_died_of_it() -> None:
    told = "The actor died.\n\tpid: 3\nThe actor is dead because it was killed. Worker exit type: X"
    ray = _Ray()
    hired = _hired(ray, _actor(do=_Died(told)))
    for _ in range(TRIES - 1):
        hired.ready()
        hired.prepare("m")
        with pytest.raises(Lost):
            hired.do(TASK, SAMPLE)
        assert hired.loaded is None
    hired.ready()
    hired.prepare("m")
    outcome = hired.do(TASK, SAMPLE).outcome
    assert outcome.state == "failed"
    assert outcome.error == "3 workers died of it: The actor is dead because it was killed."
    assert ray.killed == TRIES


def test_a_model_that_kills_those_who_load_it_cannot_be_loaded() -> None:
    hired = _hired(_Ray(), _actor(prepare=_Died("out of memory")))
    for _ in range(TRIES - 1):
        hired.ready()
        with pytest.raises(Lost):
            hired.prepare("m")
    hired.ready()
    with pytest.raises(NoiserError, match="3 workers died of loading m: out of memory"):
        hired.prepare("m")


def test_why_a_model_cannot_be_loaded_is_told_as_here() -> None:
    hired = _hired(_Ray(), _actor(prepare="It is broken."))
    hired.ready()
    with pytest.raises(NoiserError, match=r"^It is broken\.$"):
        hired.prepare("m")


def test_workers_that_do_not_start_are_not_started_for_ever() -> None:
    hired = _hired(_Ray(), _actor(hello=_Died("No module named 'noiser'")))
    with pytest.raises(NoiserError, match="do not start: No module named 'noiser'"):
        hired.ready()


def test_a_worker_with_other_libraries_is_refused() -> None:
    hired = _hired(_Ray(), _actor(hello=("there:1", {"torch": "1"})))
    with pytest.raises(NoiserError, match="there:1 has torch 1, here it is 2"):
        hired.ready()


def test_a_worker_that_takes_too_long_is_ended_and_its_row_fails() -> None:
    ray = _Ray(never=True)
    hired = _hired(ray, _actor(do="never"), row_timeout=0.01)
    hired.ready()
    hired.prepare("m")
    assert "more than 0.01 s" in str(hired.do(TASK, SAMPLE).outcome.error)
    assert ray.killed == 1


def test_an_interrupt_is_seen_while_a_worker_is_at_a_row() -> None:
    cancel = threading.Event()
    hired = _hired(_Ray(never=True), _actor(do="never"), cancel)
    hired.ready()
    hired.prepare("m")
    cancel.set()
    with pytest.raises(Cancelled):
        hired.do(TASK, SAMPLE)


def test_a_cluster_without_room_says_what_to_change() -> None:
    nodes: list[dict[str, Any]] = [{"Alive": True, "Resources": {"CPU": 0.5}}]
    ray = Mock(nodes=lambda: nodes)
    with pytest.raises(NoiserError, match=r"^The cluster has no GPU\.$") as told:
        _Crew(ray, "study", Loading("cuda"), None, None).places()
    assert told.value.change == ("device cpu",)
    with pytest.raises(NoiserError, match="OMP_NUM_THREADS"):
        _Crew(ray, "study", Loading("cpu"), None, None).places()
