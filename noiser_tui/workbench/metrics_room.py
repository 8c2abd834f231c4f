"""Measuring the explanation on top, asking a judge about it, and the options of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.model.available import available_models
from noiser_tui.look.size import size_text
from noiser_tui.settings.measuring import BUILT_IN, LOCAL, PAPER, read_metrics
from noiser_tui.workbench import measured, measuring_options
from noiser_tui.workbench.panes import metric_text
from noiser_tui.workbench.screens.in_full import InFull
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.screens.pick_many import PickMany
from noiser_tui.workbench.screens.section import Fact
from noiser_tui.workbench.section_room import open_section

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser_tui.settings.schema import Setting
    from noiser_tui.workbench.app import Workbench

WHICH = {
    "soft": "Soft-NS, Soft-NC and faithfulness against random scores",
    "hard": "what is lost with the top k% alone, and without them",
    "curves": "deletion and insertion, and their areas",
}
"""The metrics that can be measured."""
OTHER_JUDGES = f"{LOCAL}FOLDER_OR_ID, or the name of a model at judge.url"


def measure(app: Workbench) -> None:
    """Measure how faithful it is, as the settings say, and show that as it comes."""
    explanation = _whole(app, "measure")
    if explanation is not None:
        known, by = app.state.measured, app.values.metrics
        job = measuring_options.measure_job(explanation, by)
        begun = known.begun if known.by == by else None
        job = replace(job, metrics=measured.wanted_of(known, by, job.metrics), begun=begun)
        number = app.engine.submit(job)
        _show(app, measured.measuring_asked(known, number, by, job.metrics))


def ask_judge(app: Workbench) -> None:
    """Ask the judge of the settings whether the top words suffice to name the target."""
    explanation = _whole(app, "ask about")
    if explanation is None:
        return
    if wrong := measuring_options.problem("judge", app.values):
        app.refuse(wrong)
        return
    device = str(app.desk.load_options.get("device", app.values.engine.device))
    job = measuring_options.judge_job(explanation, app.values.judge, device)
    asking = f"the judge {job.judge}{f' at {job.url}' if job.url else ''}"
    _show(app, measured.judge_asked(app.state.measured, app.engine.submit(job), asking))


def metrics_options(app: Workbench) -> None:
    """List what is measured and how; the next measuring goes by it."""

    def ask(setting: Setting, now: str, take: Callable[[str], None]) -> bool:
        if setting.key != "metrics.which":
            return False

        def taken(names: tuple[str, ...] | None) -> None:
            if names is not None:
                take(",".join(names))

        screen = PickMany(
            setting.key,
            [Choice(name, name, what) for name, what in WHICH.items()],
            chosen=read_metrics(now),
            check=lambda names: "" if names else "Choose one at least",
        )
        app.push_screen(screen, taken)
        return True

    use = "Measure with these (Alt+X)"
    open_section(app, "metrics", "Metrics: options", use, measure, ask=ask)


def judge_options(app: Workbench) -> None:
    """List who is asked and how much; the next question goes by it."""

    def ask(setting: Setting, now: str, take: Callable[[str], None]) -> bool:
        if setting.key != "judge.name":
            return False
        screen = Pick(setting.key, judge_choices(), chosen=now, free=f"Or {OTHER_JUDGES}")
        app.push_screen(screen, lambda name: None if name is None else take(name))
        return True

    found = measuring_options.key_found()
    what = "Of a server, from NOISER_JUDGE_KEY or OPENAI_API_KEY; it is never shown nor stored."
    key = Fact("key", found or "none found", what, after="url")
    use = "Ask the judge with these (Alt+Y)"
    open_section(app, "judge", "Judge: options", use, ask_judge, ask=ask, facts=[key])


def in_full(app: Workbench) -> None:
    """Say all that was measured and all that the judge said, over the whole screen."""
    page = app.desk.explanation
    if page is None or not page.measured.known:
        app.refuse("Nothing is measured yet: Alt+X measures, Alt+Y asks the judge.")
    else:
        app.push_screen(InFull(app.pens, "Metrics", metric_text.in_full(page.measured)))


def judge_choices() -> list[Choice]:
    """The judge that is shipped, the paper's, and the models on this machine."""
    from noiser.judge.question import PAPER_MODEL, PAPER_URL

    here = [
        Choice(
            f"{LOCAL}{one.name}", f"{LOCAL}{one.name}", f"{size_text(one.bytes)}, on this machine"
        )
        for one in available_models()
        if one.name != BUILT_IN
    ]
    return [
        Choice(BUILT_IN, BUILT_IN, "shipped here; knows the built-in facts only"),
        Choice(PAPER, PAPER, f"{PAPER_MODEL} at {PAPER_URL}"),
        *here,
    ]


def _whole(app: Workbench, what: str) -> Explanation | None:
    """The explanation on top, of several targets all; None where there is none, which is said."""
    page = app.desk.explanation
    if page is None:
        return None
    explanation = page.run.saved
    if page.job:
        app.refuse(f"The engine is at work: cancel (Esc) or wait, then {what} what is there.")
    elif explanation is None or not explanation.complete:
        app.refuse(f"There is no whole explanation to {what}: explain a prompt first (F5).")
    else:
        return explanation
    return None


def _show(app: Workbench, now: measured.Measured) -> None:
    page = replace(app.state, measured=now, error="", note="")
    app.show_page(page)
    app.show_desk(replace(app.desk, panel="metrics", panel_open=True, zen=False))
