"""What is said of a model: what it takes, where it fits, how it would be loaded."""

from __future__ import annotations

from typing import Any

from noiser.export import wording
from noiser_tui.look.size import size_text
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.engine import ModelRow, Place
from noiser_tui.workbench.engine.models import LENGTH, ROWS, Needed
from noiser_tui.workbench.load_options import AUTO, in_short
from noiser_tui.workbench.widgets.row_list import Tone
from noiser_tui.workbench.widgets.words import Paragraphs

SIGN = {True: "✓", False: "✗", None: "?"}


def fits_anywhere(desk: Desk, model: ModelRow) -> bool | None:
    """Whether it fits on a device that it may go to; None where nobody knows what it takes."""
    form = _form(desk)
    found = [model.fits(place, form) for place in _places(desk)]
    return True if True in found else None if None in found or not found else False


def _places(desk: Desk) -> list[Place]:
    """The devices that the next load may choose; a map of several makes one of them all."""
    places, device = desk.survey.places, _option(desk, "device")
    if desk.load_options.get("device_map") and places:
        free, back = (sum(getattr(one, of) for one in places) for of in ("free", "given_back"))
        return [Place("all devices", free, back)]
    return [one for one in places if device in (AUTO, one.device, one.device[:4])]


def _form(desk: Desk) -> str:
    """The precision of the next load, or how it is quantized."""
    return str(desk.load_options.get("load_in") or _option(desk, "dtype"))


def _option(desk: Desk, name: str) -> str:
    value: Any = desk.load_options.get(name)
    return str(value) if value else AUTO


def in_words(desk: Desk, name: str) -> Paragraphs:
    """What a model is, what it takes of what is free on each device, and how it would be loaded."""
    model = desk.survey.row(name)
    how: tuple[str, Tone] = (f"Next load: {in_short(desk, name)}.", "muted")
    if model is None:
        free = [f"{size_text(round(p.free))} free on {p.device}" for p in desk.survey.places]
        lines: list[tuple[str, Tone]] = [("A hub id such as org/name, or a folder.", "plain")]
        return (*lines, (f"{', '.join(free)}." if free else "", "muted"), how)
    paragraphs: list[tuple[str, Tone]] = [(model.name, "strong")]
    # first what decides whether it can be loaded: low terminals show three lines
    paragraphs += [_at(desk, model, place) for place in _places(desk)]
    size = f"{size_text(model.bytes)} on disk"
    if model.parameters is not None:
        size = f"{_count(model.parameters)} parameters, {model.stored or 'quantized'}, {size}"
    paragraphs.append((f"{size}.", "plain"))
    if (loaded := desk.model) is not None and loaded.name == model.name:
        form = wording.precision(vars(loaded))
        told = f"Loaded on {loaded.device} in {form}: {size_text(loaded.bytes)}."
        paragraphs.append((told, "success"))
    return (*paragraphs, how, *made_of(desk, name))


def _at(desk: Desk, model: ModelRow, place: Place) -> tuple[str, Tone]:
    """Whether it fits at a place, and the numbers."""
    form = _form(desk)
    needed = _needed(model, place, form)
    free = f"{size_text(round(place.free + place.given_back))} free"
    if needed is None:
        return f"? {place.device}: {free}; what it needs is known once it is loaded.", "muted"
    fits = model.fits(place, form)
    told = "fits" if fits else "does not fit"
    sentence = f"{SIGN[fits]} {told} {place.device}: {size_text(needed.total)} of {free}."
    return sentence, "plain" if fits else "warning"


def made_of(desk: Desk, name: str) -> Paragraphs:
    """What the bytes are that a model needs on the first device that it may go to; nothing if unknown."""
    model = desk.survey.row(name)
    for place in _places(desk)[:1] if model is not None else ():
        if model is not None and (needed := _needed(model, place, _form(desk))) is not None:
            told = (
                f"On {place.device} weights {size_text(needed.weights)}, a call of {ROWS} × {LENGTH} "
                f"tokens ≈ {size_text(needed.call)}, libraries {size_text(needed.libraries)}."
            )
            return ((told, "muted"),)
    return ()


def _needed(model: ModelRow, place: Place, form: str) -> Needed | None:
    chosen = model.dtype_at(place, form)
    return model.needed.get(chosen) if chosen is not None else None


def _count(number: int) -> str:
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return str(number)
