"""What is wrong: the error and the warnings of what is on top, then what the settings and keymap have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from noiser.events import Warned
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State


@dataclass(frozen=True)
class Problem:
    """One sentence, and where it belongs: the text of a token or a unit with its first position.

    A problem of the settings or the keymap has no position.
    """

    sentence: str
    kind: Literal["error", "warning"] = "warning"
    where: str = ""
    position: int | None = None


def problems(desk: Desk) -> tuple[Problem, ...]:
    """All of them, each once, the error first."""
    page = desk.active.page
    found = [Problem(page.error, "error")] if page.error else []
    if isinstance(page, State):
        found += [_warning(page.run, told) for told in page.run.warnings]
    found += [Problem(sentence, where="settings") for sentence in desk.problems]
    return tuple(dict.fromkeys(found))


def _warning(run: Run, told: Warned) -> Problem:
    at = told.position
    if at is None or run.prompt is None:
        return Problem(told.message)
    if told.last is not None and at in run.names:
        return Problem(told.message, where=run.names[at], position=at)
    text = run.prompt.tokens[at].text if at < len(run.prompt) else ""
    return Problem(told.message, where=text, position=at)
