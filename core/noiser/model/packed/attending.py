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


def make_mask(width: int, length: int, window: int | None, like: torch.Tensor) -> Mask:
    """What the last `width` queries may not see of `length` keys."""
    if window is None or window >= length:
        if width == 1:
            return "none"
        if width == length:
            return "causal"
    if width * length > SEEN:
        return "parts"
    return _hidden(width, length, window, like)


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
    mask: Mask,
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
        read = _by_products(own, keys, values, mask, layer.scaling, at_once, space)
    else:
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
    mask: Mask,
    scaling: float,
    at_once: int,
    space: Workspace,
) -> torch.Tensor:
    """Softmax attention of few rows and one head of keys at a time, (rows, heads, width, head_dim)."""
    count, heads, width, dim = query.shape
    share, length = heads // keys.shape[1], keys.shape[2]
    hidden = _hidden(width, length, None, query) if mask == "causal" else mask
    weight = 1 if isinstance(hidden, torch.Tensor) else 0
    added = hidden.repeat(share, 1) if isinstance(hidden, torch.Tensor) else query.new_zeros(1, 1)
    read = space.take("read", count, width, heads, dim).transpose(1, 2)
    for begin in range(0, count, at_once):
        rows = slice(begin, begin + at_once)
        for head in range(keys.shape[1]):
            those = slice(head * share, (head + 1) * share)
            asked = query[rows, those].reshape(-1, share * width, dim)
            scores = torch.baddbmm(
                added,
                asked,
                keys[rows, head].transpose(1, 2),
                beta=weight,
                alpha=scaling,
                out=space.take("scores", len(asked), share * width, length),
            )
            shares = torch.softmax(scores, -1, out=space.take("shares", *scores.shape))
            found = torch.bmm(shares, values[rows, head], out=space.take("found", *asked.shape))
            read[rows, those] = found.view(-1, share, width, dim)
    return read
