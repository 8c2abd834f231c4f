"""What packed queries read of the keys and values of their rows."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn import functional

from noiser.model.packed.layers import Layer
from noiser.model.packed.packing import Group
from noiser.model.packed.workspace import Workspace

SCORES = 2**20
"""Scores that a processor holds at once at most; where one row has more, the kernel that holds none.

Of short rows that kernel makes no use of a second core, and products are up to 1.8 times as fast.
"""
MANY = 512
"""Positions from which products are worth their calls."""
SEEN = 2**22
"""Places of a mask at most: that of all queries of a long prompt grows with its square."""


Mask = torch.Tensor | Literal["causal", "none", "parts"]
"""What is added to scores, (queries, keys); of whole rows "causal", of a last position "none".

Where it would be large it is made of some queries at a time, "parts".
"""


class Masks:
    """What the queries of one call's rows may not see of their `length` keys, each made once."""

    def __init__(self, length: int, like: torch.Tensor) -> None:
        self._length, self._like = length, like
        self._made: dict[tuple[int, int | None], Mask] = {}
        self._repeated: dict[tuple[int, int | None, int], torch.Tensor | None] = {}

    def mask(self, width: int, window: int | None) -> Mask:
        """What the last `width` queries may not see."""
        if (width, window) not in self._made:
            self._made[width, window] = self._make(width, window)
        return self._made[width, window]

    def repeated(self, width: int, window: int | None, share: int) -> torch.Tensor | None:
        """The same for `share` heads of queries one after another; None where they see all."""
        key = width, window, share
        if key not in self._repeated:
            mask = self.mask(width, window)
            if mask == "causal":
                mask = _hidden(width, self._length, None, self._like)
            self._repeated[key] = mask.repeat(share, 1) if isinstance(mask, torch.Tensor) else None
        return self._repeated[key]

    def _make(self, width: int, window: int | None) -> Mask:
        length = self._length
        if window is None or window >= length:
            if width == 1:
                return "none"
            if width == length:
                return "causal"
        if width * length > SEEN:
            return "parts"
        return _hidden(width, length, window, self._like)


def _hidden(width: int, length: int, window: int | None, like: torch.Tensor) -> torch.Tensor:
    query = torch.arange(length - width, length, device=like.device)[:, None]
    key = torch.arange(length, device=like.device)
    hidden = key > query
    if window is not None:
        hidden |= key <= query - window
    mask = torch.zeros(width, length, dtype=like.dtype, device=like.device)
    return mask.masked_fill_(hidden, float("-inf"))


def attend(
    layer: Layer,
    group: Group,
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    masks: Masks,
    space: Workspace,
) -> torch.Tensor:
    """What a group's queries read, packed: (positions, heads · head_dim).

    `query` is (P, heads, head_dim), `keys` and `values` (rows, heads, n, head_dim).
    """
    own, count = query[group.packed], group.rows.stop - group.rows.start
    if group.padded is not None:
        own = own.index_select(0, group.padded)
    own = own.view(count, group.width, -1, layer.head_dim).transpose(1, 2)
    keys, values = keys[group.rows], values[group.rows]
    share = own.shape[1] // keys.shape[1]
    at_once = SCORES // (share * group.width * keys.shape[2])
    many = at_once > 0 and count * group.width >= MANY
    if many and own.device.type == "cpu" and own.dtype in (torch.float32, torch.float64):
        hidden = masks.repeated(group.width, layer.window, share)
        read = _by_products(own, keys, values, hidden, layer.scaling, at_once, space)
    else:
        mask = masks.mask(group.width, layer.window)
        if keys.is_cuda:  # the kernels that take a mask want one head of keys per head of queries
            keys, values = (part.repeat_interleave(share, dim=1) for part in (keys, values))
        if mask == "parts":
            read = _in_parts(layer, own, keys, values)
        else:
            read = functional.scaled_dot_product_attention(
                own,
                keys,
                values,
                attn_mask=mask if isinstance(mask, torch.Tensor) else None,
                is_causal=mask == "causal",
                scale=layer.scaling,
                enable_gqa=True,
            )
    read = read.transpose(1, 2).reshape(count * group.width, -1)
    return read if group.slots is None else read.index_select(0, group.slots)


def _in_parts(
    layer: Layer, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    """The same, some queries at a time with the keys up to the last of them."""
    width, length = query.shape[2], keys.shape[2]
    read = torch.empty_like(query)
    step = max(1, SEEN // length)
    for begin in range(0, width, step):
        some = slice(begin, min(begin + step, width))
        end = length - width + some.stop
        read[:, :, some] = functional.scaled_dot_product_attention(
            query[:, :, some],
            keys[:, :, :end],
            values[:, :, :end],
            attn_mask=_hidden(some.stop - begin, end, layer.window, query),
            scale=layer.scaling,
            enable_gqa=True,
        )
    return read


def _by_products(
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    hidden: torch.Tensor | None,
    scaling: float,
    at_once: int,
    space: Workspace,
) -> torch.Tensor:
    """Softmax attention of few heads of keys at a time, (rows, heads, width, head_dim)."""
    count, heads, width, dim = query.shape
    share, length = heads // keys.shape[1], keys.shape[2]
    added = query.new_zeros(1, 1) if hidden is None else hidden
    asked = query.reshape(-1, share * width, dim)
    keys, values = keys.flatten(0, 1).transpose(1, 2), values.flatten(0, 1)
    read = space.take("read", *asked.shape)
    for begin in range(0, len(asked), at_once):
        some = slice(begin, begin + at_once)
        scores = torch.baddbmm(
            added,
            asked[some],
            keys[some],
            beta=0 if hidden is None else 1,
            alpha=scaling,
            out=space.take("scores", len(asked[some]), share * width, length),
        )
        shares = torch.softmax(scores, -1, out=space.take("shares", *scores.shape))
        torch.bmm(shares, values[some], out=read[some])
    return read.view(count, heads, width, dim)
