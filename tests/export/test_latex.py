"""The LaTeX says what the heat map shows, and whatever is in a prompt stays text."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from noiser.export import render
from noiser.export.latex import escape
from tests.export.example import PIECES, example, generation, zoomed


def words(text: str) -> list[tuple[str, float, str]]:
    """The colour, the strength and the text of each box."""
    found = re.findall(
        r"\\noisertoken\{(\w+)\}\{([\d.]+)\}\{(.*?)\}(?=\n|%|\\noiser|\\\\| |$)", text
    )
    return [(colour, float(strength), inside) for colour, strength, inside in found]


def test_each_token_is_a_box_as_strong_as_its_score() -> None:
    made = example(["The", " cat", " sat"])
    found = words(render(made, ".tex"))  # type: ignore[arg-type]
    assert [word for _, _, word in found][1:] == ["The", "cat", "sat"]
    top = max(abs(token.score or 0) for token in made.tokens)
    for (colour, strength, _), token in zip(found, made.tokens, strict=True):
        assert strength == pytest.approx(100 * abs(token.score or 0) / top, abs=0.05)
        assert colour == ("hot" if (token.score or 0) >= 0 else "cold")


def test_what_latex_would_obey_is_escaped() -> None:
    assert escape(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert escape("50% & $1 #2 a_b ~ ^") == (
        r"50\% \& \$1 \#2 a\_b \textasciitilde{} \textasciicircum{}"
    )
    assert escape("--'`<|>") == (
        r"{-}{-}\textquotesingle{}\textasciigrave{}\textless{}\textbar{}\textgreater{}"
    )
    assert escape("\x1b[31m") == r"\textless{}1B\textgreater{}[31m"
    body = render(example(["% \\end{document}\n% x"]), ".tex").split("\\noindent", 1)[1]  # type: ignore[arg-type, union-attr]
    assert re.findall(r"(?<!\\)%[^\n]", body) == []


def test_a_comment_says_what_it_needs() -> None:
    plain = render(example(["a", " b"]), ".tex")
    assert "% In the preamble: \\usepackage{xcolor}\n" in plain
    assert "LuaLaTeX" in render(example(["東京"]), ".tex")
    turned = render(replace(example(["a"]), target=replace(example().target, text="x\ny")), ".tex")
    assert all(line.startswith("%") for line in turned.split("\\begingroup")[0].splitlines())  # type: ignore[union-attr, arg-type]


def test_units_and_generated_tokens_are_told_apart() -> None:
    assert "\\par\\medskip" in render(generation(), ".tex")
    assert "\\textcolor{gray}" in render(zoomed(), ".tex")
    made = example(["one", " two"])
    after = (*made.tokens[:2], replace(made.tokens[2], role="generated"))
    assert "\\underline{two}" in render(replace(made, tokens=after), ".tex")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX here")
def test_latex_takes_it(tmp_path: Path) -> None:
    plain = [one for one in PIECES if one.isascii()]
    for i, made in enumerate(
        (example(plain), generation(), zoomed(), example(list("\\%$#&_{}~^")))
    ):
        (tmp_path / f"in{i}.tex").write_text(str(render(made, ".tex")), encoding="utf-8")
    inputs = "\n\n".join(f"\\input{{in{i}}}" for i in range(4))
    (tmp_path / "all.tex").write_text(
        f"\\documentclass{{article}}\\usepackage{{xcolor}}\\begin{{document}}{inputs}\\end{{document}}"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
