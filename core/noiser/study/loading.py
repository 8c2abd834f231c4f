"""How the workers of a study load its models."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


@dataclass(frozen=True)
class Loading:
    """How a worker loads the models of a study."""

    device: str = "auto"
    dtype: str = "auto"
    load_in: str | None = None
    trust: Collection[str] = ()

    def __call__(self, name: str) -> LanguageModel:
        """Load one by its name."""
        from noiser.model.loading import load

        return load(
            name, device=self.device, dtype=self.dtype, load_in=self.load_in, trust=self.trust
        )
