"""Opening what was saved: a record of ours or a file of Inseq's, read as data only."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from pathlib import Path

from noiser.comparison.result import FORMAT as COMPARISON
from noiser.comparison.result import Comparison
from noiser.errors import NoiserError, WrongUse
from noiser.explanation import Explanation
from noiser.files import expand
from noiser.record import Saved, comparison_from_record, from_record

LARGEST = 256 * 2**20
"""Bytes that a compressed file may unpack to."""
_GZIP = b"\x1f\x8b"


def open_record(path: str | Path, *, text: int = 1) -> Explanation:
    """Read what `noiser.save` or Inseq wrote, compressed with gzip or not.

    `text` chooses among the texts of Inseq's file, from 1. NoiserError says in one sentence what is
    wrong with the file, WrongUse that it has no such text.
    """
    return _explanation(document_in(_read(path), str(path)), text)


def open_comparison(path: str | Path) -> Comparison:
    """Read a comparison that `noiser.save` wrote, compressed with gzip or not.

    NoiserError says in one sentence what is wrong with the file, in whichever row it is.
    """
    return comparison_from_record(document_in(_read(path), str(path)))


def parse(data: bytes, name: str, text: int = 1) -> Saved:
    """The explanation or comparison in the bytes of a file; `name` says in an error which it was."""
    return saved_in(document_in(data, name), text)


def document_in(data: bytes, name: str) -> object:
    """The JSON of a file called `name`, compressed with gzip or not; NoiserError where it is none."""
    try:
        return json.loads(_unpacked(data, name).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoiserError(f"{name} is not JSON: {error}.") from error


def saved_in(document: object, text: int = 1) -> Saved:
    """The explanation or comparison that a file's JSON is; errors are as `open_record`'s."""
    if isinstance(document, dict) and document.get("format") == COMPARISON:
        _check_one(text)
        return comparison_from_record(document)
    return _explanation(document, text)


def _read(path: str | Path) -> bytes:
    try:
        return expand(path).read_bytes()
    except OSError as error:
        raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error


def _explanation(document: object, text: int) -> Explanation:
    if isinstance(document, dict) and "format" not in document:
        from noiser.inseq_file.fields import is_inseq

        if is_inseq(document):
            from noiser.inseq_file.reader import read_inseq

            return read_inseq(document, text)
    _check_one(text)
    return from_record(document)


def _check_one(text: int) -> None:
    if text != 1:
        raise WrongUse(f"There is no text {text}: a record is of one.")


def _unpacked(data: bytes, name: str) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            unpacked = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NoiserError(f"{name} cannot be unpacked: {error}.") from error
    if len(unpacked) > LARGEST:
        raise NoiserError(f"{name} unpacks to more than {LARGEST // 2**20} MiB: it is not read.")
    return unpacked
