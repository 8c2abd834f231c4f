"""What a loaded model is: enough to name it on screen and to load the same one again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelInfo:
    """Provenance of a loaded model.

    `context` is the longest prompt in tokens (None: not stated by the model), `bytes` the memory of
    its weights, `revision` the commit of a hub model or None for a folder. `rewards`: whether it gives
    a number for a text, and predicts no token.
    """

    name: str
    family: str
    parameters: int
    bytes: int
    dtype: str
    device: str
    attention: str
    context: int | None
    revision: str | None = None
    quantization: str | None = None
    rewards: bool = False
