"""One line on the whole: model, state, scale, time, problems."""

from __future__ import annotations

from rich.style import Style

from noiser.export import forecast, wording
from noiser_tui.look.cells import one_line, visible
from noiser_tui.look.size import size_text
from noiser_tui.workbench.costs import LONG
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets import search_text
from noiser_tui.workbench.widgets.action_row import ActionRow, Label

Part = tuple[str, str]
"""What is said, and the action that a click on it is, empty for none."""


class StatusBar(ActionRow[Desk]):
    """Model, device, method, state, α, time, speed and the number of problems."""

    def background(self) -> Style:
        """A bar in reverse, whatever the theme."""
        return self.pens.primary + Style(reverse=True)

    def labels(self, width: int) -> list[Label]:
        """The parts, the most important first."""
        parts = _desk_parts(self.state) if self.state is not None else []
        leads = (" │ " if index else " " for index in range(len(parts)))
        return [
            ([(lead + text, self.background())], action)
            for lead, (text, action) in zip(leads, parts, strict=True)
        ]


_MODEL, _METHOD, _SEARCH = "do('model')", "do('method')", "do('panel_search')"
_SHORT = {"float32": "f32", "float64": "f64", "bfloat16": "bf16", "float16": "f16"}


def _desk_parts(desk: Desk) -> list[Part]:
    """The model, then what is on top, then who else waits for the engine."""
    name = visible(desk.model_name)
    model = desk.model
    if model is not None and model.name == desk.model_name:
        name += f" · {model.device} {_SHORT.get(model.dtype, model.dtype)}"
        name += f" · {size_text(model.bytes)}"
    parts = [(name, _MODEL)]
    page = desk.active.page
    if isinstance(page, State):
        parts += _status_parts(page, len(problems(desk)))
    else:
        parts.append((page.status, ""))
        parts += _warned(len(problems(desk)))
    if desk.waiting:
        parts.append((f"{len(desk.waiting)} waiting", ""))
    return parts


def _warned(problems: int) -> list[Part]:
    return [(f"⚠ {problems}", "do('panel_problems')")] if problems else []


def _status_parts(state: State, problems: int) -> list[Part]:
    parts: list[Part] = [(text, "") for text in _doing(state)]
    run, explanation = state.run, state.run.explanation
    if state.other_model:
        parts.append((f"by {one_line(state.other_model, 24)}", ""))
    if (seconds := _expected(state)) is not None:
        parts.append((forecast.approximate(seconds), ""))
    if explanation is not None:
        if explanation.reward is not None:
            parts.append((f"{run.measure} {wording.number(explanation.reward)}", ""))
        if explanation.alpha is not None:
            star = "α*" if explanation.bound == "min" else "α"
            parts.append((f"{star} {wording.scale(explanation.alpha)}", _SEARCH))
        if explanation.stability is not None:
            parts.append((f"τ {explanation.stability:.2f}", ""))
        parts.append((f"{run.seconds:.2f} s", ""))
    parts += _warned(problems)
    method = state.request.method
    parts.append((f"{method}/{state.request.bound}" if method == "noiser" else method, _METHOD))
    if explanation is not None and not run.refining and run.seconds > 0:
        rate = run.work.token_forwards / run.seconds
        parts.append((f"{rate / 1000:.0f}k tok/s", ""))
    return parts


def _doing(state: State) -> list[str]:
    """What the engine is at, or how the last run ended, and what kind of scores stand there."""
    run = state.run
    if state.phase == "running":
        if state.adding:
            return ["adding draws"]
        return ["preview, refining" if run.refining else "running"]
    if state.phase != "ready" or not run.outcome:
        return [state.phase]
    preview = run.preview and run.explanation is not None
    ended = f"{run.outcome}, preview" if preview else run.outcome
    ended += ", text edited since" if state.edited else ""
    return list(filter(None, [ended, search_text.scored_by_now(run)]))


def _expected(state: State) -> float | None:
    """Seconds that were asked for, or that a long run takes."""
    if state.costs is not None and state.note == state.costs.sentence():
        return state.costs.total.seconds
    costs = state.run.costs if state.phase == "running" else None
    return costs.total.seconds if costs is not None and costs.total.seconds >= LONG else None
