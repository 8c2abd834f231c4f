"""All options of the explanation on top, changed in one go: one run at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench import chat_room, response_room, state
from noiser_tui.workbench.asking import run
from noiser_tui.workbench.request_options import form_with, problem, request_of, response_of
from noiser_tui.workbench.screens.options import Answer, Options

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def options(app: Workbench) -> None:
    """Open the list of all of them."""
    page = app.state
    about = app.desk.active_id

    def take(answer: Answer | None) -> None:
        if answer is not None and app.desk.active_id == about:
            use(app, answer)

    app.push_screen(Options(app.pens, page), take)


def use(app: Workbench, answer: Answer) -> None:
    """Take the options over; run where that was asked for, or where there are scores by other ones."""
    before = app.state
    if wrong := problem(answer.values):
        app.refuse(f"Nothing was changed. {wrong}")
        return
    if (form := form_with(before.chat, answer.values)) != before.chat:
        chat_room.use(app, form)
    if (response := response_of(answer.values)) != before.response:
        response_room.use(app, response)
    asked, was = vars(request_of(answer.values)), vars(app.state.request)
    changes = {name: value for name, value in asked.items() if value != was[name]}
    if changes and (app.state.run.prompt is not None or not answer.explain):
        app.change_request(**changes)
    elif answer.explain:
        if changes:
            app.show_page(state.request_changed(app.state, replace(app.state.request, **changes)))
        run(app)
