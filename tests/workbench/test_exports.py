"""Every view can be written to a file, by the keys of the others, in forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser_tui.workbench import kept_measures
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.desk import PANELS, SIDES
from noiser_tui.workbench.exports import offers as offers_module
from noiser_tui.workbench.exports.of_metrics import COLUMNS
from noiser_tui.workbench.exports.offers import offers
from noiser_tui.workbench.exports.table import Table, render
from noiser_tui.workbench.screens.ask import Ask
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run, until


async def save_as(pilot: Pilot[int], app: Workbench, where: Path) -> str:
    """Answer the question for a file's name, and read what stands there then."""
    assert isinstance(app.screen, Ask)
    app.screen.query_one("Input").value = str(where)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await until(pilot, lambda: where.exists() and not app.writing.names)
    return where.read_text()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def measured(pilot: Pilot[int], app: Workbench) -> None:
    """An explanation with its metrics and a judge's verdict, the keys in Metrics."""
    await type_and_run(pilot, app)
    await pilot.press("alt+x")
    await settled(pilot)
    await pilot.press("alt+y", "alt+i")
    await settled(pilot)


async def test_ctrl_s_in_metrics_writes_them_as_json_csv_markdown_and_words(tmp_path: Path):
    async with workbench((120, 40)) as (app, pilot, _):
        await measured(pilot, app)
        known = app.state.measured
        assert known.soft is not None
        made = {}
        for form in ("json", "csv", "md", "txt"):
            await pilot.press("ctrl+s")
            await settled(pilot)
            assert "Save the metrics to" in text_of(app)
            made[form] = await save_as(pilot, app, tmp_path / f"metrics.{form}")
        record = json.loads(made["json"])
        assert (record["prompt"], record["target"]) == (PROMPT, " Paris")
        assert record["verdict"]["judge"] == known.verdict.judge  # type: ignore[union-attr]
        read = kept_measures.from_json(made["json"].encode())
        assert (read.soft, read.hard, read.curves) == (known.soft, known.hard, known.curves)
        (soft,) = (one for one in rows_of(made["csv"]) if one["metric"] == "Soft-NS")
        number = known.soft.sufficiency
        assert float(soft["value"]) == number.value
        assert number.interval == (float(soft["low"]), float(soft["high"]))
        points = [one for one in rows_of(made["csv"]) if one["metric"] == "deletion"]
        assert [float(one["value"]) for one in points] == list(known.curves.deletion[0].values)  # type: ignore[union-attr]
        assert f"| {' | '.join(COLUMNS)} |" in made["md"]
        assert "| Soft-NS | – | 0.62 | 0.57 | 0.67 |" in made["md"]
        assert made["txt"].startswith(f"Prompt: {PROMPT}\nTarget: ' Paris'\n")
        assert "Top words: right" in made["txt"]


async def test_ctrl_s_in_the_search_writes_every_step(tmp_path: Path):
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+h", "ctrl+s")
        await settled(pilot)
        assert "Save the search to" in text_of(app)
        written = await save_as(pilot, app, tmp_path / "search.csv")
        rows = rows_of(written)
        last = [one for one in rows if one["step"] == "2"]
        assert {one["step"] for one in rows} == {"1", "2"}
        assert (last[0]["text"], last[0]["low"], last[0]["high"]) == ("The", "0.0", "0.25")
        assert [one["decides"] for one in last] == ["true", *["false"] * (len(last) - 1)]
        await pilot.press("ctrl+s")
        await settled(pilot)
        record = json.loads(await save_as(pilot, app, tmp_path / "search.json"))
        assert record["prompt"] == PROMPT
        assert record["alpha"] == app.state.run.explanation.alpha  # type: ignore[union-attr]
        assert len(record["rows"]) == len(rows)


async def test_a_panel_with_nothing_in_it_says_so_and_an_edited_file_comes_first(tmp_path: Path):
    file = tmp_path / "prompt.txt"
    file.write_text("The capital")
    async with workbench((120, 40)) as (app, pilot, _):
        from noiser_tui.workbench.opening import open_file

        open_file(app, file)
        await settled(pilot)
        await pilot.press("alt+i", "ctrl+s")
        await settled(pilot)
        assert app.state.error == "Nothing is measured yet: Alt+X measures, Alt+Y asks the judge."
        await pilot.press("ctrl+e", "end", *" of", "alt+i", "ctrl+s")
        await until(pilot, lambda: file.read_text().endswith("of"))
        assert not isinstance(app.screen, Ask)


async def test_export_lists_all_that_is_shown_that_with_the_keys_first(tmp_path: Path):
    async with workbench((120, 40)) as (app, pilot, _):
        await measured(pilot, app)
        await pilot.press("ctrl+k", "w")
        await settled(pilot)
        lines = [line.strip("│ ") for line in text_of(app).splitlines()]
        assert any("Metrics  .json, .csv, .md, .txt" in line for line in lines)
        await pilot.press("enter")
        await settled(pilot)
        assert "Save the metrics to" in text_of(app)
        await save_as(pilot, app, tmp_path / "m.json")


async def test_all_that_is_offered_can_be_written_in_all_its_forms(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.views.explanation.RESTED", 0.001)
    async with workbench((160, 50)) as (app, pilot, _):
        await measured(pilot, app)
        await pilot.press("alt+m", "alt+r", "ctrl+e", "alt+n")
        await until(pilot, lambda: app.state.continuation.written and app.desk.shelf.known)
        await pilot.press("f9", "ctrl+k", "g")
        await until(pilot, lambda: app.state.trace.curve is not None)
        found = {one.what: one for one in offers(app)}
        assert found.keys() >= {
            *("explanation", "metrics", "search", "next tokens", "continuation"),
            *("curve of the token", "output", "list of runs", "list of models"),
            *("list of methods", "list of keys"),
        }
        for what, one in found.items():
            for form in one.forms or (".log",):
                where = tmp_path / f"{what}{form}"
                one.write(where)
                text = where.read_bytes()
                assert text, where
                if form == ".csv":
                    assert len(rows_of(text.decode())) >= 1, where
                if form == ".json":
                    json.loads(text)
        (run,) = rows_of((tmp_path / "list of runs.csv").read_text())
        assert run["prompt"] == PROMPT
        (first, *_) = rows_of((tmp_path / "continuation.csv").read_text())
        assert first["token"] == app.state.continuation.written[0].token.text


async def test_in_runs_the_run_under_the_cursor_stands_first(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+r")
        await until(pilot, lambda: app.desk.shelf.others and PROMPT in text_of(app))
        await settled(pilot)
        assert [one.what for one in offers(app)][:2] == ["run under the cursor", "list of runs"]
        await pilot.press("ctrl+k", "w", "enter")
        await settled(pilot)
        record = json.loads(await save_as(pilot, app, tmp_path / "run.json"))
        assert (record["format"], record["prompt"]) == ("noiser/1", PROMPT)


async def test_no_view_of_panel_and_side_bar_is_without_an_export():
    async with workbench() as (app, _, __):
        own = {*offers_module._of_panel(app), *offers_module._of_side(app)}
        without = {*PANELS, *SIDES} - own
        assert without == {"explorer", "studies"}, "files; and a study is offered under the cursor"
        assert isinstance(offers_module.of_view(app, "search"), str)


async def test_prompts_of_a_file_are_written_as_records_a_line_each(tmp_path: Path, monkeypatch):
    from noiser_tui.workbench.list_room import open_list

    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    many = tmp_path / "many.jsonl"
    many.write_text('"The capital of France is"\n{"no": 1}\n"Hi there"\n')
    async with workbench((120, 40)) as (app, pilot, _):
        open_list(app, many)
        page = app.desk.active
        await until(pilot, lambda: getattr(app.desk.page(page.id), "done", 0) == 2)
        await until(pilot, lambda: not app.keeping.busy)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Save the explained prompts to" in text_of(app)
        lines = (await save_as(pilot, app, tmp_path / "out.jsonl")).splitlines()
        first, second, third = map(json.loads, lines)
        assert (first["prompt"], third["prompt"]) == ("The capital of France is", "Hi there")
        assert (second["line"], "error" in second) == (2, True)


def test_a_table_is_read_again_from_every_form_and_nothing_in_it_is_obeyed():
    rows = ((" a|b\n", 0.5, None, True), ("`x`", -1.25, 3, False))
    table = Table(("text", "value", "at", "holds"), rows, {"prompt": "It\nis", "bound": "l_2"})
    back = rows_of(render(table, ".csv"))
    assert [(one["text"], float(one["value"])) for one in back] == [(" a|b\n", 0.5), ("`x`", -1.25)]
    assert [one["holds"] for one in back] == ["true", "false"]
    record = json.loads(render(table, ".json"))
    assert record["prompt"] == "It\nis"
    assert [tuple(one.values()) for one in record["rows"]] == list(rows)
    lines = render(table, ".md").splitlines()
    assert lines[:2] == ["- prompt: `It⏎is`", "- bound: l\\_2"]
    assert lines[3:5] == ["| text | value | at | holds |", "| --- | --- | --- | --- |"]
    assert lines[5] == "| `  a\\|b⏎ ` | 0.5 | – | yes |"
    assert lines[6] == "| `` `x` `` | −1.25 | 3 | no |"


@pytest.mark.parametrize("name", ["metrics.doc", "metrics"])
async def test_a_name_of_no_such_form_is_refused_while_the_question_stands(name, tmp_path: Path):
    async with workbench((120, 40)) as (app, pilot, _):
        await measured(pilot, app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        app.screen.query_one("Input").value = str(tmp_path / name)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, Ask)
        assert ".json, .csv, .md, .txt" in " ".join(text_of(app).split())


async def test_the_list_of_keys_that_may_follow_is_not_in_the_picture(tmp_path: Path):
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("ctrl+k")
        await until(pilot, lambda: "and then" in text_of(app))
        await pilot.press("i")
        await settled(pilot)
        drawn = await save_as(pilot, app, tmp_path / "screen.svg")
        assert "Commands" in drawn
        assert "and&#160;then" not in drawn
