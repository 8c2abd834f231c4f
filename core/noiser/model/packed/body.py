"""Running a decoder over packed rows: the positions from each change on, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import nn

from noiser.model.packed.attending import Masks, attend
from noiser.model.packed.laid import CALL, WORTH, laid_out
from noiser.model.packed.layers import Decoder, Layer
from noiser.model.packed.norms import Map
from noiser.model.packed.packing import Group, Packing
from noiser.model.packed.products import (
    added,
    by_onednn,
    filled,
    gated,
    mapped,
    projections,
    slices,
)
from noiser.model.packed.workspace import Workspace
from noiser.model.precision import at_least_float32

Angles = tuple[torch.Tensor, ...]
"""Cosines of positions, (P, 1, head_dim), and what sines add to both halves, (P, 1, head_dim / 2)."""


class PackedBody:
    """One prompt's changed rows through a decoder, from the clean keys and values before them.

    `prefix` holds the clean keys and values of each layer, shapes (1, heads, n, head_dim). Without it
    the first row of the first call is to be the clean one, which leaves them.
    """

    def __init__(
        self,
        decoder: Decoder,
        embeddings: torch.Tensor,
        prefix: Sequence[tuple[torch.Tensor, ...]] | None = None,
    ) -> None:
        self._decoder = decoder
        self._clean = embeddings
        # as packed keys are: all heads of a position together
        self._prefix: list[tuple[torch.Tensor, ...]] = [
            tuple(part[0].transpose(0, 1).contiguous() for part in kv) for kv in prefix or ()
        ]
        place = torch.arange(len(embeddings), device=embeddings.device)
        cos, sin = decoder.rotary(embeddings.unsqueeze(0), place.unsqueeze(0))
        half = sin.shape[-1] // 2
        self._angles: Angles = cos[0], -sin[0, :, :half], sin[0, :, half:]
        self._space = Workspace(embeddings)
        self._ran = 0
        self._laid = False

    @property
    def begun(self) -> bool:
        """Whether the clean keys and values are known."""
        return bool(self._prefix)

    def clean_keys(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The clean keys and values of each layer as they came, (1, heads, n, head_dim)."""
        return [
            (keys.transpose(0, 1).unsqueeze(0), values.transpose(0, 1).unsqueeze(0))
            for keys, values in self._prefix
        ]

    def packing(self, starts: Sequence[int]) -> Packing:
        """Rows of ascending starts, with as many positions as run best."""
        fill = partial(filled, like=self._clean)
        before = None if self.begun else 0
        return Packing(starts, len(self._clean), self._clean.device, fill, before)

    def rows(self, packing: Packing) -> torch.Tensor:
        """The clean embeddings of all packed positions, shape (P, d), to be changed in place."""
        out = self._space.take("x", len(packing), self._clean.shape[1])
        return torch.index_select(self._clean, 0, packing.positions, out=out)

    def logits(self, x: torch.Tensor, packing: Packing) -> torch.Tensor:
        """Logits after each row, (P, d) → (rows, vocabulary); `x` is used up."""
        if self._ran >= WORTH and not self._laid and by_onednn(x):
            self._decoder, self._laid = laid_out(self._decoder), True
        self._ran += CALL + len(x)
        angles = tuple(angle[packing.positions].unsqueeze(1) for angle in self._angles)
        masks = Masks(packing.length, x)
        layers = self._decoder.layers
        *inner, final = zip(layers, self._prefix or [()] * len(layers), strict=True)
        found = []
        for layer, clean in inner:
            query, *own = self._own(layer, x, angles, clean)
            if not clean:
                found.append(self._of_first(own))
            keys, values = self._spread(layer, own, packing)
            mixed = self._mixed(layer, packing.taken, x)
            for group in packing.groups:
                read = attend(layer, group, query, keys, values, masks, self._space)
                mixed[group.packed] = read
            self._after_attention(layer, mixed, x)
        layer, clean = final
        # of the last layer only each row's last position is read, but the keys of all its positions
        last = packing.last
        query, *own = self._own(layer, x, angles, clean, last)
        if not clean:
            found.append(self._of_first(own))
        keys, values = self._spread(layer, own, packing)
        group = Group(slice(0, packing.rows), slice(0, packing.rows), 1, None, None)
        x = x[last]
        mixed = self._mixed(layer, packing.rows, x)
        read = attend(layer, group, query, keys, values, masks, self._space)
        mixed[: packing.rows] = read
        self._after_attention(layer, mixed, x)
        head = self._decoder.head
        logits = mapped(head, self._decoder.final_norm(x))
        self._prefix = self._prefix or found
        return at_least_float32(logits[: packing.rows])

    def _of_first(self, own: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """The keys and values of the first row, which is the clean one, to be kept."""
        return tuple(part[: len(self._clean)].clone() for part in own)

    def _mixed(self, layer: Layer, taken: int, x: torch.Tensor) -> torch.Tensor:
        """Room for what attention reads, a row of `x` each; those that nothing reads are zeros."""
        mixed = self._space.take("mixed", len(x), layer.query.out_features)
        mixed[taken:] = 0
        return mixed

    def _own(
        self,
        layer: Layer,
        x: torch.Tensor,
        angles: Angles,
        clean: tuple[torch.Tensor, ...],
        read: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries of packed positions, or of those to be `read`; keys and values after the clean ones.

        Shape (positions, heads, head_dim) each.
        """
        before = len(clean[0]) if clean else 0
        query = self._take("query", layer.query, len(x if read is None else read), layer)
        key = self._take("key", layer.key, before + len(x), layer)
        value = self._take("value", layer.value, before + len(x), layer)
        for room, known in zip((key, value), clean, strict=False):
            room[:before] = known
        for part in slices(x):
            some = _at(angles, part)
            *queries, keys, values = projections(
                layer, layer.before_attention(x[part]), read is None
            )
            for asked in queries:
                _turned(asked, layer.query_norm, some, query[part])
            _turned(keys, layer.key_norm, some, key[before:][part])
            value[before:][part] = values.view(-1, *value.shape[1:])
        if read is not None:
            heads = mapped(layer.query, layer.before_attention(x[read]))
            _turned(heads, layer.query_norm, _at(angles, read), query)
        return query, key, value

    def _take(self, name: str, linear: nn.Linear, count: int, layer: Layer) -> torch.Tensor:
        """Room for a projection of so many positions by heads, (count, heads, head_dim)."""
        heads = linear.out_features // layer.head_dim
        return self._space.take(name, count, heads, layer.head_dim)

    def _spread(
        self, layer: Layer, own: Sequence[torch.Tensor], packing: Packing
    ) -> tuple[torch.Tensor, ...]:
        """Keys and values of every row at every place, (rows, heads, n, head_dim) each."""
        dim = layer.head_dim
        heads = layer.key.out_features // dim
        places = packing.keys(heads)
        found = []
        for name, part in zip(("keys", "values"), own, strict=True):
            out = self._space.take(name, len(places), dim)
            spread = torch.index_select(part.view(-1, dim), 0, places, out=out)
            found.append(spread.view(packing.rows, heads, packing.length, dim))
        return tuple(found)

    def _after_attention(self, layer: Layer, mixed: torch.Tensor, x: torch.Tensor) -> None:
        """Add to `x`, in place, what attention read and what the network makes of both."""
        for part in slices(x):
            some = added(layer.output, mixed[part], x[part])
            normed = layer.before_mlp(some)
            inside = gated(layer.gate, layer.up, normed, layer.activation)
            x[part] = added(layer.down, inside, some)


def _at(angles: Angles, where: slice | torch.Tensor) -> Angles:
    return tuple(angle[where] for angle in angles)


def _turned(heads: torch.Tensor, norm: Map | None, angles: Angles, out: torch.Tensor) -> None:
    """Queries or keys of every head, turned by their positions' angles, into `out`."""
    heads = heads.view(out.shape)
    if norm is not None:
        heads = norm(heads)
    cos, low, high = angles
    half = out.shape[-1] // 2
    torch.mul(heads, cos, out=out)
    out[..., :half].addcmul_(heads[..., half:], low)
    out[..., half:].addcmul_(heads[..., :half], high)
