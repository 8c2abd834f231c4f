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
from noiser_tui.workbench.widgets.fitting import KEPT, Part, fitted


class StatusBar(ActionRow[Desk]):
    """Model, device, memory, method, state, α, time, speed and the number of problems."""

    def background(self) -> Style:
        """A bar in reverse, whatever the theme."""
        return self.pens.bar

    def labels(self, width: int) -> list[Label]:
        """The parts; where there is no room for all, shorter ones, then fewer."""
        parts = fitted(_desk_parts(self.state), width) if self.state is not None else []
        return [([(text, self.background())], action) for text, action in parts]


_MODEL, _METHOD, _SEARCH = "do('model')", "do('method')", "do('panel_search')"
_WHOLE = "do('whole_status')"
_MEMORY = "do('show_models')"
_SHORT = {"float32": "f32", "float64": "f64", "bfloat16": "bf16", "float16": "f16"}


def whole_status(desk: Desk) -> list[str]:
    """All that the bar would say of a desk if it were wide enough, what belongs together on a line."""
    lines: list[str] = []
    for part in _desk_parts(desk):
        if part.joined:
            lines[-1] += f" · {part.text}"
        else:
            lines.append(part.text)
    return lines


def _desk_parts(desk: Desk) -> list[Part]:
    """The model, then what is on top, then who else waits for the engine."""
    parts = _model_parts(desk)
    page = desk.active.page
    if isinstance(page, State):
        parts += _status_parts(page, len(problems(desk)), waits=page.job in desk.waiting)
    else:
        parts.append(Part(page.status, action=_WHOLE, keep=KEPT))
        parts += _warned(len(problems(desk)))
    # short jobs pass the others by: nobody waits for them
    if waiting := sum(one.page.job in desk.waiting for one in desk.documents):
        parts.append(Part(f"{waiting} waiting", keep=7))
    return parts


def _model_parts(desk: Desk) -> list[Part]:
    name, model = visible(desk.model_name), desk.model
    short = one_line(name.rstrip("/").rpartition("/")[2], 24)
    parts = [Part(name, short, _MODEL, keep=KEPT, long=3)]
    if desk.load_job and desk.fetched is not None:
        here, of = (size_text(count) for count in desk.fetched)
        told = f"{here} of {of} fetched" if desk.fetched[1] else f"{here} fetched"
        parts.append(Part(told, here, keep=9, joined=True))
    if model is None or model.name != desk.model_name:
        return parts
    where, precision = model.device, model.quantization or _SHORT.get(model.dtype, model.dtype)
    place = f"{where.count('+') + 1} devices" if "+" in where else where
    parts.append(Part(f"{where} {precision}", place, _MODEL, keep=7, long=3, joined=True))
    parts.append(Part(size_text(model.bytes), action=_MODEL, keep=1, joined=True))
    if (memory := desk.memory) is not None:
        free, total = (size_text(round(size)) for size in (memory.free, memory.total))
        number, _, unit = free.partition(" ")
        both = f"{number if total.endswith(unit) else free} of {total} free"
        parts.append(Part(both, f"{free} free", _MEMORY, keep=5, long=0, joined=True))
    return parts


def _warned(problems: int) -> list[Part]:
    return [Part(f"⚠ {problems}", action="do('panel_problems')", keep=8)] if problems else []


def _status_parts(state: State, problems: int, *, waits: bool) -> list[Part]:
    first, *more = ["waiting"] if waits else _doing(state)
    parts = [Part(first, action=_WHOLE, keep=KEPT), *(Part(text, keep=5) for text in more)]
    run, explanation = state.run, state.run.explanation
    if state.other_model:
        parts.append(Part(f"by {one_line(state.other_model, 24)}", keep=7))
    if (seconds := _expected(state)) is not None:
        parts.append(Part(forecast.approximate(seconds), keep=6))
    if explanation is not None:
        if explanation.reward is not None:
            parts.append(Part(f"{run.measure} {wording.number(explanation.reward)}", keep=7))
        if explanation.alpha is not None:
            star = "α*" if explanation.bound == "min" else "α"
            parts.append(Part(f"{star} {wording.scale(explanation.alpha)}", action=_SEARCH, keep=7))
        if explanation.stability is not None:
            parts.append(Part(f"order τ {wording.minus(f'{explanation.stability:.2f}')}", keep=1))
        parts.append(Part(f"{run.seconds:.2f} s", keep=2))
    parts += _warned(problems)
    method = state.request.method
    how = f"{method}/{state.request.bound}" if method == "noiser" else method
    parts.append(Part(how, action=_METHOD, keep=4))
    if rate := _rate(state):
        parts.append(Part(f"{_count(rate)} tok/s", keep=8 if state.run_job else 6))
    return parts


def _rate(state: State) -> float:
    """Token-forwards a second: of the run that is under way, else of the one shown; 0 if not known."""
    run = state.run
    if state.run_job:
        return state.pace.rate
    known = run.explanation is not None and run.seconds > 0
    return run.work.token_forwards / run.seconds if known else 0.0


def _count(rate: float) -> str:
    if rate < 1000:
        return f"{rate:.0f}"
    digits = f"{rate / 1000:.1f}" if rate < 10_000 else f"{rate / 1000:.0f}"
    return f"{digits.removesuffix('.0')}k"


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
