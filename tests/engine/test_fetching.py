"""Weights from a hub on loopback that stops in the middle: whoever waits can leave at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from noiser.errors import Cancelled, NoiserError
from noiser.events import Event, ModelFetching
from noiser.model.fetching import fetch_weights
from tests.engine.fake_hub import COMMIT, FakeHub, serve

ROOT = Path(__file__).resolve().parent.parent.parent
CHUNK = 10 * 2**20
"""What huggingface_hub reads at a time: it tells nothing before."""
SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """One model of a single file, larger than a chunk, and one of two; the cache is empty."""
    single, sharded = tmp_path / "single", tmp_path / "sharded"
    single.mkdir()
    sharded.mkdir()
    (single / "model.safetensors").write_bytes(bytes(2 * CHUNK))
    (single / "pytorch_model.bin").write_bytes(b"not wanted")
    index = {"weight_map": dict(zip("ab", SHARDS, strict=True))}
    (sharded / "model.safetensors.index.json").write_text(json.dumps(index))
    for number, name in enumerate(SHARDS, 1):
        (sharded / name).write_bytes(bytes([number]) * 1000)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with serve({"slow/single": single, "slow/sharded": sharded}) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf" / "hub"))
        yield found
        found.goes_on.set()


def files(tmp_path: Path, pattern: str) -> list[str]:
    return sorted(one.name for one in (tmp_path / "hf").rglob(pattern))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_leaving_in_the_middle_of_a_file_leaves_nothing_behind(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.stops["model.safetensors"] = CHUNK + 1000
    cancel = threading.Event()
    told: list[Event] = []

    def emit(event: Event) -> None:
        told.append(event)
        cancel.set()

    with pytest.raises(Cancelled):
        fetch_weights("slow/single", COMMIT, pickle=False, cancel=cancel, emit=emit)
    assert told == [ModelFetching("slow/single", CHUNK, 2 * CHUNK)]
    assert not hub.goes_on.is_set()
    assert files(tmp_path, "*.incomplete") == []
    hub.goes_on.set()
    fetch_weights("slow/single", COMMIT, pickle=False, cancel=None, emit=told.append)
    assert told[-1] == ModelFetching("slow/single", 2 * CHUNK, 2 * CHUNK)
    assert files(tmp_path, "model.safetensors") == ["model.safetensors"]
    assert not [line for line in hub.asked if "pytorch_model.bin" in line]


def test_files_that_came_whole_are_not_fetched_again(hub: FakeHub, tmp_path: Path) -> None:
    hub.stops[SHARDS[1]] = 10
    cancel = threading.Event()

    def stop() -> None:
        until(lambda: files(tmp_path, SHARDS[0]) == [SHARDS[0]])
        until(lambda: files(tmp_path, "*.incomplete") != [])
        cancel.set()

    threading.Thread(target=stop, daemon=True).start()
    with pytest.raises(Cancelled):
        fetch_weights("slow/sharded", COMMIT, pickle=False, cancel=cancel, emit=lambda _: None)
    hub.goes_on.set()
    before = len(hub.asked)
    told: list[Event] = []
    fetch_weights("slow/sharded", COMMIT, pickle=False, cancel=None, emit=told.append)
    assert not [line for line in hub.asked[before:] if SHARDS[0] in line]
    assert told == [ModelFetching("slow/sharded", 1000, 1000)], "of what was missing"
    assert files(tmp_path, "*.safetensors") == list(SHARDS)


def test_a_hub_that_says_nothing_at_all_can_be_left(hub: FakeHub) -> None:
    hub.stops["/api/models/"] = 0
    cancel = threading.Event()

    def stop() -> None:
        until(lambda: bool(hub.asked))
        cancel.set()

    threading.Thread(target=stop, daemon=True).start()
    with pytest.raises(Cancelled):
        fetch_weights("slow/single", COMMIT, pickle=False, cancel=cancel, emit=lambda _: None)


def test_what_the_hub_refuses_is_one_sentence(hub: FakeHub) -> None:
    with pytest.raises(NoiserError, match=r"closed/gated is gated: accept its terms"):
        fetch_weights("closed/gated", COMMIT, pickle=False, cancel=None, emit=lambda _: None)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_download_ends_with_whoever_wanted_it(
    hub: FakeHub, tmp_path: Path, end: signal.Signals
) -> None:
    hub.stops["model.safetensors"] = CHUNK + 1000
    program = (
        "from noiser.model.fetching import fetch_weights\n"
        f"fetch_weights('slow/single', '{COMMIT}', pickle=False, cancel=None, emit=print)\n"
    )
    paths = os.pathsep.join([str(ROOT / "core"), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ModelFetching")
    assert files(tmp_path, "*.incomplete") != []
    process.send_signal(end)
    process.wait(60)
    until(lambda: files(tmp_path, "*.incomplete") == [])
