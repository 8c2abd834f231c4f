"""What is wrong: the error and the warnings of what is on top, what a judge said, settings and keymap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from noiser.events import Warned
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.measured import failures
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.reading import refused_by_model
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State


@dataclass(frozen=True)
class Problem:
    """One sentence, and where it belongs: the text of a token or a unit with its first position.

    A problem of the whole prompt, the judge, the settings or the keymap has no position.
    """

    sentence: str
    kind: Literal["error", "warning"] = "warning"
    where: str = ""
    position: int | None = None


def problems(desk: Desk) -> tuple[Problem, ...]:
    """All of them, each once, the error first; of a list of prompts those that failed."""
    page = desk.active.page
    run = page.run if isinstance(page, State) else _NO_RUN
    verdict = page.measured.verdict if isinstance(page, State) else None
    listed = page.prompts if isinstance(page, PromptList) else ()
    refused = refused_by_model(page) if isinstance(page, State) else ""
    made_of = (page.error, run.warnings, run.prompt, desk.problems, verdict, listed, refused)
    if any(one is not other for one, other in zip(made_of, _last.made_of, strict=True)):
        found = [Problem(page.error, "error")] if page.error else []
        if refused and refused != page.error:
            found.append(Problem(refused, where="prompt"))
        found += [_warning(run, told) for told in run.warnings]
        found += [Problem(sentence, "error", "judge") for sentence in failures(verdict)]
        if isinstance(page, PromptList):
            found += [Problem(one.found, "error", one.name) for one in page.failed]
        found += [Problem(sentence, where="settings") for sentence in desk.problems]
        _last.made_of, _last.problems = made_of, tuple(dict.fromkeys(found))
    return _last.problems


@dataclass
class _Last:
    """The last list and what it was made of: each paint asks several times, and a warning may be of
    each of thousands of tokens."""

    made_of: tuple[object, ...] = (None,) * 7
    problems: tuple[Problem, ...] = ()


_last = _Last()
_NO_RUN = Run()


def _warning(run: Run, told: Warned) -> Problem:
    at = told.position
    if at is None or run.prompt is None:
        return Problem(told.message)
    if told.last is not None and at in run.names:
        return Problem(told.message, where=run.names[at], position=at)
    text = run.prompt.tokens[at].text if at < len(run.prompt) else ""
    return Problem(told.message, where=text, position=at)
