"""`noiser settings`, and commands that take their defaults from the settings."""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path

import pytest

from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.settings.schema import SETTINGS
from tests.cli.conftest import Run
from tests.cli.test_process import loaded

PROMPT = "The capital of France is"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings file, in a folder of its own; the start folder is another one."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "config" / "noiser" / "settings.toml"


def _record(run: Run, *options: str) -> dict[str, object]:
    ended = run("explain", PROMPT, "--json", *options)
    assert (ended.code, ended.err) == (0, "")
    record: dict[str, object] = json.loads(ended.out)
    return record


def test_an_explanation_follows_the_layers(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bound_and_seed(*options: str) -> tuple[object, object]:
        record = _record(run, "--draws", "2", *options)
        return record["bound"], record["seed"]

    assert run("settings", "set", "explain.bound", "norm-l2").code == 0
    assert run("settings", "set", "explain.seed", "5").code == 0
    assert bound_and_seed() == ("norm-l2", 5)
    assert run("settings", "set", "explain.bound", "none", "--workspace").code == 0
    assert bound_and_seed() == ("none", 5)
    monkeypatch.setenv("NOISER_EXPLAIN_BOUND", "norm-linf")
    assert bound_and_seed() == ("norm-linf", 5)
    assert bound_and_seed("--bound", "random", "--seed", "6") == ("random", 6)
    monkeypatch.delenv("NOISER_EXPLAIN_BOUND")
    assert run("settings", "unset", "explain.bound", "--workspace").code == 0
    assert bound_and_seed() == ("norm-l2", 5)


def test_what_is_given_goes_before_what_would_contradict_it(run: Run, home: Path) -> None:
    for key, value in (
        ("explain.search", "fast"),
        ("explain.granularity", "word"),
        ("engine.device", "cpu"),
    ):
        assert run("settings", "set", key, value).code == 0
    assert _record(run, "--draws", "2")["granularity"] == "word"
    assert _record(run, "--draws", "2", "--bound", "min")["search"] == "fast"
    assert _record(run, "--draws", "2", "--bound", "norm-l2", "-q")["search"] == "exact"
    assert (
        _record(run, "--draws", "2", "--bound=norm-l2", "--mark", "France")["granularity"] == "span"
    )
    assert _record(run, "--draws", "2", "--reference")["granularity"] == "token"
    ended = run("explain", PROMPT, "--devices", "cpu")
    assert "--device " not in ended.err  # nobody gave it


def test_a_wrong_setting_is_a_warning(run: Run, home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_text('[explain]\nbound = "norm-l2"\nsead = 3\n[appearance\n')
    ended = run("explain", PROMPT, "--draws", "1", "--json")
    assert ended.code == 0
    assert ended.err.startswith(f"noiser: warning: {home}: It is no TOML")
    assert json.loads(ended.out)["bound"] == "min"
    home.write_text('[explain]\nbound = "norm-l2"\nsead = 3\n')
    ended = run("explain", PROMPT, "--draws", "1", "--json")
    assert ended.err == (
        f"noiser: warning: {home}: explain.sead: Unknown setting 'sead'. Did you mean 'seed'? Known: "
        "method, bound, norm, normalisation, draws, seed, specials, granularity, search, preview, live.\n"
    )
    assert json.loads(ended.out)["bound"] == "norm-l2"
    assert run("explain", PROMPT, "--draws", "1", "--json", "-q").err == ""


def test_every_setting_is_listed_with_where_it_comes_from(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("settings", "set", "appearance.theme", "light").code == 0
    monkeypatch.setenv("NOISER_TERMINAL_FPS", "30")
    monkeypatch.setenv("NOISER_TERMINAL_FSP", "30")
    ended = run("settings")
    assert ended.code == 0
    for setting in SETTINGS.values():
        assert setting.name in ended.out
        assert setting.what in ended.out
    assert f"user, {home}" in ended.out
    assert "environment, NOISER_TERMINAL_FPS" in ended.out
    assert "Did you mean NOISER_TERMINAL_FPS?" in ended.err
    told = json.loads(run("settings", "--json").out)
    assert told["settings"].keys() == SETTINGS.keys()
    assert told["settings"]["appearance.theme"]["value"] == "light"
    assert told["settings"]["appearance.theme"]["origin"] == f"user, {home}"
    assert told["settings"]["terminal.fps"]["value"] == 30
    assert len(told["problems"]) == 1


def test_setting_one_says_what_holds_now(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("settings", "path").out == f"{home}\n"
    assert run("settings", "path", "--workspace").out == (
        f"{Path.cwd() / '.noiser' / 'settings.toml'}\n"
    )
    assert run("settings", "set", "explain.seed", "3").out == f"explain.seed = 3  (user, {home})\n"
    assert home.read_text() == "[explain]\nseed = 3\n"
    monkeypatch.setenv("NOISER_EXPLAIN_SEED", "4")
    ended = run("settings", "set", "explain.seed", "5")
    assert ended.out == "explain.seed = 4  (environment, NOISER_EXPLAIN_SEED)\n"
    monkeypatch.delenv("NOISER_EXPLAIN_SEED")
    assert run("settings", "unset", "explain.seed").out == "explain.seed = 1  (default)\n"


def test_a_folders_file_cannot_say_who_is_asked(run: Run, home: Path) -> None:
    ended = run("settings", "set", "judge.url", "https://here/v1", "--workspace")
    assert ended.code == 2
    assert "judge.url: It counts in your own settings only" in ended.err
    assert run("settings", "set", "judge.url", "https://here/v1").code == 0
    assert home.read_text() == '[judge]\nurl = "https://here/v1"\n'


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("explain.sead", "3"), "Did you mean 'explain.seed'?"),
        (("explain.seed", "x"), "explain.seed: It is 'x', it must be a whole number."),
        (("explain.method", "ocklusion"), "Did you mean 'occlusion'?"),
        (("engine.memory", "much"), "give a share"),
    ],
)
def test_what_cannot_be_set_is_wrong_use(
    run: Run, home: Path, arguments: tuple[str, str], sentence: str
) -> None:
    ended = run("settings", "set", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert ended.err.count("\n") == 1
    assert not home.exists()


def test_the_workbench_starts_with_the_settings_and_knows_what_was_given(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}
    workbench = types.ModuleType("noiser_tui.workbench")
    workbench.run_workbench = lambda **options: seen.update(options) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "noiser_tui.workbench", workbench)
    monkeypatch.setattr("noiser_tui.cli.window._has_terminal", lambda: True)
    assert run("settings", "set", "appearance.theme", "light").code == 0
    assert run("settings", "set", "engine.model", "there").code == 0
    assert run("--model", "here").code == 0
    assert (seen["model"], seen["theme"], seen["given"]) == (
        "here",
        "light",
        {"engine.model": "here"},
    )
    assert run().code == 0
    assert (seen["model"], seen["given"]) == ("there", {})


def test_a_revision_and_trust_of_the_settings_are_for_their_model_alone(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ModelChoice] = []
    monkeypatch.setattr("noiser_tui.cli.window._has_terminal", lambda: True)
    monkeypatch.setattr(
        "noiser_tui.cli.app.open_window", lambda choice, **_: asked.append(choice) or 0
    )
    settings = {"model": "mine", "revision": "v2", "trust": "pickle", "load_in": "4bit"}
    for name, value in settings.items():
        assert run("settings", "set", f"engine.{name}", value).code == 0
    mine = ModelChoice("mine", load_in="4bit", revision="v2", trust=("pickle",))
    assert run("--theme", "light").code == 0
    assert asked.pop() == mine
    for given in (("--model", "other"), ("-mother",), ("--model=other",)):
        assert run(*given).code == 0
        assert asked.pop() == ModelChoice("other", load_in="4bit")
    assert run("-m", "other", "--trust", "remote-code", "--load-in", "none").code == 0
    assert asked.pop() == ModelChoice("other", trust=("remote-code",))
    assert run("--trust", "none", "--revision", "").code == 0
    assert asked.pop() == ModelChoice("mine", load_in="4bit")
    ended = run("settings", "set", "engine.trust", "pickle", "--workspace")
    assert ended.code == 2
    assert "in your own settings only" in ended.err


def test_help_reads_no_settings(home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_text('[explain]\nmethod = "lime"\n')
    assert "numpy" not in loaded("--help")
    assert "numpy" not in loaded("explain", "--help")


def test_completion_is_not_disturbed(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOISER_EXPLAIN_BUOND", "max")
    monkeypatch.setenv("_NOISER_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "noiser settings set explain.se")
    monkeypatch.setenv("COMP_CWORD", "3")
    ended = run()
    assert ended.out.split() == ["explain.seed", "explain.search"]
    assert ended.err == ""


def test_a_start_folder_that_is_gone_is_no_matter(run: Run, home: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        assert run("settings").code == 0
    finally:
        os.chdir(tmp_path)
