"""`noiser study` and `noiser evaluate`, by their command lines."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from noiser.study.presets import PRESETS, preset_text, read_preset
from noiser.study.published import published_folder
from noiser.study.spec import Study
from noiser.study.standing import Standing, stand
from noiser.study.store import Store
from noiser.study.wording import duration, standing_line
from noiser_tui.cli.study_run import Running
from tests.cli.conftest import Run
from tests.judge.faulty import good, serving
from tests.silent import silent_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def study(tmp_path: Path, tiny: str) -> Path:
    """A study of two methods on four samples, of which one fails."""
    prompts = ["Rome and Paris", "Rivers run", "code and text", "Rome " * 200]
    (tmp_path / "own.jsonl").write_text(
        "".join(json.dumps({"prompt": one}) + "\n" for one in prompts)
    )
    path = tmp_path / "small.toml"
    path.write_text(
        f'models = ["{tiny}"]\nmethods = ["noiser", "random"]\ndatasets = [{{file = "own.jsonl"}}]\n'
        "draws = 2\nsteps = 3\n"
    )
    return path


def test_run_watch_and_show(run: Run, study: Path, tmp_path: Path) -> None:
    ended = run("study", "run", str(study), "--output", str(tmp_path / "t.csv"))
    assert ended.code == 1
    assert "8 of 8 rows · 2 failed · finished" in ended.out
    assert "2 rows failed: The prompt is 203 tokens long" in ended.err
    assert (tmp_path / "t.csv").read_text().startswith("model,dataset,method")
    folder = str(tmp_path / "small")
    assert run("study", "watch", folder).out == "8 of 8 rows · 2 failed · finished\n"
    shown = run("study", "show", folder)
    assert (shown.code, shown.out) == (0, ended.out)


def test_a_preset_shows_what_was_published_without_being_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    blank = run("study", "published", "paper-table-7", "-m", "built-in", "--datasets", "built-in")
    assert blank.code == 0
    assert blank.err == ""
    filled = blank.out.replace(",done,,", ",done,3,")
    place = published_folder() / "paper-table-7.csv"
    assert f"# As {place}\n" in filled
    place.parent.mkdir(parents=True)
    place.write_text(filled)
    folder = str(tmp_path / "study")
    asked = ("--datasets", "built-in", "--samples", "2", "--folder", folder)
    ran = run("study", "run", "--preset", "paper-table-7", *asked)
    assert ran.code == 0, ran.err
    assert "3 (−1)" in ran.out
    assert "Published: Madani et al. 2025, table 7; in parentheses, one's own less it." in ran.out
    (tmp_path / "other.csv").write_text("model,dataset,metric,value\nb,c,α,1\n")
    shown = run("study", "show", folder, "--published", str(tmp_path / "other.csv"))
    assert "1 of 1 published numbers are of no model" in shown.out
    assert "3 (−1)" not in shown.out
    place.write_text("model\n")
    again = run("study", "run", "--preset", "paper-table-7", *asked)
    assert (again.code, again.out) == (2, "")
    assert "paper-table-7.csv: the column dataset is missing." in again.err
    shown = run("study", "show", folder)
    assert shown.code == 0
    assert "No published numbers: paper-table-7.csv" in shown.out


def test_published_numbers_that_are_not_there_are_told_before_anything_runs(
    run: Run, study: Path, tmp_path: Path
) -> None:
    told = {
        "tabel-1": (2, "No published numbers are called 'tabel-1': there is no file "),
        "tabel-1.csv": (1, "tabel-1.csv cannot be read: No such file"),
    }
    for name, (code, why) in told.items():
        ended = run("study", "run", str(study), "--published", name)
        assert (ended.code, ended.out) == (code, "")
        assert why in ended.err
    assert not (tmp_path / "small").exists()


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_wider_than_the_terminal_goes_on_below(
    run: Run, study: Path, tmp_path: Path, width: int
) -> None:
    study.write_text(study.read_text() + 'metrics = ["hard", "curves", "soft"]\nmasks = 2\n')
    whole = run("study", "run", str(study)).out  # of a pipe
    reader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (40, width))
    command = [sys.executable, "-m", "noiser_tui", "study", "show", str(tmp_path / "small")]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}", "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)
    subprocess.run(
        [*command, "--pairs", "none"], stdout=terminal, env=environment, timeout=60, check=True
    )
    os.close(terminal)
    shown = os.read(reader, 65536).decode().replace("\r\n", "\n")
    os.close(reader)
    assert max(map(len, shown.splitlines())) <= width
    assert shown.count("method") > whole.count("method") == 1
    lines = whole.splitlines()
    for row in ("method", "noiser", "random"):
        wanted = next(line for line in lines if line.startswith(row)).split()[1:]
        found = [line.split()[1:] for line in shown.splitlines() if line.startswith(row)]
        assert [part for parts in found for part in parts] == wanted


def test_a_second_run_does_nothing_again_unless_asked(
    run: Run, study: Path, tmp_path: Path
) -> None:
    run("study", "run", str(study))
    with Store(tmp_path / "small") as store:
        query = "SELECT sum(attempts), count(*) FROM task"
        assert store.db.execute(query).fetchone() == (8, 8)
        run("study", "run", str(study))
        assert store.db.execute(query).fetchone() == (8, 8)
        run("study", "run", str(study), "--retry")
        assert store.db.execute(query).fetchone() == (10, 8)


def test_a_study_that_began_with_other_versions_says_so(
    run: Run, study: Path, tmp_path: Path
) -> None:
    assert "began with" not in run("study", "run", str(study)).err
    assert "began with" not in run("study", "run", str(study)).err
    with Store(tmp_path / "small") as store:
        store.db.execute("UPDATE study SET environment = json_set(environment, '$.torch', '1.0')")
    told = run("study", "run", str(study)).err
    assert f"This study began with torch 1.0, now {version('torch')}: rows from here on" in told


def test_evaluate_takes_the_released_options(run: Run, tiny: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("frage,antwort\nRome and Paris,\nRivers run,\ncode and,\n")
    options = {
        "--model-name": tiny,
        "--dataset-file": str(tmp_path / "own.csv"),
        "--prompt-column": "frage",
        "--target-column": "antwort",
        "--method": "noiser,random",
        "--norm": "none,2",
        "--mode": "prob",
        "--n-samples": "2",
        "--max-new-tokens": "2",
        "--topk": "40",
        "--metrics": "hit",
        "--output-dir": str(tmp_path / "results"),
    }
    ended = run("evaluate", *(part for pair in options.items() for part in pair))
    assert ended.code == 0, ended.err
    assert "6 of 6 rows · finished" in ended.out  # two norms of noiser, and random, on two samples
    assert "noiser min norm 2" in ended.out
    with Store(tmp_path / "results") as store:
        assert (store.study.generate, store.study.topk) == (2, 40)
        assert all(row.result and len(row.result["scores"]) == 2 for row in store.rows())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("study", "run"), "one of the two"),
        (("study", "run", "--preset", "paper-table-8"), "Did you mean 'paper-table-"),
        (("study", "run", "nothing.toml"), "cannot be read"),
        (("study", "show", "nowhere"), "There is no study in nowhere"),
        (("study", "run", "--preset", "figure-2", "--pairs", "al"), "Did you mean 'all'"),
        (("study", "run", "--preset", "figure-2", "--row-timeout=nan"), "more than 0"),
        (("study", "run", "--preset", "figure-2", "--row-timeout=0"), "more than 0"),
        (
            ("study", "run", "--preset", "figure-2", "--ray", "auto", "--devices", "a,b"),
            "no --devices",
        ),
        (("evaluate", "--ray", "auto", "--devices", "a,b"), "no --devices"),
        (("evaluate", "--ray", "here"), "HOST:PORT"),
        (("evaluate", "--row-timeout=-1"), "more than 0"),
        (("evaluate", "--pairs", "al"), "Did you mean 'all'"),
        (("evaluate", "--device", "flux"), "'flux' is no device"),
        (
            ("evaluate", "--metrics", "answerability", "--judge", "gpt", "--cache", "/dev/null/c"),
            "needs the address",
        ),
        (
            ("evaluate", "--metrics", "minimal", "--cache", "/dev/null/c"),
            "cache /dev/null/c cannot",
        ),
        (("evaluate", "--mode", "prop"), "Did you mean 'prob'"),
        (("evaluate", "--n-samples", "0"), "-1 for all"),
        (("evaluate", "--dataset", "WikiBio"), "of your own prompts (--dataset-file)."),
        (("evaluate", "--seeds", "1,x"), "no whole numbers"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(
    run: Run, arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*arguments)
    assert ended.code in (1, 2)
    assert told in ended.err
    assert not list(tmp_path.iterdir())


def test_every_preset_can_be_run_as_it_is(run: Run) -> None:
    listed = run("study", "presets").out
    for name in PRESETS:
        assert name in listed
        assert run("study", "presets", name).out == preset_text(name)
        assert read_preset(name, models=["a", "b"], samples=3).samples == 3


def test_workers_on_several_devices_share_a_study(run: Run, study: Path, tmp_path: Path) -> None:
    assert run("study", "run", str(study), "--devices", "cpu,cpu").code == 1
    with Store(tmp_path / "small") as store:
        assert (stand(store).done, stand(store).failed) == (6, 2)
        assert {row[0] for row in store.db.execute("SELECT attempts FROM task")} == {1}


def test_an_interrupt_keeps_what_is_done_and_says_how_to_go_on(study: Path, tmp_path: Path) -> None:
    study.write_text(
        study.read_text().replace("steps = 3", "steps = 10") + f"seeds = {list(range(200))}\n"
    )
    command = [sys.executable, "-m", "noiser_tui", "study", "run", str(study), "--quiet"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    while not (tmp_path / "small" / "study.sqlite").exists():
        assert process.poll() is None
        time.sleep(0.01)
    with Store(tmp_path / "small", create=True) as store:
        while not stand(store).done:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "interrupted; " in told
        assert "The same command goes on." in told
        assert stand(store).taken == 0


def test_the_line_that_says_how_far_it_is() -> None:
    begun = Standing(1000, 0, 0, 0, 1, 1, 0.0, None)
    assert standing_line(begun) == "0 of 1,000 rows · time left not known yet"
    going = Standing(1000, 90, 8, 2, 1, 1, 1.25, 4000.0)
    told = "100 of 1,000 rows · 8 left out · 2 failed · 1.25 rows/s · about 67 min left"
    assert standing_line(going) == told
    idle = Standing(9, 1, 0, 0, 0, 0, 0.0, None)
    assert standing_line(idle).endswith("nobody works on it")
    assert standing_line(idle, running=True).endswith("its workers are starting")
    assert [duration(s) for s in (0.2, 99, 130, 7500, 200_000)] == [
        "1 s",
        "99 s",
        "2 min",
        "2 h 05 min",
        "2 d 7 h",
    ]


def test_a_watcher_in_a_terminal_sees_a_live_table(run: Run, study: Path, tmp_path: Path) -> None:
    run("study", "run", str(study))
    reader, terminal = pty.openpty()
    command = [sys.executable, "-m", "noiser_tui", "study", "watch", str(tmp_path / "small")]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}", "TERM": "xterm-256color"}
    done = subprocess.run(command, stdout=terminal, env=environment, timeout=60, check=True)
    os.close(terminal)
    assert done.returncode == 0
    seen = os.read(reader, 65536).decode()
    os.close(reader)
    assert "8 of 8 rows" in seen
    assert "2 × The prompt is" in seen


def test_the_built_in_judge_answers_in_a_study(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    options = ("--n-samples", "2", "--metrics", "answerability", "--judge", "built-in")
    place = ("--output-dir", str(tmp_path / "results"), "--method", "occlusion")
    ended = run("evaluate", *options, *place)
    assert ended.code == 0, ended.err
    with Store(tmp_path / "results") as store:
        rows = [row for row in store.rows() if row.state == "done"]
    assert rows
    for row in rows:
        assert row.result is not None
        assert row.result["values"]["answered5"] >= row.result["values"]["answered1"]
        assert row.result["values"]["unparsed"] == 0


def test_a_spent_budget_leaves_rows_open_and_the_same_command_goes_on(
    run: Run, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    study.write_text(
        study.read_text().replace('"own.jsonl"', '"three.jsonl"') + 'metrics = ["answerability"]\n'
    )
    lines = (tmp_path / "own.jsonl").read_text().splitlines()
    (tmp_path / "three.jsonl").write_text("\n".join(lines[:3]))
    with serving(good()) as server:
        judge = ("--judge", "m", "--judge-url", server.url, "--cache", str(tmp_path / "c.sqlite"))
        ended = run("study", "run", str(study), *judge, "--max-calls", "5", "--at-once", "2")
        assert (ended.code, len(server.bodies)) == (1, 5)
        assert "The budget of 5 calls is spent." in ended.err
        assert "rows stay open" in ended.err
        assert "failed:" not in ended.err
        ended = run("study", "run", str(study), *judge)
        assert ended.code == 0, ended.err
        assert "6 of 6 rows · finished" in ended.out


@pytest.mark.parametrize("command", ["evaluate", "answerability"])
def test_the_released_options_run_as_a_study_does(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    seen: list[Running] = []

    def record(study: Study, folder: Path, running: Running) -> int:
        seen.append(running)
        return 0

    monkeypatch.setattr("noiser_tui.cli.study_run.run_study", record)
    options = ("--ray", "auto", "--row-timeout", "600", "--pairs", "none", "--retry", "-q")
    assert run(command, *options).code == 0
    assert run(command, "--devices", "cpu,cpu", "-o", "t.md").code == 0
    (far, near) = seen
    assert (far.ray, far.row_timeout, far.pairs, far.retry, far.quiet) == (
        *("auto", 600.0, "none", True, True),
    )
    assert (near.devices, near.output, near.ray, near.retry) == (
        *(("cpu", "cpu"), Path("t.md"), None, False),
    )


def test_evaluate_has_the_same_limits(run: Run, tiny: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("prompt\nRome and Paris\n")
    options = ("--dataset-file", str(tmp_path / "own.csv"), "--metrics", "answerability")
    limits = ("--max-calls", "0", "--cache", str(tmp_path / "c.sqlite"))
    place = ("--model-name", tiny, "--output-dir", str(tmp_path / "results"))
    ended = run("evaluate", *options, *limits, *place)
    assert ended.code == 1
    assert "2 rows stay open" in ended.err
    ended = run(
        "evaluate", *options, *limits[2:], *place, "--max-tokens", "100000", "--at-once", "3"
    )
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(
    ("address", "code", "told"),
    [
        ("127.0.0.1:1", 1, "There is no Ray at 127.0.0.1:1"),
        ("ray://127.0.0.1:10001", 2, "HOST:PORT"),
        ("here", 2, "HOST:PORT"),
        ("auto", 1, "pip install 'noiser[cluster]'"),
    ],
)
def test_a_cluster_that_is_not_there_is_a_sentence(
    run: Run, study: Path, monkeypatch: pytest.MonkeyPatch, address: str, code: int, told: str
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as where it is not installed
    ended = run("study", "run", str(study), "--ray", address)
    assert (ended.code, told in ended.err) == (code, True)


def test_ctrl_c_leaves_a_data_set_whose_server_is_silent(tmp_path: Path) -> None:
    """Through a proxy, so that the addresses are those where it is really published."""
    with silent_server() as server:
        asking = ("evaluate", "--dataset", "knowns", "--output-dir", str(tmp_path / "out"))
        process = subprocess.Popen(
            [sys.executable, "-m", "noiser_tui", *asking],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **{k: v for k, v in os.environ.items() if k.lower() != "no_proxy"},
                **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), server.url),
                "HF_HUB_OFFLINE": "0",
                "XDG_CACHE_HOME": str(tmp_path / "cache"),
                "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}",
            },
        )
        assert server.was_asked.wait(60)
        process.send_signal(signal.SIGINT)
        ended = process.communicate(timeout=60)
        assert server.asked == [b"CONNECT rome.baulab.info:443 HTTP/1.0"]
    assert (process.returncode, ended) == (130, ("", "noiser: interrupted.\n"))
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "cache" / "noiser" / "data").exists()
