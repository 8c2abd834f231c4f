"""Imports run one way, and importing the engine loads nothing heavy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "torch",
    "transformers",
    "inseq",
    "matplotlib",
    "pandas",
    "tokenizers",
    "textual",
    "rich",
    "typer",
    "openai",
)
LIGHT_MODULES = (
    "noiser",
    "noiser.events",
    "noiser.request",
    "noiser.explanation",
    "noiser.search",
    "noiser.bounds",
    "noiser.record",
    "noiser.methods",
    "noiser.export",
    "noiser.opening",
    "noiser.inseq_file.reader",
    "noiser.inseq_file.writer",
)
# What an import brings without being the name of its distribution.
DISTRIBUTIONS = {"huggingface_hub": "huggingface-hub", "PIL": "pillow"}
# Chosen by the user and looked for before use, so in the extras `gpu`, `table` and `cluster`.
OPTIONAL = {"accelerate", "bitsandbytes", "pandas", "pyarrow", "ray"}


# Not on the way to the workbench's first paint: each costs some of the 0.4 s.
LATER = (*HEAVY[:6], "openai", "typer", "numpy", "pydantic", "sqlite3", "scipy", "PIL", "tomlkit")


def _loaded_by(module: str, names: Iterable[str] = HEAVY) -> set[str]:
    """The modules of those `names` in a fresh interpreter after importing `module`."""
    program = f"import {module}, sys; print(*(set(sys.modules) & set({tuple(names)!r})))"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_the_workbenchs_first_screen_waits_for_nothing_heavy() -> None:
    assert _loaded_by("noiser_tui.workbench.app", LATER) == set()


def test_without_options_the_workbench_opens_without_a_parser() -> None:
    assert (
        _loaded_by("noiser_tui.cli.guard, noiser_tui.cli.window", {*LATER, "click", "rich"})
        == set()
    )


def test_the_contracts_hold(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    status = cli.lint_imports(no_cache=True)
    assert status == cli.EXIT_STATUS_SUCCESS, capfd.readouterr().out


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_words_about_a_run_load_nothing_heavy(module: str) -> None:
    assert _loaded_by(module) == set()


def test_every_public_name_of_the_engine_exists() -> None:
    import noiser

    assert set(noiser.__all__) <= set(dir(noiser))
    for name in noiser.__all__:
        assert getattr(noiser, name).__module__.startswith("noiser.")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = noiser.nonsense


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=\[]", wanted)[0] for wanted in project["dependencies"]}
    undeclared: dict[str, str] = {}
    for package in (ROOT / "core" / "noiser", ROOT / "noiser_tui"):
        for path in package.rglob("*.py"):
            for name in _top_level_imports(path):
                if name not in sys.stdlib_module_names | {"noiser", "noiser_tui"} | OPTIONAL:
                    distribution = DISTRIBUTIONS.get(name, name)
                    if distribution not in declared:
                        undeclared[distribution] = str(path.relative_to(ROOT))
    assert undeclared == {}


def _top_level_imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
