"""Files that are no prompts: what they are, edited and saved, and explained only where somebody wants it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noiser_tui.workbench import opening, text_page
from noiser_tui.workbench.desk import with_document
from noiser_tui.workbench.engine import ExplainPrompt
from noiser_tui.workbench.text_page import KEYS, SETTINGS, THEME, TOML, TextPage, no_prompt
from noiser_tui.workbench.text_room import follow
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of

THEMES = Path(__file__).resolve().parents[2] / "themes"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("settings.toml", "# nothing set", SETTINGS),
        ("other.toml", '[engine]\nmodel = "built-in"', SETTINGS),
        ("other.toml", "[tool]\nx = 1", TOML),
        ("other.toml", "not = = toml", TOML),
        ("keybindings.json", "// none yet\n[]", KEYS),
        ("mine.toml", (THEMES / "dark.toml").read_text(), THEME),
        ("mine.json", '{"colors": {"editor.background": "#111"}, // dark\n}', THEME),
        ("mine.json", '{"format": "noiser/1"}', ""),
        ("chat.json", '[{"role": "user", "content": "Hi"}]', ""),
        ("settings.txt", "[engine]", ""),
    ],
)
def test_what_a_file_is_that_is_no_prompt(name: str, text: str, what: str) -> None:
    assert no_prompt(Path("/elsewhere") / name, text) == what


@pytest.mark.parametrize("name", ["settings.toml", "keybindings.json", "mine.json"])
async def test_what_is_no_prompt_opens_as_what_it_is(name: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / name
    elsewhere.parent.mkdir()
    elsewhere.write_text('{"colors": {}}' if name == "mine.json" else "")
    async with workbench() as (app, pilot, engine):
        opening.open_any(app, elsewhere)
        await settled(pilot)
        assert app.desk.active.kind == "text"
        assert "and no prompt." in text_of(app)
        await pilot.press(*"# x")
        await settled(pilot)
        assert app.desk.active.edited
        await pilot.press("y", "ctrl+s")
        await settled(pilot)
        assert elsewhere.read_text().startswith("# xy")
        assert not app.desk.active.edited
        await pilot.press("f5")
        await settled(pilot)
        assert app.desk.active.kind == "explanation"
        assert app.state.text.startswith("# xy")
        assert not any(isinstance(job, ExplainPrompt) for job in engine.jobs), "it only opens"


async def test_a_theme_is_read_once_when_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"colors": {}}\r\n', newline="")
    read: list[object] = []
    for module, name in ((opening, "text_in"), (text_page, "read_jsonc")):
        original = getattr(module, name)
        monkeypatch.setattr(module, name, lambda what, to=original: read.append(to) or to(what))
    async with workbench() as (app, pilot, _):
        for _ in range(2):
            opening.open_any(app, file)
            await settled(pilot)
            page = app.desk.active.page
            assert isinstance(page, TextPage)
            assert (page.text, page.what) == ('{"colors": {}}\n', THEME)
            assert (app.desk.active.path, app.desk.active.edited) == (str(file), False)
        assert [one.path for one in app.desk.documents].count(str(file)) == 1
        assert len(read) == 4, "its text and what it says, each time that it was opened"


async def test_a_text_that_was_not_edited_is_as_its_file_is_by_now(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"colors": {}}')
    async with workbench() as (app, pilot, _):
        opening.open_any(app, file)
        await settled(pilot)
        await pilot.press(*["right"] * 5)
        theirs = '{"colors": {"editor.background": "#111"}}'
        file.write_text(theirs)
        follow(app)
        await settled(pilot)
        assert (app.view.text, app.desk.active.edited) == (theirs, False)  # type: ignore[attr-defined]
        assert app.view.place == {"cursor": (0, 5)}, "where it stood"  # type: ignore[attr-defined]
        await pilot.press("home")
        await pilot.press("x")
        await settled(pilot)
        file.write_text("{}")
        follow(app)
        await settled(pilot)
        assert app.view.text == f"x{theirs}"  # type: ignore[attr-defined]


async def test_a_text_that_may_be_edited_and_is_unlike_its_file_is_marked_and_both_are_kept(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"colors": {}}')
    async with workbench() as (app, pilot, _):
        app.open_page(TextPage('{"colors": 1}', THEME), path=str(file), saved='{"colors": 1}')
        app.desk = with_document(app.desk, replace(app.desk.active, unsure=True))
        await settled(pilot)
        assert not app.desk.active.edited
        follow(app)
        await settled(pilot)
        assert app.desk.active.edited
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert file.read_text() == '{"colors": {}}'
        assert "again writes over it" in app.desk.active.page.error
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert (file.read_text(), app.desk.active.edited) == ('{"colors": 1}', False)


async def test_what_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"colors": {}}')
    async with workbench() as (app, pilot, _):
        opening.open_any(app, file)
        await settled(pilot)
        await pilot.press("x")
        file.write_bytes(b"\xff\xfe")
        for _ in range(2):
            await pilot.press("ctrl+s")
            await settled(pilot)
            assert "not UTF-8" in app.desk.active.page.error
        assert file.read_bytes() == b"\xff\xfe"
