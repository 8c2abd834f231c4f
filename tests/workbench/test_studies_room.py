"""The room of studies: found, begun, run, shown; on stores filled without a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser.study.claims import Worker
from noiser.study.export import FORMATS
from noiser.study.live import Live
from noiser.study.planning import plan
from noiser.study.store import Store
from noiser.study.table import make_table
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.choices import command_choices
from noiser_tui.workbench.clipboard import CopyReport
from noiser_tui.workbench.engine.study import StudyRun
from noiser_tui.workbench.studies import acting
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.widgets.grid import GridView
from tests.study.cases import fill, measured, small_study
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import until
from tests.workbench.snapshot import SIZES, Snapshot


def seen(app: Workbench, text: str) -> bool:
    return any(text in line for line in screen_lines(app))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / ".data"))
    return tmp_path


async def test_studies_of_the_folder_are_listed_and_open(here: Path) -> None:
    plan(here / "nested" / "first", small_study(here), {})
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+s")
        await until(pilot, lambda: seen(app, "nested/first") and seen(app, "0/16"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: seen(app, "0 of 16 rows · nobody works on it"))
        assert isinstance(app.desk.active.page, StudyPage)
        assert app.desk.active.path == str(here / "nested" / "first")
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("alt+s")
        await until(pilot, lambda: seen(app, "paper-table-1"))


async def test_a_new_study_is_a_text_first_and_saved_as_it_is_typed(here: Path) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+s")
        await pilot.press("n")
        await pilot.press(*"figure", "enter", "enter")
        await until(pilot, lambda: seen(app, "not run yet") and seen(app, 'models = ["fake"]'))
        file = here / "figure-2" / "study.toml"
        await pilot.press("#")
        await until(pilot, lambda: file.read_text().startswith("##"))
        file.write_text("models = 3")
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "models[0] is 3, it must be text."))


def begun(here: Path, count: int, **changes: object) -> Path:
    """A study of three methods with so many rows finished, long ago."""
    methods = ("noiser", "occlusion", "random")
    study = small_study(here, 8, methods=methods, metrics=("hard",), title="Three ways", **changes)
    plan(here / "ways", study, {})
    fill(here / "ways", count, measured)
    with Store(here / "ways") as store:
        store.db.execute("UPDATE task SET finished = finished - 3600")  # the rate is of a minute
    return here / "ways"


async def opened(app: Workbench, pilot: Pilot[int], folder: Path) -> StudyPage:
    """The study in a tab, its numbers and tests there."""
    acting.open_study(app, folder)

    def compared() -> bool:
        page = app.desk.active.page
        assert isinstance(page, StudyPage)
        found = page.found
        if found is None or found.table is None or len(found.table.columns) > 1:
            return False
        return not found.table.lines[0].count("done") or bool(found.table.pairs)

    await until(pilot, compared)
    page = app.desk.active.page
    assert isinstance(page, StudyPage)
    await until(pilot, lambda: isinstance(app.focused, GridView) and app.focused.state == page.grid)
    return page


@pytest.mark.parametrize("size", SIZES)
async def test_a_grid_half_full(here: Path, size: tuple[int, int], snapshot: Snapshot) -> None:
    folder = begun(here, 40)
    async with workbench(size) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("down", "right")
        await snapshot(pilot, "study")


async def test_it_fills_in_while_rows_are_finished(here: Path) -> None:
    folder = begun(here, 0)
    async with workbench((120, 40)) as (app, pilot, _):
        page = await opened(app, pilot, folder)
        assert page.measure == "suff."  # several models: one measure, side by side
        await until(pilot, lambda: seen(app, "– …0/8"))
        fill(folder, 24, measured)
        await until(pilot, lambda: seen(app, "24 of 48 rows"))
        await until(pilot, lambda: seen(app, "✗1") and not seen(app, "– …0/8 ✗1"))
        assert seen(app, "It broke.")
        fill(folder, 24, measured)
        await until(pilot, lambda: seen(app, "48 of 48 rows"))
        await until(pilot, lambda: not seen(app, "…8/8") and not seen(app, "…0/8"))


async def test_a_look_that_breaks_is_told_and_the_next_one_goes_on(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(here, 24)
    broken, read = [True], Live.read

    def breaks(live: Live) -> bool:
        if broken[0]:
            raise ZeroDivisionError("nobody expected it")
        return read(live)

    monkeypatch.setattr(Live, "read", breaks)
    async with workbench((120, 40)) as (app, pilot, _):
        acting.open_study(app, folder)
        await until(pilot, lambda: seen(app, "This is a bug in Noiser: ZeroDivisionError("))
        broken[0] = False
        await until(pilot, lambda: seen(app, "24 of 48 rows") and not seen(app, "bug in Noiser"))


async def test_another_method_and_another_measure(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await until(pilot, lambda: seen(app, "◆ noiser") and seen(app, "◆ against noiser"))
        await pilot.press("down", "v")
        await until(pilot, lambda: seen(app, "◆ occlusion") and seen(app, "◆ against occlusion"))
        await pilot.press("f2", *"comp", "enter")
        await until(pilot, lambda: seen(app, "comp. 5.167, 95% from"))
        await pilot.press("m")
        await until(pilot, lambda: seen(app, "α 0.417, 95% from"))


async def test_published_numbers_stand_beside_ones_own(here: Path) -> None:
    folder = begun(here, 48, published=str(here / "theirs.csv"))
    head = "model,dataset,method,metric,value,source\n"
    (here / "theirs.csv").write_text(head + "hub/Qwen2,Data,Noiser,suff.,0.5,table 9\n")
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await until(pilot, lambda: seen(app, "published") and seen(app, "0.500 (+0.284)"))
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "published 0.500 (+0.284): table 9"))
        with (here / "theirs.csv").open("a") as file:  # filled in meanwhile
            file.write("gpt3,Data,Noiser,suff.,0.5,table 9\n")
        told = "1 of 2 published numbers are of no model, data set, method and metric here"
        await until(pilot, lambda: seen(app, told))
        (here / "theirs.csv").write_text("nothing\n")
        await until(pilot, lambda: seen(app, "No published numbers: theirs.csv, line 1"))
        assert not seen(app, "0.500 (")


async def test_a_cell_lists_its_samples_and_one_is_explained(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((120, 40)) as (app, pilot, engine):
        await opened(app, pilot, folder)
        await pilot.press("down", "enter")
        await until(pilot, lambda: seen(app, "left out: the model predicts ' Rome'"))
        assert seen(app, "failed: It broke.")
        await pilot.press("escape")
        await until(pilot, lambda: seen(app, "◆ noiser"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "failed: It broke."))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.desk.explanation is not None)
        assert app.state.request.method == "occlusion"
        assert seen(app, "The study's model is qwen2: F5 explains it with fake.")
        assert not engine.explained


async def test_a_study_that_was_run_elsewhere_has_its_text_and_no_process(here: Path) -> None:
    folder = begun(here, 3)
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("f4")
        await until(pilot, lambda: seen(app, 'title = "Three ways"'))
        await pilot.press("alt+s", "down", "s")
        await until(pilot, lambda: seen(app, "Nobody here works on it."))


async def test_the_footer_says_stop_while_it_runs_and_run_while_nobody_works_on_it(
    here: Path,
) -> None:
    folder = begun(here, 3)
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await until(pilot, lambda: seen(app, "F5 Run"))
        assert not seen(app, "Shift+F5 Stop")
        assert app.facts()["study"] == "still"
        with Store(folder) as store, Worker(store):  # somebody else works on it
            await until(pilot, lambda: seen(app, "F5 Run") and seen(app, "Shift+F5 Stop"))
            assert app.facts()["study"] == "shared"
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        app.studies._runs[folder] = StudyRun(folder, process)
        acting._look(app)
        await until(pilot, lambda: seen(app, "Shift+F5 Stop") and not seen(app, " F5 Run"))
        listed = command_choices(app.keymap, app.facts())
        assert "study_run" not in {one.value for one in listed if one.possible}
        process.communicate()


async def test_it_is_exported(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((80, 24)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("ctrl+s", "enter")
        await until(pilot, lambda: (here / "ways.csv").is_file())
    assert "comp." in (here / "ways.csv").read_text()


async def test_a_file_is_not_replaced_by_its_table_unasked(here: Path) -> None:
    folder = begun(here, 48)
    (here / "ways.csv").write_text("mine")
    async with workbench((80, 24)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("ctrl+s", "enter")
        await until(pilot, lambda: seen(app, "ways.csv exists"))
        await pilot.press("enter")
        await pilot.pause()
        assert (here / "ways.csv").read_text() == "mine"
        await pilot.press("ctrl+s", "enter")
        await until(pilot, lambda: seen(app, "ways.csv exists"))
        await pilot.press(*"replace", "enter")
        await until(pilot, lambda: "comp." in (here / "ways.csv").read_text())


async def test_its_table_is_copied(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def copy(write: object, text: str, environ: object, where: object) -> CopyReport:
        texts.append(text)
        return CopyReport(len(text), ("a place",), None)

    monkeypatch.setattr("noiser_tui.workbench.copying.copy", copy)
    folder = begun(here, 48)
    async with workbench((80, 24)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("alt+k", *"markdown", "enter")
        await until(pilot, lambda: texts)
    with Store(folder) as store:
        assert texts == [FORMATS[".md"](make_table(store)).decode()]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (300, 100)])
async def test_it_fits_every_size(here: Path, size: tuple[int, int]) -> None:
    models = tuple(f"qwen2/{'x' * i}" for i in range(1, 9))
    folder = begun(here, 30, models=models)
    async with workbench(size) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("end", "down", "pagedown", "home", *["right"] * 5)
        await pilot.press("alt+s", "f9", "enter", "escape")
        screen_lines(app)
        await pilot.resize_terminal(61, 17)
        await pilot.pause()
        screen_lines(app)


async def test_it_is_there_at_the_next_start(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((120, 40), session=SessionFile("here", here)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=SessionFile("here", here)) as (app, pilot, _):
        await until(pilot, lambda: seen(app, "48 of 48 rows"))


PLAN = """
models = ["built-in"]
datasets = ["built-in"]
methods = ["occlusion", "random"]
metrics = ["hard"]
samples = 2
"""


async def test_a_process_of_its_own_fills_it(here: Path) -> None:
    folder = here / "two"
    folder.mkdir()
    (folder / "study.toml").write_text(PLAN)
    async with workbench((120, 40)) as (app, pilot, _):
        acting.open_study(app, folder)
        await until(pilot, lambda: seen(app, "samples = 2"))
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "it goes on when the workbench is left"))
        assert app.studies.running == (folder,)
        await until(pilot, lambda: seen(app, "4 of 4 rows"), seconds=90)
        await until(pilot, lambda: not app.studies.running, seconds=30)
        await until(pilot, lambda: seen(app, "study finished · 4 of 4 rows"))
        assert not seen(app, "it goes on when")
