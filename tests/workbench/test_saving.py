"""Saving an explanation from the workbench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noiser.export import FORMATS
from noiser.inseq_file.fields import is_inseq
from noiser_tui.workbench.opening import open_file
from noiser_tui.workbench.screens.ask import Ask
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run


async def test_save_writes_a_record_that_opens_again(tmp_path: Path):
    from noiser.opening import open_record

    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        target = tmp_path / "run.json"
        await pilot.press("ctrl+s")
        app.screen.query_one("Input").value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert open_record(target) == app.state.run.explanation
        assert json.loads(target.read_text())["format"] == "noiser/1"


async def test_save_to_nowhere_is_one_sentence(tmp_path: Path):
    async with workbench((120, 30)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("ctrl+s")
        app.screen.query_one("Input").value = str(tmp_path / "no" / "run.json")
        await pilot.press("enter")
        await pilot.pause()
        assert "cannot be written" in text_of(app)


async def test_a_name_that_no_file_can_have_is_one_sentence():
    async with workbench((120, 30)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("ctrl+s")
        app.screen.query_one("Input").value = f"{'x' * 300}.json"
        await pilot.press("enter")
        await pilot.pause()
        assert app.state.error.endswith(".json cannot be written: File name too long.")


@pytest.mark.parametrize(("answer", "replaced"), [("keep", False), ("replace", True)])
async def test_a_file_is_not_replaced_unasked(tmp_path: Path, answer, replaced):
    target = tmp_path / "run.json"
    target.write_text("mine")
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("ctrl+s")
        app.screen.query_one("Input").value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert target.read_text() == "mine"
        await pilot.press(*answer, "enter")
        await pilot.pause()
        assert (target.read_text() != "mine") is replaced


async def test_ctrl_s_writes_an_edited_file_back_and_then_saves_the_scores(tmp_path: Path):
    prompt = tmp_path / "prompt.txt"
    prompt.write_text("The capital")
    async with workbench() as (app, pilot, _):
        open_file(app, prompt)
        await settled(pilot)
        await type_and_run(pilot, app)
        assert app.desk.active.edited
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert prompt.read_text() == PROMPT
        assert not app.desk.active.edited
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Save the explanation to" in text_of(app)


async def test_a_files_last_newline_is_not_explained_and_stays_when_the_prompt_is_written(
    tmp_path: Path,
):
    prompt = tmp_path / "prompt.txt"
    prompt.write_bytes(b"One\r\ntwo is\r\n")
    async with workbench() as (app, pilot, engine):
        open_file(app, prompt)
        await settled(pilot)
        assert app.state.text == "One\ntwo is"
        assert not app.desk.active.edited
        await type_and_run(pilot, app, "One\ntwo was")
        assert engine.explained[-1].text == "One\ntwo was"
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert prompt.read_bytes() == b"One\r\ntwo was\r\n"
        assert not app.desk.active.edited


async def test_the_keys_file_is_saved_by_ctrl_s(tmp_path: Path):
    keys = tmp_path / "keybindings.json"
    keys.write_text("[]")
    async with workbench() as (app, pilot, _):
        open_file(app, keys)
        await settled(pilot)
        await pilot.press("ctrl+home", *"// ", "ctrl+s")
        await settled(pilot)
        assert keys.read_text() == "// []"


async def test_a_new_prompt_without_scores_is_asked_for_its_name(tmp_path: Path):
    async with workbench() as (app, pilot, _):
        await pilot.press(*"Hi", "ctrl+s")
        await settled(pilot)
        app.screen.query_one("Input").value = str(tmp_path / "hi.txt")
        await pilot.press("enter")
        await settled(pilot)
    assert (tmp_path / "hi.txt").read_text() == "Hi"


async def test_every_form_is_named_and_another_one_is_refused_while_the_question_stands(
    tmp_path: Path,
):
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        told = " ".join(text_of(app).replace("│", " ").split())
        for form in FORMATS:
            assert form in told
        app.screen.query_one("Input").value = str(tmp_path / "run.doc")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, Ask)
        assert "'.doc' is none of them" in " ".join(text_of(app).replace("│", " ").split())
        app.screen.query_one("Input").value = str(tmp_path / "run.inseq.json")
        await pilot.press("enter")
        await settled(pilot)
    assert is_inseq(json.loads((tmp_path / "run.inseq.json").read_text()))
