"""Soft perturbation: each element of each embedding kept or zeroed by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from noiser.draws import FloatArray


def generator(seed: int, ids: Sequence[int], *stream: int) -> np.random.Generator:
    """Random numbers of one seed, prompt and purpose: another prompt gets others."""
    return np.random.default_rng(np.random.SeedSequence([seed, *ids], spawn_key=stream))


class Uniforms:
    """The uniform numbers behind the masks of one prompt: every score meets the same ones.

    More masks keep the first ones. Only those last asked for are held.
    """

    def __init__(self, seed: int, ids: Sequence[int], dim: int, device: torch.device) -> None:
        self._seed, self._ids, self._dim, self._device = seed, tuple(ids), dim, device
        self._held: tuple[slice, torch.Tensor] | None = None

    def of(self, masks: slice) -> torch.Tensor:
        """Those of some of the masks, shape (masks, n, d), in [0, 1)."""
        if self._held is None or self._held[0] != masks:
            drawn = np.empty(
                (masks.stop - masks.start, len(self._ids), self._dim), dtype=np.float32
            )
            for row, mask in zip(drawn, range(masks.start, masks.stop), strict=True):
                generator(self._seed, self._ids, 1, mask).random(out=row, dtype=np.float32)
            self._held = masks, torch.from_numpy(drawn).to(self._device)
        return self._held[1]


@dataclass(frozen=True)
class Masked:
    """Each element kept where its uniform number is below the token's `keep`; a variant per mask.

    `inverse`: kept where it is not, so that together with the other every element is kept once: with
    probability 1 − aᵢ. Tokens whose probability is NaN are left alone.
    """

    keep: FloatArray
    uniforms: Uniforms
    inverse: bool = False

    @property
    def first(self) -> int:
        """The first position that may change; the last one where none does."""
        still = np.isnan(self.keep) | (self.keep == (0.0 if self.inverse else 1.0))
        changes = np.flatnonzero(~still)
        return int(changes[0]) if len(changes) else len(self.keep) - 1

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Zero what is not kept."""
        uniforms = self.uniforms.of(variants)[:, start:]
        alone = 0.0 if self.inverse else 1.0
        keep = np.where(np.isnan(self.keep), alone, self.keep)[start:].astype(np.float32)
        limits = torch.from_numpy(keep).to(uniforms.device).unsqueeze(-1)
        rows.mul_(uniforms >= limits if self.inverse else uniforms < limits)


class Zeroed:
    """All embeddings zero."""

    first = 0

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Leave nothing."""
        rows.zero_()


NOTHING = Zeroed()
"""The one there is, so that it can be expected."""
