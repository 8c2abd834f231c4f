"""The settings that hold: the layers over each other, from the defaults up to the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError
from noiser_tui.settings.kinds import Value
from noiser_tui.settings.layers import (
    Layer,
    Origin,
    environment_layer,
    file_layer,
    given_layer,
)
from noiser_tui.settings.places import (
    Stamp,
    stamp,
    start_folder,
    together,
    user_settings,
    workspace_settings,
)
from noiser_tui.settings.problem import Problem
from noiser_tui.settings.schema import SETTINGS, Values

DEFAULT = Origin("default")
Chosen = dict[str, tuple[Value, Origin]]


@dataclass(frozen=True)
class Settings:
    """All settings, where each comes from, and what was wrong in their files.

    `user` and `workspace` are the files they were read from, there or not; `read` has them as they were
    then, and those of a theme that is named and cannot be read.
    """

    values: Values
    origins: Mapping[str, Origin]
    problems: tuple[Problem, ...]
    user: Path
    workspace: Path
    read: Stamp
    environ: Mapping[str, str]
    given: Mapping[str, object]

    def get(self, key: str) -> Value:
        """The value of `section.name`."""
        setting = SETTINGS[key]
        value: Value = getattr(getattr(self.values, setting.section), setting.name)
        return value

    def origin(self, key: str) -> str:
        """Where the value of `section.name` comes from: `default`, `workspace, /path/settings.toml`."""
        return str(self.origins[key])

    def is_set(self, key: str) -> bool:
        """Whether it is anybody's choice, be it that of the default value."""
        return self.origins[key] != DEFAULT

    def changed(self) -> bool:
        """Whether a file was written since: cheap enough to ask every second."""
        return self.read.changed()

    def again(self) -> Settings:
        """The settings as they are by now."""
        start = self.workspace.parent.parent
        return load_settings(start, environ=self.environ, given=self.given, user=self.user)


def load_settings(
    start: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    given: Mapping[str, object] | None = None,
    user: Path | None = None,
) -> Settings:
    """Read all layers; it never raises: what is wrong is among the problems, the layer below counts.

    `start`: the folder the program was started in, by default the current one; `given`: what the
    command line said, by key; `user`: the user's file, by default that of this machine.
    """
    user = user or user_settings()
    workspace = workspace_settings(start or start_folder())
    read = stamp(user, workspace)
    layers = [
        file_layer("user", user),
        file_layer("workspace", workspace),
        environment_layer(environ),
        given_layer(given or {}),
    ]
    read = together([read, *_without_damaged_themes(layers)])
    chosen: Chosen = {}
    for layer in layers:
        chosen |= layer.values
    problems = [problem for layer in layers for problem in layer.problems]
    problems += _apart(chosen)
    origins = {key: chosen[key][1] if key in chosen else DEFAULT for key in SETTINGS}
    values = _filled({key: value for key, (value, _) in chosen.items()})
    return Settings(
        values, origins, tuple(problems), user, workspace, read, dict(environ), given or {}
    )


def _without_damaged_themes(layers: list[Layer]) -> list[Stamp]:
    """Take out a theme that cannot be read, as any wrong value; the files that could mend it.

    What the command line gave is the command's to refuse.
    """
    key = "appearance.theme"
    stamps = []
    for layer in layers[:-1]:
        name, origin = layer.values.get(key, ("", DEFAULT))
        if not name:
            continue
        from noiser_tui.look.themes import load_theme, theme_stamp

        read = stamp()  # of a name that is no theme's there is no file
        try:
            read = theme_stamp(str(name))
            load_theme(str(name))
        except NoiserError as error:
            del layer.values[key]
            layer.problems.append(Problem(origin.place, key, str(error)))
            stamps.append(read)
    return stamps


def _apart(chosen: Chosen) -> list[Problem]:
    """Take out what does not go with the rest."""
    return [*_fast(chosen), *_places(chosen), *_of_another_model(chosen)]


def _fast(chosen: Chosen) -> list[Problem]:
    search, origin = chosen.get("explain.search", ("", DEFAULT))
    bound, _ = chosen.get("explain.bound", ("min", DEFAULT))
    if search != "fast" or bound == "min":
        return []
    del chosen["explain.search"]
    what = f"The fast search finds the bound min only, and explain.bound is {bound}."
    return [Problem(origin.place, "explain.search", what)]


def _places(chosen: Chosen) -> list[Problem]:
    """Of a device and a map of several only the one counts that was said last."""
    device, said = chosen.get("engine.device", ("auto", DEFAULT))
    spread, origin = chosen.get("engine.device_map", ("none", DEFAULT))
    if device == "auto" or spread == "none":
        return []
    if origin.rank > said.rank:
        del chosen["engine.device"]
        return []
    del chosen["engine.device_map"]
    if origin.rank < said.rank:
        return []
    what = f"engine.device is {device}, and both say where the model goes: set one of them."
    return [Problem(origin.place, "engine.device_map", what)]


def _of_another_model(chosen: Chosen) -> list[Problem]:
    """A revision, and trust, are for the model that they were named with: not for a later layer's."""
    model, chose = chosen.get("engine.model", ("", DEFAULT))
    problems = []
    for key in ("engine.revision", "engine.trust"):
        _, origin = chosen.get(key, ("", chose))
        if origin.rank < chose.rank:
            del chosen[key]
            if chose.layer != "command line":
                what = f"It was named for another model than {model}, which {chose} chooses."
                problems.append(Problem(origin.place, key, what))
    return problems


def _filled(chosen: Mapping[str, Value]) -> Values:
    sections: dict[str, dict[str, Any]] = {}
    for key, value in chosen.items():
        sections.setdefault(SETTINGS[key].section, {})[SETTINGS[key].name] = value
    values = Values()
    return replace(
        values,
        **{name: replace(getattr(values, name), **given) for name, given in sections.items()},
    )
