"""`noiser metrics`: how faithful a saved explanation is, measured with the model that it is of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noiser.errors import Cancelled, WrongUse
from noiser.explanation import Explanation
from noiser_tui.cli import asking, complete, options
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.cli.more_draws import model_of

if TYPE_CHECKING:
    from noiser.metrics.measure import Options
    from noiser.metrics.results import Metrics

_MEASURES = "Measures"


def metrics(
    file: Annotated[
        Path,
        typer.Argument(help="A run that --output or --json of explain saved; - for stdin."),
    ],
    which: Annotated[
        str,
        typer.Option(
            "--metrics",
            help="soft, hard, curves, with commas between.",
            autocompletion=complete.several(complete.metrics),
            rich_help_panel=_MEASURES,
        ),
    ] = "soft,hard,curves",
    masks: Annotated[
        int,
        typer.Option(help="Of Soft-NS and Soft-NC.", rich_help_panel=_MEASURES),
    ] = 16,
    seed: Annotated[int, typer.Option(help="Of the masks.", rich_help_panel=_MEASURES)] = 1,
    reference: Annotated[
        bool,
        typer.Option(
            "--reference",
            help="One mask and the distance of the released code.",
            rich_help_panel=_MEASURES,
        ),
    ] = False,
    percents: Annotated[
        str,
        typer.Option(
            help="Of the hard metrics: the top percents of the units, with commas between.",
            rich_help_panel=_MEASURES,
        ),
    ] = "1,5,10,20,50",
    grain: Annotated[
        str | None,
        typer.Option(
            help="What goes together: token, word, sentence or line; else what was explained.",
            autocompletion=complete.granularities,
            rich_help_panel=_MEASURES,
        ),
    ] = None,
    baseline: Annotated[
        str,
        typer.Option(
            help="What comes in its place: zero, unk, pad, eos or mean.",
            autocompletion=complete.baselines,
            rich_help_panel=_MEASURES,
        ),
    ] = "zero",
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Where the run's model is, if not where it was.",
            autocompletion=complete.models,
            rich_help_panel="Model",
        ),
    ] = None,
    device: options.Device = "auto",
    memory: options.Memory = None,
    device_map: options.DeviceMap = None,
    trust: options.Trust = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: asking.Quiet = False,
) -> None:
    """Measure how faithful a saved explanation is, with 95% intervals.

    For example: noiser explain "The capital of France is" --json | noiser metrics -
    """
    from noiser_tui.cli.saved import read_saved

    if memory is not None:
        options.check_memory(memory)
    run = read_saved(file)
    if not isinstance(run, Explanation):
        raise WrongUse("This is a comparison: give one of the runs that it compares.")
    from noiser.metrics.measure import Options  # only now: it imports torch
    from noiser.metrics.removal import RemovalOptions
    from noiser.metrics.soft import SoftOptions

    names = tuple(name.strip() for name in which.split(","))
    wanted = Options(
        names,
        SoftOptions(masks, seed, reference),
        _percents(percents),
        RemovalOptions(grain, baseline),
    )
    choice = model_of(run, device, device_map, tuple(trust or ()))
    if model is not None:
        choice = replace(choice, model=model)
    found = _measure(run, wanted, choice, memory, quiet=quiet)
    if as_json:
        from noiser_tui.cli.deliver import print_line

        print_line(found.to_json())
        return
    from noiser_tui.cli.measured import draw

    draw(found)


def _measure(
    run: Explanation, wanted: Options, choice: ModelChoice, memory: str | None, *, quiet: bool
) -> Metrics:
    from noiser_tui.cli.fail import Interrupted
    from noiser_tui.cli.interrupt import gently, interrupted
    from noiser_tui.cli.progress import Progress

    with Progress(quiet=quiet) as progress:
        try:
            loaded = choice.load(progress)
            from noiser.metrics.bench import Run
            from noiser.metrics.measure import measure_each

            with gently():
                how = Run(interrupted, progress, memory=memory)
                return measure_each(loaded, [run], wanted, how)[0]
        except (KeyboardInterrupt, Cancelled):
            progress.clear()
            raise Interrupted from None


def _percents(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise WrongUse(f"--percents {text!r} are no numbers with commas between.") from None
