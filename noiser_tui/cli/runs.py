"""`noiser runs`: what the workbench has kept."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from noiser_tui.cli.fail import say
from noiser_tui.look.cells import one_line

if TYPE_CHECKING:
    from noiser_tui.history.entry import Entry

_TARGET = 16


def runs(
    search: Annotated[
        str,
        typer.Option(
            help="Only those with all these words in prompt, target, model, method or title."
        ),
    ] = "",
    limit: Annotated[int, typer.Option(min=0, help="So many at most, 0 for all.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List the runs that the workbench has kept, newest first; noiser open ID shows one.

    * is pinned, + marked for comparison, … was cancelled before its end.
    """
    from noiser_tui.cli.deliver import PIPE_WIDTH, print_line
    from noiser_tui.history.runs import RunStore, runs_folder

    folder = runs_folder()
    found: list[Entry] = []
    if folder.is_dir():
        with RunStore(folder) as store:
            found = store.search(search, limit or None)
    if as_json:
        print_line(json.dumps([_plain(entry) for entry in found], ensure_ascii=False))
    elif found:
        width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
        sys.stdout.write("".join(f"{_line(entry, width)}\n" for entry in found))
    else:
        none = f"no run in {folder} has {search!r}."
        say(none if search.strip() else f"no runs yet: the workbench keeps them in {folder}.")


def _line(entry: Entry, width: int) -> str:
    """A run on one line: its id, its marks, how it was made, its target and what it is called."""
    from noiser.export import wording

    marks = "".join(
        mark if given else " "
        for mark, given in (("*", entry.pinned), ("+", entry.marked), ("…", not entry.complete))
    )
    how = " ".join(filter(None, (entry.method, entry.bound)))
    target = one_line(wording.quoted(entry.target), _TARGET) if entry.target else entry.kind
    said = f"{entry.role}: " if entry.role else ""
    return one_line(f"{entry.id} {marks} {how}  {target}  {said}{entry.name}", width)


def _plain(entry: Entry) -> dict[str, object]:
    return {**asdict(entry), "created": entry.created.isoformat()}
