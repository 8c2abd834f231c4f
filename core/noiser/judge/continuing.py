"""The most probable continuations of several prompts, in one padded batch."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError
from noiser.model.stopping import check

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

Made = list[int] | NoiserError


def continuations(
    model: LanguageModel, rows: Sequence[list[int]], most: int, cancel: Event | None = None
) -> list[Made]:
    """The ids that follow each row, token by token the most probable, up to an end or `most` of them.

    Rows are padded on the left and masked there, so that each is read as if it were alone. One that has
    less room than `most` in the model's context goes alone. NoiserError in the place of a row for which
    memory does not suffice even alone. Cancelled, within one token, where `cancel` is set.
    """
    context = model.info.context
    tight = [i for i, row in enumerate(rows) if context is not None and context - len(row) < most]
    made: dict[int, Made] = {}
    for i in tight:
        assert context is not None
        made |= _made(model, {i: rows[i]}, max(1, context - len(rows[i])), cancel)
    rest = {i: row for i, row in enumerate(rows) if i not in made}
    if rest:
        made |= _made(model, rest, most, cancel)
    return [made[i] for i in range(len(rows))]


def _made(
    model: LanguageModel, rows: dict[int, list[int]], most: int, cancel: Event | None
) -> dict[int, Made]:
    """All rows in one call, in halves where memory does not suffice."""
    import torch

    try:
        made = _generate(model, list(rows.values()), most, cancel)
        return dict(zip(rows, made, strict=True))
    except torch.OutOfMemoryError:
        pass  # out of the handler, so that what the call held is free
    if len(rows) == 1:
        error = NoiserError(f"{model.info.name} has not enough memory to answer.")
        return dict.fromkeys(rows, error)
    items = list(rows.items())
    half = len(items) // 2
    first = _made(model, dict(items[:half]), most, cancel)
    return first | _made(model, dict(items[half:]), most, cancel)


def _generate(
    model: LanguageModel, rows: Sequence[list[int]], most: int, cancel: Event | None
) -> list[list[int]]:
    import torch

    check(cancel)

    def stopped(ids: torch.Tensor, _: object, **__: object) -> torch.Tensor:
        ends = cancel is not None and cancel.is_set()
        return torch.full((len(ids),), ends, dtype=torch.bool, device=ids.device)

    ends = sorted(model.end_ids)
    pad = ends[0] if ends else 0
    options: dict[str, Any] = {"eos_token_id": ends, "pad_token_id": pad} if ends else {}
    longest = max(map(len, rows))
    ids = torch.tensor([[pad] * (longest - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    made = model.network.generate(
        ids.to(model.device),
        attention_mask=mask.to(model.device),
        max_new_tokens=most,
        do_sample=False,
        num_beams=1,
        temperature=None,
        top_p=None,
        top_k=None,
        stopping_criteria=[stopped],
        **options,
    )
    check(cancel)
    return [_to_end([int(i) for i in row[longest:]], model.end_ids) for row in made]


def _to_end(ids: list[int], ends: frozenset[int] | set[int]) -> list[int]:
    """The ids up to the first that ends a text, this one included; what follows it is padding."""
    last = next((i for i, one in enumerate(ids) if one in ends), len(ids))
    return ids[: last + 1]
