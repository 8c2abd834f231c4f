"""What the settings of [engine] ask of a model that is loaded, as `noiser.load` takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noiser_tui.settings.schema import Engine

LOADING = ("dtype", "device", "device_map", "load_in", "revision", "trust")
"""The settings that are options of `noiser.load`."""
OF_ONE_MODEL = ("revision", "trust")
"""Those that are for one model alone: no other one is loaded with them."""
UNSET = "none"


def option_of(name: str, text: str) -> Any:
    """The value of an option that is written so."""
    if name == "trust":
        return () if text == UNSET else tuple(text.split("+"))
    if name == "revision":
        return text or None
    return None if name in ("device_map", "load_in") and text == UNSET else text


def text_of(name: str, value: Any) -> str:
    """An option's value as the setting has it; the setting's default for none."""
    if name == "trust":
        return "+".join(sorted(value)) if value else UNSET
    if name in ("dtype", "device"):
        return str(value or "auto")
    return str(value or ("" if name == "revision" else UNSET))


def load_options(engine: Engine) -> Mapping[str, Any]:
    """The options of `noiser.load` that the settings name."""
    return {name: option_of(name, getattr(engine, name)) for name in LOADING}
