"""The models that can be loaded, what each takes, and where it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noiser.model.available import AvailableModel
from noiser.model.info import ModelInfo
from noiser.model.weights import BYTES, Weights

WORKING = 0.25
"""Of the weights, what calls take beside them; more is used where it is free, and less does."""
LEAST = 256_000_000
"""Bytes that are needed beside the weights of a small model, too."""


@dataclass(frozen=True)
class Place:
    """A device, and how many bytes are free on it; `given_back` more are while a model is loaded."""

    device: str
    free: float
    given_back: float = 0.0


@dataclass(frozen=True)
class ModelRow:
    """A model that can be loaded.

    `bytes` is its size on disk, `stored` the precision that it has there. `needed` are the bytes that
    it takes in each dtype, weights and a working share; empty where its weights cannot be counted.
    `loaded` is what it is where it is the loaded one, `recent` its place among those loaded last, from 0.
    """

    name: str
    bytes: int
    where: Path
    what: str
    parameters: int | None = None
    stored: str | None = None
    needed: Mapping[str, int] = field(default_factory=dict)
    loaded: ModelInfo | None = None
    recent: int | None = None

    def dtype_at(self, place: Place, dtype: str = "auto") -> str | None:
        """What `auto` is at a place: float32 on the CPU, elsewhere the checkpoint's own."""
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
        return needed <= place.free + place.given_back


def model_rows(
    available: Sequence[AvailableModel],
    weights: Mapping[str, Weights | None],
    loaded: ModelInfo | None = None,
    recent: Sequence[str] = (),
) -> tuple[ModelRow, ...]:
    """A row for each of the models at hand, in their order; one loaded from elsewhere comes first.

    `weights` are by name, `recent` the names of those loaded last, the last one first.
    """
    rows = [_row(model, weights.get(model.name), loaded, recent) for model in available]
    if loaded is not None and all(row.loaded is None for row in rows):
        what = AvailableModel(loaded.name, loaded.bytes, Path(loaded.name), "loaded")
        rows.insert(0, _row(what, Weights(loaded.parameters, loaded.dtype), loaded, recent))
    return tuple(rows)


def needed_bytes(parameters: int) -> dict[str, int]:
    """What a model of so many parameters takes in each dtype: its weights, and room to work."""
    each = {dtype: parameters * size for dtype, size in BYTES.items()}
    return {dtype: size + max(LEAST, round(WORKING * size)) for dtype, size in each.items()}


def _row(
    model: AvailableModel,
    weights: Weights | None,
    loaded: ModelInfo | None,
    recent: Sequence[str],
) -> ModelRow:
    return ModelRow(
        name=model.name,
        bytes=model.bytes,
        where=model.where,
        what=model.what,
        parameters=None if weights is None else weights.parameters,
        stored=None if weights is None else weights.dtype,
        needed={} if weights is None else needed_bytes(weights.parameters),
        loaded=loaded if loaded is not None and loaded.name == model.name else None,
        recent=recent.index(model.name) if model.name in recent else None,
    )
