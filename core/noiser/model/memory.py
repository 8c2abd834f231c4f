"""Memory: how much is free, how much a call takes, and knowing when it ran out."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from noiser.errors import NoiserError
from noiser.model.heap import give_freed
from noiser.model.options import read_memory
from noiser.model.shape import shape_by

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

SHARE = 0.5
"""Of the free memory, where the user names no other budget."""


def memory_budget(device: torch.device, memory: str | None) -> float:
    """Bytes that a call may take on a device now: `memory` as the user wrote it, None for SHARE.

    A share is rounded down to a power of two, so that two runs on one machine make equal batches
    although what is free is never the same twice.
    """
    share, size = (SHARE, None) if memory is None else read_memory(memory)
    if size is not None:
        return float(size)
    assert share is not None
    wanted = max(1.0, share * free_bytes(device))
    return float(2 ** int(wanted).bit_length() // 2)


def free_bytes(device: torch.device) -> float:
    """Free memory of a device; of the CPU what the system and the container both have left."""
    if device.type == "cuda":
        # what torch holds but does not use is free to us
        held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return float(torch.cuda.mem_get_info(device)[0] + held)
    if device.type == "mps":
        return float(torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory())
    return min(_system_free(), _container_free())


def total_bytes(device: torch.device) -> float:
    """Memory of a device, free or not; of the CPU what the container may have of the machine's."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[1])
    if device.type == "mps":
        return float(torch.mps.recommended_max_memory())
    machine = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(machine, _container()[0])


def call_bytes(model: LanguageModel, length: int, reads: int = 1) -> tuple[float, float]:
    """About what a call makes per position and per row of a prompt of `length` tokens, in bytes.

    `reads` is the number of distributions per row.
    """
    config = model.network.config.get_text_config()
    known = {"dim": model.dim, "vocabulary": model.vocabulary}
    shape = shape_by(lambda name: getattr(config, name, None), **known)
    assert shape is not None, "its width and its vocabulary are known"
    number = torch.empty((), dtype=model.network.dtype).element_size()
    return shape.call_bytes(length, number, reads)


class PeakMemory:
    """The most memory that was taken on a device meanwhile; None where nobody counts it."""

    def __init__(self, device: torch.device) -> None:
        self.bytes: float | None = None
        self._device = device

    def __enter__(self) -> PeakMemory:
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)
            self._before = torch.cuda.memory_allocated(self._device)
        return self

    def __exit__(self, *of: object) -> None:
        if self._device.type == "cuda":
            self.bytes = torch.cuda.max_memory_allocated(self._device) - self._before


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out; on the CPU torch raises a plain RuntimeError."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "not enough memory" in text or "out of memory" in text or "can't allocate" in text
    )


@contextmanager
def enough_memory(model: LanguageModel, length: int) -> Iterator[None]:
    """Work on a prompt of `length` tokens; NoiserError where memory runs out and no smaller call is left."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise NoiserError(
            f"Out of memory on {model.info.device} with a prompt of {length:,} tokens: try a shorter one, "
            "less memory in a call, fewer draws or samples, or another device.",
            change=("memory", "draws", "samples", "device"),
        ) from error


def _system_free() -> float:
    try:
        told = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:  # not Linux
        told = None
    if told:
        return 1024.0 * int(told[1])
    return 0.5 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _container_free() -> float:
    """What the control group has left; infinite where it has no limit."""
    limit, used = _container()
    return max(0.0, limit - used)


def _container() -> tuple[float, float]:
    """What the control group may have, infinite where it has no limit, and has."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text().strip()
        used = int((folder / "memory.current").read_text())
        return (float("inf") if limit == "max" else float(limit)), used
    except (OSError, ValueError):
        return float("inf"), 0.0


def let_go() -> None:
    """Give back what a model held that nothing refers to any more: it is in cycles."""
    gc.collect()
    give_freed(0)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
