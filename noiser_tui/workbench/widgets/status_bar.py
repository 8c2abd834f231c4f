"""One line on the whole: model, state, scale, time, problems."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from noiser.export import forecast, wording
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.size import size_text
from noiser_tui.workbench.costs import LONG
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets import search_text
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane


class StatusBar(DrawnPane[Desk]):
    """Model, device, method, state, α, time, speed and the number of problems."""

    def background(self) -> Style:
        """A bar in reverse, whatever the theme."""
        return self.pens.primary + Style(reverse=True)

    def line(self, y: int, width: int) -> list[Segment]:
        """What fits of the parts, the most important first."""
        if self.state is None:
            return []
        text = ""
        for part in _desk_parts(self.state):
            longer = f"{text} │ {part}" if text else f" {part}"
            if cell_width(longer) > width:
                break
            text = longer
        return [Segment(text, self.background())]


_SHORT = {"float32": "f32", "float64": "f64", "bfloat16": "bf16", "float16": "f16"}


def _desk_parts(desk: Desk) -> list[str]:
    """The model, then what is on top, then who else waits for the engine."""
    parts = [visible(desk.model_name)]
    model = desk.model
    if model is not None and model.name == desk.model_name:
        parts[0] += f" · {model.device} {_SHORT.get(model.dtype, model.dtype)}"
        parts[0] += f" · {size_text(model.bytes)}"
    page = desk.active.page
    if isinstance(page, State):
        parts += _status_parts(page, len(problems(desk)))
    else:
        parts.append(page.status)
        parts += [f"⚠ {many}"] if (many := len(problems(desk))) else []
    if desk.waiting:
        parts.append(f"{len(desk.waiting)} waiting")
    return parts


def _status_parts(state: State, problems: int) -> list[str]:
    parts = _doing(state)
    run, explanation = state.run, state.run.explanation
    if state.other_model:
        parts.append(f"by {one_line(state.other_model, 24)}")
    if (seconds := _expected(state)) is not None:
        parts.append(forecast.approximate(seconds))
    if explanation is not None:
        if explanation.alpha is not None:
            star = "α*" if explanation.bound == "min" else "α"
            parts.append(f"{star} {wording.scale(explanation.alpha)}")
        if explanation.stability is not None:
            parts.append(f"τ {explanation.stability:.2f}")
        parts.append(f"{run.seconds:.2f} s")
    if problems:
        parts.append(f"⚠ {problems}")
    method = state.request.method
    parts.append(f"{method}/{state.request.bound}" if method == "noiser" else method)
    if explanation is not None and not run.refining and run.seconds > 0:
        rate = run.work.token_forwards / run.seconds
        parts.append(f"{rate / 1000:.0f}k tok/s")
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
