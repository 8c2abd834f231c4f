"""Counting what a local judge's model is asked."""

from __future__ import annotations

import pytest

from noiser.judge import continuing


def count_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each call of the model has from now on."""
    sizes: list[int] = []
    plain = continuing._generate

    def counting(model: object, rows: list[list[int]], *more: object) -> list[list[int]]:
        sizes.append(len(rows))
        return plain(model, rows, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(continuing, "_generate", counting)
    return sizes
