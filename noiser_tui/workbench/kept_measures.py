"""What was measured of a run: kept beside it as soon as it is known, and read back with it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser_tui.workbench.measured import LEFT, Measured
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.history.runs import RunStore

FORMAT = "noiser-measured/1"


def write(store: RunStore, run: str, measured: Measured) -> None:
    """Write what is known; what is there already and cannot be read is left aside, not written over."""
    if read(store, run)[1]:
        store.set_measured_aside(run)
    store.keep_measured(run, to_json(measured))


def read(store: RunStore, run: str) -> tuple[Measured, str]:
    """What was measured of a run, and why that cannot be told; the sentence is empty where it can."""
    try:
        data = store.measured(run)
        return (Measured() if data is None else from_json(data)), ""
    except NoiserError as error:
        return Measured(), str(error)


def put_back(page: State, measured: Measured, wrong: str) -> State:
    """A page whose run was read again, with what was measured of it; what was not done is offered."""
    left = page.measured.left
    page = replace(page, measured=replace(measured, left=left))
    if page.run.found is None:
        return page
    return replace(page, note=page.note or wrong or LEFT.get(left, ""))


def to_json(measured: Measured) -> str:
    """What is known, and by which options, as it stands in a file; a job under way is not."""
    known = replace(measured, job=0, doing="", answered=0, questions=0, left="")
    return json.dumps({"format": FORMAT, **asdict(known)}, allow_nan=False)


def from_json(data: bytes) -> Measured:
    """What a file tells, every field checked; NoiserError in a sentence."""
    from pydantic import TypeAdapter, ValidationError  # it is not on the way to the first screen

    try:
        found = json.loads(data)
        told = found.pop("format", None) if isinstance(found, dict) else None
        if told != FORMAT:
            if str(told).startswith(FORMAT.partition("/")[0]):
                raise NoiserError(f"What was measured of this run is of another Noiser ({told}).")
            raise NoiserError(f"What was measured of this run is damaged: it is no {FORMAT}.")
        made = TypeAdapter(Measured).validate_python(found)
    except (ValidationError, ValueError, RecursionError) as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise NoiserError(f"What was measured of this run is damaged: {first}.") from error
    return replace(made, job=0, doing="", left="")
