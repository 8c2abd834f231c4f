"""Settings in layers: which one counts, where it came from, and what is told of a wrong one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.judge.remote import KEYS
from noiser.request import Request
from noiser_tui.settings.layers import KEY
from noiser_tui.settings.loading import LOADING, load_options, option_of, text_of
from noiser_tui.settings.measuring import Judge
from noiser_tui.settings.problem import Problem
from noiser_tui.settings.schema import SECTIONS, SETTINGS, Values
from noiser_tui.settings.settings import Settings, load_settings

LAYERS = ("user", "workspace", "environment", "command line")
METHODS = dict(zip(LAYERS, ("occlusion", "lime", "reagent", "attention"), strict=True))


@dataclass
class Machine:
    """A user's file and a workspace, neither there at first."""

    user: Path
    start: Path

    @property
    def workspace(self) -> Path:
        return self.start / ".noiser" / "settings.toml"

    def load(
        self, environ: dict[str, str] | None = None, given: dict[str, object] | None = None
    ) -> Settings:
        return load_settings(self.start, environ=environ or {}, given=given, user=self.user)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "config" / "settings.toml", tmp_path / "work")
    machine.user.parent.mkdir()
    machine.workspace.parent.mkdir(parents=True)
    return machine


def _with(machine: Machine, *layers: str) -> Settings:
    """The settings where just these layers choose a method, each its own."""
    for name, path in (("user", machine.user), ("workspace", machine.workspace)):
        if name in layers:
            path.write_text(f'[explain]\nmethod = "{METHODS[name]}"\n')
    environ = {"NOISER_EXPLAIN_METHOD": METHODS["environment"]} if "environment" in layers else {}
    given: dict[str, object] = {}
    if "command line" in layers:
        given["explain.method"] = METHODS["command line"]
    return machine.load(environ, given)


@pytest.mark.parametrize(("below", "above"), [*itertools.combinations(LAYERS, 2)])
def test_the_upper_of_two_layers_counts(machine: Machine, below: str, above: str) -> None:
    settings = _with(machine, below, above)
    assert settings.values.explain.method == settings.get("explain.method") == METHODS[above]
    assert settings.origin("explain.method").split(", ")[0] == above
    assert settings.problems == ()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_counts_over_the_default(machine: Machine, layer: str) -> None:
    settings = _with(machine, layer)
    places = {
        "user": str(machine.user),
        "workspace": str(machine.workspace),
        "environment": "NOISER_EXPLAIN_METHOD",
        "command line": "--method",
    }
    assert settings.get("explain.method") == METHODS[layer]
    assert settings.origin("explain.method") == f"{layer}, {places[layer]}"
    assert settings.is_set("explain.method")
    assert settings.origin("explain.bound") == "default"
    assert not settings.is_set("explain.bound")


def test_nothing_set_is_the_paper_s_defaults(machine: Machine) -> None:
    settings = machine.load()
    assert settings.values == Values()
    request = Request()
    for name in vars(settings.values.explain):
        if hasattr(request, name):
            assert settings.get(f"explain.{name}") == getattr(request, name), name


def test_a_wrong_value_is_told_and_the_layer_below_counts(machine: Machine) -> None:
    machine.user.write_text('[explain]\nmethod = "lime"\ndraws = 4\nseed = 7\nnorm = 2\n')
    machine.workspace.write_text(
        """
        verbose = true
        engine = 3
        [explain]
        method = "ocklusion"
        draws = 0
        seed = true
        sead = 1
        [explian]
        """
    )
    settings = machine.load(
        {"NOISER_EXPLAIN_SEED": "x", "NOISER_EXPLAIN_SEDE": "1", "NOISER_DEBUG": "1"}
    )
    explain = settings.values.explain
    assert (explain.method, explain.draws, explain.seed, explain.norm) == ("lime", 4, 7, "2")
    file = str(machine.workspace)
    told = {(one.source, one.at): one.what for one in settings.problems}
    assert told.keys() == {
        (file, "verbose"),
        (file, "engine"),
        (file, "explain.method"),
        (file, "explain.draws"),
        (file, "explain.seed"),
        (file, "explain.sead"),
        (file, "explian"),
        ("NOISER_EXPLAIN_SEED", ""),
        ("NOISER_EXPLAIN_SEDE", ""),
    }
    assert "Did you mean 'occlusion'?" in told[file, "explain.method"]
    assert "Did you mean 'seed'?" in told[file, "explain.sead"]
    assert "Did you mean 'explain'?" in told[file, "explian"]
    assert "0, it must be from 1 to 100000" in told[file, "explain.draws"]
    assert "Did you mean NOISER_EXPLAIN_SEED?" in told["NOISER_EXPLAIN_SEDE", ""]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("[explain\n"),
        lambda path: path.write_bytes(b'[explain]\nmethod = "\xff"\n'),
        lambda path: path.mkdir(),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(
    machine: Machine, spoil: Callable[[Path], object]
) -> None:
    machine.user.write_text("[explain]\ndraws = 4\n")
    spoil(machine.workspace)
    settings = machine.load()
    (problem,) = settings.problems
    assert problem.source == str(machine.workspace)
    assert settings.values.explain.draws == 4


def test_the_place_in_a_broken_file_is_told(machine: Machine) -> None:
    machine.user.write_text("[explain]\ndraws 4\n")
    (problem,) = machine.load().problems
    assert "line 2" in problem.what


def test_a_search_that_does_not_go_with_the_bound_is_told(machine: Machine) -> None:
    machine.user.write_text('[explain]\nsearch = "fast"\n')
    assert machine.load().values.explain.search == "fast"
    settings = machine.load({"NOISER_EXPLAIN_BOUND": "max"})
    assert (settings.values.explain.search, settings.values.explain.bound) == ("exact", "max")
    assert settings.origin("explain.search") == "default"
    assert settings.problems == (
        Problem(
            str(machine.user),
            "explain.search",
            "The fast search finds the bound min only, and explain.bound is max.",
        ),
    )


def test_variables_are_read_as_what_they_are_for(machine: Machine) -> None:
    values = machine.load(
        {
            "NOISER_EXPLAIN_PREVIEW": "off",
            "NOISER_TERMINAL_FPS": "30",
            "NOISER_APPEARANCE_COLOURS": "256",
            "NOISER_ENGINE_MEMORY": "40%",
            "NOISER_ENGINE_DEVICE": "",
        }
    ).values
    assert values.explain.preview is False
    assert values.terminal.fps == 30
    assert values.appearance.colours == "256"
    assert (values.engine.memory, values.engine.device) == ("40%", "auto")
    (problem,) = machine.load({"NOISER_ENGINE_MEMORY": "much"}).problems
    assert "40%" in problem.what


def test_whoever_asks_learns_that_a_file_was_changed(machine: Machine) -> None:
    settings = machine.load()
    assert not settings.changed()
    machine.workspace.write_text("[explain]\nseed = 2\n")
    assert settings.changed()
    settings = machine.load()
    assert settings.values.explain.seed == 2
    assert not settings.changed()
    machine.workspace.unlink()
    assert settings.changed()


def test_a_theme_that_cannot_be_read_is_told_and_the_layer_below_counts(
    machine: Machine, tmp_path: Path
) -> None:
    bad, gone = tmp_path / "bad.toml", tmp_path / "gone.json"
    bad.write_text("dark = ")
    machine.user.write_text('[appearance]\ntheme = "light"\n')
    machine.workspace.write_text(f'[appearance]\ntheme = "{bad}"\n')
    for settings in (machine.load(), machine.load({"NOISER_APPEARANCE_THEME": str(gone)})):
        assert settings.values.appearance.theme == "light"
        told = settings.problems[0]
        assert (told.source, told.at) == (str(machine.workspace), "appearance.theme")
        assert f"{bad} is damaged" in told.what
        assert not settings.changed()
    assert "There is no theme file" in settings.problems[1].what
    gone.write_text("{}")
    assert settings.changed()  # and so it holds once it is there
    given = machine.load(given={"appearance.theme": str(bad)})
    assert given.values.appearance.theme == str(bad), "the command refuses it"
    machine.user.write_text('[appearance]\ntheme = "a\\u0000.json"\n')
    assert machine.load().values.appearance.theme == "dark"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (".json", "Unknown theme '.json'"),
        ("none/.toml", "Unknown theme 'none/.toml'"),
        ("n" * 300 + ".json", "cannot be read: File name too long"),
    ],
    ids=["an ending alone", "a folder and an ending", "too long"],
)
def test_a_theme_that_could_be_no_file_is_told_as_well(
    machine: Machine, name: str, says: str
) -> None:
    machine.user.write_text(f'[appearance]\ntheme = "{name}"\n')
    settings = machine.load()
    assert settings.values.appearance.theme == "dark"
    assert [says in problem.what for problem in settings.problems] == [True]
    assert not settings.changed()


def test_every_setting_says_what_it_is_and_allows_its_default() -> None:
    assert {setting.section for setting in SETTINGS.values()} == set(SECTIONS)
    for key, setting in SETTINGS.items():
        assert setting.kind.check(setting.default) == setting.default, key
        assert setting.kind.allowed, key
        assert setting.what.endswith("."), key


def test_trust_is_the_user_s_alone_and_for_the_model_it_was_named_with(machine: Machine) -> None:
    machine.user.write_text('[engine]\nmodel = "mine"\nrevision = "v2"\ntrust = "pickle"\n')
    assert load_options(machine.load().values.engine) == {
        "dtype": "auto",
        "device": "auto",
        "device_map": None,
        "load_in": None,
        "revision": "v2",
        "trust": ("pickle",),
    }
    named = machine.load({"NOISER_ENGINE_TRUST": "pickle+remote-code"})
    assert load_options(named.values.engine)["trust"] == ("pickle", "remote-code")
    silent = machine.load(given={"engine.model": "another"})
    assert (silent.values.engine.trust, silent.values.engine.revision) == ("none", "")
    assert silent.problems == (), "who names another model knows"
    machine.workspace.write_text('[engine]\nmodel = "theirs"\n')
    theirs = machine.load()
    assert (theirs.values.engine.model, theirs.values.engine.trust) == ("theirs", "none")
    assert [problem.at for problem in theirs.problems] == ["engine.revision", "engine.trust"]
    machine.user.write_text("")
    machine.workspace.write_text('[engine]\nmodel = "theirs"\ntrust = "remote-code"\n')
    refused = machine.load()
    assert refused.values.engine.trust == "none"
    (problem,) = refused.problems
    assert "in your own settings only" in str(problem)


def test_of_a_device_and_a_map_of_several_the_later_counts(machine: Machine) -> None:
    machine.user.write_text('[engine]\ndevice = "cpu"\n')
    machine.workspace.write_text('[engine]\ndevice_map = "auto"\n')
    engine = machine.load().values.engine
    assert (engine.device, engine.device_map) == ("auto", "auto")
    engine = machine.load(given={"engine.device": "cuda:1"}).values.engine
    assert (engine.device, engine.device_map) == ("cuda:1", "none")
    machine.workspace.write_text('[engine]\ndevice_map = "auto"\ndevice = "cpu"\n')
    both = machine.load()
    assert (both.values.engine.device, both.values.engine.device_map) == ("cpu", "none")
    assert "both say where the model goes" in str(*both.problems)


@given(
    name=st.sampled_from(LOADING),
    text=st.sampled_from(
        ["none", "auto", "", "pickle", "pickle+remote-code", "4bit", "v2", "cuda:1"]
    ),
)
def test_an_option_of_loading_is_written_as_it_is_read(name: str, text: str) -> None:
    setting = SETTINGS[f"engine.{name}"]
    try:
        text = str(setting.read(text))
    except WrongUse:
        return
    assert text_of(name, option_of(name, text)) == text
    assert text_of(name, None) == setting.default


def test_who_is_asked_stands_in_the_users_own_file_only(machine: Machine) -> None:
    section = '[judge]\nname = "m"\nurl = "https://here/v1"\ntop = 12.5\n'
    machine.user.write_text(section)
    machine.workspace.write_text(section.replace("here", "elsewhere").replace("12.5", "30.0"))
    settings = machine.load()
    judge = settings.values.judge
    assert (judge.name, judge.url, judge.top) == ("m", "https://here/v1", 30)
    told = [str(problem) for problem in settings.problems]
    assert len(told) == 2
    assert all("your own settings only" in one for one in told)
    with pytest.raises(WrongUse, match=r"judge\.url: It counts in your own"):
        SETTINGS["judge.url"].check_workspace()


def test_the_key_of_a_judge_is_no_setting_and_is_told_nowhere(machine: Machine) -> None:
    key = "sk-secret-0123456789"
    machine.user.write_text(f'[judge]\nkey = "{key}"\nurl = "https://me:{key}@here/v1"\n')
    settings = machine.load({KEY: key, "NOISER_JUDGE_TOP": "20"})
    assert KEYS[0] == KEY
    assert settings.values.judge == Judge(top=20)
    told = [str(problem) for problem in settings.problems]
    assert [one.split(": ")[1] for one in told] == ["judge.key", "judge.url"]
    assert not any(key in one for one in told)


@pytest.mark.parametrize("text", ["0", "100.5", "-1", "nan", "inf", "many", ""])
def test_a_share_that_cannot_be_is_told(text: str) -> None:
    with pytest.raises(WrongUse, match=r"judge\.top: It (is|must be)"):
        SETTINGS["judge.top"].read(text)


@given(st.floats(0, 100, exclude_min=True))
def test_a_share_is_what_was_written(share: float) -> None:
    read = SETTINGS["judge.top"].read(repr(share))
    assert read == share
    assert isinstance(read, int) == share.is_integer()


@pytest.mark.parametrize("text", ["", "soft,hope", " , "])
def test_metrics_that_are_none_are_told(text: str) -> None:
    with pytest.raises(WrongUse, match=r"metrics\.which: "):
        SETTINGS["metrics.which"].read(text)
    with pytest.raises(WrongUse, match=r"metrics\.percents: "):
        SETTINGS["metrics.percents"].read(text)
