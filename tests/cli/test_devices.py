"""`--devices`: the prompts of --jsonl over several, and everything else as on one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from noiser.events import Explained, PromptRead, TokensScored, Work
from noiser_tui.cli.lanes import Lanes
from noiser_tui.cli.progress import Progress
from tests.cli.conftest import Ended, Run
from tests.cli.test_many import LINES
from tests.cli.test_progress import READ, Terminal, narrowed

NOISER = [sys.executable, "-m", "noiser_tui", "explain", "-q", "--devices", "cpu,cpu"]
LONG = json.dumps({"prompt": "Rivers run to the sea", "draws": 50_000, "bound": "per-token"})
"""Many batches of work, on the tiny model too."""


def records(out: str) -> list[dict[str, Any]]:
    """What was printed, but for the time it took."""
    made = [json.loads(line) for line in out.splitlines()]
    for one in made:
        one.pop("seconds", None)
    return made


def test_the_output_is_that_of_one_device(run: Run, tiny: str, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join([*LINES, *(f'"Rivers {i}"' for i in range(20))]), encoding="utf-8")
    options = ["--jsonl", str(path), "-m", tiny, "--draws", "3"]
    one, two = run("explain", *options), run("explain", *options, "--devices", "cpu, cpu")
    assert records(two.out) == records(one.out)
    assert (two.code, two.err) == (one.code, one.err) == (1, one.err)
    assert len(records(two.out)) == 31


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["hi", "--devices", "cpu,cpu"], "for one prompt use --device"),
        (["--jsonl", "x", "--devices", "cpu,cpu", "--device", "cpu"], "--devices and --device "),
        (["--jsonl", "x", "--devices", "cpu", "--device-map", "auto"], "and --device-map both"),
        (["--jsonl", "-", "--devices", "cpu,,cpu"], "names nothing between"),
        (["--jsonl", "-", "--devices", ""], "names nothing between"),
        (["--jsonl", "-", "--devices", "cpu,gpu"], "'gpu' is no device"),
        (["--jsonl", "-", "--devices", "auto"], "auto is none of them"),
    ],
)
def test_wrong_use_is_2(run: Run, arguments: list[str], says: str) -> None:
    assert_one_sentence(run("explain", *arguments), 2, says)


def test_a_device_that_is_not_there_is_1(run: Run) -> None:
    ended = run("explain", "--jsonl", "-", "--devices", "cuda:98,cuda:99")
    assert_one_sentence(ended, 1, "no device 'cuda:98'")


def assert_one_sentence(ended: Ended, code: int, says: str) -> None:
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err
    assert ended.err.startswith("noiser: ")
    assert ended.err.endswith(".\n")
    assert ended.err.count("\n") == 1


# Real processes


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*NOISER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        **options,
    )


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    record: dict[str, Any] = json.loads(process.stdout.readline())
    return record


@pytest.mark.parametrize("then", ["", LONG + "\n", (LONG + "\n") * 40])
def test_ctrl_c_keeps_what_is_out_whether_they_wait_or_work(tiny: str, then: str) -> None:
    process = start("--jsonl", "-", "-m", tiny, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write('"The capital of"\n' + then)
    process.stdin.flush()  # and stays open
    assert first_line(process)["prompt"] == "The capital of"  # at once, whatever comes after
    time.sleep(0.3)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - started < 15
    assert (process.returncode, out) == (130, "")
    assert err == "noiser: interrupted; 1 prompt was explained.\n"


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """A named pipe that somebody has begun to write to and does not close."""
    path = tmp_path / "prompts"
    os.mkfifo(path)
    done = threading.Event()

    def write() -> None:
        with path.open("w") as stream:
            stream.write('"The capital of"\n"Rivers')
            stream.flush()
            done.wait(60)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    yield path
    done.set()


def test_ctrl_c_while_a_pipe_is_read(tiny: str, pipe: Path) -> None:
    process = start("--jsonl", str(pipe), "-m", tiny)
    assert first_line(process)["prompt"] == "The capital of"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err == "noiser: interrupted; 1 prompt was explained.\n"


def test_a_reader_that_leaves_early_ends_it_without_a_word(tiny: str) -> None:
    process = start("--jsonl", "-", "-m", tiny, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write('"The capital of"\n')
    process.stdin.flush()
    first_line(process)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write('"Rivers run"\n')
    process.stdin.flush()  # and stays open
    assert process.wait(timeout=30) == 1
    assert process.stderr.read() == ""
    process.stdin.close()
    process.stderr.close()


# The line of progress


def on(device: str) -> Any:
    return SimpleNamespace(info=SimpleNamespace(device=device))


def painted(terminal: Terminal) -> str:
    return terminal.getvalue().split("\x1b[K")[-1]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("noiser_tui.cli.progress.INTERVAL", 0.0)
    return Terminal()


def test_one_line_tells_what_is_done_and_where_each_device_is(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    models = [on("cuda:0"), on("cuda:1")]
    lanes = Lanes(Progress(quiet=False), models)
    with lanes.at(models[0], 4) as first, lanes.at(models[1], 5) as second:
        first(READ)
        assert painted(terminal) == "0 lines done · cuda:0 line 4 begun"
        second(READ)
        first(narrowed(3))
        assert painted(terminal) == ("0 lines done · cuda:0 line 4 step 3/10 · cuda:1 line 5 begun")
        with lanes.off():
            assert painted(terminal) == "", "the line is away while a record is written"
            second(TokensScored(2, 7, {}, Work()))
            assert painted(terminal) == "", "and nobody waits to write it"
        second(TokensScored(3, 7, {}, Work()))
        assert painted(terminal).startswith("1 line done · cuda:0 line 4 ")
        assert painted(terminal).endswith(" · cuda:1 line 5 scoring 3/7")
    with lanes.at(models[1], 6) as second:
        second(PromptRead(READ.prompt, READ.target, (), 1, 4))
        assert painted(terminal) == "1 line done · cuda:1 line 6 token 2/4"
        second(Explained.__new__(Explained))
        assert painted(terminal) == "1 line done · cuda:1 line 6 explained"


def test_a_single_device_has_the_line_for_itself(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    lanes = Lanes(Progress(quiet=False), [model := on("cpu")])
    with lanes.at(model, 4) as listen:
        listen(READ)
        listen(narrowed(3))
    assert painted(terminal).startswith("line 4: step 3/10 · α ")
