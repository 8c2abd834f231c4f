"""One layer of settings: what a file, the environment or the command line says, checked."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from noiser.errors import WrongUse
from noiser_tui.settings.kinds import Value
from noiser_tui.settings.problem import Problem, unknown_name
from noiser_tui.settings.schema import PERSONAL, SECTIONS, SETTINGS, Setting

KEY = "NOISER_JUDGE_KEY"
"""A variable that looks like a setting and is none: a key is read where it is used, and nowhere shown."""

LAYERS = ("default", "user", "workspace", "environment", "command line")
"""From the one that counts least to the one that counts most."""


@dataclass(frozen=True)
class Origin:
    """Where a value comes from: the layer, and the file, variable or option in it."""

    layer: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.layer}, {self.place}" if self.place else self.layer

    @property
    def rank(self) -> int:
        """How much it counts: what has a lower one gives way."""
        return LAYERS.index(self.layer)


@dataclass
class Layer:
    """The values that hold in one layer, each with its origin, and what was wrong with others."""

    name: str
    values: dict[str, tuple[Value, Origin]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, setting: Setting, place: str, at: str, check: Callable[[], Value]) -> None:
        """Keep a value if `check` gives it, else the problem."""
        try:
            self.values[setting.key] = check(), Origin(self.name, place)
        except WrongUse as error:
            self.problems.append(Problem(place, at, str(error)))


def file_layer(name: str, path: Path) -> Layer:
    """What a TOML file says; nothing where there is none."""
    layer = Layer(name)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return layer
    except OSError as error:
        what = f"It cannot be read: {error.strerror or error}."
        layer.problems.append(Problem(str(path), "", what))
        return layer
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, or brackets without end
        layer.problems.append(Problem(str(path), "", f"It is no TOML and is left out: {error}."))
        return layer
    for section, table in tables.items():
        if section not in SECTIONS:
            what = unknown_name("section", section, SECTIONS)
            layer.problems.append(Problem(str(path), section, what))
        elif not isinstance(table, dict):
            what = f"It is a section: write [{section}], its settings on the lines after it."
            layer.problems.append(Problem(str(path), section, what))
        else:
            _take_table(layer, str(path), section, table)
    return layer


def _take_table(layer: Layer, path: str, section: str, table: dict[str, Any]) -> None:
    names = [setting.name for setting in SETTINGS.values() if setting.section == section]
    for name, value in table.items():
        key = f"{section}.{name}"
        if name not in names:
            layer.problems.append(Problem(path, key, unknown_name("setting", name, names)))
            continue
        setting = SETTINGS[key]
        layer.take(setting, path, key, partial(_check, setting, layer.name, value))


def _check(setting: Setting, layer: str, value: object) -> Value:
    if layer == "workspace" and setting.personal:
        raise WrongUse(PERSONAL)
    return setting.kind.check(value)


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """What variables as NOISER_EXPLAIN_METHOD say; an empty one says nothing."""
    layer = Layer("environment")
    known = {setting.variable: setting for setting in SETTINGS.values()}
    starts = tuple(f"NOISER_{section.upper()}_" for section in SECTIONS)
    for name, text in environ.items():
        if name in known and text:
            setting = known[name]
            layer.take(setting, name, "", partial(setting.kind.read, text))
        elif name.startswith(starts) and name not in known and name != KEY:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            layer.problems.append(Problem(name, "", f"There is no such setting.{hint}"))
    return layer


def given_layer(given: Mapping[str, object]) -> Layer:
    """What the command line gave, by key; the program checks it as any option."""
    layer = Layer("command line")
    for key, value in given.items():
        setting, option = SETTINGS[key], f"--{SETTINGS[key].name.replace('_', '-')}"
        layer.take(setting, option, "", partial(setting.kind.check, value))
    return layer
