"""The picture of svg.py in pixels."""

from __future__ import annotations

from noiser.comparison.result import Comparison
from noiser.export.comparison.picture import picture
from noiser.export.png import pixels


def render(comparison: Comparison) -> bytes:
    """The picture as PNG; characters that no font at hand has are boxes."""
    return pixels(picture(comparison))
