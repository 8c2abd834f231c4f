"""The commands of `noiser study` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import asking, judge_options, options, study_options
from noiser_tui.cli.compare import names_in

app = typer.Typer(
    name="study",
    help="Methods × models × data: run, watch and show a study that survives the night.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(help="The study's folder.")]


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
    devices: study_options.Devices = None,
    ray: study_options.Ray = None,
    row_timeout: study_options.RowTimeout = None,
    memory: options.Memory = None,
    trust: options.Trust = None,
    retry: study_options.Retry = False,
    output: study_options.Table = None,
    published: study_options.Published = None,
    pairs: study_options.Pairs = "first",
    quiet: asking.Quiet = False,
) -> int:
    """Run a study, or go on with one that was stopped, killed or extended.

    Several processes, started with the same command, share its rows.
    """
    from noiser.study.presets import read_preset
    from noiser.study.published import full_path, read_published
    from noiser.study.toml import read_study
    from noiser_tui.cli.study_run import run_study

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
    if published is not None:
        read_published(published)  # a name that is not there is no mistake in a preset, but here
        changes["published"] = full_path(published)
    if preset is not None:
        study, place = read_preset(preset, **changes), Path(preset)
    else:
        assert file is not None
        study, place = read_study(file, **changes), file.with_suffix("")
    running = study_options.running(
        device=device,
        devices=devices,
        ray=ray,
        row_timeout=row_timeout,
        memory=memory,
        trust=trust,
        retry=retry,
        output=output,
        pairs=pairs,
        quiet=quiet,
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
def show(
    folder: Folder,
    output: study_options.Table = None,
    published: study_options.Published = None,
    pairs: study_options.Pairs = "first",
) -> None:
    """Show a study's table as far as it is: intervals, tests between methods, what failed."""
    from noiser_tui.cli.study_show import show_study

    show_study(folder, output=output, pairs=pairs, published=published)


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(help="Print this one as TOML.")] = None,
) -> None:
    """List the studies that are ready to run, or print one to start from."""
    from noiser_tui.cli.study_show import show_presets

    show_presets(name)


@app.command()
def published(
    preset: Annotated[str, typer.Argument(help="One of noiser study presets.")],
    models: Annotated[
        str, typer.Option("--models", "-m", help="The published models, commas between.")
    ],
    datasets: Annotated[
        str, typer.Option(help="The published data sets, commas between.")
    ] = "Knowns,LongRA,WikiBio",
) -> None:
    """Print a CSV to fill in with published numbers, which then stand beside one's own."""
    import sys

    from noiser.study.presets.numbers import blank_numbers

    named = names_in("--models", models), names_in("--datasets", datasets)
    sys.stdout.write(blank_numbers(preset, *named))
