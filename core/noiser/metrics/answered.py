"""What a judge made of the words of one target: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from noiser.judge.protocol import Reply

Shown = Literal["top", "none", "random", "whole"]
"""Which words a judge was shown: those of the explanation, or those of a control."""
SHOWN: tuple[Shown, ...] = get_args(Shown)


@dataclass(frozen=True)
class Answered:
    """What a judge made of some words, those of one target.

    `mass` is the words' share of the importance. `first`, `any_of_five`: whether the first answer, or
    one of the first five, is the target; of a reply that is no list of five the answers that can be
    read count. `error` says why no reply came: that is a failure, and neither right nor wrong (both are
    False). Where `asked` is False, it was not even asked, for lack of budget. `nameless`: the
    target is no word that a judge could name.
    """

    target: str
    words: tuple[str, ...]
    mass: float
    reply: Reply | None
    first: bool
    any_of_five: bool
    error: str | None = None
    asked: bool = True
    nameless: bool = False
