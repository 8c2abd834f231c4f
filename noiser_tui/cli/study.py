"""The commands of `noiser study` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import asking, judge_options, options
from noiser_tui.cli.compare import names_in

app = typer.Typer(
    name="study",
    help="Methods × models × data: run, watch and show a study that survives the night.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(help="The study's folder.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try rows again that failed before.")]
Table = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Also write the table: .csv, .parquet, .tex or .md."),
]
Pairs = Annotated[
    str,
    typer.Option(
        help="Which tests between methods are shown: first (of the first method with each other), "
        "all or none.",
        autocompletion=lambda: ["first", "all", "none"],
    ),
]


@app.command()
def run(
    file: Annotated[
        Path | None, typer.Argument(help="The study as TOML; or give --preset.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="A study that is ready to run: see noiser study presets.")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            "--models", "-m", help="In place of the study's: ids or folders, commas between."
        ),
    ] = None,
    datasets: Annotated[
        str | None, typer.Option(help="In place of the study's: names, commas between.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="In place of the study's: samples of each data set.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="The study's folder; else named after the file or preset.")
    ] = None,
    judge: judge_options.StudyJudge = None,
    judge_url: judge_options.JudgeUrl = None,
    max_calls: judge_options.MaxCalls = None,
    max_tokens: judge_options.MaxTokens = None,
    per_minute: judge_options.PerMinute = None,
    at_once: judge_options.StudyAtOnce = None,
    cache: judge_options.Cache = None,
    device: options.Device = "auto",
    devices: Annotated[
        str | None, typer.Option(help="A worker on each of several devices: cuda:0,cuda:1.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            help="Beyond one machine: auto (a Ray that runs here, or one of its own) or HOST:PORT of a Ray "
            "cluster; a worker per GPU, or per share of its CPUs."
        ),
    ] = None,
    row_timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds after which a worker that is still at a row is killed, the row counted as "
            "failed and the next one begun; loading a model does not count.",
            show_default="as long as it takes",
        ),
    ] = None,
    memory: options.Memory = None,
    trust: options.Trust = None,
    retry: Retry = False,
    output: Table = None,
    pairs: Pairs = "first",
    quiet: asking.Quiet = False,
) -> int:
    """Run a study, or go on with one that was stopped, killed or extended.

    Several processes, started with the same command, share its rows.
    """
    from noiser.study.presets import read_preset
    from noiser.study.toml import read_study
    from noiser_tui.cli.study_run import Running, run_study

    if (file is None) == (preset is None):
        raise WrongUse("Give a study's TOML file, or --preset and a name: one of the two.")
    changes = judge_options.changes(
        judge=judge,
        judge_url=judge_url,
        max_calls=max_calls,
        max_tokens=max_tokens,
        per_minute=per_minute,
        at_once=at_once,
        cache=cache,
    )
    if models is not None:
        changes["models"] = names_in("--models", models)
    if datasets is not None:
        changes["datasets"] = names_in("--datasets", datasets)
    if samples is not None:
        changes["samples"] = samples
    if preset is not None:
        study, place = read_preset(preset, **changes), Path(preset)
    else:
        assert file is not None
        study, place = read_study(file, **changes), file.with_suffix("")
    if memory is not None:
        options.check_memory(memory)
    if ray is not None and devices is not None:
        raise WrongUse("--ray has a worker on every GPU of the cluster: give no --devices with it.")
    if row_timeout is not None and not row_timeout > 0:
        raise WrongUse(f"--row-timeout {row_timeout:g} is no time: give seconds, more than 0.")
    places = options.device_names(devices, device, None) or (device,)
    trusted = tuple(trust or ())
    running = Running(
        places, memory, trusted, retry, output, pairs, quiet, row_timeout=row_timeout, ray=ray
    )
    return run_study(study, folder or place, running)


@app.command()
def watch(
    folder: Folder,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
) -> None:
    """Watch a study from another terminal until it is finished."""
    from noiser_tui.cli.study_watch import watch_study

    watch_study(folder, every=every, once=once)


@app.command()
def show(folder: Folder, output: Table = None, pairs: Pairs = "first") -> None:
    """Show a study's table as far as it is: intervals, tests between methods, what failed."""
    from noiser_tui.cli.study_show import show_study

    show_study(folder, output=output, pairs=pairs)


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(help="Print this one as TOML.")] = None,
) -> None:
    """List the studies that are ready to run, or print one to start from."""
    from noiser_tui.cli.study_show import show_presets

    show_presets(name)
