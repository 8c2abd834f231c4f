"""Copying from the workbench: what goes out, and that it is said where to."""

from __future__ import annotations

import csv
import io
import json

import pytest

from noiser.opening import parse
from noiser_tui.workbench import clipboard
from noiser_tui.workbench.comparison_page import finished_page
from noiser_tui.workbench.widgets.heat_map import HeatMap
from tests.comparison.rows import compared
from tests.workbench.answers import explanation_of
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, until

PROMPT = "The capital of France is"


@pytest.fixture
def copied(monkeypatch):
    """The texts that were copied."""
    texts = []

    def copy(write, text, environ, where):
        texts.append((text, where))
        return clipboard.CopyReport(len(text), ("a place",), None)

    monkeypatch.setattr("noiser_tui.workbench.copying.copy", copy)
    return texts


async def explained(pilot, app):
    await pilot.press(*PROMPT, "f5")
    await pilot.pause()


async def test_the_token_under_the_cursor(copied, monkeypatch):
    async with workbench() as (app, pilot, _):
        told = []
        monkeypatch.setattr(app, "notify", lambda sentence, **_: told.append(sentence))
        await explained(pilot, app)
        heat = app.query_one(HeatMap)
        heat.focus()
        await pilot.pause()
        index = next(i for i, piece in enumerate(heat._pieces) if "France" in piece.text)
        heat.point_at(index)
        await pilot.press("y")
        await until(pilot, lambda: copied)
        assert copied == [(" France", "auto")]
        await until(pilot, lambda: told)
        assert told == ["Copied 7 characters: a place."]


async def test_y_is_a_letter_in_the_prompt(copied):
    async with workbench() as (app, pilot, _):
        await explained(pilot, app)
        await pilot.press("y")
        await pilot.pause()
        assert app.state.text == f"{PROMPT}y"
        assert copied == []


async def test_the_record_is_chosen_from_the_list(copied):
    async with workbench() as (app, pilot, _):
        await explained(pilot, app)
        await pilot.press("alt+k", *"as json", "enter")
        await until(pilot, lambda: copied)
        assert json.loads(copied[0][0])["prompt"] == PROMPT


async def test_what_was_measured_is_among_what_can_be_copied(copied):
    async with workbench() as (app, pilot, _):
        await explained(pilot, app)
        await pilot.press("alt+x")
        await until(pilot, lambda: app.state.measured.known and not app.state.job)
        for words in ("in words", "metrics, as json"):
            await pilot.press("alt+k", *words, "enter")
            await until(pilot, lambda: not app.screen.is_modal)
        await until(pilot, lambda: len(copied) == 2)
        ratio = app.state.measured.soft.log_ratio.value
        assert json.loads(copied[1][0])["soft"]["log_ratio"]["value"] == ratio
        assert f"{ratio:.3f}" in copied[0][0]


async def test_of_a_comparison_its_scores_row_by_row(copied):
    rows = {name: explanation_of(PROMPT) for name in ("noiser", "lime")}
    async with workbench() as (app, pilot, _):
        app.open_page(finished_page(compared(rows | {"saliency": "It failed."})))
        await settled(pilot)
        await pilot.press("alt+k", *"spreadsheet", "enter")
        await until(pilot, lambda: copied)
        found = app.desk.active.page.comparison
        lines = list(csv.DictReader(io.StringIO(copied[0][0]), delimiter="\t"))
        of_lime = [float(one["score"]) for one in lines if one["label"] == "lime" and one["score"]]
        assert of_lime == [one for one in found.agreement.scores[1] if one is not None]
        assert [one["error"] for one in lines if one["label"] == "saliency"] == ["It failed."]
        await pilot.press("alt+k", *"markdown", "enter")
        await until(pilot, lambda: len(copied) == 2)
        head, _, *body = copied[1][0].splitlines()
        assert head == "| text | `noiser` | `lime` |"
        assert len(body) == len(found.agreement.segments)
        await pilot.press("alt+k", *"as json", "enter")
        await until(pilot, lambda: len(copied) == 3)
        assert parse(copied[2][0].encode(), "The copy") == found


async def test_nothing_is_copied_of_nothing(copied):
    async with workbench() as (app, pilot, _):
        await pilot.press("alt+k")
        await pilot.pause()
        assert "nothing to copy" in app.state.error
        assert copied == []


async def test_what_the_editor_copies_goes_the_same_way_and_comes_back(copied):
    async with workbench() as (app, pilot, _):
        await pilot.press(*"abc", "shift+home", "ctrl+c", "end")
        await until(pilot, lambda: copied)
        assert copied == [("abc", "auto")]
        await pilot.press("ctrl+v")
        await pilot.pause()
        assert app.state.text == "abcabc"
