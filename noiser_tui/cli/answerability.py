"""The command `noiser answerability` and its options: of saved runs, or of a study that makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.errors import WrongUse
from noiser_tui.cli import judge_options, options, released, study_options
from noiser_tui.cli.asking import Quiet

_OF_RUNS = {"as_json": "--json"}
_OF_BOTH = {
    *("files", "judge", "judge_url", "top", "seeds", "max_calls", "max_tokens", "per_minute"),
    *("at_once", "cache", "device", "quiet", *_OF_RUNS),
}
"""The options of saved runs; the others are of a study."""


def answerability(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Runs that --output or --json saved; - for stdin. Without any: a study is made, of "
            "what the options below say."
        ),
    ] = None,
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
    metrics: Annotated[
        str,
        typer.Option(help="Of a study: others, minimal say, with commas between."),
    ] = "answerability",
    reference: Annotated[
        bool, typer.Option("--reference", help="Of a study: the released code's numbers.")
    ] = False,
    judge: judge_options.Judge = "built-in",
    judge_url: judge_options.JudgeUrl = None,
    top: Annotated[
        float,
        typer.Option(
            "--top", "--topk", help="Show so many percent of the words, the most important."
        ),
    ] = 50.0,
    seeds: Annotated[
        str,
        typer.Option(
            "--seed", "--seeds", help="Of the random words and the intervals; of a study, several."
        ),
    ] = "1",
    max_calls: judge_options.MaxCalls = None,
    max_tokens: judge_options.MaxTokens = None,
    per_minute: judge_options.PerMinute = None,
    at_once: judge_options.AtOnce = 8,
    cache: judge_options.Cache = None,
    output_dir: released.OutputDir = Path("answerability"),
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Of saved runs: print one JSON object.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Ask a judge for the target of runs, from their most important words alone.

    Beside them: from no words, from as many random words, and from the whole prompt. FILES are runs that
    were saved; without them a study explains a data set and asks, as the released program does.
    """
    numbers = released.whole_numbers("--seed", seeds)
    _check_given(context, of_runs=bool(files))
    if files:
        from noiser_tui.cli.judging import JudgeChoice, judge_files

        if len(numbers) > 1:
            raise WrongUse(f"--seed {seeds}: saved runs take one seed.")
        limits = JudgeChoice(
            judge, judge_url, cache, device, max_calls, max_tokens, per_minute, at_once
        )
        return judge_files(files, limits, top, numbers[0], as_json=as_json, quiet=quiet)

    from noiser_tui.cli.study_run import run_study

    if not top.is_integer():
        raise WrongUse(f"--topk {top:g}: a study shows a whole percentage of the words.")
    columns = (prompt_column, target_column, relative_column)
    study = released.Released(
        *(model_name, dataset, dataset_file, columns, method, bound, norm, mode),
        *(n_samples, max_new_tokens, seeds, metrics),
    ).study(
        topk=int(top),
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


def _check_given(context: typer.Context, *, of_runs: bool) -> None:
    """WrongUse for an option that would be lost: of a study beside FILES, of saved runs without."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        if of_runs and name not in _OF_BOTH:
            option = f"--{name.replace('_', '-')}"
            raise WrongUse(f"{option} is of a study: saved runs are explained already.")
        if not of_runs and name in _OF_RUNS:
            raise WrongUse(
                f"{_OF_RUNS[name]} is of saved runs: name them, or give --output for a study's table."
            )
