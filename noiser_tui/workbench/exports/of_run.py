"""What the views of an explanation have beside its scores: metrics, search, next tokens, what comes after.

Each gives what it has, or a sentence on why there is nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from noiser.events import NextToken
from noiser_tui.workbench.exports.export import Export, of_table, of_texts
from noiser_tui.workbench.exports.table import FORMS, Cell, Table, render
from noiser_tui.workbench.reading import expected
from noiser_tui.workbench.replay import Step
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State

ABOVE = ("method", "bound", "norm", "search", "seed", "draws")
"""What is told of how a run was made."""


def about(page: State) -> dict[str, Any]:
    """What was explained, and how: the prompt, the target, the model, the options."""
    run = page.run
    request = run.asked_with or page.request
    told: dict[str, Any] = {"prompt": run.prompt.text if run.prompt is not None else page.text}
    if run.target is not None:
        told["target"] = run.target.text
    found = run.explanation
    if found is not None:
        return {**told, "model": found.model.get("name"), **_options(found)}
    return {**told, "model": page.model_name, **_options(request)}


def _options(of: object) -> dict[str, Any]:
    return {name: getattr(of, name) for name in ABOVE}


def metrics(page: State) -> Export | str:
    """What was measured and what a judge said: the numbers as a table, all of it as JSON, or in words."""
    if not page.measured.known:
        return "Nothing is measured yet: Alt+X measures, Alt+Y asks the judge."
    from noiser_tui.workbench.exports.of_metrics import METRIC_FORMS, render_metrics

    make = partial(render_metrics, page.measured, about(page))
    return of_texts("metrics", "metrics", METRIC_FORMS, make)


def search(page: State) -> Export | str:
    """Every step of the search with each bracket; as Markdown, where it ended."""
    if page.run.search is None:
        return "There is no search here: explain a prompt with a bound that is searched for (F5)."
    run, told = page.run, about(page)

    def make(form: str) -> str:
        steps = run.steps or (Step(run.search, run.inside),)  # type: ignore[arg-type]
        shown = steps[-1:] if form == ".md" else steps
        rows = [row for step in shown for row in _brackets(run, step)]
        last = steps[-1].search
        ended = run.found
        known = {
            "alpha": ended.alpha if ended is not None else None,
            "ended": ended is not None,
            "step": last.step,
            "steps": last.steps,
            "token_forwards": run.work.token_forwards,
        }
        return render(Table(BRACKET, rows, {"format": "noiser-search/1", **told, **known}), form)

    return of_texts("search", "search", FORMS, make)


BRACKET = ("step", "position", "text", "low", "high", "out_at", "searched", "decides")
"""The columns of a search: where a token's scale lies after a step, and whether it decides the result."""


def _brackets(run: Run, step: Step) -> list[tuple[Cell, ...]]:
    """The brackets of one step, those that decide first, then the most fragile."""
    found, at = step.search, run if step.inside == run.inside else _before(run, step)
    active, leaders = set(found.active), set(found.leaders)
    order = sorted(found.brackets.items(), key=lambda it: (it[0] not in leaders, it[1].low, it[0]))
    return [
        (
            *(found.step, position, at.text_at(position), one.low, one.high, one.out_at),
            *(position in active, position in leaders),
        )
        for position, one in order
    ]


def _before(run: Run, step: Step) -> Run:
    """The run before units were looked into: positions are of units then."""
    return replace(run, inside=step.inside)


def next_tokens(page: State) -> Export | str:
    """The most probable next tokens."""
    found, target = expected(page)
    if not found:
        return "The next tokens are not known yet."
    return of_table("next tokens", "next-tokens", lambda: _next(page, found, target))


def _next(page: State, found: tuple[NextToken, ...], target: NextToken | None) -> Table:
    rows = [
        (rank, one.id, one.text, one.probability, target is not None and one.id == target.id)
        for rank, one in enumerate(found, 1)
    ]
    asked = about(page)["prompt"] if found is page.run.next_tokens else page.text
    told = {"prompt": asked, "model": page.model_name}
    return Table(("rank", "id", "token", "probability", "target"), rows, told)


def continuation(page: State) -> Export | str:
    """What the model goes on to write, and at each place what else might stand there."""
    written = page.continuation.written
    if not written:
        return "The prompt is not continued yet: Alt+N continues it."

    def make() -> Table:
        rows: list[tuple[Cell, ...]] = []
        for place, step in enumerate(written, 1):
            others = [one for one in step.alternatives if one.id != step.token.id]
            rows += [
                (place, one.id, one.text, one.probability, one is step.token)
                for one in (step.token, *others)
            ]
        after = page.continuation.text
        asked = after if isinstance(after, str) else page.text  # a chat ends with that
        told = {"prompt": asked, "model": page.continuation.model or page.model_name}
        return Table(("place", "id", "token", "probability", "written"), rows, told)

    return of_table("continuation", "continuation", make)


def token(page: State, position: int | None) -> Export | str:
    """How the probability of what is explained falls as the noise on a token grows."""
    explanation, curve = page.run.explanation, page.trace.curve
    if explanation is None or position is None:
        return "There is no token here: explain a prompt first (F5)."
    if curve is None or not page.trace.is_of(explanation, position):
        return "The curve of this token is not drawn yet."

    def make() -> Table:
        low_high = curve.intervals or ((None, None),) * len(curve.scales)
        rows = [
            (scale, mean, low, high, holds)
            for scale, mean, (low, high), holds in zip(
                curve.scales, curve.means, low_high, curve.holds, strict=True
            )
        ]
        known = {"token": curve.text, "positions": list(curve.positions), "clean": curve.clean}
        return Table(("alpha", "mean", "low", "high", "holds"), rows, {**about(page), **known})

    return of_table("curve of the token", "token", make)
