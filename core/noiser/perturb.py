"""The one place that runs perturbed inputs: batches, prefix reuse, cancel, counting work."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch

from noiser.batching import Budget, split_into_batches
from noiser.call_budget import call_budget
from noiser.change import Change, Unchanged
from noiser.errors import Cancelled, NoiserError
from noiser.events import BatchHalved, Emit, Work, ignore
from noiser.model.heap import FREED, give_freed
from noiser.model.language_model import LanguageModel
from noiser.model.memory import PeakMemory, is_out_of_memory, memory_budget
from noiser.model.prefix import Prefix
from noiser.model.rows import make_rows
from noiser.model.speed import measure
from noiser.model.trial import COMPARED

T = TypeVar("T")
Take = Callable[[slice, slice, torch.Tensor], None]
"""Takes which changes and which of their variants ran, and their distributions."""
Knows = Callable[[slice, slice], bool]
"""Says of which changes, and which of their variants, all is known already."""
SHORTEST = 64
"""Positions of a clean row that run at once at least, however little memory there is."""


def nothing_known(changes: slice, variants: slice) -> bool:
    """What is known of a run that begins."""
    return False


class Perturber:
    """Runs one prompt's embeddings with changes, in batches, and counts the work.

    `reads`: how many of the last positions are read; with more than one, distributions have the shape
    (…, reads, vocabulary), and no change may begin after the first of them.
    """

    def __init__(
        self,
        model: LanguageModel,
        ids: Sequence[int],
        *,
        reads: int = 1,
        positions_per_batch: int | None = None,
        memory: str | None = None,
        cancel: threading.Event | None = None,
        emit: Emit = ignore,
    ) -> None:
        self.model, self.reads = model, reads
        self.embeddings = model.embed(ids)
        self.work = Work()
        self._cancel = cancel or threading.Event()
        self._emit = emit
        with model.turn:
            if model.speed is None and model.device.type == "cuda":
                model.speed = measure(model, self.embeddings)
        self._scaled = model.measured_bytes[1]
        self._memory = memory_budget(model.device, memory)
        self._budget = call_budget(model, len(ids), positions_per_batch, self._memory, reads)
        self._kept_bytes = self._budget.most_bytes
        if model.device.type == "cpu":
            give_freed(min(FREED, self._memory))
        with model.turn:
            self._rows = make_rows(model, self.embeddings, reads, self._stretch())
        self._ran_alone = self._rows.clean is not None
        if self._ran_alone:
            self.count(len(ids))
        self._known: dict[int, tuple[Change, torch.Tensor]] = {}

    @functools.cached_property
    def clean(self) -> torch.Tensor:
        """The distribution after the clean prompt, (vocabulary,), or (reads, vocabulary)."""
        self.begin()
        assert self._rows.clean is not None
        return self._distributions(self._rows.clean)[0]

    def begin(self, beside: Sequence[Change] = ()) -> None:
        """Run the clean row unless it ran, and `beside` it changes of one variant that are asked later.

        They run then, as all others do, where they do not fit into the clean row's call.
        """
        if self._rows.clean is not None:
            return
        changes = sorted(beside, key=lambda change: change.first)
        positions = sum(self.row(change.first) for change in changes)
        if not self._budget.fits(*self._with_clean(len(changes), positions)):
            changes = []
        starts = [self._rows.start(change.first) for change in changes]
        try:
            found = self._forward(changes, starts, slice(0, 1))
            known = zip(changes, found, strict=True)
            self._known = {id(change): (change, row) for change, row in known}
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not (changes and is_out_of_memory(error)):
                raise
        if self._rows.clean is None:  # where nothing holds on to the call that failed
            self._forward([], [], slice(0, 1))

    def _with_clean(self, rows: int, positions: int) -> tuple[int, int]:
        """So many rows and positions, and those of the clean row where it has to run."""
        if self._rows.clean is not None:
            return rows, positions
        return rows + 1, positions + len(self.embeddings)

    def _stretch(self) -> int | None:
        """How many positions of the clean row fit into a call; None where all do, or have to."""
        most = int(self._budget.bytes / self._budget.position_bytes)
        if most >= len(self.embeddings) or self.model.prefix_fault is not None:
            return None
        return max(most, SHORTEST)

    def probabilities(
        self, changes: Sequence[Change], variants: int | slice
    ) -> Iterator[tuple[list[int], torch.Tensor]]:
        """Next-token distributions under each change, batch by batch.

        `variants`: how many of each change, or which. Yields which of the `changes` a batch covers and
        their distributions, shape (changes, variants, vocabulary). Cancelled is raised between batches.
        """
        some = variants if isinstance(variants, slice) else slice(0, variants)
        for batch in self.batches(changes, some.stop - some.start):
            yield batch, self.run([changes[i] for i in batch], some)

    def batches(self, changes: Sequence[Change], variants: int) -> list[list[int]]:
        """Which of the `changes` run together, by their first positions, so many `variants` of each."""
        order = sorted(range(len(changes)), key=lambda i: changes[i].first)
        sizes = split_into_batches(
            [self._rows.start(changes[i].first) for i in order],
            len(self.embeddings),
            variants,
            budget=self._budget,
            call_price=self.model.call_price,
            ragged=self._rows.ragged,
        )
        ends = itertools.accumulate(sizes)
        return [order[end - size : end] for size, end in zip(sizes, ends, strict=True)]

    def row(self, position: int) -> int:
        """How many positions run in one row whose first change is at `position`."""
        return len(self.embeddings) - self._rows.start(position)

    @property
    def prefix(self) -> Prefix | None:
        """The clean prompt's keys and values; None where the model keeps none that can be reused."""
        self.begin()
        return self._rows.prefix

    @property
    def memory(self) -> float:
        """The bytes that a call may take."""
        return self._memory

    def beside(self, positions: int, run: Callable[[], T]) -> T:
        """What `run` finds in one call of a method's own, of so many `positions` through the body.

        Cancelled is raised before it. NoiserError where memory runs out.
        """
        try:
            return self._counted(positions, run)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise NoiserError(
                f"Out of memory on {self.model.info.device} in a call of {positions:,} tokens: try a "
                "shorter prompt, a smaller dtype or another device.",
                change=("dtype", "device"),
            ) from error

    def ends(self, count: int, run: Callable[[range], T]) -> Iterator[tuple[range, T]]:
        """What `run` finds in `count` rows that hold the positions read alone, batch by batch.

        It is told which rows. A batch that memory ran out in is run again in halves; Cancelled is
        raised between batches.
        """
        done = 0
        while done < count:
            size = max(1, min(count - done, self._budget.most_rows(self.reads)))
            batch = range(done, done + size)
            try:
                found = self._counted(size * self.reads, functools.partial(run, batch))
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if size == 1:
                    raise NoiserError(
                        f"Out of memory on {self.model.info.device} with a single row: try a shorter "
                        "prompt, a smaller dtype or another device.",
                        change=("dtype", "device"),
                    ) from error
            else:
                done += size
                yield batch, found
                continue
            self._halve(size, size * self.reads)  # where nothing holds on to the batch that failed

    def _counted(self, positions: int, run: Callable[[], T]) -> T:
        self.check()
        with self.model.turn:
            found = run()
        self.work += Work(token_forwards=positions, calls=1)
        return found

    def slopes(self, first: int, second: int) -> list[float] | None:
        """How fast noise on each position moves two tokens' logits apart, by gradient.

        Counted as three forwards of the prompt, a backward run being worth about two. None where there
        are no gradients, or no memory for them: every layer's intermediate results are held at once.
        """
        self.check()
        length = len(self.embeddings)
        layers = int(self.model.network.config.get_text_config().num_hidden_layers)
        if layers * self._budget.size(1, length) > self._memory:
            return None
        found: torch.Tensor | None = None
        try:
            with self.model.turn:
                found = self.model.fragility(self.embeddings.unsqueeze(0), first, second)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
        if found is None:
            return None
        self.count(3 * length)
        return [float(value) for value in found]

    @functools.cached_property
    def rounding(self) -> float:
        """How far log-probabilities move by nothing but another order of the same arithmetic.

        The clean row as the model itself runs it against three of it as changed rows run: the largest
        difference among the most probable tokens.
        """
        alone = self.clean.unsqueeze(0)
        if not self._ran_alone:
            row = self.embeddings.unsqueeze(0)
            logits = self.beside(len(row[0]), lambda: self.model.next_logits(row))
            alone = self._distributions(logits)
        ((_, again),) = self.probabilities([Unchanged()], 3)
        top = self.clean.topk(min(COMPARED, self.clean.shape[-1])).indices
        before, after = (
            rows.take_along_dim(top.unsqueeze(0), dim=-1).log() for rows in (alone, again[0])
        )
        return float((after - before).abs().max())

    @property
    def budget(self) -> Budget:
        """What a call may take now."""
        return self._budget

    def check(self) -> None:
        """Raise Cancelled where that was asked for."""
        if self._cancel.is_set():
            raise Cancelled

    def count(self, token_forwards: int) -> None:
        """Count a call that somebody else made on this prompt."""
        self.work += Work(token_forwards=token_forwards, calls=1)

    def ran_out(self, rows: int) -> None:
        """Tell that memory ran out, and that a call goes on with `rows` rows."""
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        self._emit(BatchHalved(rows, self.work))

    def run(self, changes: Sequence[Change], some: slice) -> torch.Tensor:
        """Distributions under changes of ascending starts, of the variants `some`: all at once.

        Shape (changes, variants, vocabulary). Cancelled is raised before each call.
        """
        found: dict[int, list[torch.Tensor]] = {}
        self.each(changes, some, lambda at, _, part: found.setdefault(at.start, []).append(part))
        each = [
            parts[0] if len(parts) == 1 else torch.cat(parts, dim=1) for parts in found.values()
        ]
        return each[0] if len(each) == 1 else torch.cat(each)

    def each(
        self,
        changes: Sequence[Change],
        some: slice,
        take: Take,
        begin: int = 0,
        known: Knows = nothing_known,
    ) -> None:
        """Give `take` the distributions under changes of ascending starts, call by call.

        Of the variants `some`, in halves where memory asks for it: changes first, then the variants of a
        single one, in their order. Changes are counted from `begin`. A call all of which is `known` is left
        out, the others stay the same. Cancelled is raised before each call.
        """
        self.check()
        if self._known and some == slice(0, 1) and all(id(one) in self._known for one in changes):
            found = torch.stack([self._known.pop(id(one))[1] for one in changes]).unsqueeze(1)
            take(slice(begin, begin + len(changes)), some, found)
            return
        starts = [self._rows.start(change.first) for change in changes]
        variants, length = some.stop - some.start, len(self.embeddings)
        rows = len(changes) * variants
        each = [length - (start if self._rows.ragged else starts[0]) for start in starts]
        positions = variants * sum(each)
        together = self._rows.clean is None
        if together and not self._budget.fits(*self._with_clean(rows, positions)):
            self.begin()
            together = False
        if rows == 1 or self._budget.fits(rows, positions):
            if known(slice(begin, begin + len(changes)), some):
                return
            try:
                found = self._forward(changes, starts, some)
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if rows == 1 and not together:
                    raise NoiserError(
                        f"Out of memory on {self.model.info.device} with a single row of "
                        f"{positions:,} tokens: try a shorter prompt, a smaller dtype or "
                        "another device.",
                        change=("dtype", "device"),
                    ) from error
            else:
                found = found.view(len(changes), variants, *found.shape[1:])
                take(slice(begin, begin + len(changes)), some, found)
                return
            if together:  # where nothing holds on to the batch that failed
                self.begin()
                self.each(changes, some, take, begin, known)
                return
            self._halve(rows, positions)
        if len(changes) > 1:
            middle = len(changes) // 2
            self.each(changes[:middle], some, take, begin, known)
            self.each(changes[middle:], some, take, begin + middle, known)
            return
        cut = some.start + variants // 2
        for half in (slice(some.start, cut), slice(cut, some.stop)):
            self.each(changes, half, take, begin, known)

    def _forward(
        self, changes: Sequence[Change], starts: Sequence[int], some: slice
    ) -> torch.Tensor:
        batch = self._rows.batch(starts, some.stop - some.start)
        for change, view, start in zip(changes, batch.views, batch.starts, strict=True):
            change.apply(view, some, start)
        rows = len(changes) * (some.stop - some.start) + (self._rows.clean is None)
        with self.model.turn:
            logits = self._measured(rows, batch.positions, batch.logits)
        return self._read_out(logits, batch.positions)

    def _measured(self, rows: int, positions: int, run: Callable[[], torch.Tensor]) -> torch.Tensor:
        """A call's logits; the largest call so far tells how much memory calls take on this device."""
        largest, _ = self.model.measured_bytes
        expected = self._budget.size(rows, positions) / self._scaled
        if expected <= largest:
            return run()
        with PeakMemory(self.model.device) as peak:
            logits = run()
        if peak.bytes is not None:
            self.model.measured_bytes = (expected, peak.bytes / expected)
        return logits

    def _read_out(self, logits: torch.Tensor, positions: int) -> torch.Tensor:
        self.count(positions)
        return self._distributions(logits)

    def _distributions(self, logits: torch.Tensor) -> torch.Tensor:
        result = self.model.read_out(logits)
        if torch.isnan(result).any():
            info = self.model.info
            raise NoiserError(
                f"{info.name} gives NaN logits on this prompt in {info.dtype} on {info.device}: "
                "try another dtype, or check the weights.",
                change=("dtype",),
            )
        return result

    def _halve(self, rows: int, positions: int) -> None:
        """Half the budget after running out of memory, for this prompt and for those to come.

        Those to come keep half of what they had, if that is more: the batch that failed may have been
        a small one, of a few late positions.
        """
        self._budget = self._budget.halved(rows, positions)
        self._kept_bytes = max(self._budget.bytes, self._kept_bytes / 2)
        self.model.most_bytes = self._kept_bytes
        self.ran_out(rows // 2)
