"""A model that can be talked to, wherever it runs: messages in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from noiser.errors import NoiserError
from noiser.judge.question import ChatMessage, Settings


@dataclass(frozen=True)
class Said:
    """The text of a reply, and how many tokens the question and the reply had together."""

    text: str
    tokens: int


class Talker(Protocol):
    """Something that replies to a chat; safe to use from several threads."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    @property
    def place(self) -> str:
        """Where it is and which version, with `name` enough to know its replies again; no secrets."""
        ...

    def say(self, messages: Sequence[ChatMessage], settings: Settings) -> Said:
        """The reply to `messages`; NoiserError in one sentence where there is none."""
        ...


@runtime_checkable
class BatchTalker(Talker, Protocol):
    """One that replies to several chats in one go, for less than to each by itself."""

    def say_each(
        self, chats: Sequence[Sequence[ChatMessage]], settings: Settings
    ) -> list[Said | NoiserError]:
        """The reply to each chat, or the error in its place."""
        ...
