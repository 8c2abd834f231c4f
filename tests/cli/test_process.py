"""What only a real process shows: imports, time, pipes, signals."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from noiser_tui.cli.model_choice import ModelChoice
from tests.cli.conftest import Run

NOISER = [sys.executable, "-m", "noiser_tui"]


def loaded(*arguments: str, ends: int = 0) -> set[str]:
    """Which of the heavy modules `noiser` with these arguments has loaded when it ends."""
    program = (
        "import sys; from noiser_tui.cli import main; code = main(sys.argv[1:]); "
        "names = {'torch', 'transformers', 'textual', 'inseq', 'rich', 'numpy', 'pydantic'}; "
        "print(code, *(names & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    code, *names = done.stderr.splitlines()[-1].split()
    assert int(code) == ends
    return set(names)


def test_help_loads_neither_torch_nor_textual() -> None:
    assert not loaded("--help") & {"torch", "transformers", "textual", "inseq", "numpy", "pydantic"}


def test_explain_never_loads_textual(tiny: str) -> None:
    names = loaded("explain", "The capital", "-m", tiny, "--bound", "norm-l2")
    assert "torch" in names
    assert not names & {"textual", "inseq"}


def test_a_wrong_memory_is_found_without_torch() -> None:
    assert "torch" not in loaded("explain", "hi", "--memory", "much", ends=2)


def test_open_needs_no_torch(saved: str) -> None:
    assert not loaded("open", saved) & {"torch", "transformers", "textual"}


def test_help_is_quick() -> None:
    """Processor time, because the wall clock of a busy machine says little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*NOISER, "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.4


def test_a_reader_that_leaves_early_is_no_error(saved: str) -> None:
    process = subprocess.Popen(
        [*NOISER, "open", saved], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.wait()
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err
    assert b"bug" not in err


@pytest.mark.parametrize("delay", [0.01, 0.2, 1.0])
def test_ctrl_c_while_importing_is_one_line(tiny: str, delay: float) -> None:
    program = (
        "import sys; from noiser_tui.cli import main; print('go', flush=True); sys.exit(main())"
    )
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            program,
            "explain",
            "-m",
            tiny,
            "The capital of",
            "--draws",
            "50000",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "noiser: interrupted.\n")


def test_ctrl_c_in_the_middle_keeps_the_lines_that_are_out(tiny: str) -> None:
    process = subprocess.Popen(
        [*NOISER, "explain", "--jsonl", "-", "-m", tiny, "-q"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write('"The capital of"\n')
    process.stdin.flush()  # and stays open: the next line does not come
    first = process.stdout.readline()
    assert json.loads(first)["prompt"] == "The capital of"  # at once, not when a buffer is full
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "noiser: interrupted; 1 prompt was explained.\n"


def test_a_full_disk_under_stdout_is_one_sentence(saved: str) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [*NOISER, "open", saved], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "noiser: Writing the output failed: No space left on device."
    )
    assert "Traceback" not in done.stderr


def test_streams_that_are_closed_are_no_bug(saved: str) -> None:
    command = f"exec {sys.executable} -m noiser_tui"
    quiet = subprocess.run(["sh", "-c", f"{command} open {saved} >&- 2>&-"], check=False)
    assert quiet.returncode == 0
    closed = subprocess.run(
        ["sh", "-c", f"{command} open - <&-"], capture_output=True, text=True, check=False
    )
    assert (closed.returncode, closed.stderr) == (1, "noiser: Standard input is closed.\n")


@pytest.mark.parametrize("elsewhere", ["stdin", "stderr"])
def test_the_workbench_needs_a_terminal_to_read_and_one_to_draw(
    tmp_path: Path, elsewhere: str
) -> None:
    leader, terminal = pty.openpty()
    path = tmp_path / "err"
    with path.open("w+") as err, Path(os.devnull).open() as nothing:
        done = subprocess.run(
            NOISER,
            stdin=nothing if elsewhere == "stdin" else terminal,
            stdout=terminal,
            stderr=err,
            check=False,
            timeout=60,
        )
    os.close(leader)
    os.close(terminal)
    assert done.returncode == 2
    assert path.read_text() == (
        "noiser: The workbench needs a terminal; without one use: noiser explain PROMPT.\n"
    )


def test_an_interrupt_that_a_library_swallows_is_still_obeyed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swallow(self: ModelChoice, emit: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except BaseException as error:
            raise ImportError("something is odd") from error

    monkeypatch.setattr(ModelChoice, "load", swallow)
    ended = run("explain", "hi")
    assert (ended.code, ended.out, ended.err) == (130, "", "noiser: interrupted.\n")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
