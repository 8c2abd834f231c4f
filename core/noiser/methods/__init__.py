"""The attribution methods: one registry of what each is, one file per family for how it runs."""

from __future__ import annotations

from noiser.errors import unknown
from noiser.methods.catalogue import CATALOGUE
from noiser.methods.method import Method

__all__ = ["METHODS", "Method", "get_method"]

METHODS: dict[str, Method] = {method.name: method for method in CATALOGUE}


def get_method(name: str) -> Method:
    """The method called `name`; WrongUse with a suggestion when there is none."""
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    return METHODS[name]
