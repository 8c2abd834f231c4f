"""The command `noiser evaluate`: the released programs' options, and a study made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser_tui.cli import asking, judge_options, options, released, study_options


def evaluate(
    model_name: released.ModelName = "built-in",
    dataset: released.Dataset = None,
    dataset_file: released.DatasetFile = None,
    prompt_column: released.PromptColumn = "prompt",
    target_column: released.TargetColumn = "target",
    relative_column: released.RelativeColumn = "relative",
    method: released.Method = "noiser,random",
    bound: released.Bound = "min",
    norm: released.Norm = "none",
    mode: released.Mode = "prob",
    n_samples: released.NSamples = -1,
    max_new_tokens: released.MaxNewTokens = 1,
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
    output_dir: released.OutputDir = Path("results"),
    device: options.Device = "auto",
    devices: study_options.Devices = None,
    ray: study_options.Ray = None,
    row_timeout: study_options.RowTimeout = None,
    dtype: options.Dtype = "auto",
    load_in: options.LoadIn = None,
    memory: options.Memory = None,
    trust: options.Trust = None,
    retry: study_options.Retry = False,
    output: study_options.Table = None,
    pairs: study_options.Pairs = "first",
    quiet: asking.Quiet = False,
) -> int:
    """Evaluate methods on models and data sets: a study by the released programs' options.

    The same command again goes on where it stopped; noiser study show DIR shows its table.
    """
    from noiser_tui.cli.study_run import run_study

    columns = (prompt_column, target_column, relative_column)
    study = released.Released(
        *(model_name, dataset, dataset_file, columns, method, bound, norm, mode),
        *(n_samples, max_new_tokens, seeds, metrics),
    ).study(
        topk=topk,
        masks=masks,
        judge=judge,
        judge_url=judge_url or "",
        at_once=at_once,
        per_minute=per_minute,
        max_calls=max_calls,
        max_tokens=max_tokens,
        cache=judge_options.cache_path(cache),
        reference=reference,
        dtype=dtype,
        load_in=load_in,
    )
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
    return run_study(study, output_dir, running)
