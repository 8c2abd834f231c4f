"""A sample: a prompt, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One prompt of a data set.

    `target` is the word that should come next, None where any will do; `relative` is the word of the
    prompt on which the target hangs, where the data set names one.
    """

    id: str
    prompt: str
    target: str | None = None
    relative: str | None = None
