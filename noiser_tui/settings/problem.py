"""What is wrong in a file that the user wrote: told, never fatal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from noiser.errors import unknown

_FEW = 12


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in one sentence.

    `source` is the file or the variable it stands in, `at` the key path or the place there, empty for
    the whole of it. `harmless` says that what was asked for is done all the same.
    """

    source: str
    at: str
    what: str
    harmless: bool = False

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.at, self.what) if part)


def unknown_name(kind: str, name: str, known: Collection[str]) -> str:
    """The sentence about a name that is not known, with the nearest one; all of them where they are few."""
    sentence = str(unknown(kind, name, known))
    return sentence if len(known) <= _FEW else sentence.partition(" Known: ")[0]
