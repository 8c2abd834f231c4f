"""What a command does where an option is not given: what the user's settings say, else its own default."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from noiser_tui.settings.loading import LOADING, option_of, text_of
from noiser_tui.settings.places import is_any_set, start_folder

if TYPE_CHECKING:
    import typer

    from noiser_tui.settings.kinds import Value
    from noiser_tui.settings.schema import Values
    from noiser_tui.settings.settings import Settings

_PLACE = {name: f"engine.{name}" for name in ("device", "memory")}
_MODEL = {name: f"engine.{name}" for name in ("model", *LOADING)}
_MODELS = {name: f"engine.{name}" for name in ("dtype", "device_map", "load_in")}
_LOOK = {"theme": "appearance.theme"}
_NOISE = {name: f"explain.{name}" for name in ("normalisation", "draws", "seed", "specials")}
_HOW = _NOISE | {name: f"explain.{name}" for name in ("norm", "search", "granularity")}
_OPTIONS: dict[str, dict[str, str]] = {
    "explain": _MODEL
    | _PLACE
    | _LOOK
    | _HOW
    | {"method": "explain.method", "bound": "explain.bound"},
    "compare": _PLACE
    | _MODELS
    | _LOOK
    | _HOW
    | {
        "models": "engine.model",
        "methods": "explain.method",
        "bounds": "explain.bound",
    },
    "reward": _PLACE | _LOOK | _NOISE | {"dtype": "engine.dtype"},
    "more-draws": _PLACE | _LOOK,
    "metrics": _PLACE,
    "open": _LOOK,
}
"""Of each command, which option takes which setting. Measurements for a table to be published
(evaluate, study, answerability) take none: their numbers must not hang on one user's machine."""
_WORKBENCH = _MODEL | _LOOK
_GIVES_WAY = {
    "--device": ("device_map",),
    "--device-map": ("device",),
    "--devices": ("device", "device_map"),
    "--search": ("bound", "bounds"),
    "--bound": ("search",),
    "--bounds": ("search",),
    "--reference": ("search", "normalisation", "specials", "granularity"),
    "--mark": ("granularity",),
    "--span": ("granularity",),
}
"""What is given on the command line, and the settings that could contradict it there."""
_AGREES = {
    "--search": "exact",
    "--bound": "min",
    "--bounds": "min",
    "--device": "auto",
    "--device-map": "none",
}
"""The values that contradict none of them."""
_ASKS = {"--help", "-h", "--version", "--show-completion", "--install-completion"}

_settings: ContextVar[Settings | None] = ContextVar("settings", default=None)


def read_defaults(arguments: Sequence[str]) -> dict[str, Any] | None:
    """Typer's default map for these arguments, None where nothing is set; what is wrong is told.

    Help and the shell's completion read no settings, and without a file or a variable of ours none of
    that code is loaded.
    """
    _settings.set(None)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    asks = _ASKS & set(options) or "_NOISER_COMPLETE" in os.environ
    if asks or not is_any_set(start_folder(), os.environ):
        return None
    from noiser_tui.settings.settings import load_settings

    settings = load_settings()
    _settings.set(settings)
    if not ({"--quiet", "-q"} & set(options) or list(options[:1]) == ["settings"]):
        from noiser_tui.cli.fail import say

        for problem in settings.problems:
            say(f"warning: {problem}")
    gone = _gone(options)
    found: dict[str, Any] = _of(settings, _WORKBENCH, gone)
    for command, names in _OPTIONS.items():
        found[command] = _of(settings, names, gone)
    return found


def _gone(options: Sequence[str]) -> set[str]:
    """The options that must not be filled in beside what is given."""
    gone: set[str] = set()
    for option, following in itertools.zip_longest(options, options[1:], fillvalue=""):
        name, equals, value = option.partition("=")
        if (value if equals else following) != _AGREES.get(name):
            gone.update(_GIVES_WAY.get(name, ()))
    return gone


def _of(settings: Settings, names: dict[str, str], gone: set[str]) -> dict[str, Any]:
    found = {
        name: _as_option(name, settings.get(key))
        for name, key in names.items()
        if name not in gone and settings.is_set(key) and settings.get(key) != ""
    }
    return {name: value for name, value in found.items() if value not in (None, ())}


def _as_option(name: str, value: Value) -> Any:
    return option_of(name, value) if name in LOADING and isinstance(value, str) else value


def in_effect() -> Values:
    """All settings as this command found them."""
    from noiser_tui.settings.schema import Values

    settings = _settings.get()
    return settings.values if settings is not None else Values()


def given_settings(context: typer.Context) -> dict[str, Any]:
    """The settings that the command line itself gave, by key: no change of a file changes them."""
    found: dict[str, Any] = {}
    for name, key in _WORKBENCH.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            value = context.params[name]
            found[key] = text_of(name, value) if name in LOADING else value
    return found
