"""The options of the released programs, with lists in place of single values, and a study made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from noiser.errors import WrongUse, unknown
from noiser.files import expand
from noiser_tui.cli import complete
from noiser_tui.cli.compare import names_in

if TYPE_CHECKING:
    from noiser.study.spec import Study

MODES = ("prob",)
"""What --mode can be: scores are probabilities lost, as in the paper."""
_WHAT = "What is explained"

ModelName = Annotated[
    str,
    typer.Option(
        "--model-name",
        "--model_name",
        "-m",
        help="Models, commas between.",
        autocompletion=complete.several(complete.models),
        rich_help_panel=_WHAT,
    ),
]
Dataset = Annotated[
    str | None,
    typer.Option(help="Data sets by name, commas between; else built-in.", rich_help_panel=_WHAT),
]
DatasetFile = Annotated[
    Path | None,
    typer.Option(help="Your own samples: .json, .jsonl, .csv or .txt.", rich_help_panel=_WHAT),
]
PromptColumn = Annotated[
    str, typer.Option(help="The prompts' column there.", rich_help_panel=_WHAT)
]
TargetColumn = Annotated[
    str, typer.Option(help="The targets' column there.", rich_help_panel=_WHAT)
]
RelativeColumn = Annotated[
    str,
    typer.Option(help="The column of the words that targets hang on.", rich_help_panel=_WHAT),
]
Method = Annotated[
    str,
    typer.Option(
        help="Methods, commas between.",
        autocompletion=complete.several(complete.methods),
        rich_help_panel=_WHAT,
    ),
]
Bound = Annotated[
    str,
    typer.Option(
        help="Bounds, commas between.",
        autocompletion=complete.several(complete.bounds),
        rich_help_panel=_WHAT,
    ),
]
Norm = Annotated[
    str,
    typer.Option(
        help="none, 1, 2, 3, 4 or inf, commas between; released: 2.", rich_help_panel=_WHAT
    ),
]
Mode = Annotated[
    str, typer.Option(help="prob: scores are the probability lost.", rich_help_panel=_WHAT)
]
NSamples = Annotated[
    int,
    typer.Option(
        "--n-samples",
        "--n_samples",
        help="Of each data set, each at most once; -1 for all.",
        rich_help_panel=_WHAT,
    ),
]
MaxNewTokens = Annotated[
    int,
    typer.Option(
        "--max-new-tokens",
        "--max_new_tokens",
        help="Tokens to generate and explain.",
        rich_help_panel=_WHAT,
    ),
]
OutputDir = Annotated[
    Path,
    typer.Option(
        "--output-dir", "--output_dir", help="The study's folder.", rich_help_panel="Output"
    ),
]


@dataclass(frozen=True)
class Released:
    """The options that both released programs have; lists have commas between."""

    model_name: str
    dataset: str | None
    dataset_file: Path | None
    columns: tuple[str, str, str]
    method: str
    bound: str
    norm: str
    mode: str
    n_samples: int
    max_new_tokens: int
    seeds: str
    metrics: str

    def study(self, **others: Any) -> Study:
        """The study that they describe, with `others` of its keys; WrongUse for what cannot be meant."""
        from noiser.study.spec import DataChoice, Study

        if self.mode not in MODES:
            raise unknown("mode", self.mode, MODES)
        if self.n_samples < 1 and self.n_samples != -1:
            raise WrongUse(
                f"--n-samples {self.n_samples} is no number of samples: 1 or more, or -1 for all."
            )
        named = [] if self.dataset is None else names_in("--dataset", self.dataset)
        chosen = [DataChoice(name) for name in named]
        if self.dataset_file is not None:
            own = str(expand(self.dataset_file).absolute())
            chosen.append(DataChoice(self.dataset_file.stem, own, *self.columns))
        return Study(
            models=tuple(names_in("--model-name", self.model_name)),
            datasets=tuple(chosen or [DataChoice("built-in")]),
            methods=tuple(names_in("--method", self.method)),
            bounds=tuple(names_in("--bound", self.bound)),
            norms=tuple(names_in("--norm", self.norm)),
            seeds=whole_numbers("--seeds", self.seeds),
            metrics=tuple(names_in("--metrics", self.metrics)) if self.metrics else (),
            samples=None if self.n_samples == -1 else self.n_samples,
            generate=self.max_new_tokens,
            **others,
        )


def whole_numbers(option: str, text: str) -> tuple[int, ...]:
    """The numbers between the commas; WrongUse where one is none."""
    numbers = names_in(option, text)
    if not all(one.isascii() and one.isdecimal() for one in numbers):
        raise WrongUse(f"{option} {text!r} are no whole numbers with commas between.")
    return tuple(map(int, numbers))
