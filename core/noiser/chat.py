"""Messages to a chat model, checked before anything is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noiser.errors import NoiserError, WrongUse, unknown

ROLES = ("system", "developer", "user", "assistant", "tool")
_MAY_BE_EMPTY = ("system", "developer")
"""An empty one keeps a template from putting its own in its place."""


@dataclass(frozen=True)
class Message:
    """What one side of a chat said."""

    role: str
    content: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise unknown("role", self.role, ROLES)
        if any("\ud800" <= character <= "\udfff" for character in self.content):
            raise WrongUse(f"The {self.role}'s message is not valid UTF-8 text.")
        if not self.content.strip() and self.role not in _MAY_BE_EMPTY:
            raise WrongUse(f"The {self.role}'s message is empty: give some text to explain.")


@dataclass(frozen=True)
class Chat:
    """A conversation. What comes next is explained: an answer, or more of the assistant's last message.

    Where it has `ended`, nothing comes next, and the template closes the last message: a reward model
    judges it so.
    """

    messages: tuple[Message, ...]
    ended: bool = False

    def __post_init__(self) -> None:
        if not any(message.content.strip() for message in self.messages):
            raise WrongUse("The chat has no messages: give at least what the user says.")

    @property
    def continues(self) -> bool:
        """Whether the last message is the assistant's, to be gone on with."""
        return self.messages[-1].role == "assistant" and not self.ended


def make_chat(data: object) -> Chat:
    """A chat from a list of messages, {"role": …, "content": …}, or from {"messages": [that list]}.

    WrongUse for anything else, other keys of a message included: what they say would be lost.
    """
    if isinstance(data, Mapping):
        data = data.get("messages")
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise WrongUse('A chat is a list of messages, or an object with such a list as "messages".')
    return Chat(tuple(_message(number, one) for number, one in enumerate(data, 1)))


def _message(number: int, data: object) -> Message:
    if isinstance(data, Message):
        return data
    if not isinstance(data, Mapping):
        raise WrongUse(f'Message {number} is no object with "role" and "content".')
    for key in ("role", "content"):
        if not isinstance(data.get(key), str):
            raise WrongUse(f'Message {number} has no "{key}" that is text.')
    if more := sorted(str(key) for key in data if key not in ("role", "content")):
        raise WrongUse(
            f"Message {number} has {more[0]!r} beside its role and content, which is not understood."
        )
    return Message(data["role"], data["content"])


def parse_chat(data: bytes, name: str) -> Chat:
    """The chat in the bytes of a JSON file; `name` says in an error which file it was."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoiserError(f"{name} is not JSON: {error}.") from error
    try:
        return make_chat(found)
    except WrongUse as error:
        raise NoiserError(f"{name} is no chat: {error}") from error
