"""Quick open: everything that can be opened by its name, in one list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.builtin import examples
from noiser_tui.settings.places import start_folder
from noiser_tui.workbench import choices, choosing, runs_room
from noiser_tui.workbench.explorer_tree import PROMPTS, RECORDS, TABLES, looked_at
from noiser_tui.workbench.opening import explain_text, open_any
from noiser_tui.workbench.screens.pick import COMMANDS, Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

MOST_FILES = 500
"""Files of the start folder that are listed at most; deeper ones are found by typing their path."""
MOST_FOLDERS = 100
"""Folders of it that are looked into: the list is made while one waits."""


def quick_open(app: Workbench) -> None:
    """Choose among the tabs, the files here, the newest runs, the examples and the models."""
    opens: dict[str, Callable[[], object]] = {}
    listed: list[Choice] = []

    def offer(name: str, what: str, do: Callable[..., object], *arguments: object) -> None:
        key = f"{len(listed)}:{name}"
        opens[key] = partial(do, *arguments)
        listed.append(Choice(key, name, what))

    for document in app.desk.documents:
        offer(document.title, "open tab", app.action_show_tab, document.id)
    for path in prompt_files(start_folder()):
        offer(str(path), "file", open_any, app, path)
    for entry in (*app.desk.shelf.pinned, *app.desk.shelf.others):
        made = entry.created.astimezone().strftime("%d %b %H:%M")
        what = "chat" if entry.role else "run"
        offer(entry.name, f"{what} of {made}", runs_room.open_run, app, entry.id, entry.title)
    for text in examples():
        offer(text, "example", explain_text, app, text)
    for model in choices.model_choices():
        offer(model.name, f"model, {model.what}", app.load_model, model.value)
    commands = []
    for one in choosing.commands(app):
        key = f"{COMMANDS}{one.value}"  # a path that is typed may be called as a command is
        opens[key] = partial(choosing.do, app, one.value)
        commands.append(replace(one, value=key))

    def use(answer: str | None) -> None:
        if answer is None:
            return
        if answer in opens:
            opens[answer]()
        else:
            open_any(app, Path(answer))

    free = "A tab, file, run, example or model; or a path; > for commands"
    app.push_screen(Pick("Open", listed, free=free, commands=commands), use)


def prompt_files(folder: Path) -> list[Path]:
    """The texts and saved runs in a folder and those in it, as paths from there, hidden ones left out."""
    found: list[Path] = []
    folders = [folder]
    for place, here in enumerate(folders):
        try:
            inside, files = looked_at(here)
        except OSError:  # it may not be read, or is gone
            continue
        if not place:
            folders += inside[:MOST_FOLDERS]
        found += [
            one.relative_to(folder) for one in files if one.suffix in (*PROMPTS, *TABLES, *RECORDS)
        ]
        if len(found) >= MOST_FILES:
            break
    return found[:MOST_FILES]
