"""The command `noiser answerability` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser_tui.cli import options
from noiser_tui.cli.asking import Quiet

_JUDGE, _LIMITS = "Judge", "Limits"


def answerability(
    files: Annotated[
        list[Path], typer.Argument(help="Runs that --output or --json saved; - for stdin.")
    ],
    judge: Annotated[
        str,
        typer.Option(
            help="built-in (knows the built-in facts only), local:FOLDER_OR_ID, paper, or a model at "
            "--judge-url.",
            rich_help_panel=_JUDGE,
        ),
    ] = "built-in",
    judge_url: Annotated[
        str | None,
        typer.Option(
            help="A server that speaks the OpenAI protocol. Its key goes into NOISER_JUDGE_KEY or "
            "OPENAI_API_KEY.",
            rich_help_panel=_JUDGE,
        ),
    ] = None,
    top: Annotated[
        float, typer.Option(help="Show so many percent of the words, the most important.")
    ] = 50.0,
    seed: Annotated[int, typer.Option(help="Of the random words and the intervals.")] = 1,
    max_calls: Annotated[
        int | None,
        typer.Option(
            help="Stop after so many calls, repeated ones included.", rich_help_panel=_LIMITS
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            help="Stop before so many tokens are spent, of questions and replies.",
            rich_help_panel=_LIMITS,
        ),
    ] = None,
    per_minute: Annotated[
        float | None, typer.Option(help="Requests a minute at most.", rich_help_panel=_LIMITS)
    ] = None,
    at_once: Annotated[
        int,
        typer.Option(min=1, help="Questions on their way at once.", rich_help_panel=_LIMITS),
    ] = 8,
    cache: Annotated[
        Path | None,
        typer.Option(
            help="The file of replies, which are never paid for twice; else one in the user's cache.",
            show_default=False,
            rich_help_panel=_JUDGE,
        ),
    ] = None,
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
