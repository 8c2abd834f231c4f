"""Chats: read the prompt on top as one, say what the system says, open and write files of messages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.chat import Chat
from noiser.errors import NoiserError, WrongUse
from noiser_tui.workbench import desk, question, state
from noiser_tui.workbench.chat_form import ChatForm, chat_in, form_of
from noiser_tui.workbench.readable import LARGEST_TEXT
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

ON = (
    "The text is what the {role} says to a chat model: F5 explains what comes next in its template."
)
OFF = "The text is read as it is: F5 explains."


def toggle(app: Workbench) -> None:
    """Read the prompt as a chat, or as it is again."""
    if app.desk.explanation is not None:
        app.call_after_typing(_toggle, app)


def _toggle(app: Workbench) -> None:
    form = app.state.chat
    use(app, replace(form, on=not form.on))


def use(app: Workbench, form: ChatForm) -> None:
    """Read the prompt on top in this form from now on."""
    told = ON.format(role=form.role) if form.on else OFF
    app.show_page(state.noted(question.chat_changed(app.state, form), told))


def ask_system(app: Workbench) -> None:
    """Ask what the system says; the prompt is a chat then. An empty answer takes it away."""
    if app.desk.explanation is None:
        return
    id = app.desk.active_id

    def take(answer: str | None) -> None:
        if answer is not None and app.desk.active_id == id:
            form = replace(app.state.chat.with_system(answer.strip() or None), on=True)
            use(app, form)

    hint = "What the system says before everything else; empty for nothing"
    now = app.state.chat.system or ""
    app.push_screen(Ask("System message", hint, now, check=check_system, empty=True), take)


def check_system(text: str) -> None:
    """WrongUse for what no message can be."""
    ChatForm().with_system(text)


def chat_page(app: Workbench, chat: Chat) -> State:
    """A blank page for a chat: its last message in the editor."""
    form, text = form_of(chat.messages)
    return replace(desk.blank(app.desk, text), chat=form)


def holds_chat(path: Path) -> bool:
    """Whether a file that is there is one that a chat may be written back to."""
    try:
        return path.stat().st_size <= LARGEST_TEXT and chat_in(path.read_bytes()) is not None
    except (NoiserError, OSError):
        return False


def written(page: State) -> str:
    """The chat on a page as its file has it."""
    said = page.said
    if isinstance(said, str):
        raise WrongUse("The chat's last message is empty: type what is said.")
    messages = [{"role": one.role, "content": one.content} for one in said.messages]
    return json.dumps({"messages": messages}, ensure_ascii=False, indent=2) + "\n"
