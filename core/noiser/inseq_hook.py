"""Registering our method with Inseq when both are imported, in whichever order, and not before."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Loader  # brings tempfile, zipfile and more

INSEQ, METHOD = "inseq", "noiser.inseq_method"


def register() -> None:
    """Make Inseq find the method: now where Inseq is imported, else as soon as it is."""
    if INSEQ in sys.modules:
        _import_method()
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds Inseq where Python itself does, and has our method imported after it."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Inseq's own spec; None for every other module."""
        if fullname != INSEQ:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            self._follow(spec.loader)
        return spec

    def _follow(self, loader: Loader) -> None:
        run = loader.exec_module

        def run_and_register(module: ModuleType) -> None:
            run(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            _import_method()

        loader.exec_module = run_and_register  # type: ignore[method-assign]


def _import_method() -> None:
    """A version of Inseq that has no place for it is no reason for its import, or ours, to fail."""
    try:
        importlib.import_module(METHOD)
    except (ImportError, AttributeError) as error:
        warnings.warn(f"Inseq does not take the method noiser: {error}", stacklevel=2)
