"""Every setting through every layer: which counts, and what is told of a value that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noiser_tui.settings.kinds import Flag, OneOf, Real, Text, Value, Whole
from noiser_tui.settings.schema import SETTINGS, Setting
from noiser_tui.settings.settings import Settings, load_settings

LAYERS = ("user", "workspace", "environment", "command line")
TEXTS = {
    "engine.memory": ("40%", "2GB", "1GB", "30%"),
    "metrics.which": ("soft", "hard", "curves", "soft,hard"),
    "metrics.percents": ("1", "2", "3", "4"),
    "judge.url": tuple(f"https://{name}/v1" for name in "abcd"),
}
WRONG_TEXTS = {
    "engine.memory": "much",
    "metrics.which": "sofd",
    "metrics.percents": "0",
    "judge.url": "ftp:a",
}


def values(setting: Setting) -> tuple[Value, ...]:
    """A value for each layer, another one than the layer below has."""
    kind, default = setting.kind, setting.default
    if isinstance(kind, Flag):
        return (not default, default) * 2
    if isinstance(kind, OneOf):
        others = [name for name in kind.listed() if name != default]
        return tuple((others * 4)[:4]) if len(others) > 1 else (others[0], str(default)) * 2
    if isinstance(kind, (Whole, Real)):
        return tuple(kind.low + 2 + step for step in range(4))
    assert isinstance(kind, Text)
    return TEXTS.get(setting.key, ("a", "b", "c", "d"))


def wrong(setting: Setting, layer: str) -> tuple[Value | None, str]:
    """What cannot be its value, None where any text is one, and what is told of it."""
    kind = setting.kind
    if isinstance(kind, OneOf):
        name = max(kind.listed(), key=len)
        return f"{name}x", f"Did you mean {name!r}?"
    if isinstance(kind, Flag):
        return "maybe", "true or false"
    if isinstance(kind, (Whole, Real)):
        return int(kind.high) + 1, f"{int(kind.high) + 1}"
    if setting.key in WRONG_TEXTS:
        return WRONG_TEXTS[setting.key], WRONG_TEXTS[setting.key]
    return (3, "text in quotes") if layer in LAYERS[:2] else (None, "")


class Machine:
    """Four places that can say what a setting is."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self.setting = setting
        self.user = folder / "config" / "settings.toml"
        self.start = folder / "work"
        self.files = {"user": self.user, "workspace": self.start / ".noiser" / "settings.toml"}
        for path in self.files.values():
            path.parent.mkdir(parents=True)

    def load(self, said: dict[str, Value]) -> Settings:
        """The settings where these layers say what it is."""
        environ: dict[str, str] = {}
        given: dict[str, object] = {}
        for layer, value in said.items():
            if layer in self.files:
                text = f"[{self.setting.section}]\n{self.setting.name} = {json.dumps(value)}\n"
                self.files[layer].write_text(text)
            elif layer == "environment":
                environ[self.setting.variable] = str(value)
            else:
                given[self.setting.key] = value
        return load_settings(self.start, environ=environ, given=given, user=self.user)


@pytest.mark.parametrize("key", SETTINGS)
def test_each_layer_wins_over_the_one_before(tmp_path: Path, key: str) -> None:
    setting = SETTINGS[key]
    machine = Machine(tmp_path, setting)
    said: dict[str, Value] = {}
    assert machine.load(said).get(key) == setting.default
    for layer, value in zip(LAYERS, values(setting), strict=True):
        if setting.personal and layer == "workspace":
            continue
        before = machine.load(said).get(key)
        said[layer] = value
        settings = machine.load(said)
        assert settings.get(key) == setting.check(value) != before
        assert settings.origin(key).startswith(layer)
        assert settings.problems == ()


@pytest.mark.parametrize("layer", LAYERS[:3])
@pytest.mark.parametrize("key", SETTINGS)
def test_a_wrong_value_is_told_and_the_layer_below_counts(
    tmp_path: Path, key: str, layer: str
) -> None:
    setting = SETTINGS[key]
    machine = Machine(tmp_path, setting)
    value, told = wrong(setting, layer)
    if value is None:  # in a variable any text is one
        return
    said = {} if layer == "user" else {"user": values(setting)[0]}
    settings = machine.load(said | {layer: value})
    assert settings.get(key) == said.get("user", setting.default)
    (problem,) = settings.problems
    if layer == "environment":
        assert problem.source == setting.variable
    else:
        assert (problem.source, problem.at) == (str(machine.files[layer]), key)
    if setting.personal and layer == "workspace":
        told = "own settings only"
    assert told in problem.what
