"""Work beside the loop: what came of it is told on the loop, and a disk that refuses ends nothing."""

import threading

from noiser.errors import NoiserError
from noiser_tui.workbench.beside import beside
from tests.workbench.fake import workbench
from tests.workbench.hands import until


def fails() -> str:
    raise NoiserError("The disk is full.")


async def test_what_came_of_it_is_told_on_the_loop():
    async with workbench() as (app, pilot, _):
        told: list[tuple[str, bool]] = []

        def tell(what: str) -> None:
            told.append((what, threading.current_thread() is threading.main_thread()))

        beside(app, lambda: str(threading.current_thread().daemon), use=tell, failed=tell)
        await until(pilot, lambda: told)
        beside(app, fails, use=tell, failed=tell)
        await until(pilot, lambda: len(told) == 2)
        assert told == [("True", True), ("The disk is full.", True)]


async def test_what_the_system_refuses_is_told_in_words_without_its_number():
    def refused() -> str:
        raise PermissionError(13, "Permission denied", "/closed")

    async with workbench() as (app, pilot, _):
        told: list[str] = []
        beside(app, refused, failed=told.append)
        await until(pilot, lambda: told)
        assert told == ["Permission denied: /closed"]


async def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "file" / "data"))
    async with workbench() as (app, pilot, _):
        await until(pilot, lambda: any("recent-models" in one.text for one in app.desk.output))
        assert app.is_running
        assert app.desk.model is not None


async def test_what_nobody_expected_is_told_too():
    async with workbench() as (app, pilot, _):
        told: list[str] = []
        beside(app, lambda: 1 // 0, failed=told.append)
        await until(pilot, lambda: told)
        assert told[0].startswith("This is a bug in Noiser: ZeroDivisionError(")
