"""What the C library does with memory that is freed: keeps it for the next call, or gives it back."""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any, ClassVar

import torch

FREED = 2**27
"""Bytes that the C library may hold from one prompt to the next: to page them in anew takes time."""
LARGEST_KEPT = 31 * 2**20
"""Bytes of the largest block, with some room for its own description, that glibc learns from."""


@functools.cache
def keep_freed() -> None:
    """Have the C library keep what is freed for the next call, where it gives it back at once.

    Large blocks that are freed raise what glibc keeps, up to blocks of 32 MB (mallopt(3),
    M_MMAP_THRESHOLD), and freeing one untouched block does no more than a first large call would. Until
    then results between two products may be paged in anew each time, for a quarter of a short run.
    """
    torch.empty(LARGEST_KEPT, dtype=torch.uint8)


def give_freed(most: float) -> None:
    """Give the system what is freed but still held by the C library, where that is more than `most` bytes.

    Runs on prompts of many lengths leave holes of many sizes, ten times what the largest of them took.
    """
    library = _glibc()
    if library is not None and library.mallinfo2().fordblks > most:
        library.malloc_trim(0)


class _Heap(ctypes.Structure):
    """What glibc tells of its heaps, in bytes (mallinfo(3))."""

    _fields_: ClassVar = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


@functools.cache
def _glibc() -> Any:
    """The C library where it is a glibc that can tell what it holds and give it back, else None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2") or not hasattr(library, "malloc_trim"):
        return None
    library.mallinfo2.restype = _Heap
    return library
