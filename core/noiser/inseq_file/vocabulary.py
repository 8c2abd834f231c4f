"""Tokens as a vocabulary spells them, and the text that they make: a file has no tokenizer with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from noiser.prompt import Role, Token

Spelling = Literal["bytes", "pieces", "plain", "bare"]
SPELLINGS: tuple[Spelling, ...] = get_args(Spelling)
"""Bytes as characters (GPT-2, Ġ for a space), pieces with ▁ (SentencePiece), the text itself, or the
text without its spaces (Inseq's `clean_special_chars`)."""

_NAME = re.compile(r"<[^<>\s]+>|\[[A-Z]+\]")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_PRINTED = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_BYTES = {chr(byte): byte for byte in _PRINTED}
_BYTES |= {chr(0x100 + i): byte for i, byte in enumerate(sorted({*range(256)} - {*_PRINTED}))}


@dataclass(frozen=True)
class Known:
    """What a file tells of the text: what was given to the model, and all of it with what it wrote."""

    given: str = ""
    whole: str = ""

    def special(self, token: str) -> bool:
        """Whether it looks like the name of a special token and nobody typed it."""
        named = _NAME.fullmatch(token) is not None and _BYTE.fullmatch(token) is None
        return named and token not in self.given


def spelling(tokens: Sequence[str], known: Known) -> Spelling:
    """How the tokens are spelled, told by the text they make where it is known, else by their marks."""
    whole = known.whole
    for name in {token for token in tokens if known.special(token)}:
        whole = whole.replace(name, "")
    whole = whole.strip()
    for one in SPELLINGS:
        made = read([(0, token) for token in tokens], one, known)[0].strip()
        if made and whole and (whole.startswith(made) or made.startswith(whole)):
            return one
    joined = "".join(tokens)
    if "Ġ" in joined or "Ċ" in joined:
        return "bytes"
    return "pieces" if "▁" in joined else "plain"


def read(
    tokens: Sequence[tuple[int, str]], how: Spelling, known: Known, prompt: int | None = None
) -> tuple[str, tuple[Token, ...]]:
    """The text that (id, token) pairs make, and each with its characters in it.

    Special tokens stand for no characters; tokens from position `prompt` on are generated ones.
    """
    text, result, group = "", list[Token](), list[Token]()
    pending, cursor = b"", 0

    def end_group() -> None:
        nonlocal text, pending
        added = pending.decode("utf-8", "replace")
        start, end = len(text), len(text) + len(added)
        for one in group:
            shown = added if len(group) == 1 else _byte_names(one.text, how)
            result.append(replace(one, text=shown, start=start, end=end))
        text, pending = text + added, b""
        group.clear()

    for position, (id_, token) in enumerate(tokens):
        if known.special(token):
            end_group()
            result.append(
                Token(
                    id_,
                    token,
                    len(text),
                    len(text),
                    "special",
                    token.encode("utf-8", "replace").hex(),
                )
            )
            continue
        if how == "bare":
            piece, cursor = _with_spaces(token, known.whole, cursor)
        else:
            piece = _spelled(token, how)
        if not text and not pending and how == "pieces" and not known.given.startswith(" "):
            piece = piece.removeprefix(b" ")  # which that vocabulary puts before every text
        generated = prompt is not None and position >= prompt
        role: Role = "generated" if generated else "content"
        group.append(Token(id_, token, 0, 0, role, piece.hex()))
        pending += piece
        if not _cut_short(pending):  # else the rest of its character comes with the next tokens
            end_group()
    end_group()
    return text, tuple(result)


def _spelled(token: str, how: Spelling) -> bytes:
    if how == "bytes" and all(one in _BYTES for one in token):
        return bytes(_BYTES[one] for one in token)
    if how == "pieces":
        if byte := _BYTE.fullmatch(token):
            return bytes([int(byte[1], 16)])
        token = token.replace("▁", " ")
    return token.encode("utf-8", "replace")


def _with_spaces(token: str, text: str, cursor: int) -> tuple[bytes, int]:
    """The token with the spaces that stand before it in `text`, and where it ends there."""
    bare = token.strip()
    start = text.find(bare, cursor)
    if start < 0 or text[cursor:start].strip():
        return token.encode("utf-8", "replace"), cursor
    end = start + len(bare)
    return text[cursor:end].encode("utf-8", "replace"), end


def _cut_short(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return False


def _byte_names(token: str, how: Spelling) -> str:
    return "".join(f"<{byte:02X}>" for byte in _spelled(token, how))
