"""Files are written beside the loop: keys go on, nothing is written twice, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.writing import write_file
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, type_and_run, until


class Slowly:
    """Writes a file once it may; counts how often it was asked to."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.asked = 0

    def __call__(self, where: Path) -> None:
        self.asked += 1
        assert self.may.wait(60)
        where.write_text("written")


@pytest.fixture
def slowly() -> Iterator[Slowly]:
    one = Slowly()
    yield one
    one.may.set()


def said(app: Workbench, text: str) -> bool:
    return any(text in one.text for one in app.desk.output)


async def export_png(pilot: Pilot[int], app: Workbench, where: Path) -> None:
    await pilot.press("ctrl+s")
    await settled(pilot)
    app.screen.query_one("Input").value = str(where)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await settled(pilot)


async def test_keys_arrive_while_a_picture_is_made_and_its_end_is_told(
    tmp_path: Path, slowly: Slowly, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("noiser.export.save", lambda saved, where: slowly(where))
    where = tmp_path / "run.png"
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await export_png(pilot, app, where)
        assert app.writing.names == ("run.png",)
        await pilot.press("ctrl+e", "end", *" and")
        assert app.view.query_one(PromptEditor).text.endswith(" and")
        assert not where.exists()
        await until(pilot, lambda: said(app, "run.png is being written …"))
        slowly.may.set()
        await until(pilot, lambda: said(app, f"Saved to {where}"))
        assert (where.read_text(), app.writing.names) == ("written", ())


async def test_a_file_is_not_written_twice_at_a_time_by_whatever_name(
    tmp_path: Path, slowly: Slowly
):
    (tmp_path / "folder").mkdir()
    async with workbench() as (app, pilot, _):
        write_file(app, str(tmp_path / "a.png"), slowly)
        write_file(app, str(tmp_path / "folder" / ".." / "a.png"), slowly)
        await settled(pilot)
        assert app.state.error == "a.png is being written already: it is told when it is there."
        slowly.may.set()
        await until(pilot, lambda: not app.writing.names)
        assert slowly.asked == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ValueError("no such font"), "a.png cannot be written: ValueError: no such font"),
    ],
)
async def test_what_could_not_be_written_is_told_whatever_is_typed(
    tmp_path: Path, error: Exception, told: str
):
    def fails(_: Path) -> None:
        raise error

    async with workbench() as (app, pilot, _):
        write_file(app, str(tmp_path / "a.png"), fails)
        await pilot.press(*"Hi")
        await until(pilot, lambda: not app.writing.names)
        (last,) = (one for one in app.desk.output if one.kind == "error")
        assert told in last.text


async def test_leaving_waits_for_a_file_and_says_so(tmp_path: Path, slowly: Slowly):
    where = tmp_path / "a.png"
    async with workbench() as (app, pilot, _):
        write_file(app, str(where), slowly)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: said(app, "a.png is written first; Ctrl+Q again leaves"))
        assert app.return_code is None
        slowly.may.set()
        await until(pilot, lambda: app.return_code == 0)
        assert where.read_text() == "written"


async def test_why_a_file_is_not_there_is_not_lost_by_leaving(tmp_path: Path, slowly: Slowly):
    def full(where: Path) -> None:
        slowly(where)
        raise OSError(28, "No space left on device", str(where))

    async with workbench() as (app, pilot, _):
        write_file(app, str(tmp_path / "a.png"), full)
        await pilot.press("ctrl+q")
        slowly.may.set()
        await until(pilot, lambda: app.return_code is not None)
    assert ["No space left" in one for one in app.writing.unseen] == [True]


async def test_who_asks_to_leave_again_leaves_without_it(tmp_path: Path, slowly: Slowly):
    async with workbench() as (app, pilot, _):
        write_file(app, str(tmp_path / "a.png"), slowly)
        await pilot.press("ctrl+q", "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)
        assert not (tmp_path / "a.png").exists()


async def test_the_end_of_the_terminal_waits_for_a_file(tmp_path: Path, slowly: Slowly):
    where = tmp_path / "a.png"
    async with workbench() as (app, _, __):
        write_file(app, str(where), slowly)
        threading.Timer(0.2, slowly.may.set).start()
        app.exit()  # as on SIGHUP
    assert where.read_text() == "written"


async def test_a_file_that_is_there_is_replaced_only_if_that_is_wanted(tmp_path: Path, slowly):
    where = tmp_path / "a.png"
    where.write_text("mine")
    slowly.may.set()
    async with workbench() as (app, pilot, _):
        write_file(app, str(where), slowly)
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert (where.read_text(), slowly.asked) == ("mine", 0)
        write_file(app, str(where), slowly)
        await settled(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: where.read_text() == "written")
