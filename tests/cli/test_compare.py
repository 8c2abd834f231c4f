"""`noiser compare`: what is drawn at every size and depth, what fails, what opens again."""

from __future__ import annotations

import io
import json
import os
import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.cells import cell_len

from noiser.comparison.result import CANCELLED, Comparison
from noiser.export import save
from noiser.perturb import Perturber
from noiser.record import from_record
from noiser.request import Request
from noiser_tui.cli import complete
from noiser_tui.cli.screen import draw
from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import load_theme
from tests.cli.conftest import Run
from tests.comparison.rows import compared, scored
from tests.export.example import example

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TEXT = "ab cd"
FIRST = scored(TEXT, ("ab", 0.8), (" cd", 0.2))
SECOND = scored(TEXT, ("ab", 0.4), (" ", -0.6), ("cd", 0.0))


def drawn(
    comparison: Comparison, width: int = 80, height: int | None = 24, depth: Depth = "none"
) -> list[str]:
    stream = io.StringIO()
    draw(comparison, stream, theme=load_theme(), depth=depth, width=width, height=height)
    return stream.getvalue().splitlines()


def test_without_colours_bars_stand_under_the_same_characters() -> None:
    lines = drawn(compared({"one": FIRST, "two": SECOND, "three": "it has no fur"}))
    assert lines[0] == 'Why " Paris" 0.5000, in 2 ways'
    assert [line.rstrip() for line in lines[2:6]] == [
        "         ab cd",
        "1 one    ██▂▂▂",
        "2 two    ▆▆▛▛▛",
        "3 three  failed, see below",
    ]
    assert [line.rstrip() for line in lines[7:12]] == [
        "Kendall's τ                  top 1 in common",
        "            1     2     3         1     2     3",
        "1 one    1.00  1.00     –      1.00  1.00     –",
        "2 two    1.00  1.00     –      1.00  1.00     –",
        "3 three     –     –     –         –     –     –",
    ]
    assert "✗ three: it has no fur" in lines


def test_a_row_that_a_cancel_left_did_not_fail() -> None:
    lines = drawn(compared({"one": FIRST, "two": SECOND, "three": CANCELLED}))
    assert lines[5].rstrip() == "3 three  cancelled"


def test_with_colours_the_text_stands_in_every_row() -> None:
    lines = drawn(compared({"one": FIRST, "two": SECOND}), depth="256")
    assert [SEQUENCE.sub("", line) for line in lines[2:4]] == ["1 one  ab cd", "2 two  ab cd"]
    assert all(SEQUENCE.search(line) for line in lines[2:4])


@pytest.mark.parametrize("depth", ["none", "16", "256", "truecolor"])
@pytest.mark.parametrize(("width", "height"), [(40, 24), (80, 24), (120, 40), (80, None)])
@pytest.mark.parametrize("rows", [2, 5, 19, 64])
def test_nothing_is_wider_than_the_screen_and_every_row_is_there(
    width: int, height: int | None, depth: Depth, rows: int
) -> None:
    made = compared({f"a model of a long name {i} method": example() for i in range(rows)})
    lines = [SEQUENCE.sub("", line) for line in drawn(made, width, height, depth)]
    assert max(cell_len(line) for line in lines) <= width
    text = "\n".join(lines)
    for title in ("Kendall's τ", "in common"):
        assert title in text
    for number in range(1, rows + 1):
        assert re.search(rf"^ *{number} ", text, re.MULTILINE)


def test_a_text_too_long_for_the_screen_gives_what_each_row_scores_highest() -> None:
    words = [f" word{i}" for i in range(200)]
    made = compared({"one": example(words), "two": example(words), "three": "no"})
    lines = drawn(made)
    assert len(lines) <= 23
    assert lines[2].startswith('1 one    " word0" 0.400')
    assert lines[4].rstrip() == "3 three  failed, see below"
    assert any("word199" in line for line in drawn(made, height=None))


def test_what_is_in_a_prompt_is_shown_and_never_obeyed() -> None:
    text = "\n".join(drawn(compared({"[red]\x1b[31m": example(), "two": example()}), height=None))
    assert "\x1b" not in text
    assert "␛[31m" in text
    assert "[red]" in text
    assert "[bold]" in text


# The command


def test_a_comparison_is_drawn_printed_saved_and_opened(
    run: Run, tiny: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    words = ("compare", "Rivers run", "-m", tiny, "--methods", "occlusion, random", "--top", "2")
    shown = run(*words, "-o", str(path))
    assert shown.code == 0
    assert "top 2 in common" in shown.out
    again = run("open", str(path))
    assert (again.code, again.out) == (0, shown.out)
    printed = run("open", str(path), "--json")
    record = json.loads(printed.out)
    assert [row["label"] for row in record["rows"]] == ["occlusion", "random"]
    assert from_record(record["rows"][0]["explanation"]).method == "occlusion"
    assert run("open", str(path), "--step", "1").code == 2
    assert run("open", str(path), "-o", str(tmp_path / "run.tex")).code == 2
    assert run("open", str(path), "-q", "-o", str(tmp_path / "run.csv")).code == 0
    assert (tmp_path / "run.csv").read_text().startswith('"row","label","model","method"')
    told = run(*words, "--json")
    assert json.loads(told.out)["agreement"] == record["agreement"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--methods", "occlusion"], "one row only"),
        (["--methods", "occlusion,,random"], "nothing between two commas"),
        (["--methods", "occlusion,rndom"], "Did you mean 'random'"),
        (["--methods", "occlusion,random", "-o", "run.tex"], "written as .json, .html, .svg, .png"),
        (["--methods", "lime,random", "--option", "lime.samples"], "not METHOD.NAME=VALUE"),
        (["--methods", "lime,random", "--option", "lime.samples=few"], "'few' is no whole number"),
        (["--methods", "lime,random", "--option", "lime.sampels=5"], "it takes baseline, samples"),
        (["--methods", "lime,random", "--option", "random.samples=5"], "it takes none"),
        (["--methods", "lime,random", "--option", "lim.samples=5"], "Did you mean 'lime'"),
        (["--methods", "lime,random", "--option", "lime.baseline=zro"], "Did you mean 'zero'"),
        (
            [
                *("--methods", "lime,random"),
                *("--option", "lime.samples=5", "--option", "lime.samples=6"),
            ],
            "given twice",
        ),
        (["--bounds", "min,max", "--granularity", "page"], "Unknown granularity"),
        (["--bounds", "min,max", "--memory", "much"], "memory"),
    ],
)
def test_wrong_use_is_told_before_anything_is_loaded(
    run: Run, arguments: list[str], says: str
) -> None:
    ended = run("compare", "x", "-m", "never/looked-at", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_each_method_gets_its_own_options(run: Run, tiny: str) -> None:
    ended = run(
        *("compare", "Rivers run", "-m", tiny, "--methods", "lime,occlusion,random", "--json"),
        *("--option", "lime.samples=40", "--option", "lime.baseline=zero"),
        *("--option", "occlusion.baseline=mean", "-q"),
    )
    assert (ended.code, ended.err) == (0, "")
    lime, occlusion, random = (row["explanation"] for row in json.loads(ended.out)["rows"])
    assert (lime["options"]["samples"], lime["options"]["baseline"]) == (40, "zero")
    assert occlusion["options"]["baseline"] == "mean"
    assert not random["options"]


def test_a_row_that_fails_is_told_and_the_exit_code_says_so(run: Run, tiny: str) -> None:
    ended = run("compare", "Rivers run", "-m", f"{tiny},./no/such", "--methods", "occlusion,random")
    assert ended.code == 1
    told = [line for line in ended.err.splitlines() if "warning" not in line]
    assert [line.split(": ")[1] for line in told[:-1]] == ["such occlusion", "such random"]
    assert told[-1] == "noiser: 2 of 4 rows failed."
    assert "✗ such random: There is no folder" in ended.out
    nothing = run("compare", "Rivers run", "-m", "./no/such", "--methods", "occlusion,random")
    assert (nothing.code, nothing.out) == (1, "")


def test_warnings_of_several_rows_are_told_once(run: Run, tmp_path: Path) -> None:
    made = compared({"one": example(), "two": example(), "three": FIRST_EXAMPLE})
    save(made, tmp_path / "run.json")
    ended = run("open", str(tmp_path / "run.json"))
    assert ended.err.count("Something <odd> to know.") == 1
    assert "one, two: Something <odd>" in ended.err


FIRST_EXAMPLE = replace(example(), warnings=())


def test_an_interrupt_delivers_the_rows_that_were_finished(
    run: Run, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noiser import comparer

    explain = comparer.explain

    def second(model: Any, prompt: Any, request: Request, **more: Any) -> object:
        if request.method == "noiser":
            os.kill(os.getpid(), signal.SIGINT)
        return explain(model, prompt, request, **more)

    monkeypatch.setattr(comparer, "explain", second)
    words = ["compare", "Rivers run", "-m", tiny, "--methods", "occlusion,noiser,random"]
    ended = run(*words, "--json")
    assert ended.code == 130
    record = json.loads(ended.out)
    assert record["complete"] is False
    assert [row["error"] is None for row in record["rows"]] == [True, False, False]
    assert "rows finished by then are above" in ended.err


def test_an_interrupt_in_the_first_row_delivers_nothing(
    run: Run, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though there is something that a workbench would go on from."""
    run_batch, made = Perturber._forward, 0

    def counted(perturber: Perturber, *arguments: Any) -> torch.Tensor:
        nonlocal made
        made += 1
        if made == 6:
            os.kill(os.getpid(), signal.SIGINT)
        return run_batch(perturber, *arguments)

    monkeypatch.setattr(Perturber, "_forward", counted)
    out = tmp_path / "it.json"
    words = ["compare", "Rivers run to the sea", "-m", tiny, "--methods", "noiser,random"]
    ended = run(*words, "-o", str(out))
    assert (ended.code, ended.out, ended.err) == (130, "", "noiser: interrupted.\n")
    assert not out.exists()


def test_lists_are_completed_after_their_last_comma() -> None:
    names = complete.several(complete.methods)
    assert "occlusion" in names("occ")
    assert "noiser,occlusion" in names("noiser,o")
    assert "noiser,noiser" not in names("noiser,")
