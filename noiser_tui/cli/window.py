"""The workbench as the command without a name: opened as the options say, or by none at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from noiser.errors import WrongUse
from noiser_tui.cli import interrupt
from noiser_tui.cli.defaults import read_defaults
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.settings.loading import LOADING

_CHOICE = ("model", *LOADING)


def is_all(arguments: list[str]) -> bool:
    """Whether these arguments ask for nothing but the workbench, so that none need be parsed."""
    return not arguments and "_NOISER_COMPLETE" not in os.environ


def open_plain() -> int:
    """Open the workbench as the settings say: typer alone would take a third of the first paint."""
    found = read_defaults(()) or {}
    choice = ModelChoice(**{name: found[name] for name in _CHOICE if name in found})
    return open_window(choice, theme=found.get("theme"))


def open_window(
    choice: ModelChoice,
    *,
    theme: str | None = None,
    prompt: str | None = None,
    given: Mapping[str, object] | None = None,
) -> int:
    """Open the workbench and return its exit code; WrongUse without a terminal."""
    if not _has_terminal():
        raise WrongUse("The workbench needs a terminal; without one use: noiser explain PROMPT.")
    with interrupt.left_alone():
        from noiser_tui.workbench import run_workbench  # the one way from here to textual

        return run_workbench(
            model=choice.model,
            options=choice.options,
            theme=theme,
            prompt=prompt,
            given=given or {},
        )


def _has_terminal() -> bool:
    """The workbench reads its keys from the one and draws on the other; stdout may go elsewhere."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
