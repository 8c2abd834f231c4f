"""What is wrong: the error and the warnings of what is on top, what a judge said, settings and keymap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from noiser.comparison.result import CANCELLED, Comparison
from noiser.events import Warned
from noiser.export import wording
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.measured import failures
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.reading import refused_by_model
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State


@dataclass(frozen=True)
class Problem:
    """One sentence, and where it belongs: the text of a token or a unit with its first position.

    A problem of the whole prompt, the judge, the settings or the keymap has no position. One of a
    comparison's row has its number, and as position the segment of the text.
    """

    sentence: str
    kind: Literal["error", "warning"] = "warning"
    where: str = ""
    position: int | None = None
    row: int | None = None


def problems(desk: Desk) -> tuple[Problem, ...]:
    """All of them, each once, the error first; of a list of prompts those that failed.

    Of a comparison its own ones, then those of its rows.
    """
    page = desk.active.page
    run = page.run if isinstance(page, State) else _NO_RUN
    verdict = page.measured.verdict if isinstance(page, State) else None
    listed = page.prompts if isinstance(page, PromptList) else ()
    refused = refused_by_model(page) if isinstance(page, State) else ""
    error = page.failure if isinstance(page, State) else page.error
    compared = page.comparison if isinstance(page, ComparisonPage) else None
    told = (error, run.warnings, run.prompt, desk.problems)
    made_of = (*told, verdict, listed, refused, compared)
    if any(one is not other for one, other in zip(made_of, _last.made_of, strict=True)):
        found = [Problem(error, "error")] if error else []
        if refused and refused != error:
            found.append(Problem(refused, where="prompt"))
        found += [_warning(run, told) for told in run.warnings]
        if compared is not None:
            found += _of_comparison(compared)
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

    made_of: tuple[object, ...] = (None,) * 8
    problems: tuple[Problem, ...] = ()


_last = _Last()
_NO_RUN = Run()


def _warning(run: Run, told: Warned) -> Problem:
    at = told.position if run.prompt is not None else None
    return Problem(told.message, where=run.text_of(told), position=at)


def _of_comparison(compared: Comparison) -> Iterator[Problem]:
    for number, row in enumerate(compared.rows):
        if row.error is not None and row.error != CANCELLED:
            yield Problem(row.error, "error", row.label, row=number)
    yield from (Problem(one.message, where="comparison") for one in compared.warnings)
    for number, row in enumerate(compared.rows):
        if (found := row.explanation) is not None:
            for told in found.warnings:
                at = None if told.position is None else found.tokens[told.position].start
                segment = None if at is None else _segment(compared, at)
                yield Problem(wording.warning(found, told), "warning", row.label, segment, number)


def _segment(compared: Comparison, at: int) -> int | None:
    """The segment with a character, None for what stands for no characters."""
    segments = enumerate(compared.agreement.segments)
    return next((i for i, one in segments if one.start <= at < one.end), None)
