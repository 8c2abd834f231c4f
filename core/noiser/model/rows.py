"""Rows of changed embeddings on their way to logits: packed, after a clean prefix, or whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from noiser.model.packed.body import PackedBody
from noiser.model.packed.layers import Decoder, read_decoder
from noiser.model.prefix import Prefix

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


BESIDE = {torch.float32, torch.float64}
"""Precisions in which how rows are put together moves nothing that could be seen."""


@dataclass(frozen=True)
class Batch:
    """Clean rows to be changed in place, one view of shape (variants, n − start, d) per change.

    `starts` are the positions that the views begin at; `positions` is what running them costs.
    """

    views: list[torch.Tensor]
    starts: list[int]
    positions: int
    logits: Callable[[], torch.Tensor]
    """Runs the rows: (changes · variants, vocabulary), or (…, reads, vocabulary) of several reads."""


class Rows(Protocol):
    """One prompt's rows. `ragged`: whether rows of different starts share a call at no extra cost.

    `prefix`: the clean keys and values that they start from, None where they run whole. `clean`: what
    the clean row gives, logits (1, vocabulary) or (1, reads, vocabulary); None before it ran.
    """

    ragged: bool
    clean: torch.Tensor | None

    @property
    def prefix(self) -> Prefix | None:
        """What was computed for the clean prompt, without a copy."""

    def start(self, position: int) -> int:
        """The first position that has to run where `position` is the first that changes."""

    def batch(self, starts: Sequence[int], variants: int) -> Batch:
        """Rows for changes of ascending starts, `variants` of each."""


class PackedRows:
    """Every row from its own start, put one after another; in the first call after the clean row."""

    ragged = True

    def __init__(
        self, body: PackedBody, embeddings: torch.Tensor, clean: torch.Tensor | None = None
    ) -> None:
        self._body, self._embeddings, self.clean = body, embeddings, clean

    @property
    def prefix(self) -> Prefix:
        """The body's own, as the model's caches have it."""
        return Prefix(self._body.clean_keys())

    def start(self, position: int) -> int:
        """The position itself."""
        return position

    def batch(self, starts: Sequence[int], variants: int) -> Batch:
        """Views into the packed rows."""
        length, dim = self._embeddings.shape
        first = [] if self._body.begun else [0]
        packing = self._body.packing(
            [*first, *(start for start in starts for _ in range(variants))]
        )
        x = self._body.rows(packing)
        views, end = [], length * len(first)
        for start in starts:
            begin, end = end, end + variants * (length - start)
            views.append(x[begin:end].view(variants, -1, dim))

        def logits() -> torch.Tensor:
            found = self._body.logits(x, packing)
            if first:
                self.clean = found[:1].clone()  # a view would hold them all
            return found[len(first) :]

        return Batch(views, list(starts), packing.taken, logits)


class RectangleRows:
    """Rows of one length through the model's own forward, after a prefix or, without one, whole."""

    ragged = False

    def __init__(
        self,
        model: LanguageModel,
        embeddings: torch.Tensor,
        prefix: Prefix | None,
        reads: int = 1,
        clean: torch.Tensor | None = None,
    ) -> None:
        self._model, self._embeddings, self.prefix = model, embeddings, prefix
        self._reads, self.clean = reads, clean

    def start(self, position: int) -> int:
        """The position itself, or 0 where nothing is known of what comes before."""
        return 0 if self.prefix is None else position

    def batch(self, starts: Sequence[int], variants: int) -> Batch:
        """Views into rows that all begin at the first start."""
        start = starts[0]
        rows = self._embeddings[start:].unsqueeze(0).repeat(len(starts) * variants, 1, 1)
        before = self.prefix.before(start) if self.prefix is not None and start else None
        return Batch(
            [rows[i : i + variants] for i in range(0, len(rows), variants)],
            [start] * len(starts),
            rows.shape[0] * rows.shape[1],
            lambda: self._model.next_logits(rows, before, self._reads),
        )


def make_rows(
    model: LanguageModel, embeddings: torch.Tensor, reads: int = 1, stretch: int | None = None
) -> Rows:
    """The way with the least work that a trial showed to be right for this model.

    `embeddings` (n, d) are the clean prompt's. Packed rows are read at their last position only. The
    clean row runs now, `stretch` positions at a time, unless it can run beside the first changed ones: in
    single precision and above, where it gives the same numbers as by itself.
    """
    decoder = packable(model) if reads == 1 else None
    if decoder is not None and stretch is None and embeddings.dtype in BESIDE:
        return PackedRows(PackedBody(decoder, embeddings), embeddings)
    clean, prefix = model.clean_run(embeddings.unsqueeze(0), reads, stretch)
    if model.prefix_fault is not None or prefix is None:
        return RectangleRows(model, embeddings, None, reads, clean)
    if decoder is None:
        return RectangleRows(model, embeddings, prefix, reads, clean)
    return PackedRows(PackedBody(decoder, embeddings, prefix.layers), embeddings, clean)


def packable(model: LanguageModel) -> Decoder | None:
    """The decoder that a model's rows run packed through; None where they do not.

    Read anew for each prompt, because somebody may have hooked the network since.
    """
    if model.prefix_fault is not None:
        return None
    decoder = read_decoder(model.network)
    return None if decoder is None or model.packed_fault is not None else decoder
