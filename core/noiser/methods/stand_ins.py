"""Tokens to take another's place: drawn from those of the vocabulary that are of its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

IdArray = npt.NDArray[np.int64]

_SPACES = ("Ġ", "▁", " ")
"""What tokenizers write for the space before a word: byte-level, SentencePiece, plain."""


class StandIns:
    """The ordinary tokens of a model by kind: whether they begin a word, and what they are made of.

    Special and added tokens, and ids that have no embedding or no token, are of no kind and never drawn.
    """

    def __init__(self, model: LanguageModel) -> None:
        rows = min(int(model.network.get_input_embeddings().weight.shape[0]), model.vocabulary)
        added = set(model.tokenizer.all_special_ids) | set(model.tokenizer.added_tokens_decoder)
        ids = [i for i in range(min(rows, len(model.tokenizer))) if i not in added]
        names = model.tokenizer.convert_ids_to_tokens(ids)
        by_kind: dict[tuple[bool, str], list[int]] = defaultdict(list)
        for id_, name in zip(ids, names, strict=True):
            if name:
                by_kind[kind_of(name)].append(id_)
        kinds = [np.array(some, dtype=np.int64) for some in by_kind.values()]
        self._ordinary = np.concatenate(kinds)
        self._of = {int(id_): some for some in kinds for id_ in some}

    def draw(self, generator: np.random.RandomState, ids: Sequence[int]) -> IdArray:
        """A token for each of `ids`, each of its kind with one chance; any token for a special one.

        One number is drawn for each, whatever its kind. It can be the token itself, as with Inseq.
        """
        chances = generator.random_sample(len(ids))
        pools: Iterable[IdArray] = (self._of.get(id_, self._ordinary) for id_ in ids)
        picks = [pool[int(c * len(pool))] for pool, c in zip(pools, chances, strict=True)]
        return np.array(picks, dtype=np.int64)


def kind_of(name: str) -> tuple[bool, str]:
    """Whether a vocabulary's token begins a word, and its letters: `Upper`, `lower`, digits, or other."""
    begins = name.startswith(_SPACES)
    bare = name.lstrip("".join(_SPACES))
    if bare.isalpha():
        return begins, "lower" if bare[0].islower() else "upper"
    return begins, "digits" if bare.isdigit() else "other"
