"""The bytes that a token stands for, by itself: byte-level vocabularies and those with byte fallback."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_SPACE = "▁"
"""How SentencePiece writes a space."""


def bytes_of(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[bytes]:
    """The bytes of each id; nothing for an id that the tokenizer does not know.

    Of a byte-level vocabulary (GPT-2, Llama 3, Qwen) its own bytes; of one with byte fallback (Llama 2,
    Gemma) the byte of `<0xF0>`, else the token's text in UTF-8, as of any other vocabulary. Added tokens
    stand for their names.
    """
    added = {id_: str(token) for id_, token in tokenizer.added_tokens_decoder.items()}
    kinds = _decoders(tokenizer)
    names = tokenizer.convert_ids_to_tokens(list(ids))
    result = []
    for id_, name in zip(ids, names, strict=True):
        if id_ in added or name is None:
            result.append(added.get(id_, "").encode())
        elif "ByteLevel" in kinds:
            result.append(_byte_level(name))
        elif kinds and "ByteFallback" not in kinds and "Metaspace" not in kinds:
            result.append(name.encode())
        elif one := _BYTE.fullmatch(name):
            result.append(bytes([int(one[1], 16)]))
        else:
            result.append(name.replace(_SPACE, " ").encode())
    return result


def byte_name(tokenizer: PreTrainedTokenizerBase, id_: int) -> str:
    """A readable name for a token that is only part of a character: its bytes, as <F0><9F>."""
    token = str(tokenizer.convert_ids_to_tokens(id_))
    if one := _BYTE.fullmatch(token):
        return f"<{one[1]}>"
    table = _table()
    if all(char in table for char in token):
        return "".join(f"<{table[char]:02X}>" for char in token)
    return token


def _byte_level(name: str) -> bytes:
    table = _table()
    if all(char in table for char in name):
        return bytes(table[char] for char in name)
    return name.encode()


@functools.cache
def _table() -> dict[str, int]:
    """The byte that each character of a byte-level vocabulary stands for."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    return {char: byte for byte, char in bytes_to_unicode().items()}


def _decoders(tokenizer: PreTrainedTokenizerBase) -> frozenset[str]:
    """The kinds of decoder that make text of tokens; none are known of a tokenizer that is not fast."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    decoder = getattr(backend, "decoder", None)
    return frozenset() if decoder is None else frozenset(_types(json.loads(decoder.__getstate__())))


def _types(decoder: dict[str, Any]) -> Iterator[str]:
    yield str(decoder.get("type"))
    for part in decoder.get("decoders", ()):
        yield from _types(part)
