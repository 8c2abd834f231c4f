"""How the text in the editor is asked about: as it is, or as the last message of a chat."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from noiser.chat import Chat, Message, make_chat
from noiser.errors import WrongUse
from noiser.prompt import Prompt

Said: TypeAlias = str | Chat
"""What the engine is asked about."""


@dataclass(frozen=True)
class ChatForm:
    """Whether the text is a message of a chat; then `role` says it, after the messages `before`.

    The messages stay while it is off: it can be turned on again.
    """

    on: bool = False
    before: tuple[Message, ...] = ()
    role: str = "user"

    def around(self, text: str) -> Said:
        """What the engine gets of the text in the editor."""
        if not self.on:
            return text
        try:
            return Chat((*self.before, Message(self.role, text)))
        except WrongUse:  # an empty text, or one that is no text: refused as any other such prompt
            return text

    @property
    def system(self) -> str | None:
        """What the system says first, None where it says nothing."""
        first = self.before[0] if self.before else None
        return first.content if first is not None and first.role == "system" else None

    def with_system(self, content: str | None) -> ChatForm:
        """The same with another system message, or without one."""
        others = self.before if self.system is None else self.before[1:]
        first = () if content is None else (Message("system", content),)
        return replace(self, before=(*first, *others))

    @property
    def title(self) -> str:
        """What the editor is called."""
        if not self.on:
            return "Prompt"
        others = len(self.before) - (self.system is not None)
        parts = ["system set"] if self.system is not None else []
        if others:
            parts.append(f"after {others} message{'s' if others > 1 else ''}")
        return " · ".join([f"Chat: the {self.role} says", *parts])


def form_of(messages: Sequence[Message]) -> tuple[ChatForm, str]:
    """Messages as a form, and the text that goes into the editor: the last of them."""
    *before, last = messages
    return ChatForm(True, tuple(before), last.role), last.content


def said_in(prompt: Prompt) -> Said:
    """What was asked about for this prompt to be read."""
    return Chat(prompt.messages) if prompt.messages else prompt.text


def last_said(said: Said) -> str:
    """The text that stands in the editor for it."""
    return said if isinstance(said, str) else said.messages[-1].content


def chat_in(data: bytes) -> Chat | None:
    """The chat of a JSON file: messages, or an object with them; None where it is another file.

    WrongUse where it has messages that cannot be read.
    """
    try:
        return chat_of(json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        return None


def chat_of(found: object) -> Chat | None:
    """The chat that data is, None where it is something else; WrongUse as `chat_in`."""
    return make_chat(found) if is_chat(found) else None


def is_chat(found: object) -> bool:
    """Whether data is meant as a chat, and not as a run, a prompt or a list of samples."""
    if isinstance(found, dict):
        return "messages" in found and "format" not in found and "prompt" not in found
    return isinstance(found, list) and bool(found) and _is_message(found[0])


def _is_message(found: object) -> bool:
    return isinstance(found, dict) and "role" in found and "content" in found
