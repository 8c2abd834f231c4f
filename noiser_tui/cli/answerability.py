"""The command `noiser answerability` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser_tui.cli import judge_options, options
from noiser_tui.cli.asking import Quiet


def answerability(
    files: Annotated[
        list[Path], typer.Argument(help="Runs that --output or --json saved; - for stdin.")
    ],
    judge: judge_options.Judge = "built-in",
    judge_url: judge_options.JudgeUrl = None,
    top: Annotated[
        float, typer.Option(help="Show so many percent of the words, the most important.")
    ] = 50.0,
    seed: Annotated[int, typer.Option(help="Of the random words and the intervals.")] = 1,
    max_calls: judge_options.MaxCalls = None,
    max_tokens: judge_options.MaxTokens = None,
    per_minute: judge_options.PerMinute = None,
    at_once: judge_options.AtOnce = 8,
    cache: judge_options.Cache = None,
    device: options.Device = "auto",
    as_json: options.AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Ask a judge for the target of saved runs, from their most important words alone.

    Beside them: from no words, from as many random words, and from the whole prompt.
    """
    from noiser_tui.cli.judging import JudgeChoice, judge_files

    limits = JudgeChoice(
        judge, judge_url, cache, device, max_calls, max_tokens, per_minute, at_once
    )
    return judge_files(files, limits, top, seed, as_json=as_json, quiet=quiet)
