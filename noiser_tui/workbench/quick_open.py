"""Quick open: everything that can be opened by its name, in one list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.builtin import examples
from noiser.errors import NoiserError
from noiser.files import expand
from noiser_tui.workbench import choices, desk
from noiser_tui.workbench.asking import run
from noiser_tui.workbench.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

PROMPTS = (".txt", ".md")
MOST_FILES = 500
"""Files of the start folder that are listed at most; deeper ones are found by typing their path."""


def quick_open(app: Workbench) -> None:
    """Choose among the tabs, the files here, the examples and the models."""
    opens: dict[str, Callable[[], object]] = {}
    listed: list[Choice] = []

    def offer(name: str, what: str, do: Callable[..., object], *arguments: object) -> None:
        key = f"{len(listed)}:{name}"
        opens[key] = partial(do, *arguments)
        listed.append(Choice(key, name, what))

    for document in app.desk.documents:
        offer(document.title, "open tab", app.action_show_tab, document.id)
    for path in prompt_files(Path.cwd()):
        offer(str(path), "file", open_file, app, path)
    for text in examples():
        offer(text, "example", explain_text, app, text)
    for model in choices.model_choices():
        offer(model.name, f"model, {model.what}", app.load_model, model.value)

    def use(answer: str | None) -> None:
        if answer is None:
            return
        if answer in opens:
            opens[answer]()
        else:
            open_file(app, Path(answer))

    app.push_screen(Pick("Open", listed, free="A tab, file, example or model; or a path"), use)


def prompt_files(folder: Path) -> list[Path]:
    """The texts in a folder and the folders in it, as paths from there, hidden ones left out."""
    found: list[Path] = []
    for pattern in ("*", "*/*"):
        for path in sorted(folder.glob(pattern)):
            short = path.relative_to(folder)
            if path.suffix in PROMPTS and not any(part.startswith(".") for part in short.parts):
                found.append(short)
            if len(found) == MOST_FILES:
                return found
    return found


def explain_text(app: Workbench, text: str) -> None:
    """Open a text in a tab and explain it."""
    app.open_page(desk.blank(app.desk, text))
    run(app)


def open_file(app: Workbench, path: Path) -> None:
    """Open a text file in a tab, or show the tab that it is open in."""
    try:
        where = expand(str(path)).resolve()
        for document in app.desk.documents:
            if document.path == str(where):
                app.action_show_tab(document.id)
                return
        text = where.read_text(encoding="utf-8")
    except (NoiserError, OSError, UnicodeDecodeError) as error:
        app.refuse(f"{path} cannot be opened as text: {error}.")
        return
    app.open_page(desk.blank(app.desk, text), path=str(where), saved=text)
