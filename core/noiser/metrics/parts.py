"""How much of the importance lies on marked parts of a prompt (Madani et al. 2025, figure 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.metrics.bootstrap import ends
from noiser.metrics.keep import importance
from noiser.metrics.results import Number
from noiser.scores import normalise, resample

Spans: TypeAlias = Sequence[tuple[int, int]]
"""Stretches of characters of a prompt, from the first to after the last."""


def shares(explanation: Explanation, parts: Mapping[str, Spans]) -> dict[str, Number]:
    """The share of the importance on each of the named parts, in [0, 1].

    A token is in a part where one of its characters that is no space is (of white space alone: any);
    parts may overlap, and then
    their shares do. Negative scores count as 0. The interval is over the draws, for explanations of
    single tokens that have some. Not defined where no score is positive. WrongUse for a part outside
    of the prompt.
    """
    own = importance(explanation)
    drawn = _drawn(explanation)
    result: dict[str, Number] = {}
    for name, spans in parts.items():
        inside = [i for i in _inside(explanation, name, spans) if own[i] == own[i]]
        if not np.nansum(own):
            result[name] = Number(None)
            continue
        rows = None if drawn is None else drawn[:, inside].sum(axis=1)
        result[name] = Number(float(own[inside].sum()), None if rows is None else ends(rows))
    return result


def longra_parts(prompt: str, relative: str) -> dict[str, Spans]:
    """The parts of a prompt of LongRA (Vafa et al. 2021): `relative`, `main` and `distractor`.

    The distractor is what stands in the one pair of parentheses, with them; the main part is all else,
    the relative word included. WrongUse where the prompt is not built so.
    """
    opened, closed = prompt.find("("), prompt.rfind(")")
    start = prompt.find(relative)
    if not relative or start < 0 or opened < 0 or closed < opened:
        raise WrongUse(
            f"A prompt of LongRA has its distractor in parentheses and holds {relative!r}: this has not."
        )
    return {
        "relative": [(start, start + len(relative))],
        "main": [(0, opened), (closed + 1, len(prompt))],
        "distractor": [(opened, closed + 1)],
    }


def _inside(explanation: Explanation, name: str, spans: Spans) -> list[int]:
    """The positions of the tokens in a part."""
    text = explanation.prompt
    marked = np.zeros(len(text), dtype=bool)
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise WrongUse(f"The part {name!r} lies outside of the prompt: {start} to {end}.")
        marked[start:end] = True
    blank = np.array([character.isspace() for character in text], dtype=bool)

    def has(start: int, end: int) -> bool:
        counts = ~blank[start:end]
        return bool(marked[start:end][counts if counts.any() else ...].any())

    return [i for i, one in enumerate(explanation.tokens) if has(one.start, one.end)]


def _drawn(explanation: Explanation) -> np.ndarray[tuple[int, int], np.dtype[np.float64]] | None:
    """The importance of every token as other draws might have given it, (resamples, n)."""
    if explanation.losses is None or explanation.units:
        return None
    shape = len(explanation.tokens), explanation.draws
    losses = np.full(shape, np.nan)
    for i, row in enumerate(explanation.losses):
        if row is not None and len(row) == explanation.draws:
            losses[i] = row
    known = ~np.isnan(losses).any(axis=1)
    if not known.any() or any(
        token.score is not None and not there
        for token, there in zip(explanation.tokens, known, strict=True)
    ):
        return None
    raw = resample(losses[known], explanation.seed)
    if raw is None:
        return None
    drawn = np.zeros((len(raw), shape[0]))
    drawn[:, known] = normalise(raw, "positive")
    return drawn
