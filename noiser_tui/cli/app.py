"""The commands and their options; what each does lives in the file of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import (
    asking,
    compare,
    complete,
    defaults,
    evaluate,
    options,
    settings,
    study,
)
from noiser_tui.cli.answerability import answerability
from noiser_tui.cli.metrics import metrics
from noiser_tui.cli.model_choice import DEFAULT_MODEL, ModelChoice
from noiser_tui.cli.more_draws import more_draws
from noiser_tui.cli.reward import reward
from noiser_tui.cli.runs import runs
from noiser_tui.cli.window import open_window

_SEARCH, _OUT = "Explanation", "Output"

app = typer.Typer(
    name="noiser",
    help="Which words a language model's next token hangs on. Without a command: the workbench.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from noiser import __version__

        typer.echo(f"noiser {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def noiser(
    context: typer.Context,
    model: options.Model = DEFAULT_MODEL,
    device: options.Device = "auto",
    dtype: options.Dtype = "auto",
    device_map: options.DeviceMap = None,
    load_in: options.LoadIn = None,
    revision: options.Revision = None,
    trust: options.Trust = None,
    prompt: Annotated[str | None, typer.Option(help="Open the workbench with this prompt.")] = None,
    theme: options.Theme = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> int:
    """Which words a language model's next token hangs on. Without a command: the workbench."""
    if context.invoked_subcommand is not None:
        _check_place(context)
        return 0
    choice = ModelChoice(model, device, dtype, device_map, load_in, revision, tuple(trust or ()))
    return open_window(choice, theme=theme, prompt=prompt, given=defaults.given_settings(context))


@app.command()
def explain(
    prompt: Annotated[
        str | None, typer.Argument(help="The text to explain; - reads standard input.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the prompt from a file.")
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(
            help="Many prompts: a file (or -) with one JSON string or object per line; "
            "one record out per line, in order, an error record for a line that fails.",
        ),
    ] = None,
    system: asking.System = None,
    user: asking.User = None,
    chat: asking.ChatFile = None,
    method: Annotated[
        str,
        typer.Option(
            help="noiser, occlusion, lime, reagent, value_zeroing, attention, attention_last, "
            "attention_rollout, saliency, input_x_gradient, integrated_gradients, "
            "sequential_integrated_gradients, discretized_integrated_gradients, gradient_shap, "
            "deeplift, layer_gradient_x_activation, layer_integrated_gradients, layer_deeplift or random.",
            autocompletion=complete.methods,
            rich_help_panel=_SEARCH,
        ),
    ] = "noiser",
    bound: Annotated[
        str,
        typer.Option(
            help="min, max, per-token, norm-l2, norm-linf, none or random.",
            autocompletion=complete.bounds,
            rich_help_panel=_SEARCH,
        ),
    ] = "min",
    norm: asking.Norm = "none",
    normalisation: asking.Normalisation = "positive",
    target: asking.Target = None,
    contrast: asking.Contrast = None,
    generate: Annotated[
        int,
        typer.Option(
            "--generate", "-g", help="Explain so many generated tokens.", rich_help_panel=_SEARCH
        ),
    ] = 0,
    at: Annotated[
        int,
        typer.Option(
            help="Only this one of the tokens generated or of the target, from 1.",
            rich_help_panel=_SEARCH,
        ),
    ] = 0,
    seed: asking.Seed = 1,
    draws: asking.Draws = 10,
    steps: asking.Steps = 10,
    search: asking.Search = "exact",
    granularity: asking.Granularity = "token",
    zoom: Annotated[
        int,
        typer.Option(
            help="Then explain so many of the strongest of those token by token.",
            rich_help_panel=_SEARCH,
        ),
    ] = 0,
    marks: asking.Marks = None,
    spans: asking.Spans = None,
    aggregate: asking.Aggregate = "auto",
    specials: asking.Specials = "include",
    samples: asking.Samples = None,
    layer: asking.Layer = None,
    baseline: asking.Baseline = "auto",
    reduction: asking.Reduction = "auto",
    reference: Annotated[
        bool,
        typer.Option("--reference", help="The released code's numbers.", rich_help_panel=_SEARCH),
    ] = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Only say what it would take: calls, work and seconds."),
    ] = False,
    model: options.Model = DEFAULT_MODEL,
    device: options.Device = "auto",
    devices: options.Devices = None,
    memory: options.Memory = None,
    dtype: options.Dtype = "auto",
    device_map: options.DeviceMap = None,
    load_in: options.LoadIn = None,
    revision: options.Revision = None,
    trust: options.Trust = None,
    as_json: options.AsJson = False,
    output: options.Output = None,
    rows: options.Rows = None,
    tokens: options.Tokens = False,
    theme: options.Theme = None,
    quiet: asking.Quiet = False,
) -> int:
    """Explain what the model predicts after PROMPT.

    A prompt that begins with a dash goes after two dashes: noiser explain -- "-5 degrees is".
    """
    from noiser.request import Request
    from noiser_tui.cli.deliver import Delivery
    from noiser_tui.cli.prompts import ChatChoice, read_asked

    request = Request(
        method=method,
        bound=bound,
        norm=norm,
        normalisation=normalisation,
        target=target,
        contrast=contrast,
        generate=generate,
        at=at,
        seed=seed,
        draws=draws,
        steps=steps,
        specials=specials,
        reference=reference,
        search=search,
        aggregate=aggregate,
        **asking.units(granularity, spans, marks),
        zoom=zoom,
        samples=samples,
        layer=layer,
        baseline=baseline,
        reduction=reduction,
    )
    if memory is not None:
        options.check_memory(memory)
    places = options.device_names(devices, device, device_map)
    trusted = tuple(trust or ())
    choice = ModelChoice(model, device, dtype, device_map, load_in, revision, trusted, places)
    if places and jsonl is None:
        raise WrongUse(
            "--devices spreads the prompts of --jsonl over devices: for one prompt use --device."
        )
    if estimate and (jsonl is not None or output is not None):
        other = "--jsonl" if jsonl is not None else "--output"
        raise WrongUse(
            f"--estimate is for one prompt and explains nothing: give no {other} with it."
        )
    said = ChatChoice(system, user, chat)
    if jsonl is not None:
        if prompt is not None or file is not None or said.given:
            raise WrongUse(
                f"--jsonl brings its own prompts: give no {said.given or 'PROMPT and no --file'} "
                "with it."
            )
        if output is not None:
            raise WrongUse(
                "--jsonl writes its records to stdout: redirect that instead of --output."
            )
        from noiser_tui.cli.many import explain_many

        return explain_many(jsonl, request, choice, quiet=quiet, memory=memory)
    if estimate:
        from noiser_tui.cli.estimate import estimate_one

        asked = read_asked(prompt, file, said)
        estimate_one(asked, request, choice, memory=memory, as_json=as_json, quiet=quiet)
        return 0
    from noiser_tui.cli.explain import explain_one

    delivery = Delivery(as_json, output, theme, rows, quiet=quiet, tokens=tokens)
    delivery.check()
    explain_one(read_asked(prompt, file, said), request, choice, delivery, memory=memory)
    return 0


app.command()(compare.compare)
app.command()(evaluate.evaluate)
app.add_typer(study.app)
app.add_typer(settings.app)


@app.command("open")
def open_run(
    file: Annotated[
        Path,
        typer.Argument(
            help="A run or comparison that --output or --json saved, or Inseq's; - for stdin; "
            "or the ID that noiser runs names."
        ),
    ],
    step: Annotated[
        int | None, typer.Option(min=1, help="Show one generated token of the run in full.")
    ] = None,
    text: Annotated[int, typer.Option(min=1, help="Which text of Inseq's file.")] = 1,
    as_json: options.AsJson = False,
    output: options.Output = None,
    rows: options.Rows = None,
    tokens: options.Tokens = False,
    theme: options.Theme = None,
    quiet: asking.Quiet = False,
) -> None:
    """Show a saved run or comparison again, or write it in another format."""
    from noiser_tui.cli.deliver import Delivery
    from noiser_tui.cli.saved import read_saved

    delivery = Delivery(as_json, output, theme, rows, step, quiet, tokens)
    delivery.check()
    delivery.deliver(read_saved(file, text))


app.command()(reward)
app.command()(answerability)
app.command()(more_draws)
app.command()(metrics)
app.command()(runs)


@app.command()
def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List the models that load without the network: the built-in one, then the cached ones."""
    from noiser_tui.cli.models import list_models

    list_models(as_json=as_json)


@app.command()
def themes(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List the colour themes with a sample of each: those shipped, your own and VS Code's."""
    from noiser_tui.cli.themes import list_themes

    list_themes(as_json=as_json)


def _check_place(context: typer.Context) -> None:
    """Options of the workbench before a command would be lost: say so instead."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = f"--{name.replace('_', '-')}"
            raise WrongUse(
                f"{option} stands before {context.invoked_subcommand!r}, where it is the workbench's: "
                "put it after."
            )
