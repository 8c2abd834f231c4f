"""The options that every command with a judge has: which one, and how much of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser.files import expand

_JUDGE, _LIMITS = "Judge", "Judge's limits"
_NAMES = "built-in (knows the built-in facts only), local:FOLDER_OR_ID, paper, or a model at --judge-url."

Judge = Annotated[str, typer.Option(help=_NAMES, rich_help_panel=_JUDGE)]
StudyJudge = Annotated[
    str | None,
    typer.Option("--judge", help=f"In place of the study's: {_NAMES}", rich_help_panel=_JUDGE),
]
JudgeUrl = Annotated[
    str | None,
    typer.Option(
        help="A server that speaks the OpenAI protocol. Its key goes into NOISER_JUDGE_KEY or "
        "OPENAI_API_KEY.",
        rich_help_panel=_JUDGE,
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        help="The file of the judge's replies, which are never paid for twice; else one in the user's "
        "cache.",
        show_default=False,
        rich_help_panel=_JUDGE,
    ),
]
MaxCalls = Annotated[
    int | None,
    typer.Option(
        help="Stop after so many calls of the judge, repeated ones included.",
        rich_help_panel=_LIMITS,
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        help="Stop before so many tokens are spent, of questions and replies.",
        rich_help_panel=_LIMITS,
    ),
]
PerMinute = Annotated[
    float | None,
    typer.Option(help="Requests to the judge a minute at most.", rich_help_panel=_LIMITS),
]
AtOnce = Annotated[
    int,
    typer.Option(
        min=1,
        help="Questions on their way at once, or in one batch of a local judge.",
        rich_help_panel=_LIMITS,
    ),
]
StudyAtOnce = Annotated[
    int | None,
    typer.Option(
        "--at-once",
        min=1,
        help="In place of the study's: questions on their way at once, or in one batch of a local judge.",
        rich_help_panel=_LIMITS,
    ),
]


def changes(**given: object) -> dict[str, object]:
    """The options that were given, as a study's keys."""
    found = {key: value for key, value in given.items() if value is not None}
    if isinstance(cache := found.get("cache"), Path):
        found["cache"] = cache_path(cache)
    return found


def cache_path(cache: Path | None) -> str | None:
    """The cache's file from where the command was started, not from the study's own folder."""
    return None if cache is None else str(expand(cache).absolute())
