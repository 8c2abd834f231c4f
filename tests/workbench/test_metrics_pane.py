"""Metrics in the panel: they fill in as they come, stay with their tab, and go with their scores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.message import Message

from noiser.metrics.results import Curve, Curves, Number
from noiser_tui.look.cells import cell_width
from noiser_tui.look.depth import Depth
from noiser_tui.look.small_curve import blocks, braille
from noiser_tui.look.themes import load_theme
from noiser_tui.workbench.engine import AskJudge, MeasureMetrics
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.measured import Measured
from noiser_tui.workbench.panes.metric_lines import curves, verdict
from noiser_tui.workbench.panes.metric_text import in_full
from tests.workbench.answers import _judged, answers, explanation_of
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run


def first_only(number: int, job: MeasureMetrics) -> list[Message]:
    """What is posted of a measurement that is stopped after its first metric."""
    return (answers(number, job) or [])[:1]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40), (300, 100)])
async def test_metrics_and_verdict_fill_the_pane(size):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("alt+y", "alt+i", "alt+j")
        await settled(pilot)
        await pilot.press("home")
        await settled(pilot)
        assert "Soft-NS         0.620" in text_of(app)
        assert "0.570–0.670" in text_of(app)
        await pilot.press("end")
        await settled(pilot)
        assert "whole prompt    ✓ yes" in text_of(app)


async def test_what_is_not_measured_yet_is_named_and_esc_cancels():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        assert "Measuring soft, hard, curves" in text_of(app)
        assert app.state.phase == "measuring"
        assert "Esc Cancel" in text_of(app)
        engine.answering[MeasureMetrics] = first_only
        for message in first_only(app.state.job, engine.jobs[-1]):  # type: ignore[arg-type]
            app.engine_spoke(message)  # type: ignore[arg-type]
        await settled(pilot)
        assert "Measuring hard, curves" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.phase == "ready"
        assert app.state.measured.soft is not None
        assert app.state.measured.hard is None


async def test_metrics_stay_with_their_tab_and_go_with_their_scores():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("ctrl+n")
        await settled(pilot)
        assert "Soft-NS" not in text_of(app)
        assert "Explain a prompt" in text_of(app)
        await pilot.press("ctrl+pageup")
        await settled(pilot)
        assert "Soft-NS" in text_of(app)
        await pilot.press("f5")
        await settled(pilot)
        assert not app.state.measured.known


async def test_nothing_is_measured_without_scores_or_twice_at_once():
    async with workbench() as (app, pilot, engine):
        await pilot.press("alt+x")
        assert "explain a prompt first" in app.state.error
        await type_and_run(pilot, app)
        engine.waiting.add(AskJudge)
        await pilot.press("alt+y")
        await settled(pilot)
        assert "Asking the judge" in text_of(app)
        await pilot.press("alt+x")
        assert "cancel (Esc) or wait" in app.state.error
        assert not any(isinstance(job, MeasureMetrics) for job in engine.jobs)


async def test_what_the_judge_said_is_seen_below_what_was_measured():
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        assert "Soft-NS" in text_of(app)
        await pilot.press("alt+y")
        await settled(pilot)
        assert "top words" in text_of(app)
        assert "whole prompt" in text_of(app)


async def test_what_cannot_be_measured_is_one_sentence():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.failing[MeasureMetrics] = "Metrics are about predictions."
        await pilot.press("alt+x")
        await settled(pilot)
        assert app.state.error == "Metrics are about predictions."
        assert app.state.job == 0


def test_a_curve_has_its_ends_where_they_belong():
    falling = [1.0, 0.5, 0.0, 0.0]
    assert blocks(falling, 2, 0.0, 1.0) == ["█   ", "██  "]
    top, foot = braille([1.0, 1.0, 0.0, 0.0], 2, 0.0, 1.0)
    assert top[0] == "⠉", "both dots of the first cell at the head"
    assert ord(foot[1]) - 0x2800 & 0xC0 == 0xC0, "both dots of the last one at the foot"
    assert blocks([-1.0, 0.0, 1.0], 1, -1.0, 1.0) == [" ▄█"]


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_curves_of_several_targets_are_drawn_by_their_mean(depth: Depth):
    flat, none = Curve((0, 2), (1.0, 1.0), 1.0), Curve((0, 1, 2), (0.0, 0.0, 0.0), 0.0)
    area = Number(0.5, (0.4, 0.6))
    found = Curves(area, area, (flat, none), (flat, none), "token", "zero")
    lines = curves(found, Pens(load_theme("dark"), depth), 40)
    assert "deletion 0.500 (0" in "".join(one.text for one in lines[0])
    drawn = ["".join(one.text for one in line) for line in lines[1:-1]]
    if depth in ("16", "none"):
        assert drawn[1].strip().strip("█ ") == "", "half of two lines is the lower one"
        assert drawn[0].strip() == ""
    else:
        assert drawn[0].strip("\u2800 ") == drawn[2].strip("\u2800 ") == ""


@pytest.mark.parametrize(
    ("width", "beside"), [(29, ""), (49, ""), (57, ", small good"), (78, ", small is good")]
)
def test_what_is_wished_of_the_curves_stands_beside_or_below_its_own_one_only(
    width: int, beside: str
) -> None:
    one = Curve((0, 1), (1.0, 0.0), 0.5)
    found = Curves(Number(0.5), Number(0.5), (one,), (one,), "token", "zero")
    lines = curves(found, Pens(load_theme("dark"), "256"), width)
    texts = ["".join(part.text for part in line) for line in lines]
    assert texts[0].startswith(f" deletion 0.500{beside} " if width > 29 else " deletion 0.5")
    (said,) = [text for text in texts if "small" in text]
    assert said is texts[0 if beside else -1]
    half = (width - 3) // 2
    left, right = said[1 : 1 + half], said[2 + half :]
    assert said[1 + half] == " "
    assert "small" in left
    assert "large" in right
    assert len(said.rstrip()) <= width


async def test_more_lines_than_the_pane_has_are_counted_above_and_below() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x", "alt+y", "alt+i")
        await settled(pilot)
        pane = app.panel.query_one("#metrics")
        pane.focus()
        await pilot.press("home")
        await settled(pilot)
        hidden = pane.max_scroll_y
        assert hidden > 2
        assert f"↓{hidden}" in text_of(app)
        assert "↑" not in text_of(app)
        await pilot.press("down", "down")
        await settled(pilot)
        assert "↑2" in text_of(app)
        assert f"↓{hidden - 2}" in text_of(app)
        await pilot.press("end")
        await settled(pilot)
        assert f"↑{hidden}" in text_of(app)
        assert "↓" not in text_of(app)


async def test_at_120_by_40_all_of_it_fits() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("alt+y", "alt+i")
        await settled(pilot)
        assert app.panel.query_one("#metrics").max_scroll_y == 0
        text = text_of(app)
        for said in ("random scores", "50%", "small good", "whole prompt", "1 sample", "16 masks"):
            assert said in text, said


def test_a_share_of_several_targets_has_its_interval():
    job = AskJudge(explanation_of(PROMPT))
    found = _judged(1, job)[-1].verdict  # type: ignore[attr-defined]
    three = {name: given * 3 for name, given in found.shown.items()}
    some = replace(three["top"][0], first=True)
    found = replace(found, shown={**three, "top": (some, *three["top"][1:])})
    pens = Pens(load_theme("dark"), "256")
    text = "".join(one.text for line in verdict(found, pens, 80) for one in line)
    assert "1 of 3 (0.000–1.000)" in text
    assert "95% intervals over 3 targets" in text
    told = [one for one, _ in in_full(Measured(verdict=found))]
    assert any(one.startswith("Top words: right 0.333 (0.000–1.000), score 0.233") for one in told)
    narrow = ["".join(one.text for one in line) for line in verdict(found, pens, 51)]
    assert all(cell_width(line) <= 51 for line in narrow)
    assert narrow[1].startswith(" top words 50%   1 of 3   3 of 3   0.700  Lyon")
    assert narrow[-1] == " intervals: Enter; 4 answered"
