"""Studies that are ready to run on any models: what the paper's tables and figure measure."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from noiser.errors import unknown
from noiser.study.spec import Study
from noiser.study.toml import parse_study

PRESETS: dict[str, str] = {
    "paper-table-7": "how many samples each model predicts, and so keeps",
}


def preset_text(name: str) -> str:
    """A preset as TOML, to be changed and run; WrongUse with a suggestion where there is none."""
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    return files(__package__).joinpath(f"{name}.toml").read_text("utf-8")


def read_preset(name: str, **changes: Any) -> Study:
    """A preset as a study; `changes` take the place of its keys."""
    return parse_study(preset_text(name), name, Path(), **changes)
