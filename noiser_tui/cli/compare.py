"""The command `noiser compare` and its options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import asking, complete, options
from noiser_tui.cli.model_choice import DEFAULT_MODEL, ModelChoice

_ROWS = "Rows: every model with every method with every bound"

Models = Annotated[
    str,
    typer.Option(
        "--models",
        "-m",
        help="Hugging Face ids, folders or built-in, with commas between.",
        autocompletion=complete.several(complete.models),
        rich_help_panel=_ROWS,
    ),
]
Methods = Annotated[
    str,
    typer.Option(
        help="As --method of explain takes, with commas between.",
        autocompletion=complete.several(complete.methods),
        rich_help_panel=_ROWS,
    ),
]
Bounds = Annotated[
    str,
    typer.Option(
        help="As --bound of explain takes, with commas between; for methods with noise.",
        autocompletion=complete.several(complete.bounds),
        rich_help_panel=_ROWS,
    ),
]
OwnOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="METHOD.NAME=VALUE",
        help="An option of one method: lime.samples=500, occlusion.baseline=mean. Names: samples, layer, "
        "baseline, reduction. May be repeated.",
        rich_help_panel=_ROWS,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Also write a file: .json, .html, .svg, .png or .csv."),
]


def compare(
    prompt: Annotated[
        str | None, typer.Argument(help="The text to explain; - reads standard input.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the prompt from a file.")
    ] = None,
    system: asking.System = None,
    user: asking.User = None,
    chat: asking.ChatFile = None,
    methods: Methods = "noiser",
    bounds: Bounds = "min",
    models: Models = DEFAULT_MODEL,
    own_options: OwnOptions = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many of the highest segments two rows are asked to have in common; "
            "else a quarter of them.",
            show_default=False,
        ),
    ] = None,
    target: asking.Target = None,
    contrast: asking.Contrast = None,
    granularity: asking.Granularity = "token",
    marks: asking.Marks = None,
    spans: asking.Spans = None,
    aggregate: asking.Aggregate = "auto",
    norm: asking.Norm = "none",
    normalisation: asking.Normalisation = "positive",
    seed: asking.Seed = 1,
    draws: asking.Draws = 10,
    steps: asking.Steps = 10,
    search: asking.Search = "exact",
    specials: asking.Specials = "include",
    device: options.Device = "auto",
    memory: options.Memory = None,
    dtype: options.Dtype = "auto",
    device_map: options.DeviceMap = None,
    load_in: options.LoadIn = None,
    trust: options.Trust = None,
    as_json: options.AsJson = False,
    output: Output = None,
    theme: options.Theme = None,
    quiet: asking.Quiet = False,
) -> int:
    """Explain PROMPT by several methods, bounds or models, and say how far they agree.

    For example: noiser compare "The capital of France is" --methods noiser,occlusion,random
    """
    from noiser.export import COMPARISON_FORMATS
    from noiser.request import Request
    from noiser_tui.cli.comparing import Wanted, compare_one
    from noiser_tui.cli.deliver import Delivery
    from noiser_tui.cli.prompts import ChatChoice, read_asked

    request = Request(
        norm=norm,
        normalisation=normalisation,
        target=target,
        contrast=contrast,
        seed=seed,
        draws=draws,
        steps=steps,
        specials=specials,
        search=search,
        aggregate=aggregate,
        **asking.units(granularity, spans, marks),
    )
    if memory is not None:
        options.check_memory(memory)
    choice = ModelChoice("", device, dtype, device_map, load_in, None, tuple(trust or ()))
    wanted = Wanted(
        names_in("--models", models),
        names_in("--methods", methods),
        names_in("--bounds", bounds),
        request,
        choice,
        top,
        memory,
        method_options(own_options or ()),
    )
    wanted.check()
    delivery = Delivery(as_json, output, theme, quiet=quiet, formats=COMPARISON_FORMATS)
    delivery.check()
    return compare_one(read_asked(prompt, file, ChatChoice(system, user, chat)), wanted, delivery)


def names_in(option: str, text: str) -> list[str]:
    """The names between the commas; WrongUse where one is empty."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise WrongUse(f"{option} {text!r} names nothing between two commas or at an end.")
    return names


_NUMBERS = ("samples", "layer")
"""Which options of methods are whole numbers; the others are names."""


def method_options(texts: Sequence[str]) -> dict[str, dict[str, int | str]]:
    """What `--option METHOD.NAME=VALUE` gives, by method and name; WrongUse for another form."""
    found: dict[str, dict[str, int | str]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        method, dot, name = (part.strip() for part in key.rpartition("."))
        if not (equals and dot and method and name):
            raise WrongUse(f"--option {text!r} is not METHOD.NAME=VALUE, like lime.samples=500.")
        if name in found.setdefault(method, {}):
            raise WrongUse(f"--option {method}.{name} is given twice.")
        found[method][name] = _number(text, value) if name in _NUMBERS else value.strip()
    return found


def _number(option: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise WrongUse(f"--option {option!r}: {value.strip()!r} is no whole number.") from None
