"""What a judge is asked: our wording of the paper's request, and the settings it is asked with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

ASKED = 5
"""How many completions a judge is asked for."""
NONE = "(none)"
BETWEEN = ", "

REQUEST = (
    "A text breaks off in the middle of a sentence, and you do not see it. Below are some of its "
    "words, in the order of the text, with commas between. Guess how the text goes on: give the "
    "five most probable next words (a name of several words counts as one), the most probable "
    "first. Answer with a numbered list of the five and nothing else."
)


class ChatMessage(TypedDict):
    """A message as the OpenAI protocol and chat templates have it."""

    role: str
    content: str


@dataclass(frozen=True)
class Settings:
    """How a reply is drawn: the temperature, and the most tokens that it may have."""

    temperature: float = 0.0
    reply_tokens: int = 200


PAPER_MODEL = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
"""The paper's judge, asked at temperature 0 for at most 200 tokens (Madani et al., 2025)."""
PAPER_URL = "https://api.together.xyz/v1"
"""The service that has the model by this name."""


def messages(words: Sequence[str]) -> list[ChatMessage]:
    """The chat that asks about `words`; the last paragraph is all that differs between questions."""
    return [{"role": "user", "content": f"{REQUEST}\n\n{words_line(words)}"}]


def words_line(words: Sequence[str]) -> str:
    """The words as the judge sees them, on one line whatever they hold; commas of their own go."""
    clean = [" ".join(word.split()) for word in words]
    return f"Words: {BETWEEN.join(word.rstrip(',;') or word for word in clean if word) or NONE}"
