"""What lists of choices offer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One line of a list: what is returned, its name, what it is, and at the right its `keys`.

    Choices of one `group` follow each other under its name.
    """

    value: str
    name: str
    what: str = ""
    keys: str = ""
    group: str = ""
