"""The record that a file written by Noiser carries along, so that reading it again loses nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from noiser.explanation import Explanation
from noiser.inseq_file.text import Text
from noiser.record import from_record

KEY = "noiser"
"""Under which name it stands in `info`."""


def own_record(info: dict[str, Any], text: Text) -> Explanation | None:
    """The explanation that the file was written from; None where it has none, or was changed since.

    NoiserError where the record is damaged.
    """
    if KEY not in info:
        return None
    own = from_record(info[KEY])
    steps = columns_of(own)
    ids = [id_ for id_, _ in text.target]
    if len(steps) != text.raw.shape[1] or text.source:
        return None
    for k, step in enumerate(steps):
        if [*(token.id for token in step.tokens), step.target.id] != ids[: text.start + k + 1]:
            return None
        if not np.array_equal(scores_of(step), text.scores(k).astype(np.float32), equal_nan=True):
            return None
    return own


def columns_of(explanation: Explanation) -> tuple[Explanation, ...]:
    """The explanations of single tokens: a target of several is not in the file as a whole."""
    return explanation.continuation if explanation.whole else explanation.steps_explained


def scores_of(explanation: Explanation) -> np.typing.NDArray[np.float32]:
    """The scores as Inseq's file has them, NaN where a token has none; shape (n,)."""
    scores = [np.nan if token.score is None else token.score for token in explanation.tokens]
    return np.array(scores, dtype=np.float32)
