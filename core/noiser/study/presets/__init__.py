"""Studies that are ready to run on any models: what the paper's tables and figure measure."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from noiser.errors import unknown
from noiser.study.spec import Study
from noiser.study.toml import parse_study

PRESETS: dict[str, str] = {
    "paper-table-1": "faithfulness of every method (Soft-NS and Soft-NC against random scores)",
    "paper-table-2": "the bounds, by faithfulness",
    "paper-table-3": "answerability of every method at top-1 and top-5: rates and scores",
    "paper-table-5": "the two parts of table 1: Soft-NS and Soft-NC",
    "paper-table-6": "answerability of every method on the prompts with a distractor",
    "paper-table-7": "how many samples each model predicts, and so keeps",
    "figure-2": "the importance on LongRA's relative word, main part and distractor",
}


def preset_text(name: str) -> str:
    """A preset as TOML, to be changed and run; WrongUse with a suggestion where there is none."""
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    return files(__package__).joinpath(f"{name}.toml").read_text("utf-8")


def read_preset(name: str, **changes: Any) -> Study:
    """A preset as a study; `changes` take the place of its keys."""
    return parse_study(preset_text(name), name, Path(), **changes)
