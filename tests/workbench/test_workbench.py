"""The workbench from the outside: keys in, screen out, on a scripted engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from noiser_tui.look.themes import theme_names
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import AddDraws
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import screen_lines, workbench

PROMPT = "The capital of France is"
SIZES = [(60, 16), (80, 24), (120, 40), (300, 100)]


async def type_and_run(pilot, app, text=PROMPT):
    app.query_one(PromptEditor).text = text
    await pilot.press("f5")
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_every_part_has_a_place(size):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        for part in (
            "prompt",
            "options",
            "heat",
            "next",
            "inspector",
            "search",
            "status",
            "keybar",
        ):
            region = app.query_one(f"#{part}").region
            assert region.width > 0, part
            assert region.height > 0, part
            assert app.screen.region.contains_region(region), part
        text = "\n".join(screen_lines(app))
        for expected in ("France", "F5 Explain", "fake", "done", "0.0859", "Search"):
            assert expected in text


async def test_type_then_f5_explains():
    async with workbench() as (app, pilot, engine):
        await pilot.press(*"Hi there")
        await pilot.press("f5")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["Hi there"]
        assert app.state.run.outcome == "done"


async def test_an_empty_prompt_is_refused_in_one_sentence():
    async with workbench() as (app, pilot, engine):
        await pilot.press("f5")
        await pilot.pause()
        assert engine.explained == []
        assert "The prompt is empty" in "\n".join(screen_lines(app))


async def test_the_search_is_seen_narrowing_while_it_runs():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 3
        await type_and_run(pilot, app)
        text = "\n".join(screen_lines(app))
        assert "step 2/10" in text
        assert "1 of 6 left" in text
        assert "decided by “The”" in text
        assert "0.0000–0.2500 decides" in text
        assert "out at step 2" in text
        assert "running" in text
        assert "Esc Cancel" in text


async def test_the_summary_is_cut_at_no_edge():
    from noiser.events import Bracket, ScalesTried, SearchNarrowed, Work
    from noiser_tui.workbench.engine import EngineTold

    async with workbench((80, 24)) as (app, pilot, engine):
        engine.pause_at = 1
        await type_and_run(pilot, app, "word " * 124)
        wide = {i: Bracket(0.0518, 0.0527, out_at=10) for i in range(125)}
        step = SearchNarrowed(10, 10, wide, tuple(wide), (3,), Work(119_280, 40))
        app.post_message(EngineTold(2, step))
        app.post_message(EngineTold(2, ScalesTried(84, 125, Work(123_354, 41))))
        await pilot.pause()
        await pilot.pause()
        line = screen_lines(app)[app.query_one("#search").region.y + 1]
        assert "125 of 125 left " in line
        assert "tried" not in line


async def test_escape_cancels_and_a_new_run_follows():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        assert engine.cancelled == 1
        assert app.state.run.outcome == "cancelled"
        engine.pause_at = None
        await pilot.press("f5")
        await pilot.pause()
        assert app.state.run.outcome == "done"


async def test_what_an_older_run_still_says_is_not_shown():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 1
        await type_and_run(pilot, app, "the old prompt")
        engine.pause_at = None
        await type_and_run(pilot, app, "the new prompt")
        new = app.state
        from noiser.events import Explained
        from noiser_tui.workbench.engine import EngineTold, JobEnded
        from tests.workbench.fake import explanation_of

        app.post_message(EngineTold(2, Explained(explanation_of("the old prompt"))))
        app.post_message(JobEnded(2, engine.jobs[1], "old trouble", model=None))
        await pilot.pause()
        assert app.state == new


@pytest.mark.parametrize(
    ("key", "typed", "field", "value"),
    [
        ("f2", "occl", "method", "occlusion"),
        ("f3", "per-token", "bound", "per-token"),
        ("f4", "inf", "norm", "inf"),
        ("f6", " t1", "target", "id:8"),
        ("f7", "Rome", "contrast", "Rome"),
    ],
)
async def test_a_list_chooses_and_explains_again(key, typed, field, value):
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press(key, *typed, "enter")
        await pilot.pause()
        assert getattr(app.state.request, field) == value
        assert getattr(engine.explained[-1].request, field) == value
        assert len(engine.explained) == 2


async def by_sentence(pilot, app):
    """Three sentences explained, the one in the middle looked into."""
    app.query_one(PromptEditor).text = "Go on. The <cat> sat. No more."
    await pilot.press("ctrl+g", *"sentence", "enter")
    await pilot.pause()
    await pilot.press("ctrl+l", *"strongest sentence", "enter")
    await pilot.pause()
    await pilot.press("f5")
    await pilot.pause()
    await pilot.pause()


async def test_units_and_zoom_are_chosen_like_other_options():
    async with workbench((120, 30)) as (app, pilot, engine):
        await by_sentence(pilot, app)
        request = engine.explained[-1].request
        assert (request.granularity, request.zoom) == ("sentence", 1)
        assert "by sentence" in "\n".join(screen_lines(app))
        assert "zoom 1" in "\n".join(screen_lines(app))
        await pilot.press("ctrl+l", "7", "enter")
        await pilot.pause()
        assert app.state.request.zoom == 7
        await pilot.press("ctrl+g", *"token by itself", "enter")
        await pilot.pause()
        assert (app.state.request.granularity, app.state.request.zoom) == ("token", 0)
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert "choose word, sentence or line first" in app.state.error


async def test_a_zoom_that_is_no_number_is_refused():
    async with workbench((120, 30)) as (app, pilot, _):
        await by_sentence(pilot, app)
        await pilot.press("ctrl+l", *"many", "enter")
        await pilot.pause()
        assert app.state.request.zoom == 1
        assert "'many' is no number of sentences" in "\n".join(screen_lines(app))


@pytest.mark.parametrize(
    ("events", "expected", "absent"),
    [
        (2, ["The <cat> sat.", "decided by “The <cat> sat.”", "α per sentence"], ["inside"]),
        (4, ["Looking into 1 sentence, token by token"], []),
        (5, ["decided by “<cat>”", "α per token"], ["Looking into"]),
        (7, ["α* 0.0859, inside 0.1250", "decided by “<cat>”"], []),
    ],
)
async def test_the_search_names_units_and_then_tokens(events, expected, absent):
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = events
        await by_sentence(pilot, app)
        text = "\n".join(screen_lines(app))
        for part in expected:
            assert part in text
        for part in absent:
            assert part not in text


async def test_a_unit_is_one_piece_and_one_looked_into_is_several():
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = 3
        await by_sentence(pilot, app)
        heat = app.query_one(HeatMap)
        assert [p.text for p in heat._pieces] == ["<s>", "Go on.", " The <cat> sat.", " No more."]
        assert heat._steps.index(8) == 2
        engine.pause_at = None
        await pilot.press("f5")
        await pilot.pause()
        await pilot.pause()
        texts = ["<s>", "Go on.", " The", " <cat>", " sat.", " No more."]
        assert [p.text for p in heat._pieces] == texts
        assert heat._steps.index(8) == 3
        await pilot.press("tab", "home", "right")
        await pilot.pause()
        line = screen_lines(app)[app.query_one("#inspector").region.y]
        assert "“Go on.”  score 0.200 [0.190, 0.210]   raw +0.1000" in line
        assert "sentence of 2 tokens" in line
        await pilot.press("right", "right")
        await pilot.pause()
        line = screen_lines(app)[app.query_one("#inspector").region.y]
        assert "“ <cat>”  score 0.600" in line
        assert "in “ The <cat> sat.” 0.700" in line


async def test_the_ranking_has_tokens_under_the_unit_looked_into():
    async with workbench((120, 40)) as (app, pilot, _):
        await by_sentence(pilot, app)
        ranking = app.query_one("#ranking").region
        lines = [line[ranking.x :] for line in screen_lines(app)[ranking.y : ranking.bottom]]
        heads = [line[2:11].rstrip() for line in lines[1:8]]
        assert heads == ["The <cat>", "  <cat>", "  The", "  sat.", "Go on.", "No more.", "<s>"]


async def test_the_cursor_leaves_a_unit_of_many_rows_downwards_and_upwards():
    from noiser.prompt import Piece, Token

    texts = ["word " * 60, "next " * 60, "last"]
    async with workbench((80, 40)) as (app, pilot, _):
        heat = app.query_one(HeatMap)
        tokens = [Token(i, text, 0, 1) for i, text in enumerate(texts)]
        heat.show_prompt([Piece(text, (i,)) for i, text in enumerate(texts)], tokens)
        heat.focus()
        heat.point_at(0)
        await pilot.press("down", "down")
        assert heat._cursor == 2
        await pilot.press("up", "up")
        assert heat._cursor == 0
        await pilot.press("up")
        assert heat._cursor == 0


async def test_a_list_is_left_by_escape_without_a_change():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f2", "down", "escape")
        await pilot.pause()
        assert app.state.request.method == "noiser"
        assert len(engine.explained) == 1


async def test_a_new_prompt_lets_go_of_the_old_target():
    async with workbench() as (app, pilot, _engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()
        assert app.state.request.target is None


async def test_the_cursor_tells_the_numbers_of_a_token():
    async with workbench((120, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right")
        await pilot.pause()
        line = screen_lines(app)[app.query_one("#inspector").region.y]
        assert "“The”" in line
        assert "score 0.400 [0.390, 0.410]" in line
        assert "raw +0.2000" in line
        below = screen_lines(app)[app.query_one("#inspector").region.y + 1]
        assert below.split("   ")[1:4] == ["id 10", "content", "characters 0:3"]


async def test_errors_stay_on_the_screen():
    async with workbench() as (app, pilot, engine):
        engine.explain_error = "The prompt is 2,000 tokens long and fake reads 1,024 at most."
        await type_and_run(pilot, app)
        text = "\n".join(screen_lines(app))
        assert "2,000 tokens long" in text
        assert "failed" in text


async def test_a_model_that_does_not_load_says_why_and_another_can_be_chosen():
    async with workbench() as (app, pilot, engine):
        engine.load_error = "There is no model 'x' at the hub."
        app.load_model("x")
        await pilot.pause()
        assert "There is no model 'x'" in "\n".join(screen_lines(app))
        assert app.state.model_name == "fake", "the one before is still there"
        engine.load_error = None
        app.load_model("fake")
        await pilot.pause()
        assert app.state.phase == "ready"
        assert app.state.error == ""


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
@pytest.mark.parametrize("theme", theme_names())
async def test_every_theme_draws_at_every_depth(theme, depth):
    from tests.workbench.fake import ScriptedEngine

    app = Workbench(model="fake", engine=ScriptedEngine, depth=depth, theme_name=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_and_run(pilot, app)
        heat = app.query_one(HeatMap)
        text = "".join(heat.render_line(y).text for y in range(4))
        assert "France" in text
        bars = any(glyph in text for glyph in "▁▂▃▄▅▆▇")
        assert bars is (depth in app.pens.theme.glyphs)


async def test_the_theme_changes_at_once():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        before = app.query_one(HeatMap).render_line(0)
        app.use_theme("light")
        await pilot.pause()
        assert list(app.query_one(HeatMap).render_line(0)) != list(before)


async def test_save_writes_a_record_that_opens_again(tmp_path: Path):
    from noiser.opening import open_record

    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        target = tmp_path / "run.json"
        await pilot.press("f8")
        app.screen.query_one("Input").value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert open_record(target) == app.state.run.explanation
        assert json.loads(target.read_text())["format"] == "noiser/1"


async def test_save_to_nowhere_is_one_sentence(tmp_path: Path):
    async with workbench((120, 30)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("f8")
        app.screen.query_one("Input").value = str(tmp_path / "no" / "run.json")
        await pilot.press("enter")
        await pilot.pause()
        assert "cannot be written" in "\n".join(screen_lines(app))


async def test_every_action_in_the_registry_exists_and_runs_from_the_list():
    async with workbench() as (app, pilot, engine):
        app.query_one(PromptEditor).text = PROMPT
        await pilot.press("f1", *"explain the prompt", "enter")
        await pilot.pause()
        assert [job.text for job in engine.explained] == [PROMPT]


async def test_ctrl_c_twice_leaves_once_does_not():
    async with workbench() as (app, pilot, _):
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code is None
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code == 0


async def test_hostile_prompts_come_out_as_themselves_in_place():
    text = "a [bold]b[/bold] \x1b[31mred\x1b[0m \t👩‍🚀 שלום é x"
    async with workbench((120, 30)) as (app, pilot, _):
        await type_and_run(pilot, app, text)
        heat = app.query_one(HeatMap)
        drawn = "".join(heat.render_line(y).text for y in range(heat.size.height))
        for part in ("[bold]b[/bold]", "␛[31mred␛[0m", "→", "👩‍🚀", "שלום", "é"):
            assert part in drawn
        assert "\x1b" not in drawn
        for y in range(heat.size.height):
            assert heat.render_line(y).cell_length == heat.size.width


async def test_resizing_while_running_loses_nothing():
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = 3
        await type_and_run(pilot, app)
        for size in ((60, 16), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert "France" in text
        assert "step 2/10" in text


async def test_progress_is_painted_at_most_at_the_frame_rate(monkeypatch):
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        painted = []
        real = app.paint
        monkeypatch.setattr(app, "paint", lambda: (painted.append(1), real()))
        from noiser_tui.workbench.engine import EngineTold
        from tests.workbench.fake import script

        step = script(PROMPT)[2]
        for number in range(200):
            app.post_message(EngineTold(2, replace(step, step=number % 10 + 1)))
        await pilot.pause()
        assert len(painted) < 20


async def test_a_refusal_leaves_what_runs_alone():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        await pilot.press("f8")  # nothing to save yet
        await pilot.pause()
        assert "nothing to save" in app.state.error
        app.query_one(PromptEditor).text = ""
        await pilot.press("f5")
        await pilot.pause()
        assert "empty" in app.state.error
        assert app.state.phase == "running"
        await pilot.press("escape")
        await pilot.pause()
        assert engine.cancelled == 1
        assert app.state.run.outcome == "cancelled"


async def test_another_model_ends_the_run_of_the_first():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        app.load_model("other")
        await pilot.pause()
        assert app.state.run.outcome == "cancelled"
        assert app.state.phase == "ready"
        assert app.state.model.name == "other"


async def test_a_target_is_not_taken_over_to_an_example():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        assert engine.explained[-1].request.target == "id:8"
        await pilot.press("ctrl+o", "down", "enter")
        await pilot.pause()
        await pilot.pause()
        assert engine.explained[-1].text != PROMPT
        assert engine.explained[-1].request.target is None


async def test_trust_and_revision_are_for_the_first_model_alone():
    options = {"revision": "abc", "trust": ("pickle",), "device": "cpu"}
    async with workbench(options=options) as (app, pilot, engine):
        app.load_model("other")
        await pilot.pause()
        assert engine.jobs[0].options == options
        assert engine.jobs[-1].options == {"device": "cpu"}


@pytest.mark.parametrize(("answer", "replaced"), [("keep", False), ("replace", True)])
async def test_a_file_is_not_replaced_unasked(tmp_path: Path, answer, replaced):
    target = tmp_path / "run.json"
    target.write_text("mine")
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("f8")
        app.screen.query_one("Input").value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert target.read_text() == "mine"
        await pilot.press(*answer, "enter")
        await pilot.pause()
        assert (target.read_text() != "mine") is replaced


async def test_control_sequences_in_the_editor_are_shown_not_sent():
    async with workbench(prompt="\x1b[31mred \x1b[2Jhello \x07") as (app, pilot, _):
        await pilot.pause()
        lines = screen_lines(app)
        assert not any(ord(char) < 32 for line in lines for char in line)
        assert "␛[31mred ␛[2Jhello" in lines[1]
        await pilot.press("f8")
        await pilot.press("f6")
        app.screen.query_one("Input").value = "\x1b[2Jx"
        await pilot.pause()
        assert not any(ord(char) < 32 for line in screen_lines(app) for char in line)


async def test_another_model_has_other_ids():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        app.load_model("other")
        await pilot.press("f5")
        await pilot.pause()
        await pilot.pause()
        assert engine.explained[-1].request.target is None


async def test_the_cursor_of_the_last_prompt_points_at_nothing_in_the_next():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "end")
        await type_and_run(pilot, app, "Two words")
        await pilot.pause()
        line = screen_lines(app)[app.query_one("#inspector").region.y]
        assert "hangs on" in line


async def test_the_inspector_tells_what_the_tokens_of_a_character_are():
    from noiser.prompt import Prompt, Token
    from noiser_tui.workbench.widgets.inspector import Inspector

    tokens = tuple(Token(5 + i, f"<{b}>", 0, 1, "content", b) for i, b in enumerate(("f0", "9f")))
    template = Token(9, "user", 1, 5, "template", "75736572")
    named = tuple(replace(token, text=token.text.upper()) for token in tokens)
    async with workbench((100, 24)) as (app, pilot, _):
        run = replace(app.state.run, prompt=Prompt("🚀user", (*named, template)))
        inspector = app.query_one(Inspector)
        inspector.show_state(replace(app.state, run=run))
        inspector.point_at((0, 1))
        await pilot.pause()
        first = screen_lines(app)[inspector.region.y]
        assert first.startswith(" “<F0> of 🚀”  position 0   first of 2 tokens of one character")
        assert inspector.region.height == 2
        second = screen_lines(app)[inspector.region.y + 1]
        assert second.split("   ")[1:5] == ["ids 5 6", "content", "characters 0:1", "bytes F0 9F"]
        inspector.point_at((2,))
        await pilot.pause()
        second = screen_lines(app)[inspector.region.y + 1]
        assert second.split("   ")[1:3] == ["id 9", "template"]


async def test_more_draws_replace_what_is_shown_and_ask_for_no_new_search():
    async with workbench(size=(120, 36)) as (app, pilot, engine):
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "no whole explanation to add draws to" in app.state.error
        await type_and_run(pilot, app)
        before = app.state.run
        await pilot.press("ctrl+r")
        await pilot.pause()
        job = engine.jobs[-1]
        assert isinstance(job, AddDraws)
        assert (job.explanation.draws, job.draws) == (10, 40)
        now = app.state.run
        assert now.explanation is not None
        assert now.explanation.draws == 40
        assert now.search is before.search
        assert "scores are those of 40 draws" in "\n".join(screen_lines(app))


async def test_what_was_found_stays_while_draws_are_added_and_when_that_is_cancelled():
    async with workbench(size=(120, 36)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        before = app.state.run.explanation
        engine.pause_at = 1
        await pilot.press("ctrl+r")
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert "adding draws" in text
        assert "Adding draws, up to 40: 1 of 3 in this round." in text
        assert app.state.run.explanation is before
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "The engine is at work" in app.state.error
        assert before is not None
        engine.partial = replace(before, draws=20)
        await pilot.press("escape")
        await pilot.pause()
        assert app.state.phase == "ready"
        assert app.state.run.explanation == replace(before, draws=20)
        assert "Cancelled: the scores are those of 20 draws." in "\n".join(screen_lines(app))


async def test_what_may_weigh_nothing_has_no_fill_in_the_heat_map_and_a_mark_in_the_ranking():
    async with workbench(size=(120, 36)) as (app, pilot, _):
        await type_and_run(pilot, app, "sure maybe")
        whole = app.state.run.explanation
        assert whole is not None
        *others, last = whole.tokens
        maybe = replace(last, score=0.3, interval=(0.0, 0.4), raw_interval=(-0.1, 0.2))
        made = replace(whole, tokens=(*others, maybe), stability=0.42)
        app.state = replace(app.state, run=replace(app.state.run, explanation=made))
        app.paint()
        await pilot.pause()
        heat = app.query_one(HeatMap)
        styles = {s.text: s.style for s in heat.render_line(0) if s.style is not None}
        assert styles[" maybe"].underline
        assert styles[" maybe"].bgcolor == heat.pens.plain.bgcolor
        assert not styles["sure"].underline
        assert styles["sure"].bgcolor != heat.pens.plain.bgcolor
        text = "\n".join(screen_lines(app))
        assert "[0.00, 0.40] ≈0" in text
        assert "underlined: may be 0" in text
        assert "τ 0.42" in text
