"""What the engine says holds for every front end: it names no option of the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[2] / "core" / "noiser"
PROGRAMS = {"builtin/train.py", "judge/train.py", "study/presets/numbers.py"}
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
ELSEWHERE = {"--address", "--w"}
"""Of Ray's own program, and a variable of CSS."""


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text in a program but what is said of its parts."""
    spoken = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in spoken
        ):
            yield node.value


def test_no_text_of_the_engine_names_an_option_of_the_command_line() -> None:
    found = {
        f"{path.relative_to(ENGINE)}: {option}"
        for path in ENGINE.rglob("*.py")
        if str(path.relative_to(ENGINE)) not in PROGRAMS
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        for option in OPTION.findall(text)
        if option not in ELSEWHERE
    }
    assert not found
