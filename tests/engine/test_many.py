"""Many prompts over replicas of a model: the same results as on one, and devices that make sense."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import noiser
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Event, Explained, ModelLoaded, PromptRead
from noiser.explanation import Explanation
from noiser.model import options, replicas
from noiser.model.language_model import LanguageModel
from noiser.record import to_json
from noiser.request import Request
from tests.engine.cases import one_sentence
from tests.tiny import save_tiny

PROMPTS: list[str | tuple[str, Request]] = [
    "Rivers run to the sea and",
    "The capital of",
    "",
    ("Tabs, emoji and code live in", Request(bound="max", norm="2")),
    ("Mountains stay", Request(generate=3, draws=4)),
    ("The capital of Italy is", Request(search="fast")),
    ("The capital of Italy is", Request(contrast="two tokens at least")),
    *(f"Numbers like {i} live in text" for i in range(8)),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("many")))


@pytest.fixture(scope="module")
def pair(folder: str) -> list[LanguageModel]:
    return noiser.load_replicas(folder, ["cpu", "cpu"])


def record(outcome: Explanation | Exception) -> Any:
    """Everything that is said of a prompt but the time it took."""
    if isinstance(outcome, Exception):
        return type(outcome), str(outcome)

    def timeless(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: timeless(value) for key, value in data.items() if key != "seconds"}
        return [timeless(value) for value in data] if isinstance(data, list) else data

    return timeless(json.loads(to_json(outcome)))


def test_replicas_give_bit_for_bit_what_one_model_gives_in_the_same_order(
    pair: list[LanguageModel],
) -> None:
    both = [record(one) for one in noiser.explain_many(pair, PROMPTS)]
    alone = [record(one) for one in noiser.explain_many(pair[:1], PROMPTS)]
    assert both == alone
    assert [one[0] for one in both if isinstance(one, tuple)] == [WrongUse, WrongUse]
    single = noiser.explain(pair[1], "Rivers run to the sea and")
    assert both[0] == record(single)


def test_both_replicas_work_and_every_event_names_its_prompt(pair: list[LanguageModel]) -> None:
    told: dict[int, list[Event]] = defaultdict(list)
    threads: dict[int, set[int]] = defaultdict(set)
    meeting = threading.Barrier(2, timeout=20)

    def emit(number: int, event: Event) -> None:
        told[number].append(event)
        threads[number].add(threading.get_ident())
        if isinstance(event, PromptRead) and number < 2:
            meeting.wait()  # so that neither has done both before the other has begun

    made = list(noiser.explain_many(pair, ["The capital of", "Rivers run"], emit=emit))
    for number, explanation in enumerate(made):
        last = told[number][-1]
        assert isinstance(last, Explained)
        assert last.explanation is explanation
        assert len(threads[number]) == 1
    assert threads[0] != threads[1]


def test_an_endless_input_and_a_cancel(pair: list[LanguageModel]) -> None:
    cancel, read = threading.Event(), list[int]()

    def endless() -> Iterator[str]:
        while True:
            read.append(1)
            yield f"Rivers run {len(read)} times"

    made = list[Explanation | Exception]()

    def gather() -> None:
        for one in noiser.explain_many(pair, endless(), cancel=cancel, ahead=2):
            made.append(one)
            if len(made) == 3:
                cancel.set()

    with pytest.raises(Cancelled):
        gather()
    assert len(made) >= 3
    assert len(read) <= len(made) + 5
    assert [getattr(one, "prompt", one) for one in made] == [
        f"Rivers run {i} times" for i in range(1, len(made) + 1)
    ]


# Loading them


@pytest.mark.parametrize(
    ("devices", "error", "says"),
    [
        ([], WrongUse, "no device"),
        (["auto", "cpu"], WrongUse, "auto is none of them"),
        (["cpu", "gpu"], WrongUse, "'gpu' is no device"),
        (["cuda:99", "cuda:98"], NoiserError, "There is no device 'cuda:99'"),
    ],
)
def test_devices_that_cannot_be_meant_are_told_before_a_model_is_looked_for(
    devices: list[str], error: type[NoiserError], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        noiser.load_replicas("never/looked-at", devices)
    assert type(caught.value) is error
    one_sentence(caught.value)


@pytest.mark.parametrize(
    ("devices", "says"),
    [
        (["cuda:1", "cuda:1"], "'cuda:1' is named twice"),
        (["cuda", "cuda:0"], "'cuda:0' is named twice"),
        (["cpu", "cuda:0"], "cpu and cuda round differently"),
        (["cuda:0", "cuda:1"], None),
        (["cpu", "cpu", "cpu"], None),
    ],
)
def test_on_a_machine_with_two_gpus(
    devices: list[str], says: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "chosen_device", torch.device)
    monkeypatch.setattr(replicas, "chosen_device", torch.device)
    if says is None:
        replicas.check_devices(devices)
        return
    with pytest.raises(WrongUse, match=says) as caught:
        replicas.check_devices(devices)
    one_sentence(caught.value)


def test_every_replica_is_told_and_all_are_of_one_commit(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's branch may move on between two loads."""
    asked: list[str | None] = []
    load = replicas.load

    def moving(model: str, *, revision: str | None, **options: Any) -> LanguageModel:
        asked.append(revision)
        loaded = load(model, **options)
        object.__setattr__(loaded.info, "revision", f"commit {len(asked)}")
        return loaded

    monkeypatch.setattr(replicas, "load", moving)
    told: list[Event] = []
    loaded = noiser.load_replicas(folder, ["cpu"] * 3, revision="main", emit=told.append)
    assert asked == ["main", "commit 1", "commit 1"]
    assert len({id(model.network) for model in loaded}) == 3
    assert len({id(model.tokenizer) for model in loaded}) == 3
    assert sum(isinstance(event, ModelLoaded) for event in told) == 3


def test_options_are_checked_first(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="Unknown dtype"):
        noiser.load_replicas(str(tmp_path), ["cpu"], dtype="float23")
