"""How large a call of a model may be on its device."""

from __future__ import annotations

from noiser.batching import Budget
from noiser.model.language_model import LanguageModel
from noiser.model.memory import call_bytes
from noiser.model.speed import worthwhile_positions

CPU_POSITIONS = 4096
GPU_POSITIONS = 65536
"""Larger calls are no faster, and give cancelling and the screen longer to wait."""


def call_budget(
    model: LanguageModel, length: int, positions: int | None, allowed: float, reads: int = 1
) -> Budget:
    """What a call may take for a prompt of `length` tokens; less than asked once memory ran out.

    `allowed` is what `memory_budget` says. `reads`: after how many positions of each row a distribution
    is made.
    """
    usual = CPU_POSITIONS if model.device.type == "cpu" else GPU_POSITIONS
    if model.speed is not None and model.device.type != "cpu":
        # on a CPU the call by itself costs next to nothing, and a size that never changes rounds alike
        usual = worthwhile_positions(model.speed)
    position_bytes, row_bytes = (
        part * model.measured_bytes[1] for part in call_bytes(model, length, reads)
    )
    most = min(allowed, model.most_bytes or allowed)
    return Budget(positions or usual, most, position_bytes, row_bytes)
