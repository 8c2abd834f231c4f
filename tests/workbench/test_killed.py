"""A real workbench that is killed in the middle of its work: the next one offers to go on, to the same."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import noiser
from noiser.record import from_record
from noiser.request import Request
from noiser_tui.workbench.kept_measures import from_json
from tests.tiny import save_tiny
from tests.workbench.tmux import Terminal, needs_tmux, terminal

pytestmark = needs_tmux
PROMPT = "The capital of France is"
MASKS, DRAWS = 8_000, 4000
"""So many that the machine is not done with them before it is killed, a second after it began."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("model")))


@contextmanager
def workbench(folder: Path, model: str) -> Iterator[Terminal]:
    with terminal(
        folder,
        "--model",
        model,
        size=(120, 40),
        program="tests.workbench.soon_kept",
        NOISER_METRICS_MASKS=str(MASKS),
        NOISER_EXPLAIN_DRAWS=str(DRAWS),
    ) as window:
        yield window


def records(folder: Path, ending: str = ".json") -> Iterator[dict[str, Any]]:
    """What is kept; a file may be replaced while it is looked for."""
    for path in (folder / "data" / "runs").glob(f"*{ending}"):
        with suppress(OSError):
            yield json.loads(path.read_text())


def raw_of(record: dict[str, Any]) -> list[float]:
    return [one["raw"] for one in record["tokens"]]


def wait(holds: Callable[[], object], window: Terminal, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, window.screen()
        time.sleep(0.05)


def kill(window: Terminal) -> None:
    """Once what is open is written, too."""
    time.sleep(1.0)
    os.kill(window.pid, signal.SIGKILL)


def test_a_metric_goes_on_where_it_was(tmp_path: Path, model: str) -> None:
    def measured() -> dict[str, Any]:
        return next(records(tmp_path, ".measured.json"), {})

    with workbench(tmp_path, model) as window:
        window.wait_for(" ready ")
        window.type(PROMPT)
        window.press("F2")
        window.type("occl")
        window.press("Enter", "F5")
        window.wait_for("done")
        window.press("M-x")
        wait(lambda: measured().get("begun"), window)
        kill(window)
    begun = measured()
    assert begun["soft"] is None
    assert begun["begun"]["targets"]
    with workbench(tmp_path, model) as window:
        window.wait_for("Alt+X measures what is left")
        window.press("M-x")
        wait(lambda: measured().get("curves"), window)
    found = from_json(json.dumps(measured()).encode())
    (run,) = (from_record(one) for one in records(tmp_path) if one["format"] == "noiser/1")
    whole = noiser.measure(noiser.load(model), run, ("soft",), masks=MASKS).soft
    assert whole is not None
    assert found.soft is not None
    for one, other in zip(found.soft.targets, whole.targets, strict=True):
        assert one.kept == pytest.approx(other.kept, abs=1e-6)  # other threads add up here
        assert one.random_left == pytest.approx(other.random_left, abs=1e-6)
    assert found.begun is None


def test_the_row_of_a_comparison_goes_on_where_it_was(tmp_path: Path, model: str) -> None:
    def compared() -> dict[str, Any]:
        return next((one for one in records(tmp_path) if one["format"] == "noiser-compare/1"), {})

    with workbench(tmp_path, model) as window:
        window.wait_for(" ready ")
        window.type(PROMPT)
        window.press("M-v")
        window.wait_for("Compare on this prompt")
        window.press("Down", "Space", "Enter")
        wait(lambda: compared() and compared()["rows"][0]["begun"], window)
        kill(window)
    assert compared()["rows"][0]["explanation"] is None
    with workbench(tmp_path, model) as window:
        window.wait_for("F5 goes on with it")
        while "row 1 of 2" not in window.screen() and not compared()["complete"]:
            window.press("F5")  # until what there is of it is read
            time.sleep(0.2)
        wait(lambda: compared()["complete"], window)
    first, second = compared()["rows"]
    whole = noiser.explain(noiser.load(model), PROMPT, Request(draws=DRAWS))
    assert raw_of(first["explanation"]) == pytest.approx([one.raw for one in whole.tokens])
    assert second["explanation"]["method"] == "occlusion"
    assert len(list(records(tmp_path))) == 1, "in the place of what was kept"


def test_the_prompt_of_a_list_goes_on_where_it_was(tmp_path: Path, model: str) -> None:
    def runs() -> list[dict[str, Any]]:
        return [one for one in records(tmp_path) if one["format"] == "noiser/1"]

    file = tmp_path / "two.jsonl"
    file.write_text(f'{{"prompt": "Rivers", "method": "random"}}\n"{PROMPT}"\n')
    with workbench(tmp_path, model) as window:
        window.wait_for(" ready ")
        window.press("C-k", "f")
        window.wait_for("Explain all prompts of a file")
        window.type(str(file))
        window.press("Enter")
        wait(lambda: any(one["left_off"] for one in runs()), window)
        kill(window)
    assert sorted(one["complete"] for one in runs()) == [False, True]
    with workbench(tmp_path, model) as window:
        window.wait_for("1 of 2 are explained", "F5 goes on with the other 1, 1 of them begun")
        window.press("F5")
        window.wait_for("2 of 2 explained")
        wait(lambda: all(one["complete"] for one in runs()), window)
    whole = noiser.explain(noiser.load(model), PROMPT, Request(draws=DRAWS))
    (made,) = (one for one in runs() if one["prompt"] == PROMPT)
    assert raw_of(made) == pytest.approx([one.raw for one in whole.tokens])
    assert len(runs()) == 2, "in the place of what was kept"
