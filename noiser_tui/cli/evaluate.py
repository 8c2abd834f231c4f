"""The command `noiser evaluate`: the released programs' options, and a study made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse, unknown
from noiser_tui.cli import asking, judge_options, options
from noiser_tui.cli.compare import names_in

MODES = ("prob",)
"""What --mode can be: scores are probabilities lost, as in the paper."""


def evaluate(
    model_name: Annotated[
        str,
        typer.Option("--model-name", "--model_name", "-m", help="Models, commas between."),
    ] = "built-in",
    dataset: Annotated[
        str | None, typer.Option(help="Data sets by name, commas between; else built-in.")
    ] = None,
    dataset_file: Annotated[
        Path | None, typer.Option(help="Your own samples: .json, .jsonl, .csv or .txt.")
    ] = None,
    prompt_column: Annotated[str, typer.Option(help="The prompts' column there.")] = "prompt",
    target_column: Annotated[str, typer.Option(help="The targets' column there.")] = "target",
    relative_column: Annotated[
        str, typer.Option(help="The column of the words that targets hang on.")
    ] = "relative",
    method: Annotated[str, typer.Option(help="Methods, commas between.")] = "noiser,random",
    bound: Annotated[str, typer.Option(help="Bounds, commas between.")] = "min",
    norm: Annotated[
        str, typer.Option(help="none, 1, 2, 3, 4 or inf, commas between; released: 2.")
    ] = "none",
    mode: Annotated[str, typer.Option(help="prob: scores are the probability lost.")] = "prob",
    n_samples: Annotated[
        int,
        typer.Option(
            "--n-samples", "--n_samples", help="Of each data set, each at most once; -1 for all."
        ),
    ] = -1,
    max_new_tokens: Annotated[
        int,
        typer.Option(
            "--max-new-tokens", "--max_new_tokens", help="Tokens to generate and explain."
        ),
    ] = 1,
    topk: Annotated[int, typer.Option(help="Percentage of words that a judge sees.")] = 50,
    metrics: Annotated[str, typer.Option(help="Metrics, commas between.")] = "soft",
    judge: judge_options.Judge = "built-in",
    judge_url: judge_options.JudgeUrl = None,
    max_calls: judge_options.MaxCalls = None,
    max_tokens: judge_options.MaxTokens = None,
    per_minute: judge_options.PerMinute = None,
    at_once: judge_options.AtOnce = 8,
    cache: judge_options.Cache = None,
    seeds: Annotated[str, typer.Option(help="Seeds, commas between.")] = "1",
    masks: Annotated[int, typer.Option(help="Masks per sample of soft metrics.")] = 16,
    reference: Annotated[
        bool, typer.Option("--reference", help="The released code's numbers.")
    ] = False,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", "--output_dir", help="The study's folder.")
    ] = Path("results"),
    device: options.Device = "auto",
    devices: Annotated[
        str | None, typer.Option(help="A worker on each of several devices: cuda:0,cuda:1.")
    ] = None,
    dtype: options.Dtype = "auto",
    load_in: options.LoadIn = None,
    memory: options.Memory = None,
    trust: options.Trust = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try rows again that failed.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Also write the table: .csv, .parquet, .tex or .md."),
    ] = None,
    quiet: asking.Quiet = False,
) -> int:
    """Evaluate methods on models and data sets: a study by the released programs' options.

    The same command again goes on where it stopped; noiser study show DIR shows its table.
    """
    from noiser.study.spec import DataChoice, Study
    from noiser_tui.cli.study_run import Running, run_study

    if mode not in MODES:
        raise unknown("mode", mode, MODES)
    if n_samples < 1 and n_samples != -1:
        raise WrongUse(
            f"--n-samples {n_samples} is no number of samples: 1 or more, or -1 for all."
        )
    if memory is not None:
        options.check_memory(memory)
    named = [] if dataset is None else names_in("--dataset", dataset)
    chosen = [DataChoice(name) for name in named]
    if dataset_file is not None:
        columns = (prompt_column, target_column, relative_column)
        own = str(dataset_file.absolute())
        chosen.append(DataChoice(dataset_file.stem, own, *columns))
    numbers = names_in("--seeds", seeds)
    if not all(one.isdecimal() for one in numbers):
        raise WrongUse(f"--seeds {seeds!r} are no whole numbers with commas between.")
    study = Study(
        models=tuple(names_in("--model-name", model_name)),
        datasets=tuple(chosen or [DataChoice("built-in")]),
        methods=tuple(names_in("--method", method)),
        bounds=tuple(names_in("--bound", bound)),
        norms=tuple(names_in("--norm", norm)),
        seeds=tuple(map(int, numbers)),
        metrics=tuple(names_in("--metrics", metrics)) if metrics else (),
        samples=None if n_samples == -1 else n_samples,
        generate=max_new_tokens,
        topk=topk,
        masks=masks,
        judge=judge,
        judge_url=judge_url or "",
        at_once=at_once,
        per_minute=per_minute,
        max_calls=max_calls,
        max_tokens=max_tokens,
        cache=None if cache is None else str(cache.expanduser().absolute()),
        reference=reference,
        dtype=dtype,
        load_in=load_in,
    )
    places = options.device_names(devices, device, None) or (device,)
    running = Running(places, memory, tuple(trust or ()), retry, output, "first", quiet)
    return run_study(study, output_dir, running)
