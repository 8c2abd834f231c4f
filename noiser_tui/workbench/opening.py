"""Opening what has a name: a text, a prompt's file, a saved run; and writing a prompt back to its file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.chat import Chat
from noiser.errors import NoiserError
from noiser.files import plain_ends, prompt_in, stamp_of
from noiser_tui.look.cells import by_itself
from noiser_tui.settings.places import KEYBINDINGS
from noiser_tui.workbench import desk, readable
from noiser_tui.workbench.asking import run
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.chat_form import chat_of
from noiser_tui.workbench.chat_room import chat_page, holds_chat
from noiser_tui.workbench.explorer_tree import RECORDS, Node, Prompt, children, holds_many
from noiser_tui.workbench.own_files import is_keys, scope_of
from noiser_tui.workbench.readable import (
    LARGEST_TEXT,
    check_size,
    checked,
    place,
    text_in,
    why,
)
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.settings_page import SettingsPage
from noiser_tui.workbench.state import State
from noiser_tui.workbench.studies.plan import PLAN_FILE
from noiser_tui.workbench.text_page import THEME, TextPage, no_prompt
from noiser_tui.workbench.written_back import digest, write_back

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.desk import Document


def open_any(app: Workbench, what: Prompt | Path) -> None:
    """Open a text or a file."""
    if isinstance(what, Prompt):
        open_prompt(app, what)
        return
    try:
        where = place(what)
    except (NoiserError, OSError) as error:
        app.refuse(f"{what} cannot be opened: {why(error)}.")
        return
    if _open_own(app, where):
        return
    if where.name == PLAN_FILE:
        from noiser_tui.workbench.studies.acting import open_study

        open_study(app, where.parent)
    elif where.name == KEYBINDINGS:
        open_file(app, what)
    elif (theme := _theme_in(where)) is not None:
        if not show_open(app, where):
            app.open_page(theme, path=str(where), saved=theme.text)
    elif holds_many(what):
        choose_sample(app, what)
    elif what.suffix in RECORDS:
        open_record_file(app, what)
    else:
        open_file(app, what)


def _open_own(app: Workbench, path: Path) -> bool:
    """Open a file of settings as the form over it, one of keys as their page; whether it is such a one."""
    if is_keys(app, path):
        from noiser_tui.workbench.keys_room import keys

        keys(app)
        return True
    scope = scope_of(app, path)
    if scope is None:
        return False
    from noiser_tui.workbench.settings_room import open_settings

    open_settings(app)
    if isinstance(page := app.desk.active.page, SettingsPage):
        app.show_page(replace(page, scope=scope))
    return True


def _theme_in(path: Path) -> TextPage | None:
    """The page of a JSON file that has colours; one that cannot be read is left to those who say so."""
    if path.suffix not in (".json", ".jsonc"):
        return None
    try:
        stamp = stamp_of(path)
        text = plain_ends(text_in(path) or "")
    except (NoiserError, OSError, UnicodeDecodeError):
        return None
    return TextPage(text, THEME, seen=stamp) if no_prompt(path, text) == THEME else None


def choose_sample(app: Workbench, path: Path) -> None:
    """Choose among the prompts of a file that holds many; it is read beside the loop.

    What is typed meanwhile is for their list.
    """
    app.being_read += 1

    def use(nodes: list[Node]) -> None:
        app.being_read -= 1
        _pick_of(app, nodes, title=path.name)

    def failed(why: str) -> None:
        app.being_read -= 1
        app.refuse(why)

    beside(app, partial(_samples_of, path), use=use, failed=failed)


def _samples_of(path: Path) -> list[Node]:
    return children(f"table:{checked(path)}")


def open_prompt(app: Workbench, prompt: Prompt) -> None:
    """Open a text in a tab of that name, ready to be explained."""
    said = prompt.text
    page = chat_page(app, said) if isinstance(said, Chat) else desk.blank(app.desk, said)
    if prompt.expects:
        page = replace(
            page, note=f"The data set expects “{by_itself(prompt.expects)}” here. F5 explains."
        )
    app.open_page(page, name=prompt.name)


def explain_text(app: Workbench, text: str) -> None:
    """Open a text in a tab and explain it."""
    app.open_page(desk.blank(app.desk, text))
    run(app)


def open_file(app: Workbench, path: Path) -> None:
    """Open a text file in a tab, or show the tab that it is open in."""
    try:
        where = place(path)
        if show_open(app, where):
            return
        stamp = stamp_of(where)
        if (raw := text_in(where)) is None:
            raise NoiserError("No such file")
        text = plain_ends(raw)
    except (NoiserError, OSError, UnicodeDecodeError) as error:
        app.refuse(f"{path} cannot be opened as text: {why(error)}.")
        return
    what = no_prompt(where, text)
    if not what:
        text = prompt_in(raw)
    page = TextPage(text, what, seen=stamp) if what else desk.blank(app.desk, text)
    app.open_page(page, path=str(where), saved=text)


def open_record_file(app: Workbench, path: Path) -> None:
    """Open a saved run or a chat in a tab, or show the tab that it is open in."""
    from noiser.explanation import Explanation
    from noiser.opening import document_in, saved_in
    from noiser_tui.workbench.reopened_run import page_of

    try:
        where = place(path)
        if show_open(app, where):
            return
        check_size(where, readable.LARGEST_RECORD)
        data = where.read_bytes()
    except (NoiserError, OSError) as error:
        app.refuse(f"{path} cannot be opened: {why(error)}.")
        return
    try:
        document = document_in(data, str(path))
        chat = chat_of(document) if len(data) <= LARGEST_TEXT else None
        if chat is not None:
            page = chat_page(app, chat)
            app.open_page(page, path=str(where), saved=page.text)
            held = digest(plain_ends(data.decode("utf-8", "replace")))
            app.desk = desk.with_document(app.desk, replace(app.desk.active, held=held))
            return
        saved = saved_in(document)
    except NoiserError as error:
        app.refuse(str(error))
        return
    if isinstance(saved, Explanation):
        page = page_of(saved, desk.blank(app.desk))
        app.open_page(page, path=str(where), saved=page.text)
    else:
        from noiser_tui.workbench.comparison_page import finished_page

        app.open_page(finished_page(saved), path=str(where))


def show_open(app: Workbench, where: Path) -> bool:
    """Show the tab that a file is open in; whether there is one."""
    for document in app.desk.documents:
        if document.path == str(where):
            app.action_show_tab(document.id)
            return True
    return False


def find_sample(app: Workbench) -> None:
    """Choose among the prompts of the list under the cursor, else among all that the explorer lists."""
    from noiser_tui.workbench.side.explorer import Explorer

    view = app.side_bar.view
    if not isinstance(view, Explorer):
        return
    where, nodes = view.found_among
    _pick_of(app, nodes, title=f"Find in {where}" if where else "Find")


def _pick_of(app: Workbench, nodes: list[Node], *, title: str) -> None:
    listed = [Choice(str(i), one.name, one.more) for i, one in enumerate(nodes)]

    def use(answer: str | None) -> None:
        if answer is not None and (opens := nodes[int(answer)].opens) is not None:
            open_any(app, opens)

    app.push_screen(Pick(title, listed), use)


def read_explorer_again(app: Workbench) -> None:
    """Read the explorer's folder again."""
    from noiser_tui.workbench.side.explorer import Explorer

    if isinstance(view := app.side_bar.view, Explorer):
        view.read_again()
        view.count()


def stop_fetching(app: Workbench) -> None:
    """Leave the data sets that are being fetched."""
    from noiser_tui.workbench.side.explorer import Explorer

    if isinstance(view := app.side_bar.view, Explorer):
        view.stop_fetching()


def text_file(document: Document) -> Path | None:
    """The file that a tab's text or chat came from, None where it shows a run or has none."""
    path, page = Path(document.path), document.page
    if not document.path:
        return None
    if path.suffix in RECORDS and path.name != KEYBINDINGS:
        chat = isinstance(page, State) and page.chat.on and holds_chat(path)
        return path if chat else None
    return path


def save_prompt(app: Workbench) -> None:
    """Write the prompt on top to its file; one without a file gets a name first."""
    app.call_after_typing(save_text, app)


def save_text(app: Workbench) -> None:
    """The same, of the text as the page has it."""
    document = app.desk.active
    chat = app.state.chat.on
    if (path := text_file(document)) is not None:
        _write(app, path)
        return

    def use(answer: str | None) -> None:
        if answer is not None:
            _write(app, Path(answer))

    app.push_screen(
        Ask(
            "Save the chat to" if chat else "Save the prompt to",
            "A .json file of messages"
            if chat
            else "A text file; an explanation is saved by Ctrl+S",
            "chat.json" if chat else "prompt.txt",
        ),
        use,
    )


def _write(app: Workbench, path: Path) -> None:
    document = app.desk.active
    try:
        where = place(path)
        if where.exists() and str(where) != document.path:
            app.refuse(f"{path} exists already: choose another name.")
            return
    except (NoiserError, OSError) as error:
        app.refuse(f"{path} cannot be written: {why(error)}.")
        return
    if told := write_back(app, where):
        app.refuse(told)
