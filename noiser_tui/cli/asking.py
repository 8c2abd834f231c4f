"""The options that say how a prompt is explained, shared by the commands that explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from noiser_tui.cli import complete

_SEARCH, _CHAT = "Explanation", "Chat"

System = Annotated[
    str | None,
    typer.Option(help="Of a chat model: what the system says.", rich_help_panel=_CHAT),
]
User = Annotated[
    str | None,
    typer.Option(
        help="Of a chat model: what the user says; its answer is explained.",
        rich_help_panel=_CHAT,
    ),
]
ChatFile = Annotated[
    Path | None,
    typer.Option(
        help="Of a chat model: a JSON file with a list of {role, content}, or -.",
        rich_help_panel=_CHAT,
    ),
]
Norm = Annotated[
    str,
    typer.Option(
        help="Divide the noise by its expected norm: none, 1, 2, 3, 4 or inf.",
        autocompletion=complete.norms,
        rich_help_panel=_SEARCH,
    ),
]
Normalisation = Annotated[
    str,
    typer.Option(
        help="Raw scores to scores: positive, sum or raw.",
        autocompletion=complete.normalisations,
        rich_help_panel=_SEARCH,
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        help="Explain this instead of the prediction: text of any length, or id:N.",
        rich_help_panel=_SEARCH,
    ),
]
Contrast = Annotated[
    str | None,
    typer.Option(help="Explain the target against this token.", rich_help_panel=_SEARCH),
]
Seed = Annotated[int, typer.Option(help="Of the noise.", rich_help_panel=_SEARCH)]
Draws = Annotated[int, typer.Option(help="Noise vectors.", rich_help_panel=_SEARCH)]
Steps = Annotated[int, typer.Option(help="Of the bisection.", rich_help_panel=_SEARCH)]
Search = Annotated[
    str,
    typer.Option(
        help="exact, or fast: follows the most fragile token and certifies (bound min only).",
        autocompletion=complete.searches,
        rich_help_panel=_SEARCH,
    ),
]
Granularity = Annotated[
    str,
    typer.Option(
        help="What gets its noise together: token, word, sentence or line. For long prompts.",
        autocompletion=complete.granularities,
        rich_help_panel=_SEARCH,
    ),
]
Specials = Annotated[
    str,
    typer.Option(
        help="BOS, other special tokens and a chat template's: include or exclude.",
        autocompletion=complete.specials,
        rich_help_panel=_SEARCH,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no warnings on stderr.")
]
