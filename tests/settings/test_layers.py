"""Settings in layers: which one counts, where it came from, and what is told of a wrong one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from noiser.request import Request
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


def test_every_setting_says_what_it_is_and_allows_its_default() -> None:
    assert {setting.section for setting in SETTINGS.values()} == set(SECTIONS)
    for key, setting in SETTINGS.items():
        assert setting.kind.check(setting.default) == setting.default, key
        assert setting.kind.allowed, key
        assert setting.what.endswith("."), key
