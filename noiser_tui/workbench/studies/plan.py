"""What a study asks: its TOML in its folder, begun from a preset or from the template."""

from __future__ import annotations

import json
import re
from pathlib import Path

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser.study.presets import PRESETS, preset_text

PLAN_FILE = "study.toml"
TEMPLATE = """\
# A study: methods × models × data.
# F5 runs it. All but models and datasets can be left out.
title = ""
models = ["built-in"]
datasets = ["built-in"]
# One of your own: {file = "own.csv", prompt = "question"}
methods = ["noiser", "occlusion", "random"]
# bounds = ["min", "max"]
# norms = ["none", "1", "2"]
# seeds = [1, 2, 3]
# soft, hard, curves, parts, hit; answerability, minimal
metrics = ["soft"]
# samples of each data set; without it all of them
samples = 20
# judge = "built-in"
"""


def begin(folder: Path, preset: str, model: str) -> None:
    """Write the text of a new study, on `model`, into its folder.

    `preset` is one of those that are ready to run, empty for the template. NoiserError where the folder
    holds a study already, or cannot be written.
    """
    if (folder / PLAN_FILE).exists() or (folder / "study.sqlite").exists():
        raise NoiserError(f"{folder} holds a study already: choose another name.")
    text = preset_text(preset) if preset in PRESETS else TEMPLATE
    named = f"models = [{json.dumps(model, ensure_ascii=False)}]"
    text = re.sub(r"^models = \[.*?\]", lambda _: named, text, count=1, flags=re.MULTILINE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoiserError(f"{folder} cannot be made: {error.strerror or error}.") from error
    write_text(folder / PLAN_FILE, text)


def plan_text(folder: Path) -> str:
    """The text of the study in a folder, made from its store where there is no file; empty for none."""
    try:
        return (folder / PLAN_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):  # run from elsewhere: the store has the plan
        return _from_store(folder)


def plan_file(folder: Path) -> Path:
    """The file to run the study from; where there is none it is written from the store."""
    file = folder / PLAN_FILE
    if not file.is_file():
        write_text(file, _from_store(folder))
    return file


def _from_store(folder: Path) -> str:
    from noiser.study.store import Store
    from noiser.study.toml import study_toml

    with Store(folder) as store:
        return study_toml(store.study)
