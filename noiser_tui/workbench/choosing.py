"""The lists and questions behind the actions: open one, take the answer into the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from noiser_tui.look.themes import theme_problem
from noiser_tui.workbench import choices, desk, settings_room
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.asking import run
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.keymap import possible
from noiser_tui.workbench.request_options import let_go
from noiser_tui.workbench.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


MOST_USED = 5
"""Commands that stand first because they were used last."""


def command(app: Workbench) -> None:
    """Choose any action."""
    _pick(app, Pick("Commands", commands(app)), lambda chosen: do(app, chosen))


def commands(app: Workbench) -> list[Choice]:
    """Every action, those used last first."""
    return choices.command_choices(app.keymap, facts(app), app.used_last)


def do(app: Workbench, action: str) -> None:
    """Do an action that was chosen from a list, once the list is closed; or say that it cannot be done."""
    if not possible(action, {**facts(app), "modal": False}):
        told = f"{ACTIONS[action].title} is not possible here now: Shift+F1 says when it is."
        app.refuse(app.keymap.spoken(told))
        return
    app.used_last = (action, *(one for one in app.used_last if one != action))[:MOST_USED]
    app.call_later(app.action_do, action)


def method(app: Workbench, given: str = "") -> None:
    """Choose the method."""
    request = app.state.request
    listed = choices.method_choices(app.state)
    _pick(
        app,
        Pick("Method", listed, chosen=request.method),
        lambda v: app.change_request(method=v, **let_go(vars(request), v)),
        given,
    )


def bound(app: Workbench, given: str = "") -> None:
    """Choose the bound."""
    screen = Pick("Bound", choices.bound_choices(), chosen=app.state.request.bound)
    _pick(app, screen, lambda value: app.change_request(bound=value), given)


def norm(app: Workbench, given: str = "") -> None:
    """Choose the norm."""
    screen = Pick("Norm of the draws", choices.norm_choices(), chosen=app.state.request.norm)
    _pick(app, screen, lambda value: app.change_request(norm=value), given)


def granularity(app: Workbench, given: str = "") -> None:
    """Choose what gets its noise together."""
    request = app.state.request

    def use(value: str) -> None:
        changes: dict[str, Any] = {"granularity": value, "spans": (), "marks": ()}
        if value == "token":
            changes |= {"zoom": 0, "aggregate": "auto"}
        app.change_request(**changes)

    listed = choices.granularity_choices()
    _pick(app, Pick("Explain by", listed, chosen=request.granularity), use, given)


def zoom(app: Workbench, given: str = "") -> None:
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
    _pick(app, Pick(title, listed, chosen=str(request.zoom), free="A number"), use, given)


def target(app: Workbench, given: str = "") -> None:
    """Choose the token explained."""
    first = Choice(choices.PREDICTED, "The model's own prediction", "default")
    listed = choices.token_choices(app.state, first)
    screen = Pick(
        "Target",
        listed,
        chosen=app.state.request.target or "",
        free="Any text: a token, or an answer",
    )
    _pick(app, screen, lambda value: app.change_request(target=value or None), given)


def contrast(app: Workbench, given: str = "") -> None:
    """Choose the token that the target is explained against."""
    first = Choice(choices.PREDICTED, "None", "explain the target alone")
    listed = choices.token_choices(app.state, first)
    chosen = app.state.request.contrast or ""
    screen = Pick("Explain the target against", listed, chosen=chosen, free="One token, as text")
    _pick(app, screen, lambda value: app.change_request(contrast=value or None), given)


def model(app: Workbench, given: str = "") -> None:
    """Choose the model; any hub id or folder can be typed."""
    listed = choices.model_choices()
    screen = Pick("Model", listed, chosen=app.desk.model_name, free="A hub id or a folder")
    _pick(app, screen, app.load_model, given)


def theme(app: Workbench, given: str = "") -> None:
    """Choose the theme, for the next starts too: each is tried on while the list is walked, Esc leaves it."""
    before, set_so = app.theme_name, app.values.appearance.theme

    def try_on(name: str) -> None:
        if name != app.theme_name and not theme_problem(name):  # the list says what is wrong
            app.use_theme(name)

    def use(name: str | None) -> None:
        if name is None or theme_problem(name):
            now = app.values.appearance.theme  # the file of settings may name another by now
            try_on(before if now == set_so else now)
        if name is not None and name != app.theme_name:
            app.use_theme(name)
        if name is not None and name == app.theme_name:
            settings_room.keep(app, "appearance.theme", name)

    if given:
        use(given)
        return
    listed = choices.theme_choices(before)
    app.push_screen(Pick("Theme", listed, chosen=before, pointed=try_on), use)


def example(app: Workbench) -> None:
    """Put an example into the editor and explain it."""

    def use(text: str) -> None:
        app.open_page(desk.blank(app.desk, text))
        run(app)

    _pick(app, Pick("Example prompts", choices.example_choices()), use)


def _pick(app: Workbench, screen: Pick, use: Callable[[str], object], given: str = "") -> None:
    """Let the user choose, unless a key has given what is chosen."""
    if not given:
        app.push_screen(screen, _answer(use))
    elif screen.takes(given):
        use(given)
    else:
        app.refuse(f"{screen.heading}: there is no {given!r} here, which the key asks for.")


def _answer(use: Callable[[str], object]) -> Callable[[str | None], None]:
    def take(value: str | None) -> None:
        if value is not None:
            use(value)

    return take
