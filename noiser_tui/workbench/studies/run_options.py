"""How a study is run, beside its text: where, for how long, by which judge and how much of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError, WrongUse
from noiser.files import write_text
from noiser.study.toml import read_study
from noiser_tui.history.folder import data_folder
from noiser_tui.settings.kinds import Flag, OneOf, Real, Text, Whole
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.form import Field, Filled

KEPT = 100
"""Studies whose options are remembered."""
ONCE = "retry"
"""What is meant for the next run alone."""


def _names(text: str) -> None:
    if not all(one.strip() for one in text.split(",")):
        raise WrongUse(f"{text!r} names nothing between two commas or at an end.")


_OWN = "the study's"
_TRUSTED = {"pickle": "weights that can run code", "remote-code": "a model's own code"}
FIELDS: tuple[Field, ...] = (
    Field("retry", Flag(), "Try rows again that failed before, in the next run.", "no"),
    Field(
        "row-timeout",
        Real(0, 604_800, above=True),
        "Seconds; a worker that is still at a row then is killed, the row counted as failed.",
        "none",
    ),
    Field(
        "device", Text("auto, cpu, cuda, cuda:1 or mps"), "Where it runs, with one worker.", "auto"
    ),
    Field(
        "devices",
        Text("devices with commas between: cuda:0,cuda:1", _names),
        "A worker on each of several devices.",
        "one worker",
    ),
    Field(
        "ray",
        Text("auto, or HOST:PORT of a Ray cluster"),
        "Beyond one machine: a worker on each GPU of a cluster, or share of its CPUs.",
        "not used",
        (Choice("auto", "auto", "a Ray that runs here, or one of its own"),),
        "Or HOST:PORT of a Ray cluster",
    ),
    Field(
        "memory",
        SETTINGS["engine.memory"].kind,
        "What a call may take; with devices, on each by itself.",
        "half of what is free",
    ),
    Field(
        "trust",
        OneOf(tuple(_TRUSTED)),
        "Allow what is refused otherwise.",
        "nothing",
        tuple(Choice(name, name, what) for name, what in _TRUSTED.items()),
        several=True,
    ),
    Field(
        "judge",
        Text("built-in, local:FOLDER_OR_ID, paper, or a model at judge-url"),
        "Who answers the questions, in place of the study's judge.",
        _OWN,
        (
            Choice("built-in", "built-in", "knows the built-in facts only"),
            Choice("paper", "paper", "the paper's model, at the service it was asked of"),
        ),
        "Or local:FOLDER_OR_ID, or a model at judge-url",
    ),
    Field(
        "judge-url",
        Text("an address"),
        "A server that speaks the OpenAI protocol; its key is in NOISER_JUDGE_KEY or OPENAI_API_KEY.",
        _OWN,
    ),
    Field("max-calls", Whole(0, 10**12), "Stop after so many calls of the judge.", _OWN),
    Field("max-tokens", Whole(0, 10**12), "Stop before so many tokens are spent.", _OWN),
    Field(
        "per-minute", Real(0, 100_000, above=True), "Requests to the judge a minute at most.", _OWN
    ),
    Field("at-once", Whole(1, 1000), "Questions on their way at once.", _OWN),
    Field(
        "cache",
        Text("a file"),
        "The judge's replies, which are never paid for twice.",
        "the study's, or the user's",
    ),
)
"""The options of `noiser study run` that are not the study's own text, by the names that they have there."""

_JUDGE = ("judge", "judge-url", "max-calls", "max-tokens", "per-minute", "at-once", "cache")
_KINDS: Mapping[str, type] = {
    "max-calls": int,
    "max-tokens": int,
    "per-minute": float,
    "at-once": int,
}


def command_options(values: Filled) -> tuple[str, ...]:
    """The values as options of the command."""
    words = list[str]()
    for field in FIELDS:
        given = values.get(field.name, ())
        flag = isinstance(field.kind, Flag)
        words += [f"--{field.name}" if flag else f"--{field.name}={one}" for one in given]
    return tuple(words)


def in_words(values: Filled) -> str:
    """What is set, in a few words; empty where nothing is."""
    return ", ".join(
        one.name if isinstance(one.kind, Flag) else f"{one.name} {', '.join(values[one.name])}"
        for one in FIELDS
        if values.get(one.name)
    )


def check(file: Path, values: Filled) -> None:
    """Raise NoiserError, a sentence, where the study in a file cannot be run so."""
    given = {name for name, one in values.items() if one}
    for first, second in (("ray", "devices"), ("device", "devices")):
        if {first, second} <= given:
            raise WrongUse(f"{first} and {second} both say where the workers are: set one of them.")
    changes: dict[str, Any] = {
        name.replace("-", "_"): _KINDS.get(name, str)(values[name][0]) for name in given & {*_JUDGE}
    }
    read_study(file, **changes)


def after_run(values: Filled) -> Filled:
    """What still holds once a run has begun."""
    return {name: one for name, one in values.items() if name != ONCE}


def remembered(folder: Path) -> Filled:
    """What was set for the study in a folder, as far as it still can be."""
    return _readable(_read().get(str(folder)))


def remember(folder: Path, values: Filled) -> None:
    """Keep what is set for a study, for its next runs; NoiserError where the disk refuses."""
    others = {name: one for name, one in _read().items() if name != str(folder)}
    kept = {name: list(one) for name, one in values.items() if one}
    if not kept and str(folder) not in _read():
        return
    newest = list({**others, **({str(folder): kept} if kept else {})}.items())[-KEPT:]
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoiserError(f"{file} cannot be written: {error.strerror or error}.") from error
    write_text(file, json.dumps(dict(newest), ensure_ascii=False))


def _file() -> Path:
    """In the user's folder: a study's own may come from somebody else, and says not what is trusted."""
    return data_folder() / "study-options.json"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or somebody else wrote there
        return {}
    return found if isinstance(found, dict) else {}


def _readable(found: object) -> Filled:
    values = dict[str, tuple[str, ...]]()
    for field in FIELDS:
        given = found.get(field.name) if isinstance(found, dict) else None
        try:
            texts = [str(one) for one in given or ()]
            for text in texts:
                field.kind.read(text)
        except (TypeError, NoiserError):  # written by another version, or by hand
            continue
        if texts:
            values[field.name] = tuple(texts)
    return values
