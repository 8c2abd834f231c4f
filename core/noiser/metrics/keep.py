"""From the scores of an explanation to probabilities of keeping a token's embedding."""

from __future__ import annotations

import numpy as np

from noiser.draws import FloatArray
from noiser.explanation import Explanation
from noiser.scores import normalise


def importance(explanation: Explanation) -> FloatArray:
    """What each token holds of the whole, shape (n,), NaN where a token has no score.

    The scores with negatives as 0, divided by their sum, whatever the explanation was normalised by;
    all 0 where no score is positive.
    """
    scores = [np.nan if token.score is None else token.score for token in explanation.tokens]
    return normalise(np.array(scores), "positive")


def keep_probabilities(explanation: Explanation, *, reference: bool = False) -> FloatArray:
    """The probability aᵢ that an element of a token's embedding is kept, (n,); NaN: leave it alone.

    It is the token's share of the importance, as in the paper, whose scores sum to 1. So half of the
    importance on one token keeps half of that token, and a prompt of n equal tokens keeps 1/n of each.
    `reference`: the scores as they are, as the released code takes them; it fails on one outside [0, 1]
    and drops the sample, here such a score is moved to the nearer end.
    """
    if not reference:
        return importance(explanation)
    scores = [np.nan if token.score is None else token.score for token in explanation.tokens]
    return np.asarray(np.clip(np.array(scores), 0.0, 1.0))


def random_probabilities(scored: FloatArray, generator: np.random.Generator) -> FloatArray:
    """Those of random scores, softmax(U[0, 1]ⁿ) over the tokens that `scored` has a number for."""
    known = ~np.isnan(scored)
    powers = np.exp(generator.random(int(known.sum())))
    result = np.full(len(scored), np.nan)
    result[known] = powers / powers.sum()
    return result
