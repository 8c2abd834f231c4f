"""Trying whether a shortcut gives what the model itself gives, before it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from noiser.model.memory import is_out_of_memory
from noiser.model.packed.body import PackedBody
from noiser.model.packed.layers import read_decoder
from noiser.model.prefix import Prefix

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

TOLERANCE = {"float64": 1e-8, "float32": 1e-3, "bfloat16": 0.25, "float16": 0.05}
"""How far log-probabilities may differ between the two paths: rounding, never another position."""
CONTRAST = 4
"""How many times further they must be apart when what comes before is left out altogether."""
COMPARED = 20
"""The most probable tokens, whose log-probabilities are compared."""


Shortcut = Callable[[torch.Tensor, Prefix, int], torch.Tensor]
"""Logits of rows (1, n, d) that run from a cut on, given the prefix: (1, vocabulary)."""


def prefix_fault(model: LanguageModel) -> str | None:
    """Why rows cannot start from a prefix by the model's own forward; None where they can."""
    return _fault(
        model, lambda rows, prefix, cut: model.next_logits(rows[:, cut:], prefix.before(cut))
    )


def packed_fault(model: LanguageModel) -> str | None:
    """Why rows cannot run packed, beside the clean row or after its prefix; None where they can."""

    def way(beside: bool) -> Shortcut:
        def run(rows: torch.Tensor, prefix: Prefix, cut: int) -> torch.Tensor:
            decoder = read_decoder(model.network)
            if decoder is None:
                raise NotImplementedError("its layers are of another shape")
            body = PackedBody(decoder, rows[0], None if beside else prefix.layers)
            packing = body.packing([*([0] if beside else []), cut - 1, cut])
            return body.logits(body.rows(packing), packing)[-1:]

        return run

    return _fault(model, way(beside=True)) or _fault(model, way(beside=False))


@torch.inference_mode()
def _fault(model: LanguageModel, shortcut: Shortcut) -> str | None:
    """Why a shortcut must not be taken; None where a trial run shows that it may.

    Runs a few tokens once whole, once by the shortcut from a cut on, and, to see that the comparison
    can tell, once from there without what is before it. Memory that runs out is no fault, it is raised.
    """
    length = _probe_length(model)
    cut = 3 * length // 4
    spread = [(2 * i + 1) * model.vocabulary // (2 * length) for i in range(length)]
    embeddings = model.embed(spread).unsqueeze(0)
    try:
        whole, prefix = model.clean_run(embeddings)
        if prefix is None:
            return "it keeps no plain key-value cache"
        apart = model.apart(whole, shortcut(embeddings, prefix, cut))
        without = model.apart(whole, model.next_logits(embeddings[:, cut:]))
    except (
        AttributeError,
        IndexError,
        NotImplementedError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        if is_out_of_memory(error):
            raise
        return f"its cache does not take part in this: {error}"
    if not apart <= TOLERANCE.get(model.info.dtype, 1e-3):
        return f"its results differ by {apart:.2g} when it starts from a cache"
    if not CONTRAST * apart < without:
        return (
            f"its results differ by {apart:.2g} when it starts from a cache, and by no more than "
            f"{without:.2g} without it"
        )
    return None


def _probe_length(model: LanguageModel) -> int:
    """Eight tokens, more where that takes the trial past a short attention window."""
    window = getattr(model.network.config.get_text_config(), "sliding_window", None)
    length = window + 8 if isinstance(window, int) and window <= 64 else 8
    return min(length, model.info.context or length)
