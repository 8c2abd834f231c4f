"""The explorer: what is listed, what opens, what is said where it cannot be read."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace

import pytest

from noiser.builtin import examples
from noiser.data import published
from noiser.data.catalogue import _PUBLISHED, DATASETS, load_dataset
from noiser.errors import NoiserError
from noiser.export import save
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench import explorer_tree, opening
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.row_list import RowList
from noiser_tui.workbench.widgets.words import Words
from tests.comparison.rows import compared
from tests.export.example import example
from tests.silent import silent_server
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import settled, until


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "capital.txt").write_text("The capital of France is")
    (tmp_path / "more.jsonl").write_text(
        '{"prompt": "One", "target": "two"}\n{"prompt": "Three"}\n'
    )
    (tmp_path / "broken.jsonl").write_text("{nothing\n")
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / "program.py").write_text("no")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "deep.md").write_text("Deep down")
    (tmp_path / "list.json").write_text(json.dumps([{"prompt": "In a list"}]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_lists_what_can_be_explained(folder):
    nodes = explorer_tree.folder_nodes(folder)
    assert [(one.name, one.branch) for one in nodes] == [
        ("inner", True),
        ("broken.jsonl", True),
        ("capital.txt", False),
        ("list.json", True),
        ("more.jsonl", True),
    ]


def test_samples_are_prompts_with_what_the_data_set_expects(folder):
    (first, second) = explorer_tree.children(f"table:{folder / 'more.jsonl'}")
    assert (first.opens.text, first.opens.expects, first.more) == ("One", "two", "two")
    assert (second.opens.text, second.opens.expects) == ("Three", "")
    with pytest.raises(NoiserError, match=r"broken\.jsonl"):
        explorer_tree.children(f"table:{folder / 'broken.jsonl'}")


async def rows_with(pilot, app, name):
    """The names in the tree, once that one is among them: branches are read beside the loop."""

    def names():
        return [row.name for row in app.query_one(RowList)._rows]

    await until(pilot, lambda: name in names())
    return names()


async def choose(pilot, app, name):
    names = await rows_with(pilot, app, name)
    app.query_one(RowList).point_at(names.index(name))
    await pilot.press("enter")
    await pilot.pause()


async def test_files_samples_and_examples_open_in_tabs(folder):
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("alt+e")
        await pilot.pause()
        await choose(pilot, app, "capital.txt")
        assert app.state.text == "The capital of France is"
        assert app.desk.active.title == "capital.txt"
        await pilot.press("alt+e")
        await choose(pilot, app, "inner")
        await choose(pilot, app, "deep.md")
        assert app.state.text == "Deep down"
        await pilot.press("alt+e")
        await choose(pilot, app, "more.jsonl")
        await choose(pilot, app, "One")
        assert app.state.text == "One"
        assert "“two”" in app.state.note
        await pilot.press("alt+e")
        await choose(pilot, app, "capital.txt")  # open already: its tab
        assert len(app.desk.documents) == 3
        assert app.desk.active.title == "capital.txt"
        assert engine.explained == []


async def test_what_cannot_be_read_says_why_in_its_place(folder):
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+e")
        await pilot.pause()
        await choose(pilot, app, "broken.jsonl")
        for _ in range(100):
            if any("error" in row.key for row in app.query_one(RowList)._rows):
                break
            await asyncio.sleep(0.01)
        assert [row.tone for row in app.query_one(RowList)._rows if "error" in row.key] == ["error"]
        assert "broken.jsonl: line 1 is" in app.state.error  # in whole: its row is short


@pytest.mark.parametrize(("file", "text"), [("more.jsonl", "Three"), ("list.json", "In a list")])
async def test_quick_open_goes_on_to_the_prompts_of_a_file(folder, file, text):
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("ctrl+p", *file, "enter")
        await until(pilot, lambda: app.screen is not app.base)
        await pilot.press(*text.lower(), "enter")
        await until(pilot, lambda: app.state.text == text)


async def test_a_broken_list_says_why_from_quick_open(folder):
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("ctrl+p", *"broken", "enter")
        await until(pilot, lambda: "line 1" in app.state.error)
        assert app.screen is app.base


async def test_an_edited_file_is_marked_and_saved(folder):
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("ctrl+p", *"capital.txt", "enter")
        await pilot.pause()
        await pilot.press("X")
        await pilot.pause()
        assert app.desk.active.edited
        assert "capital.txt ●" in screen_lines(app)[0]
        await pilot.press("alt+w")
        await pilot.pause()
        assert (folder / "capital.txt").read_text() == "XThe capital of France is"
        assert not app.desk.active.edited


async def test_closing_an_edited_file_asks(folder):
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("ctrl+p", *"capital.txt", "enter")
        await pilot.press("X", "ctrl+w", "escape")
        assert app.desk.active.title == "capital.txt"
        await pilot.press("ctrl+w", "down", "enter")
        await pilot.pause()
        assert app.query_one(PromptEditor).text == ""


async def test_a_sample_is_found_by_typing(folder):
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+e")
        await pilot.pause()
        await choose(pilot, app, "examples")
        await rows_with(pilot, app, examples()[3])
        await pilot.press("ctrl+f", *examples()[3].lower(), "enter")
        await pilot.pause()
        assert app.state.text == examples()[3]


async def test_find_is_among_all_that_is_listed_unless_the_cursor_is_in_an_open_list(folder):
    def found(app):
        return [one.name for one in app.screen._shown]

    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+e")
        await choose(pilot, app, "inner")
        await rows_with(pilot, app, "deep.md")
        await pilot.press("ctrl+f", *"m")  # on the folder, which has but one of them
        await settled(pilot)
        assert {"deep.md", "more.jsonl"} <= set(found(app))
        await pilot.press("escape")
        await choose(pilot, app, "more.jsonl")
        await rows_with(pilot, app, "Three")
        await pilot.press("ctrl+f")
        await settled(pilot)
        assert app.screen.query_one("#pick").border_title == "Find in more.jsonl"
        assert found(app) == ["One", "Three"]
        await pilot.press("escape", "left", "ctrl+f")  # folded, it is a row as any other
        await settled(pilot)
        assert "capital.txt" in found(app)
        await pilot.press(*"capital", "enter")
        await settled(pilot)
        assert app.desk.active.title == "capital.txt"


async def test_a_list_that_is_found_goes_on_to_its_prompts_and_nothing_found_says_so(folder):
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("alt+e")
        await rows_with(pilot, app, "capital.txt")
        await pilot.press("ctrl+f", *"nowhere")
        await settled(pilot)
        assert "Nothing has these words." in "\n".join(screen_lines(app))
        await pilot.press("enter", "ctrl+u", *"more.j", "enter")
        await until(pilot, lambda: app.screen.query("#pick"))
        await pilot.press(*"three", "enter")
        await until(pilot, lambda: app.state.text == "Three")


async def test_what_a_file_holds_stands_beside_it(folder):
    save(example(), folder / "run.json")
    save(compared({"noiser": example(), "occlusion": example()}), folder / "two.json")
    (folder / "chat.json").write_text('{"messages": [{"role": "user", "content": "Hello"}]}')
    (folder / "talk.json").write_text('[{"role": "user", "content": "Hello"}]')
    (folder / "other.json").write_text('{"any": "thing"}')
    kinds = {one.name: one.more for one in explorer_tree.folder_nodes(folder) if not one.branch}
    assert kinds == {
        "run.json": "run",
        "two.json": "comparison",
        "chat.json": "chat",
        "talk.json": "chat",
        "other.json": "",
        "capital.txt": "",
    }


async def test_the_name_of_the_folder_comes_back_with_its_first_entry(folder):
    for number in range(40):
        (folder / f"{number}.txt").write_text("One")
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("alt+e", "end")
        await settled(pilot)
        rows = app.query_one(RowList)
        assert rows.scroll_y > 0
        await pilot.press("home")
        await settled(pilot)
        assert rows.pointed.name == "inner"
        assert rows.scroll_y == 0, "its heading is the row above"


async def test_reading_again_counts_again(folder, monkeypatch):
    monkeypatch.setattr(published, "cache_folder", lambda: folder / "cache")
    async with workbench((80, 24)) as (app, pilot, _):

        def count():
            return next(row.more for row in app.query_one(RowList)._rows if row.name == "Knowns")

        await pilot.press("alt+e")
        await until(pilot, lambda: app.query(RowList) and count() == explorer_tree.NOT_HERE)
        (folder / "cache").mkdir()
        one = {"prompt": "A c", "attribute": "b", "subject": "c"}
        listed = [{**one, "known_id": number} for number in range(1209)]
        (folder / "cache" / "Knowns.json").write_text(json.dumps(listed))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: count() == "1,209")


async def test_what_was_opened_from_a_file_is_there_again_after_a_restart(folder, tmp_path):
    save(example(["The", " end"], warnings=()), folder / "run.json")
    save(compared({"noiser": example(), "occlusion": example()}), folder / "two.json")
    async with workbench(session=SessionFile("here", tmp_path / "kept")) as (app, pilot, _):
        for name in ("run.json", "two.json"):
            opening.open_any(app, folder / name)
            await settled(pilot)
        await pilot.press("ctrl+q")
    async with workbench(session=SessionFile("here", tmp_path / "kept")) as (app, pilot, _):
        run, two = (one.id for one in app.desk.documents)
        await until(pilot, lambda: app.desk.page(run).run.explanation is not None)
        await until(pilot, lambda: app.desk.page(two).comparison is not None)


async def test_a_saved_run_opens_from_the_folder(folder):
    from noiser.export import save

    save(example(["The", " end"], warnings=()), folder / "run.json")
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("alt+e")
        await pilot.pause()
        await choose(pilot, app, "run.json")
        assert app.state.run.explanation is not None
        assert app.state.text == "The end"
        assert engine.explained == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", ["capital.txt", "wide.txt"])
async def test_keys_after_the_one_that_opens_a_file_are_for_its_prompt(folder, size, name):
    (folder / "wide.txt").write_text("word " * 4000)
    async with workbench(size) as (app, pilot, _):
        for typed in ("XY", "XYXY"):  # the second time its tab is there
            await pilot.press("alt+e")
            await pilot.pause()
            names = await rows_with(pilot, app, name)
            app.query_one(RowList).point_at(names.index(name))
            await pilot.press("enter", "X", "Y")
            await settled(pilot)
            assert app.focused is app.view.query_one(PromptEditor)
            assert app.desk.active.title == name
            assert app.state.text.startswith(typed)


async def test_a_record_is_parsed_once_whatever_it_is(folder, monkeypatch):
    parsed = []
    loads = json.loads

    def counted(text, **options):
        parsed.append(text)
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", counted)
    save(example(), folder / "run.json")
    save(compared({"noiser": example(), "occlusion": example()}), folder / "comparison.json")
    (folder / "chat.json").write_text('{"messages": [{"role": "user", "content": "Hello"}]}')
    kinds = []
    async with workbench() as (app, pilot, _):
        for name in ("run", "comparison", "chat"):
            file = folder / f"{name}.json"
            opening.open_any(app, file)
            assert parsed.count(file.read_text()) == 1
            assert app.desk.active.title == file.name
            kinds.append(app.desk.active.kind)
            await pilot.pause()
    assert kinds == ["explanation", "comparison", "explanation"]


async def test_counts_are_there_before_anything_is_unfolded(folder, monkeypatch):
    monkeypatch.setattr(published, "cache_folder", lambda: folder / "cache")
    (folder / "cache").mkdir()
    one = {"prompt": "A c", "attribute": "b", "subject": "c"}
    listed = [{**one, "known_id": number} for number in range(1209)]
    (folder / "cache" / "Knowns.json").write_text(json.dumps(listed))
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("alt+e")
        await rows_with(pilot, app, "Knowns")
        rows = app.query_one(RowList)
        await until(pilot, lambda: any(row.more for row in rows._rows))
        counts = {row.name: row.more for row in rows._rows}
        assert (counts["Knowns"], counts["LongRA"]) == ("1,209", explorer_tree.NOT_HERE)
        assert counts["examples"] == str(len(examples()))
        assert counts["built-in"] == f"{len(load_dataset('built-in')):,}"
        rows.point_at([row.name for row in rows._rows].index("LongRA"))
        await settled(pilot)
        assert "Unfolding fetches it." in words_of(app)


@pytest.mark.parametrize("way", ["escape", "fold"])
async def test_a_data_set_whose_server_is_silent_can_be_left(folder, monkeypatch, way):
    monkeypatch.setattr(published, "cache_folder", lambda: folder / "cache")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with silent_server() as server:
        there = next(one for one in _PUBLISHED if one.name == "LongRA")
        there = replace(there, url=f"{server.url}/LongRA.json")
        asked = replace(DATASETS["LongRA"], load=there.load, here=there.is_kept)
        monkeypatch.setitem(DATASETS, "LongRA", asked)
        async with workbench((80, 24)) as (app, pilot, _):
            await pilot.press("alt+e")
            await rows_with(pilot, app, "Knowns")
            await until(pilot, lambda: any(row.more for row in app.query_one(RowList)._rows))
            await choose(pilot, app, "LongRA")
            waiting = "is being fetched; Esc leaves it"
            await rows_with(pilot, app, waiting)
            await until(pilot, server.was_asked.is_set)
            threads = [one for one in threading.enumerate() if one.name == "beside"]
            assert threads
            if way == "fold":
                await choose(pilot, app, "LongRA")
            else:
                await pilot.press("escape")
            await until(pilot, lambda: not any(one.is_alive() for one in threads))
            assert waiting not in [row.name for row in app.query_one(RowList)._rows]
            assert app.query_one(RowList).has_focus
            assert not app.side_bar.view.fetching
            await choose(pilot, app, "LongRA")
            await until(pilot, lambda: len(server.asked) == 2)
            await pilot.press("escape", "escape")
            await settled(pilot)
            assert not app.query_one(RowList).has_focus, "then Esc goes back to the document"
    assert not (folder / "cache").exists()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_prompt_is_shown_whole_below_the_tree(folder, size):
    async with workbench(size) as (app, pilot, _):
        await pilot.press("alt+e")
        await choose(pilot, app, "examples")
        prompt = "The Shining was directed by"
        await rows_with(pilot, app, prompt)
        rows = app.query_one(RowList)
        rows.point_at([row.name for row in rows._rows].index(prompt))
        await settled(pilot)
        assert words_of(app) == prompt


def words_of(app):
    """What stands below the tree, its lines joined."""
    region = app.side_bar.query_one(Words).region
    lines = screen_lines(app)[region.y : region.bottom]
    return " ".join(" ".join(line[region.x : region.right] for line in lines).split())


async def test_a_prompt_that_others_changed_is_not_written_over_unasked(folder):
    file = folder / "capital.txt"
    async with workbench((120, 40)) as (app, pilot, _):
        opening.open_file(app, file)
        await settled(pilot)
        await pilot.press("X")
        file.write_text("Theirs")
        await pilot.press("alt+w")
        await settled(pilot)
        assert file.read_text() == "Theirs"
        assert "again writes over it" in app.state.error
        await pilot.press("alt+w")
        await settled(pilot)
        assert file.read_text() == "XThe capital of France is"
