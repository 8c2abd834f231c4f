"""The sign of a number below zero: one for screens, pages and sentences."""

from __future__ import annotations


def minus(text: str) -> str:
    """The text of a number with the sign of its own, and none before a zero."""
    return text.replace("-", "−") if float(text) else text.replace("-", "")
