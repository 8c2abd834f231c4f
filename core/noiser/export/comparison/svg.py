"""A picture of a comparison that needs nothing beside itself."""

from __future__ import annotations

from noiser.comparison.result import Comparison
from noiser.export.comparison import wording
from noiser.export.comparison.picture import picture
from noiser.export.svg import document


def render(comparison: Comparison) -> str:
    """The picture, as text."""
    return document(picture(comparison), wording.question(comparison))
