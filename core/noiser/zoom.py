"""Zooming: the strongest units explained token by token, and what that can miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from noiser.draws import FloatArray
from noiser.events import Warned, ZoomedIn
from noiser.methods import Method, get_method
from noiser.methods.task import Attribution, Task


@dataclass(frozen=True)
class Zoomed:
    """What the method found inside some units: their first positions, strongest first, and the scores."""

    units: tuple[int, ...]
    inside: Attribution


def zoom_in(task: Task, method: Method, found: Attribution) -> Zoomed | None:
    """Run the method again on the single tokens of the strongest units, through the same perturber.

    Only units of several tokens that take probability are looked into; None where there are none.
    """
    units = strongest(task, found.raw)
    if not units:
        return None
    task.emit(ZoomedIn(units))
    inside = replace(
        task,
        positions=tuple(sorted(i for unit in units for i in task.at(unit))),
        members={},
        before={},  # that was of units
        request=task.request.by_token,
    )
    return Zoomed(units, method.run(inside))


def strongest(task: Task, raw: FloatArray) -> tuple[int, ...]:
    """The first positions of the units to look into, highest raw score first."""
    worth = [i for i in task.positions if raw[i] > 0.0 and len(task.at(i)) > 1]
    return tuple(sorted(worth, key=lambda i: (-raw[i], i))[: task.request.zoom])


def told(task: Task, found: Attribution, zoomed: Zoomed | None) -> Iterator[Warned]:
    """What the method warned of, each warning with the tokens it is about, and what units can miss."""
    for warning in found.warnings:
        at = warning.position
        yield warning if at is None else replace(warning, last=task.at(at)[-1])
    if zoomed is not None:
        for warning in zoomed.inside.warnings:
            yield replace(warning, message=f"Among the tokens looked into: {warning.message}")
    if task.request.granularity != "token":
        yield from _can_miss(task, found, zoomed)


def _can_miss(task: Task, found: Attribution, zoomed: Zoomed | None) -> Iterator[Warned]:
    unit, looked_into = task.request.granularity, zoomed.units if zoomed is not None else ()
    several = [i for i in task.positions if len(task.at(i)) > 1]
    if several and get_method(task.request.method).needs_target:  # else nothing was changed
        yield Warned(
            f"Each {unit} is scored as one: where its tokens cancel each other, it can score low "
            "although one of them matters."
        )
    if task.request.zoom and not looked_into:
        yield Warned(f"No {unit} of several tokens takes probability: none was looked into.")
    if set(several) - set(looked_into):
        yield Warned(
            f"Which token matters in a {unit} that was not looked into is not known: "
            "its tokens have even shares of its score."
        )
    if zoomed is None:
        return
    inside, outside = zoomed.inside.alpha, found.alpha
    other = ""
    if inside is not None and outside is not None and inside != outside:
        other = f", found with noise of another scale ({inside:.4g}, not {outside:.4g})"
    yield Warned(
        f"The score of a token in a {unit} that was looked into is its share of the {unit}'s score"
        f"{other}."
    )
    for first in looked_into:
        members = task.at(first)
        if not (zoomed.inside.raw[list(members)] > 0.0).any():
            yield Warned(
                f"No token of this {unit} takes probability by itself: "
                "they share its score evenly.",
                first,
                members[-1],
            )
