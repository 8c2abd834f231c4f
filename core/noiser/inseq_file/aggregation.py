"""One score per token from arrays with more dimensions, by the rule that Inseq itself applies."""

from __future__ import annotations

import numpy as np

from noiser.draws import FloatArray
from noiser.inseq_file.arrays import Array

_NORM = "GranularFeatureAttributionSequenceOutput"
"""Inseq's class of methods with a score per dimension of the embedding."""


def aggregated(values: Array, kind: str) -> tuple[FloatArray, str | None]:
    """Scores of shape (tokens, steps) from (tokens, steps, …), and what was done, None if nothing.

    The L2 norm over the dimensions of the embedding for gradient methods, the mean over everything
    else (layers, heads), as `aggregate()` of Inseq 0.7.1 does for the class that `kind` names.
    """
    shape = " × ".join(str(size) for size in values.shape[2:])
    if not shape:
        return values.astype(np.float64), None
    flat = values.reshape(*values.shape[:2], -1)
    if kind == _NORM:
        squares = np.einsum("ijk,ijk->ij", flat, flat, dtype=np.float64)
        return np.sqrt(squares), f"the L2 norm over {shape} dimensions of the embedding"
    return flat.mean(axis=-1, dtype=np.float64), f"the mean over {shape} layers or heads"
