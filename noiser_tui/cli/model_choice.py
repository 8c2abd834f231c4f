"""Which model a command asks for; typer is not needed to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noiser.events import Emit
    from noiser.model.language_model import LanguageModel

DEFAULT_MODEL = "built-in"


@dataclass(frozen=True)
class ModelChoice:
    """Which model, and how it is to be loaded."""

    model: str = DEFAULT_MODEL
    device: str = "auto"
    dtype: str = "auto"
    device_map: str | None = None
    load_in: str | None = None
    revision: str | None = None
    trust: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of `noiser.load` beside the model itself."""
        return {
            "device": self.device,
            "dtype": self.dtype,
            "device_map": self.device_map,
            "load_in": self.load_in,
            "revision": self.revision,
            "trust": self.trust,
        }

    def load(self, emit: Emit) -> LanguageModel:
        """Load it: from here on torch is imported."""
        from noiser.model.loading import load

        return load(self.model, emit=emit, **self.options)

    def load_each(self, emit: Emit) -> list[LanguageModel]:
        """Load it once for each of the `devices`; where none are named, once."""
        if not self.devices:
            return [self.load(emit)]
        from noiser.model.replicas import load_replicas

        return load_replicas(
            self.model,
            self.devices,
            dtype=self.dtype,
            load_in=self.load_in,
            revision=self.revision,
            trust=self.trust,
            emit=emit,
        )
