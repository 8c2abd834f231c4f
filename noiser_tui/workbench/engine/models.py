"""The models that can be loaded, what each takes, and where it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noiser.model.available import AvailableModel
from noiser.model.info import ModelInfo
from noiser.model.shape import Shape
from noiser.model.weights import BYTES, Weights

ROWS, LENGTH = 10, 512
"""The call that must fit: so many rows, each a prompt of so many tokens. More is used where it is free."""
SHARE = 0.25
"""Of the weights, what such a call takes of a model whose shape is not known."""
LIBRARIES = 128_000_000
"""What the first model takes beside its weights: 113 MB were measured on a CPU with transformers 5.23."""
QUANTIZED = {"8bit": 1.0, "4bit": 0.5625}
"""Bytes of a quantized weight; 4bit with a float32 factor per block of 64 (Dettmers et al. 2023)."""


@dataclass(frozen=True)
class Needed:
    """Bytes that a model takes in one dtype: its weights, a call, and the libraries' own."""

    weights: int
    call: int
    libraries: int = LIBRARIES

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.call + self.libraries


@dataclass(frozen=True)
class Place:
    """A device, and how many bytes are free on it; `given_back` more are while a model is loaded."""

    device: str
    free: float
    given_back: float = 0.0


@dataclass(frozen=True)
class ModelRow:
    """A model that can be loaded.

    `bytes` is its size on disk, `stored` the precision that it has there. `needed` is what it takes in
    each dtype and quantized; empty where its weights cannot be counted.
    `loaded` is what it is where it is the loaded one, `recent` its place among those loaded last, from 0.
    """

    name: str
    bytes: int
    where: Path
    what: str
    parameters: int | None = None
    stored: str | None = None
    needed: Mapping[str, Needed] = field(default_factory=dict)
    loaded: ModelInfo | None = None
    recent: int | None = None

    def dtype_at(self, place: Place, dtype: str = "auto") -> str | None:
        """What `auto` is at a place, float32 on the CPU and the checkpoint's own elsewhere; or `dtype`."""
        if dtype != "auto":
            return dtype
        return "float32" if place.device == "cpu" else self.stored

    def fits(self, place: Place, dtype: str = "auto") -> bool | None:
        """Whether it fits into what is free there; None where it is not known what it takes."""
        chosen = self.dtype_at(place, dtype)
        needed = None if chosen is None else self.needed.get(chosen)
        if needed is None:
            return None
        there = self.loaded
        if there is not None and (there.device, there.dtype) == (place.device, chosen):
            return True
        return needed.total <= place.free + place.given_back


def model_rows(
    available: Sequence[AvailableModel],
    weights: Mapping[str, Weights | None],
    loaded: ModelInfo | None = None,
    recent: Sequence[str] = (),
    shapes: Mapping[str, Shape | None] | None = None,
) -> tuple[ModelRow, ...]:
    """A row for each of the models at hand, in their order; one loaded from elsewhere comes first.

    `weights` and `shapes` are by name, `recent` the names of those loaded last, the last one first.
    """
    known = shapes or {}
    rows = [
        _row(model, weights.get(model.name), loaded, recent, known.get(model.name))
        for model in available
    ]
    if loaded is not None and all(row.loaded is None for row in rows):
        what = AvailableModel(loaded.name, loaded.bytes, Path(loaded.name), "loaded")
        rows.insert(0, _row(what, Weights(loaded.parameters, loaded.dtype), loaded, recent))
    return tuple(rows)


def needed_bytes(weights: Weights, shape: Shape | None = None) -> dict[str, Needed]:
    """What a model takes in each dtype, and quantized: then embeddings and head are as they are stored."""
    stored = BYTES[weights.dtype or "float16"]
    whole = min(weights.parameters, shape.ends) if shape is not None else 0
    found = {dtype: (weights.parameters * size, size) for dtype, size in BYTES.items()}
    for name, each in QUANTIZED.items():
        found[name] = round((weights.parameters - whole) * each + whole * stored), stored
    return {
        name: Needed(size, _call(size, number, shape)) for name, (size, number) in found.items()
    }


def _call(weights: int, number: int, shape: Shape | None) -> int:
    if shape is None:
        return round(SHARE * weights)
    position, row = shape.call_bytes(LENGTH, number)
    return round(ROWS * (LENGTH * position + row))


def _row(
    model: AvailableModel,
    weights: Weights | None,
    loaded: ModelInfo | None,
    recent: Sequence[str],
    shape: Shape | None = None,
) -> ModelRow:
    return ModelRow(
        name=model.name,
        bytes=model.bytes,
        where=model.where,
        what=model.what,
        parameters=None if weights is None else weights.parameters,
        stored=None if weights is None else weights.dtype,
        needed={} if weights is None else needed_bytes(weights, shape),
        loaded=loaded if loaded is not None and loaded.name == model.name else None,
        recent=recent.index(model.name) if model.name in recent else None,
    )
