"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import complete

_MODEL = "Model"
_NONE = "none"


def _unset(value: str | None) -> str | None:
    """`none`, which takes back what a setting says, is no value."""
    return None if value == _NONE else value


def _of_this_model(context: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    """A setting's revision or trust is for the setting's model, not for one that is named here."""
    if param.name is None or not value or value == [_NONE]:
        return None
    model, own = (context.get_parameter_source(name) for name in ("model", param.name))
    given = model is not None and model.name == "COMMANDLINE"
    return None if given and own is not None and own.name == "DEFAULT_MAP" else value


Model = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="Hugging Face id, folder, or built-in.",
        autocompletion=complete.models,
        rich_help_panel=_MODEL,
    ),
]
Device = Annotated[
    str,
    typer.Option(
        help="auto, cpu, cuda, cuda:1 or mps.",
        autocompletion=complete.devices,
        rich_help_panel=_MODEL,
    ),
]
Devices = Annotated[
    str | None,
    typer.Option(
        help="Spread the prompts of --jsonl, a copy of the model on each: cuda:0,cuda:1.",
        rich_help_panel=_MODEL,
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        help="What a call may take: a share of what is free (40%) or a size (2GB); else half of it. "
        "With --devices, on each by itself.",
        autocompletion=complete.memories,
        rich_help_panel=_MODEL,
    ),
]
Dtype = Annotated[
    str,
    typer.Option(
        help="auto, float32, bfloat16, float16 or float64.",
        autocompletion=complete.dtypes,
        rich_help_panel=_MODEL,
    ),
]
DeviceMap = Annotated[
    str | None,
    typer.Option(
        help="Spread one large model over devices: auto, balanced, balanced_low_0 or sequential.",
        autocompletion=complete.device_maps,
        callback=_unset,
        rich_help_panel=_MODEL,
    ),
]
LoadIn = Annotated[
    str | None,
    typer.Option(
        help="Quantize: 4bit or 8bit.",
        autocompletion=lambda: ["4bit", "8bit"],
        callback=_unset,
        rich_help_panel=_MODEL,
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(
        help="Branch, tag or commit of a hub model.",
        callback=_of_this_model,
        rich_help_panel=_MODEL,
    ),
]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        help="Allow by name what is refused otherwise: pickle, remote-code.",
        autocompletion=complete.trusts,
        callback=_of_this_model,
        rich_help_panel=_MODEL,
    ),
]
Theme = Annotated[
    str | None,
    typer.Option(
        help="Colours: dark, blue-hour, high-contrast, light, no-colour, paper, solar, one of your "
        "own, or a theme file of VS Code's (.json).",
        autocompletion=complete.themes,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the record as one JSON object.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Also write a file: .json, .html, .svg, .png, .csv, .parquet, .tex or .inseq.json.",
    ),
]
Tokens = Annotated[
    bool,
    typer.Option("--tokens", help="Also list every token with its id, bytes, characters and role."),
]
Rows = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Rows of the table, 0 for all; else what fits the screen.",
        show_default=False,
    ),
]


def check_memory(memory: str) -> None:
    """WrongUse where `memory` is no budget, found before anything is loaded."""
    from noiser.model.options import read_memory

    read_memory(memory)


def device_names(devices: str | None, device: str, device_map: str | None) -> tuple[str, ...]:
    """The names in `--devices`; WrongUse where another option says where the model goes, too."""
    if devices is None:
        return ()
    for option, given in (("--device", device != "auto"), ("--device-map", device_map is not None)):
        if given:
            raise WrongUse(f"--devices and {option} both say where the model goes: give one.")
    names = tuple(name.strip() for name in devices.split(","))
    if not all(names):
        raise WrongUse(f"--devices {devices!r} names nothing between two commas or at an end.")
    return names
