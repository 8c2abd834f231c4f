"""Problems and Output: what is wrong, with its token, and all that was said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noiser.events import Warned
from noiser_tui.workbench import inspecting
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import EngineTold, ExplainPrompt, ReadPrompt
from noiser_tui.workbench.logbook import Entry, logged
from noiser_tui.workbench.panes.output import OutputLines
from noiser_tui.workbench.panes.problems import ProblemsPane
from noiser_tui.workbench.problems import Problem, problems
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import ScriptedEngine, screen_lines, script, workbench
from tests.workbench.hands import lines_of, settled, text_of, until

PROMPT = "The capital of France is"
LONG = "The scale is far below the grid, " * 4 + "so look twice."
TOLD = (
    Warned("No noise on this token flips the prediction.", 2),
    Warned("No noise on this token flips the prediction.", 4),
    Warned(LONG),
)


def warned(number: int, job: ExplainPrompt) -> list[EngineTold]:
    """A run that warns of two tokens and of the whole."""
    *before, last = script(job.text)
    return [EngineTold(number, event) for event in (*before, *TOLD, last)]


async def run(app: Workbench, pilot, engine: ScriptedEngine, text: str = PROMPT) -> None:
    engine.answering[ExplainPrompt] = warned
    app.query_one(PromptEditor).text = text
    await pilot.press("f5")
    await pilot.pause()
    await pilot.pause()


async def test_every_warning_is_a_problem_with_its_token_counted_the_same_everywhere():
    async with workbench((120, 34)) as (app, pilot, engine):
        await run(app, pilot, engine)
        app.show_desk(replace(app.desk, problems=("settings.toml: no such key: thme.",)))
        await pilot.press("alt+p")
        await pilot.pause()
        assert [one.where for one in problems(app.desk)] == [" capital", " France", "", "settings"]
        text = "\n".join(screen_lines(app))
        for expected in (
            "PROBLEMS 4",
            "⚠ 4",
            "“capital” at 2",
            "“France” at 4",
            "no such key",
            "settings",
        ):
            assert expected in text


async def test_the_search_names_the_tokens_that_a_warning_is_about():
    async with workbench((120, 34)) as (app, pilot, engine):
        await run(app, pilot, engine)
        await pilot.press("alt+h")
        await settled(pilot)
        shown = "\n".join(lines_of(app, "search"))
        assert "⚠ “capital”, “France”: No noise on this token flips the prediction." in shown
        assert "⚠ The scale is far below the grid" in shown


async def test_output_is_wrapped_once_when_it_is_first_opened(monkeypatch):
    widths = []
    real = OutputLines.lines
    monkeypatch.setattr(
        OutputLines, "lines", lambda self, width: widths.append(width) or real(self, width)
    )
    async with workbench((120, 34)) as (_, pilot, _):
        await pilot.press("alt+o")
        await settled(pilot)
    assert widths
    assert min(widths) > 80, "not in the cells that it has before it is laid out"


async def test_f8_walks_round_the_problems_and_points_the_heat_map():
    async with workbench() as (app, pilot, engine):
        await run(app, pilot, engine)
        seen = []
        for key in ("f8", "f8", "shift+f8", "f8", "f8", "f8"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(app.view.token)
        assert app.focused is app.query_one(PromptEditor), "keys stay where they were"
        assert seen == [2, 4, 2, 4, 4, 2]


async def test_f8_begins_with_the_first_problem_where_the_list_is_open_too():
    async with workbench() as (app, pilot, engine):
        await run(app, pilot, engine)
        await pilot.press("alt+p")
        await settled(pilot)
        seen = []
        for _ in range(3):
            await pilot.press("f8")
            await pilot.pause()
            seen.append(app.view.token)
        assert seen[:2] == [2, 4]
        assert seen[2] == 4, "the settings' problem points nowhere"


async def test_enter_and_a_click_go_to_the_token():
    async with workbench() as (app, pilot, engine):
        await run(app, pilot, engine)
        await pilot.press("alt+p", "down")
        assert app.view.token is None
        await pilot.press("enter")
        assert app.view.token == 4
        await pilot.click("#problems", offset=(5, 0))
        assert app.view.token == 2


async def test_a_sentence_that_its_row_cuts_stands_whole_below():
    async with workbench() as (app, pilot, engine):
        await run(app, pilot, engine)
        await pilot.press("alt+p")
        assert "look twice" not in "\n".join(screen_lines(app))
        await pilot.press("end")
        await pilot.pause()
        assert "look twice" in "\n".join(screen_lines(app))


async def test_an_error_is_the_first_problem():
    async with workbench() as (app, pilot, engine):
        await run(app, pilot, engine)
        app.refuse("The disk is full.", lasting=True)
        assert problems(app.desk)[0] == Problem("The disk is full.", "error")
        pane = app.panel.view
        assert not isinstance(pane, ProblemsPane)
        await pilot.press("f8")
        await pilot.pause()
        assert "✗ The disk is full" in "\n".join(screen_lines(app))


async def test_f8_without_problems_says_so():
    async with workbench() as (app, pilot, _):
        await pilot.press("f8")
        assert app.desk.output[-1].text == "No problems."
        assert not app.desk.panel_open


async def test_what_was_said_stays_in_output():
    async with workbench((120, 34)) as (app, pilot, engine):
        await run(app, pilot, engine)
        app.refuse("Such a thing is not done.")
        app.notify("Copied the table.")
        told = [(one.kind, one.text) for one in app.desk.output]
        assert told[0][1] == "Loading fake"
        assert "Loaded fake in 0.10 s" in told[1][1]
        assert "α* 0.0859" in told[2][1]
        assert "0.40 s" in told[2][1]
        assert "3 warnings" in told[2][1]
        assert told[3:] == [("error", "Such a thing is not done."), ("said", "Copied the table.")]
        await pilot.press("alt+o")
        await until(pilot, lambda: "✗ The capital of Fran…  Such a thing" in text_of(app))


async def test_output_follows_its_end_unless_it_is_scrolled_up():
    async with workbench() as (app, pilot, _):
        for i in range(40):
            app.notify(f"line {i}")
        await pilot.press("alt+o")
        await until(pilot, lambda: "line 39" in text_of(app))
        app.notify("line 40")
        await until(pilot, lambda: "line 40" in text_of(app))
        await pilot.press("home")
        app.notify("line 41")
        await pilot.pause(0.1)
        text = "\n".join(screen_lines(app))
        assert "line 0" in text
        assert "line 41" not in text


async def test_output_is_saved_and_cleared(tmp_path: Path):
    async with workbench() as (app, pilot, _):
        app.notify("Copied.", severity="warning")
        await pilot.press("alt+o", "ctrl+s")
        await pilot.pause()
        app.screen.query_one("Input").value = str(tmp_path / "noiser.log")
        await pilot.press("enter")
        await pilot.pause()
        lines = (tmp_path / "noiser.log").read_text().splitlines()
        assert lines[-1].endswith("warning: Copied.")
        await app.action_do("clear_output")
        assert app.desk.output == ()


async def test_a_failed_load_is_told_once_for_all_tabs():
    async with workbench() as (app, pilot, engine):
        await pilot.press("a", "ctrl+n", "b")
        engine.load_error = "No such model."
        app.load_model("none")
        await pilot.pause()
        errors = [one for one in app.desk.output if one.kind == "error"]
        assert [(one.about, one.text) for one in errors] == [("", "No such model.")]


async def test_a_sentence_that_stands_there_already_is_not_said_again():
    async with workbench() as (app, _, _):
        app.refuse("Not this.")
        many = len(app.desk.output)
        assert logged(app.desk, replace(app.desk, zen=True), "12:00:00") == replace(
            app.desk, zen=True
        )
        app.refuse("Not this.")
        assert len(app.desk.output) == many
        assert str(Entry("12:00:00", "Not this.", "a.txt", "error")) == (
            "12:00:00  error: a.txt: Not this."
        )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_prompt_that_is_too_long_says_so_before_it_is_explained(size):
    sentence = "The prompt is 1,673 tokens long and fake reads 1,024 at most."
    async with workbench(size) as (app, pilot, engine):
        engine.failing = {ReadPrompt: sentence}
        app.query_one(PromptEditor).text = "very " * 300
        await pilot.pause()
        inspecting.read_ahead(app)
        await until(pilot, lambda: problems(app.desk) == (Problem(sentence, where="prompt"),))
        assert f"─ ⚠ {sentence} ─" in text_of(app)
        assert "│ ⚠ 1 │" in text_of(app)
        await pilot.press("x")
        await until(pilot, lambda: not problems(app.desk))
        assert sentence not in text_of(app)
