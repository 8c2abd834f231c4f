"""A file that is read by the workbench and nothing to be explained: settings, keys, colours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual.message import Message

from noiser.files import Stamp
from noiser_tui.look.jsonc import JsoncError, read_jsonc
from noiser_tui.settings.places import KEYBINDINGS
from noiser_tui.settings.schema import SECTIONS

SETTINGS = "a file of settings"
KEYS = "a file of keys"
THEME = "a colour theme"
TOML = "a TOML file"

_JSON = (".json", ".jsonc")
_THEME = ({"dark", "colours"}, {"colors"}, {"tokenColors"})
"""What our own theme files have, and VS Code's."""


@dataclass(frozen=True)
class TextPage:
    """A file's text; `what` says what it is, `seen` how the file was when it was compared with it last."""

    kind: ClassVar[str] = "text"

    text: str
    what: str
    error: str = ""
    note: str = ""
    seen: Stamp | None = None

    @property
    def title(self) -> str:
        """Its name on the tab where it has no file any more."""
        return self.what

    @property
    def job(self) -> int:
        """It waits for nothing."""
        return 0

    @property
    def status(self) -> str:
        """What it is."""
        return self.what

    def heard(self, message: Message) -> TextPage:
        """What the engine says is not about it."""
        return self


def no_prompt(path: Path, text: str) -> str:
    """What a file is that is nothing to be explained; empty for what may be a prompt, a list or a run."""
    if path.name == KEYBINDINGS:
        return KEYS
    if path.suffix not in (".toml", *_JSON):
        return ""
    if path.suffix in _JSON and not any(f'"{key}"' in text for keys in _THEME for key in keys):
        return ""  # a record of megabytes is not read for this
    found = _read(path.suffix, text)
    if any(keys <= found.keys() for keys in _THEME):
        return THEME
    if path.suffix != ".toml":
        return ""
    named = path.name == "settings.toml" or (found and found.keys() <= set(SECTIONS))
    return SETTINGS if named else TOML


def _read(suffix: str, text: str) -> dict[str, Any]:
    """What a file says, nothing where that cannot be read."""
    try:
        found = read_jsonc(text) if suffix in _JSON else tomllib.loads(text)
    except (JsoncError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
