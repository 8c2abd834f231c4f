"""The options that say how a prompt is explained, shared by the commands that explain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

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
        help="What gets its noise together: token, word, sentence, line or span.",
        autocompletion=complete.granularities,
        rich_help_panel=_SEARCH,
    ),
]
Marks = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        help="Every occurrence of this text is a span, all other tokens stay single; repeatable.",
        rich_help_panel=_SEARCH,
    ),
]
Spans = Annotated[
    list[str] | None,
    typer.Option(
        "--span",
        help="These characters are a span, START:END from 0; repeatable.",
        rich_help_panel=_SEARCH,
    ),
]
Aggregate = Annotated[
    str,
    typer.Option(
        help="The score of a word, sentence, …: joint (noise on all of it at once), or the sum, "
        "mean or max of its tokens'; auto is joint where the method can.",
        autocompletion=complete.aggregates,
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
Samples = Annotated[
    int | None,
    typer.Option(
        help="Points of a path, or perturbed prompts, of methods that have them.",
        rich_help_panel=_SEARCH,
    ),
]
Layer = Annotated[
    int | None,
    typer.Option(
        help="Of layer_ methods: whose output is explained, from 0; -1 is the last.",
        rich_help_panel=_SEARCH,
    ),
]
Baseline = Annotated[
    str,
    typer.Option(
        help="What stands for nothing: auto, zero, unk, pad, eos or mean.",
        autocompletion=complete.baselines,
        rich_help_panel=_SEARCH,
    ),
]
Reduction = Annotated[
    str,
    typer.Option(
        help="Hidden dimensions to one number: auto, sum (signed) or l2 (as Inseq).",
        autocompletion=complete.reductions,
        rich_help_panel=_SEARCH,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no warnings on stderr.")
]


def units(
    granularity: str, spans: Sequence[str] | None, marks: Sequence[str] | None
) -> dict[str, Any]:
    """The fields of a request that say what its units are; marked text makes the granularity span."""
    from noiser.units import read_span

    marked = granularity == "token" and (spans or marks)
    return {
        "granularity": "span" if marked else granularity,
        "spans": tuple(map(read_span, spans or ())),
        "marks": tuple(marks or ()),
    }
