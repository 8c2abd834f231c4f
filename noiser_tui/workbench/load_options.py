"""How models are loaded: what holds for all of them, and what was said of one alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from noiser.model.info import ModelInfo
from noiser_tui.settings.loading import LOADING, OF_ONE_MODEL, option_of, text_of
from noiser_tui.workbench.desk import Desk

AUTO = "auto"


def split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options for any model, and those that are for one alone."""
    shared = {name: value for name, value in options.items() if name not in OF_ONE_MODEL}
    return shared, {name: options[name] for name in OF_ONE_MODEL if name in options}


def options_for(desk: Desk, model: str) -> dict[str, Any]:
    """The options of `noiser.load` for a model: a revision, or trust, is that model's own."""
    return {**desk.load_options, **desk.own_options.get(model, {})}


def written(desk: Desk, model: str) -> dict[str, str]:
    """Every option for a model, as the settings write it."""
    options = options_for(desk, model)
    return {name: text_of(name, options.get(name)) for name in LOADING}


def with_written(desk: Desk, model: str, values: Mapping[str, str]) -> Desk:
    """The desk with options that are written so; none is named that was not and is not chosen."""
    now = written(desk, model)
    changed = {
        name: option_of(name, text) for name, text in values.items() if text != now.get(name)
    }
    shared, own = split(changed)
    return replace(
        desk,
        load_options={**desk.load_options, **shared},
        own_options=with_own(desk.own_options, model, own),
    )


def with_own(
    before: Mapping[str, Mapping[str, Any]], model: str, own: Mapping[str, Any]
) -> Mapping[str, Mapping[str, Any]]:
    """What was said of each model alone, with more of one of them."""
    return {**before, model: {**before.get(model, {}), **own}} if own else before


def with_trust(desk: Desk, model: str, trust: str) -> Desk:
    """The desk with more that a model, and no other one, may do."""
    names: Iterable[str] = options_for(desk, model).get("trust") or ()
    own = {"trust": tuple(sorted({*names, trust}))}
    return replace(desk, own_options=with_own(desk.own_options, model, own))


def goes_with(values: Mapping[str, str], name: str) -> dict[str, str]:
    """What another option becomes when one is chosen: a device and a map both say where a model goes."""
    if name == "device" and values["device"] != AUTO:
        return {"device_map": "none"}
    if name == "device_map" and values["device_map"] != "none":
        return {"device": AUTO}
    return {}


def is_as_loaded(desk: Desk, model: ModelInfo) -> bool:
    """Whether the next load would be of what is there: at the same place, in the same form."""
    options = options_for(desk, model.name)
    same = {"dtype": model.dtype, "device": model.device}
    rest = [name for name in LOADING if name not in same]
    return all(options.get(name) in (None, AUTO, value) for name, value in same.items()) and all(
        (options.get(name) or None) == (desk.loaded_with.get(name) or None) for name in rest
    )


def in_short(desk: Desk, model: str) -> str:
    """The options for a model in a few words."""
    values = written(desk, model)
    told = [f"dtype {values['dtype']}"]
    if values["device_map"] == "none":
        told.append(f"device {values['device']}")
    told += [
        f"{name.replace('_', ' ')} {values[name]}"
        for name in ("device_map", "load_in", "revision", "trust")
        if values[name] not in ("none", "")
    ]
    return ", ".join(told)
