"""Every setting: its section, name, default, kind and what it is. All else about settings reads this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from noiser.errors import WrongUse
from noiser_tui.settings.declared import declared as _setting
from noiser_tui.settings.kinds import Flag, Kind, OneOf, Text, Value, Whole
from noiser_tui.settings.measuring import Judge, Metrics

T = TypeVar("T")


def _themes() -> Sequence[str]:
    from noiser_tui.look.themes import theme_names

    return theme_names()


def _methods() -> Sequence[str]:
    from noiser.methods import METHODS

    return tuple(METHODS)


def _bounds() -> Sequence[str]:
    from noiser.bounds import BOUNDS

    return tuple(BOUNDS)


def _norms() -> Sequence[str]:
    from noiser.draws import NORMS

    return NORMS


def _granularities() -> Sequence[str]:
    from noiser.units import GRANULARITIES

    return tuple(name for name in GRANULARITIES if name != "span")  # spans are marked in one prompt


def _device_maps() -> Sequence[str]:
    from noiser.model.options import DEVICE_MAPS

    return ("none", *DEVICE_MAPS)


def _memory(text: str) -> None:
    from noiser.model.options import read_memory

    read_memory(text)


@dataclass(frozen=True)
class Appearance:
    """How the workbench and what is drawn in the terminal look."""

    theme: str = _setting(
        "dark", OneOf(_themes, files=(".json", ".jsonc", ".toml")), "The theme, or a theme file."
    )
    colours: str = _setting(
        "auto",
        OneOf(("auto", "truecolor", "256", "16", "none")),
        "How many colours the terminal shows; auto asks it.",
    )
    panel_height: int = _setting(
        12, Whole(3, 60), "Lines of the workbench's panel where there is room."
    )
    side_bar: str = _setting(
        "closed", OneOf(("open", "closed")), "The workbench's side bar at the start."
    )


@dataclass(frozen=True)
class Engine:
    """Which model, and where it runs."""

    model: str = _setting(
        "built-in", Text("a Hugging Face id, a folder or built-in"), "The model that is loaded."
    )
    device: str = _setting(
        "auto",
        Text("auto, cpu, cuda, cuda:1 or mps"),
        "Where it runs; auto is a GPU if there is one.",
    )
    devices: str = _setting(
        "",
        Text("names with commas between, as cuda:0,cuda:1, or empty", filled=False),
        "Where all prompts of a file run, a copy of the model on each; empty is one.",
    )
    dtype: str = _setting(
        "auto",
        OneOf(("auto", "float32", "bfloat16", "float16", "float64")),
        "The precision of its weights.",
    )
    device_map: str = _setting(
        "none",
        OneOf(_device_maps),
        "Spreads one large model over devices instead, and memory where they are full.",
    )
    load_in: str = _setting(
        "none", OneOf(("none", "4bit", "8bit")), "Quantizes the weights while they are loaded."
    )
    revision: str = _setting(
        "",
        Text("a branch, tag or commit, or empty", filled=False),
        "Which revision of the hub model engine.model; of no other one.",
    )
    trust: str = _setting(
        "none",
        OneOf(("none", "pickle", "remote-code", "pickle+remote-code")),
        "What engine.model, and no other, may do though it can run code: be read from pickle files, "
        "bring code.",
        personal=True,
    )
    memory: str = _setting(
        "",
        Text("a share of what is free (40%), a size (2GB) or empty", _memory, filled=False),
        "What a call may take; empty is half of what is free.",
    )


@dataclass(frozen=True)
class Explain:
    """How a prompt is explained where nothing else is asked for."""

    method: str = _setting("noiser", OneOf(_methods), "The attribution method.")
    bound: str = _setting("min", OneOf(_bounds), "Which noise scale is used for scoring.")
    norm: str = _setting("none", OneOf(_norms), "The expected norm that draws are divided by.")
    normalisation: str = _setting(
        "positive", OneOf(("positive", "sum", "raw")), "How raw scores become scores."
    )
    draws: int = _setting(10, Whole(1, 100_000), "How many noise vectors.")
    seed: int = _setting(1, Whole(0, 2**32 - 1), "The seed of the noise.")
    specials: str = _setting(
        "include", OneOf(("include", "exclude")), "Special tokens and those of a chat template."
    )
    granularity: str = _setting("token", OneOf(_granularities), "What gets its noise together.")
    search: str = _setting(
        "exact", OneOf(("exact", "fast")), "How the scale is searched; fast is for the bound min."
    )
    preview: bool = _setting(
        True, Flag(), "Whether the workbench shows a long run's scores by the fast search first."
    )
    live: bool = _setting(
        True, Flag(), "Whether the workbench tells the next tokens while a prompt is typed."
    )


@dataclass(frozen=True)
class Keys:
    """The workbench's keys, under what keybindings.json says."""

    preset: str = _setting("vscode", OneOf(("vscode", "vim")), "The keys to begin with.")


@dataclass(frozen=True)
class Files:
    """What the workbench reads and keeps."""

    folder: str = _setting(
        "",
        Text("a folder or empty", filled=False),
        "The explorer's folder; empty is where it starts.",
    )
    history: int = _setting(
        1000, Whole(0, 1_000_000), "How many runs are kept beside the pinned ones."
    )


@dataclass(frozen=True)
class Terminal:
    """What is sent over the line."""

    fps: int = _setting(0, Whole(0, 240), "Frames a second at most; 0 is 240 here and 60 over SSH.")
    animations: str = _setting(
        "auto",
        OneOf(("auto", "none", "basic", "full")),
        "What moves; auto is none over SSH, else all.",
    )
    copy: str = _setting(
        "auto",
        OneOf(("auto", "osc52", "file")),
        "Where copies go: auto to every clipboard in reach, osc52 to the terminal's alone, file to none; "
        "each also to a file.",
    )


@dataclass(frozen=True)
class Values:
    """All settings, by section."""

    appearance: Appearance = Appearance()
    engine: Engine = Engine()
    explain: Explain = Explain()
    metrics: Metrics = field(default_factory=Metrics)
    judge: Judge = field(default_factory=Judge)
    keys: Keys = Keys()
    files: Files = Files()
    terminal: Terminal = Terminal()


PERSONAL = (
    "It counts in your own settings only: a folder's file could send prompts and your key anywhere, "
    "or have a model run code."
)


@dataclass(frozen=True)
class Setting:
    """One setting, as a form or a list shows it; its key is `section.name`.

    A `personal` one is the user's alone: a folder that somebody else made must not say where a key goes
    or what code runs.
    """

    key: str
    what: str
    default: Value
    kind: Kind
    personal: bool = False

    @property
    def section(self) -> str:
        """The table it stands in."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name there."""
        return self.key.partition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"NOISER_{self.key.replace('.', '_').upper()}"

    def check(self, value: object) -> Value:
        """The value as the program takes it; WrongUse that names the setting where it cannot be one."""
        return self._named(self.kind.check, value)

    def read(self, text: str) -> Value:
        """The value that is written so; WrongUse as above."""
        return self._named(self.kind.read, text)

    def check_workspace(self) -> None:
        """WrongUse where a workspace's file cannot say it."""
        if self.personal:
            raise WrongUse(f"{self.key}: {PERSONAL}")

    def _named(self, take: Callable[[T], Value], given: T) -> Value:
        try:
            return take(given)
        except WrongUse as error:
            raise WrongUse(f"{self.key}: {error}") from error


_DEFAULTS: dict[str, Any] = {name: getattr(Values(), name) for name in Values.__annotations__}

SECTIONS: dict[str, str] = {
    name: type(section).__doc__ or "" for name, section in _DEFAULTS.items()
}
"""What each section is about, by its name."""

SETTINGS: dict[str, Setting] = {
    (key := f"{name}.{one.name}"): Setting(
        key,
        one.metadata["what"],
        getattr(section, one.name),
        one.metadata["kind"],
        one.metadata["personal"],
    )
    for name, section in _DEFAULTS.items()
    for one in fields(section)
}
"""Every setting by its key, in the order of the sections."""
