"""The one place that runs perturbed inputs: batches, prefix reuse, cancel, counting work."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import torch

from noiser.batching import split_into_batches
from noiser.errors import Cancelled, NoiserError
from noiser.events import BatchHalved, Emit, Work, ignore
from noiser.model.language_model import LanguageModel
from noiser.model.memory import is_out_of_memory

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

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Change `rows` in place: shape (variants asked for, n − start, d).

        Each is a copy of the clean prompt from position `start` on, at or before `first`.
        """


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
        usual = CPU_POSITIONS if model.device.type == "cpu" else GPU_POSITIONS
        self._budget = min(positions_per_batch or usual, model.most_positions or usual)
        self._kept_budget = self._budget
        self._cancel = cancel or threading.Event()
        self._emit = emit
        reusable = model.prefix_fault is None
        logits, prefix = model.clean_run(self.embeddings.unsqueeze(0))
        self._prefix = prefix if reusable else None
        self.clean = self._to_probabilities(logits, len(ids))[0]

    def probabilities(
        self, changes: Sequence[Change], variants: int
    ) -> Iterator[tuple[list[int], torch.Tensor]]:
        """Next-token distributions under each change, batch by batch.

        Yields which of the `changes` a batch covers and their distributions, shape
        (changes, variants, vocabulary). Cancelled is raised between batches.
        """
        order = sorted(range(len(changes)), key=lambda i: changes[i].first)
        sizes = split_into_batches(
            [self._start(changes[i]) for i in order],
            len(self.embeddings),
            variants,
            call_price=self.model.call_price,
            budget=self._budget,
            most=max(1, LOGITS_BUDGET // self.model.vocabulary // variants),
        )
        for size in sizes:
            batch, order = order[:size], order[size:]
            yield batch, self._run([changes[i] for i in batch], slice(0, variants))

    def by_fragility(self, positions: Sequence[int], first: int, second: int) -> list[int]:
        """The positions in the order in which noise moves two tokens' logits apart, fastest first.

        By gradient, counted as three forwards of the prompt, a backward run being worth about two.
        Where there are no gradients, or no memory for them, the last position comes first: every
        prediction reads it.
        """
        slopes: torch.Tensor | None = None
        try:
            slopes = self.model.fragility(self.embeddings.unsqueeze(0), first, second)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
        if slopes is None:
            return sorted(positions, reverse=True)
        self.work += Work(token_forwards=3 * len(self.embeddings), calls=1)
        values = slopes.tolist()
        return sorted(positions, key=lambda i: -values[i])

    def _start(self, change: Change) -> int:
        """The first position that has to run for a change."""
        return change.first if self._prefix is not None else 0

    def _run(self, changes: Sequence[Change], some: slice) -> torch.Tensor:
        """Distributions under changes of ascending starts, in halves where memory asks for it."""
        start = self._start(changes[0])
        variants = some.stop - some.start
        rows, length = len(changes) * variants, len(self.embeddings) - start
        fits = rows * length <= self._budget and rows * self.model.vocabulary <= LOGITS_BUDGET
        if fits or rows == 1:
            try:
                return self._forward(changes, some, start).view(len(changes), variants, -1)
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if rows == 1:
                    raise NoiserError(
                        f"Out of memory on {self.model.info.device} with a single row of "
                        f"{length:,} tokens: try a shorter prompt, a smaller --dtype or "
                        "another --device."
                    ) from error
            self._halve(rows, length)  # out here, where nothing holds on to the batch that failed
        if len(changes) > 1:
            middle = len(changes) // 2
            return torch.cat([self._run(changes[:middle], some), self._run(changes[middle:], some)])
        cut = some.start + variants // 2
        halves = [
            self._run(changes, half) for half in (slice(some.start, cut), slice(cut, some.stop))
        ]
        try:
            return torch.cat(halves, dim=1)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise NoiserError(
                f"Out of memory with the distributions of {variants:,} draws: use fewer --draws."
            ) from error

    def _forward(self, changes: Sequence[Change], some: slice, start: int) -> torch.Tensor:
        if self._cancel.is_set():
            raise Cancelled
        variants = some.stop - some.start
        rows = self.embeddings[start:].unsqueeze(0).repeat(len(changes) * variants, 1, 1)
        for i, change in enumerate(changes):
            change.apply(rows[i * variants : (i + 1) * variants], some, start)
        before = self._prefix.before(start) if self._prefix is not None and start else None
        return self._to_probabilities(
            self.model.next_logits(rows, before), rows.shape[0] * rows.shape[1]
        )

    def _to_probabilities(self, logits: torch.Tensor, positions: int) -> torch.Tensor:
        self.work += Work(token_forwards=positions, calls=1)
        result = torch.softmax(logits, dim=-1)
        if torch.isnan(result).any():
            info = self.model.info
            raise NoiserError(
                f"{info.name} gives NaN logits on this prompt in {info.dtype} on {info.device}: "
                "try another --dtype, or check the weights."
            )
        return result

    def _halve(self, rows: int, length: int) -> None:
        """Half the budget after running out of memory, for this prompt and for those to come.

        Those to come keep half of what they had, if that is more: the batch that failed may have been
        a small one, of a few late positions.
        """
        self._budget = rows // 2 * length
        self._kept_budget = max(self._budget, self._kept_budget // 2)
        self.model.most_positions = self._kept_budget
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        self._emit(BatchHalved(rows // 2, self.work))
