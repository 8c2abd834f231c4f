"""The lists and questions behind the actions: open one, take the answer into the request."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.export import COMPARISON_FORMATS, FORMATS, check_suffix
from noiser.files import expand, write_text
from noiser_tui.look.themes import theme_problem
from noiser_tui.workbench import choices, desk, text_room
from noiser_tui.workbench.asking import run
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.opening import save_prompt, text_file
from noiser_tui.workbench.readable import why
from noiser_tui.workbench.request_options import let_go
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.state import State
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.widgets.search_text import kind_of_scores

if TYPE_CHECKING:
    from noiser.record import Saved
    from noiser_tui.workbench.app import Workbench


MOST_USED = 5
"""Commands that stand first because they were used last."""


def command(app: Workbench) -> None:
    """Choose any action that is possible now."""

    def run(action: str) -> None:
        app.used_last = (action, *(one for one in app.used_last if one != action))[:MOST_USED]
        app.call_later(app.action_do, action)  # once the list is closed

    listed = choices.command_choices(app.keymap, facts(app), app.used_last)
    _pick(app, Pick("Commands", listed), run)


def method(app: Workbench) -> None:
    """Choose the method."""
    request = app.state.request
    listed = choices.method_choices(app.state, app.state.asked)
    _pick(
        app,
        Pick("Method", listed, chosen=request.method),
        lambda v: app.change_request(method=v, **let_go(vars(request), v)),
    )


def bound(app: Workbench) -> None:
    """Choose the bound."""
    screen = Pick("Bound", choices.bound_choices(), chosen=app.state.request.bound)
    _pick(app, screen, lambda value: app.change_request(bound=value))


def norm(app: Workbench) -> None:
    """Choose the norm."""
    screen = Pick("Norm of the draws", choices.norm_choices(), chosen=app.state.request.norm)
    _pick(app, screen, lambda value: app.change_request(norm=value))


def granularity(app: Workbench) -> None:
    """Choose what gets its noise together."""
    request = app.state.request

    def use(value: str) -> None:
        changes: dict[str, Any] = {"granularity": value, "spans": (), "marks": ()}
        if value == "token":
            changes |= {"zoom": 0, "aggregate": "auto"}
        app.change_request(**changes)

    listed = choices.granularity_choices()
    _pick(app, Pick("Explain by", listed, chosen=request.granularity), use)


def zoom(app: Workbench) -> None:
    """Choose how many of the strongest units are explained token by token."""
    request = app.state.request
    if request.granularity == "token":
        app.refuse("There is nothing to look into: choose word, sentence or line first (Ctrl+G).")
        return

    def use(value: str) -> None:
        if value.isdecimal():
            app.change_request(zoom=int(value[:9]))
        else:
            app.refuse(f"{value!r} is no number of {request.granularity}s to look into.")

    title = f"Look into how many {request.granularity}s"
    listed = choices.zoom_choices(request.granularity)
    _pick(app, Pick(title, listed, chosen=str(request.zoom), free="A number"), use)


def target(app: Workbench) -> None:
    """Choose the token explained."""
    first = Choice(choices.PREDICTED, "The model's own prediction", "default")
    listed = choices.token_choices(app.state, first)
    screen = Pick(
        "Target",
        listed,
        chosen=app.state.request.target or "",
        free="Any text: a token, or an answer",
    )
    _pick(app, screen, lambda value: app.change_request(target=value or None))


def contrast(app: Workbench) -> None:
    """Choose the token that the target is explained against."""
    first = Choice(choices.PREDICTED, "None", "explain the target alone")
    listed = choices.token_choices(app.state, first)
    chosen = app.state.request.contrast or ""
    screen = Pick("Explain the target against", listed, chosen=chosen, free="One token, as text")
    _pick(app, screen, lambda value: app.change_request(contrast=value or None))


def model(app: Workbench) -> None:
    """Choose the model; any hub id or folder can be typed."""
    listed = choices.model_choices()
    screen = Pick("Model", listed, chosen=app.desk.model_name, free="A hub id or a folder")
    _pick(app, screen, app.load_model)


def theme(app: Workbench) -> None:
    """Choose the theme: each is tried on while the list is walked, Esc takes the one before again."""
    before = app.theme_name

    def try_on(name: str) -> None:
        if name != app.theme_name and not theme_problem(name):  # the list says what is wrong
            app.use_theme(name)

    def use(name: str | None) -> None:
        if name is None or theme_problem(name):
            try_on(before)
        if name is not None and name != app.theme_name:
            app.use_theme(name)

    listed = choices.theme_choices(before)
    app.push_screen(Pick("Theme", listed, chosen=before, pointed=try_on), use)


def example(app: Workbench) -> None:
    """Put an example into the editor and explain it."""

    def use(text: str) -> None:
        app.open_page(desk.blank(app.desk, text))
        run(app)

    _pick(app, Pick("Example prompts", choices.example_choices()), use)


def save(app: Workbench) -> None:
    """Write a text that was edited back to its file, as editors do; else the explanation to a new one."""
    app.call_after_typing(_save, app)


def _save(app: Workbench) -> None:
    document = app.desk.active
    shown = document.page
    if isinstance(shown, TextPage):
        text_room.save(app)
        return
    if document.edited and text_file(document) is not None:
        save_prompt(app)
        return
    if not isinstance(shown, State):
        comparison = getattr(shown, "comparison", None)
        if comparison is None:
            app.refuse("There is nothing to save yet: no row is there.")
        else:
            save_to(app, comparison, "comparison")
        return
    explanation = shown.run.saved
    if explanation is None:
        if shown.text.strip() and not shown.job:
            save_prompt(app)
        else:
            app.refuse("There is nothing to save yet: explain a prompt first (F5).")
        return
    named = {"": "explanation", "partial": "partial explanation"}
    kind = kind_of_scores(app.state.run)
    save_to(app, explanation, named.get(kind, kind))


def save_to(app: Workbench, saved: Saved, kind: str = "run") -> None:
    """Ask for a file, and write there in the form that its name asks for."""

    def write(path: str) -> None:
        from noiser.export import save

        _write(app, path, lambda where: save(saved, where))

    alone = isinstance(saved, Explanation)
    forms, default = (FORMATS, "run") if alone else (COMPARISON_FORMATS, "comparison")
    first, *others = forms
    hint = f"The name decides the form: {first} (opens again), {', '.join(others)}"
    check = _written_as(forms)
    screen = Ask(f"Save the {kind} to", hint, f"{default}{first}", check=check)
    app.push_screen(screen, _answer(write))


def _written_as(forms: Sequence[str]) -> Callable[[str], object]:
    """What refuses a file's name, in a sentence, where it is of no such form."""
    return lambda answer: check_suffix(answer.strip(), forms)


def ask_and_write(app: Workbench, title: str, hint: str, name: str, text: str) -> None:
    """Write a text to a file whose name is asked for."""
    write = _answer(lambda path: _write(app, path, lambda where: write_text(where, text)))
    app.push_screen(Ask(title, hint, name), write)


def picture(app: Workbench) -> None:
    """Write the screen, as it stood before the question, to an SVG file."""
    drawn = self_contained(app.export_screenshot())

    def write(path: str) -> None:
        _write(app, path, lambda where: write_text(where, drawn))

    check = _written_as((".svg",))
    screen = Ask("Save a picture to", "An SVG file", "workbench.svg", check=check)
    app.push_screen(screen, _answer(write))


def _write(app: Workbench, path: str, write: Callable[[Path], None]) -> None:
    """Write a file, asking before another one is replaced."""
    try:
        where = expand(path)
        exists = where.is_file()
    except NoiserError as error:
        app.refuse(str(error))
        return
    except OSError as error:
        app.refuse(f"{path} cannot be written: {why(error)}.")
        return

    def go_on() -> None:
        try:
            write(where)
        except NoiserError as error:
            app.refuse(str(error))
        else:
            app.refuse("")
            app.notify(f"Saved to {where.resolve()}", markup=False)

    unless_kept(app, where, exists, go_on)


def unless_kept(app: Workbench, where: Path, exists: bool, go_on: Callable[[], None]) -> None:
    """Go on and write a file; where another one is there only if that is to be replaced."""

    def answer(value: str) -> None:
        if value == "replace":
            go_on()

    if not exists:
        go_on()
        return
    choices = [Choice("keep", "Keep the file that is there"), Choice("replace", "Replace it")]
    _pick(app, Pick(f"{where.name} exists", choices), answer)


def self_contained(svg: str) -> str:
    """The picture without the fonts that textual's SVG would fetch from elsewhere."""
    return re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)


def _pick(app: Workbench, screen: Pick, use: Callable[[str], object]) -> None:
    app.push_screen(screen, _answer(use))


def _answer(use: Callable[[str], object]) -> Callable[[str | None], None]:
    def take(value: str | None) -> None:
        if value is not None:
            use(value)

    return take
