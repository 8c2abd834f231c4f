"""The one place that runs perturbed inputs: batches, cancel, counting work."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import torch

from noiser.errors import Cancelled, NoiserError
from noiser.events import BatchHalved, Emit, Work, ignore
from noiser.model.language_model import LanguageModel

CPU_POSITIONS = 4096
GPU_POSITIONS = 65536
LOGITS_BUDGET = 2**26
"""Logits held at once at most (256 MB in float32), however short the prompt."""


class Change(Protocol):
    """One way to change the prompt's embeddings, in as many rows as it has variants.

    Nothing before position `first` is touched, so what the model computed there stays true.
    """

    @property
    def first(self) -> int:
        """The first position that changes."""

    def apply(self, rows: torch.Tensor, variants: slice) -> None:
        """Change `rows` in place: shape (variants asked for, n, d), each a copy of the clean prompt."""


class Perturber:
    """Runs one prompt's embeddings with changes, in batches, and counts the work."""

    def __init__(
        self,
        model: LanguageModel,
        ids: Sequence[int],
        *,
        positions_per_batch: int | None = None,
        cancel: threading.Event | None = None,
        emit: Emit = ignore,
    ) -> None:
        self.model = model
        self.embeddings = model.embed(ids)
        self.work = Work()
        self._budget = positions_per_batch or (
            CPU_POSITIONS if model.device.type == "cpu" else GPU_POSITIONS
        )
        self._cancel = cancel or threading.Event()
        self._emit = emit
        self.clean = self._probabilities(self.embeddings.unsqueeze(0))[0]

    def probabilities(
        self, changes: Sequence[Change], variants: int
    ) -> Iterator[tuple[slice, torch.Tensor]]:
        """Next-token distributions under each change, batch by batch.

        Yields the slice of `changes` a batch covers and their distributions, shape
        (changes, variants, vocabulary). Cancelled is raised between batches.
        """
        done = 0
        while done < len(changes):
            count = max(1, self._rows() // variants)
            batch = slice(done, min(done + count, len(changes)))
            if count * variants > self._rows():  # one change alone is too large: run it in parts
                yield batch, self._in_parts(changes[done], variants).unsqueeze(0)
                done += 1
                continue
            rows = self._copies((batch.stop - done) * variants)
            for row, change in enumerate(changes[batch]):
                change.apply(rows[row * variants : (row + 1) * variants], slice(0, variants))
            try:
                result = self._probabilities(rows)
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                self._halve(len(rows), error)
                continue
            yield batch, result.view(batch.stop - done, variants, -1)
            done = batch.stop

    def _in_parts(self, change: Change, variants: int) -> torch.Tensor:
        parts: list[torch.Tensor] = []
        done = 0
        while done < variants:
            some = slice(done, min(done + self._rows(), variants))
            rows = self._copies(some.stop - done)
            change.apply(rows, some)
            try:
                parts.append(self._probabilities(rows))
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                self._halve(len(rows), error)
                continue
            done = some.stop
        return torch.cat(parts)

    def _rows(self) -> int:
        """Rows that fit in one batch, at least one."""
        by_positions = self._budget // len(self.embeddings)
        vocabulary = self.model.network.get_output_embeddings().weight.shape[0]
        return max(1, min(by_positions, LOGITS_BUDGET // int(vocabulary)))

    def _copies(self, rows: int) -> torch.Tensor:
        return self.embeddings.unsqueeze(0).repeat(rows, 1, 1)

    def _probabilities(self, rows: torch.Tensor) -> torch.Tensor:
        if self._cancel.is_set():
            raise Cancelled
        logits = self.model.next_logits(rows)
        self.work += Work(token_forwards=rows.shape[0] * rows.shape[1], calls=1)
        result = torch.softmax(logits, dim=-1)
        if torch.isnan(result).any():
            info = self.model.info
            raise NoiserError(
                f"{info.name} gives NaN logits on this prompt in {info.dtype} on {info.device}: "
                "try another --dtype, or check the weights."
            )
        return result

    def _halve(self, rows: int, error: Exception) -> None:
        """Half the budget after running out of memory; anything else is passed on."""
        if not is_out_of_memory(error):
            raise error
        if rows <= 1:
            raise NoiserError(
                f"Out of memory on {self.model.info.device} with a single row of "
                f"{len(self.embeddings):,} tokens: try a shorter prompt, a smaller --dtype or "
                "another --device."
            ) from error
        self._budget = rows // 2 * len(self.embeddings)
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        self._emit(BatchHalved(rows // 2, self.work))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out; on the CPU torch raises a plain RuntimeError."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "not enough memory" in text or "out of memory" in text or "can't allocate" in text
    )
