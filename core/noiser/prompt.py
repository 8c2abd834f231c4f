"""The exact ids explained, each with its text, its characters and its role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from noiser.chat import Chat, Message
from noiser.token_bytes import byte_name, bytes_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Role = Literal["content", "special", "template", "generated"]
SCAFFOLD: frozenset[Role] = frozenset({"special", "template"})
"""The roles of what stands around the contents and can be left out."""

_BYTES = re.compile(r"(?:<[0-9A-F]{2}>)+")
_CONTEXT = 8
"""Tokens decoded before the new ones, enough for a tokenizer to decide about spaces between them."""


@dataclass(frozen=True)
class Token:
    """One id at one position: its readable text and its characters, text[start:end] of the prompt.

    Tokens that are parts of one character share its span; special tokens that stand for no
    characters have an empty one. `bytes` are the token's own, in hexadecimal.
    """

    id: int
    text: str
    start: int
    end: int
    role: Role = "content"
    bytes: str = ""

    @property
    def special(self) -> bool:
        """Whether the token is one of the tokenizer's special tokens (BOS and the like)."""
        return self.role == "special"

    @property
    def scaffold(self) -> bool:
        """Whether it stands around the contents: a special token, or one of the chat template."""
        return self.role in SCAFFOLD


@dataclass(frozen=True)
class Prompt:
    """A text and the exact ids a model sees for it.

    Of a chat the text is all that its template makes of the `messages`. `doubts` are sentences on how
    it was read.
    """

    text: str
    tokens: tuple[Token, ...]
    messages: tuple[Message, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids, one per token."""
        return tuple(token.id for token in self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)


Asked: TypeAlias = str | Chat | Sequence[Mapping[str, str]] | Prompt
"""What can be explained: a text, a chat or its messages, or what was read of either before."""


@dataclass(frozen=True)
class Piece:
    """Characters that belong together on screen, and the positions of the tokens that make them."""

    text: str
    positions: tuple[int, ...]


def pieces(text: str, tokens: Sequence[Token]) -> list[Piece]:
    """Cut `text` into runs of characters with the tokens that cover them, losing no character.

    Tokens that share characters (the bytes of one emoji) become one piece; a special token without
    characters shows its name. Joined, the other pieces are `text` again.
    """
    result: list[Piece] = []
    spans: list[tuple[int, int]] = []
    covered = 0
    for position, token in enumerate(tokens):
        if token.start == token.end:
            result.append(Piece(token.text, (position,)))
            spans.append((covered, covered))
            continue
        if token.start < covered and spans and spans[-1][1] == covered:
            start = min(spans[-1][0], token.start)
            covered = max(covered, token.end)
            spans[-1] = (start, covered)
            result[-1] = Piece(text[start:covered], (*result[-1].positions, position))
            continue
        if token.start > covered:
            result.append(Piece(text[covered : token.start], ()))
            spans.append((covered, token.start))
        start, covered = max(token.start, covered), max(token.end, covered)
        result.append(Piece(text[start:covered], (position,)))
        spans.append((start, covered))
    if covered < len(text):
        result.append(Piece(text[covered:], ()))
    return result


def full_name(text: str, name: str, start: int, end: int) -> str:
    """What a token of `text` is called by itself: its name, of a part of a character <F0> of 🙂."""
    characters = text[start:end]
    if not characters or name == characters or not _BYTES.fullmatch(name):
        return name
    return f"{name} of {characters}"


def read_prompt(
    tokenizer: PreTrainedTokenizerBase, text: str, *, special_tokens: bool = True
) -> Prompt:
    """The prompt as the model sees it, with the special tokens that the tokenizer adds of itself."""
    if not tokenizer.is_fast:
        ids = list(tokenizer(text, add_special_tokens=special_tokens)["input_ids"])
        return from_ids(tokenizer, ids)
    encoding = tokenizer(text, add_special_tokens=special_tokens, return_offsets_mapping=True)
    ids, offsets = list(encoding["input_ids"]), list(encoding["offset_mapping"])
    tokens: list[Token] = []
    end = 0
    for position, (id_, (start, stop)) in enumerate(zip(ids, offsets, strict=True)):
        if start == stop:
            name = str(tokenizer.convert_ids_to_tokens(id_))
            tokens.append(Token(id_, name, end, end))
            continue
        if start > end and text[end:start].isspace():  # offsets that leave out the leading space
            start = end
        following = offsets[position + 1] if position + 1 < len(offsets) else (0, 0)
        shared = start < end or (following[0] < min(stop, following[1]))
        name = byte_name(tokenizer, id_) if shared else text[start:stop]
        tokens.append(Token(id_, name, start, stop))
        end = max(end, stop)
    return _finished(tokenizer, Prompt(text, tuple(tokens)))


def from_ids(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> Prompt:
    """The prompt that these exact ids are, its text by decoding; nothing is encoded again."""
    return _finished(tokenizer, _decoded(tokenizer, [], ids))


def extend(tokenizer: PreTrainedTokenizerBase, prompt: Prompt, ids: Sequence[int]) -> Prompt:
    """The prompt with generated `ids` after it, special ones still special; nothing is encoded again."""
    more = _finished(tokenizer, _decoded(tokenizer, prompt.ids[-_CONTEXT:], ids))
    shift = len(prompt.text)
    added = tuple(
        replace(
            token,
            start=token.start + shift,
            end=token.end + shift,
            role="special" if token.special else "generated",
        )
        for token in more.tokens
    )
    return replace(prompt, text=prompt.text + more.text, tokens=prompt.tokens + added)


def _decoded(
    tokenizer: PreTrainedTokenizerBase, before: Sequence[int], ids: Sequence[int]
) -> Prompt:
    """Text and spans of `ids` after `before`, by decoding; ids that share a character share a span."""

    def decode(some: Sequence[int]) -> str:
        return str(tokenizer.decode(list(some), clean_up_tokenization_spaces=False))

    text, tokens, group = "", list[Token](), list[int]()
    context = list(before)
    for position, id_ in enumerate(ids):
        group.append(id_)
        start = decode(context)
        piece = decode([*context, *group])[len(start) :]
        if piece.endswith("\ufffd") and position + 1 < len(ids):
            continue  # bytes of a character whose rest comes with the next ids
        span = (len(text), len(text) + len(piece))
        for one in group:
            name = piece if len(group) == 1 else byte_name(tokenizer, one)
            tokens.append(Token(one, name, *span))
        text += piece
        context, group = [*context, *group][-_CONTEXT:], []
    return Prompt(text, tuple(tokens))


def _finished(tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Prompt:
    """The prompt with each token's bytes, and with special ones told."""
    special = set(tokenizer.all_special_ids)
    tokens = (
        replace(token, role="special" if token.id in special else token.role, bytes=own.hex())
        for token, own in zip(prompt.tokens, bytes_of(tokenizer, prompt.ids), strict=True)
    )
    return replace(prompt, tokens=tuple(tokens))
