"""How much memory is free where the model is, looked at when the engine has something to say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

LOOK_EVERY = 1.0
"""Seconds between two looks while a job tells how far it is."""


@dataclass(frozen=True)
class Memory:
    """Bytes that are free, of all that there are, on the devices of the loaded model."""

    free: float
    total: float


class Gauge:
    """Reads it, and remembers when it did."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def read(self, model: LanguageModel | None) -> Memory | None:
        """What is free now; None where there is no model, or its devices do not answer."""
        if model is None:
            return None
        import torch

        from noiser.model.memory import free_bytes, total_bytes

        self._last = time.monotonic()
        names = [name for name in model.info.device.split("+") if name != "offloaded"]
        devices = [torch.device(name) for name in names]
        try:
            memory = Memory(sum(map(free_bytes, devices)), sum(map(total_bytes, devices)))
        except RuntimeError:  # a device that broke: the job that met it has said so
            return None
        return memory if devices else None

    def read_again(self, model: LanguageModel | None) -> Memory | None:
        """The same; None also where it was read a moment ago."""
        due = time.monotonic() - self._last >= LOOK_EVERY
        return self.read(model) if due else None
