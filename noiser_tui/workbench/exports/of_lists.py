"""What the lists of the workbench have: runs, models, methods, problems, output, prompts of a file, settings.

Each gives what it has, or a sentence on why there is nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.files import write_text
from noiser.methods import METHODS
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.exports.export import Export, of_table, of_texts
from noiser_tui.workbench.exports.table import FORMS, Cell, Table, render
from noiser_tui.workbench.keymap import Keymap, key_label
from noiser_tui.workbench.methods_room import cost_of
from noiser_tui.workbench.problems import problems as problems_of

if TYPE_CHECKING:
    from noiser_tui.history.entry import Entry
    from noiser_tui.settings.settings import Settings
    from noiser_tui.workbench.desk import Desk
    from noiser_tui.workbench.prompt_list import Listed, PromptList
    from noiser_tui.workbench.shelf import Shelf


def problems(desk: Desk) -> Export | str:
    """What is wrong with what is on top, the settings and the keys."""
    found = problems_of(desk)
    if not found:
        return "There are no problems."
    columns = ("kind", "where", "position", "problem")
    rows = [(one.kind, one.where, one.position, one.sentence) for one in found]
    return of_table("problems", "problems", lambda: Table(columns, rows))


def output(desk: Desk) -> Export | str:
    """All that was said, a line each."""
    if not desk.output:
        return "There is no output yet."
    text = "".join(f"{one}\n" for one in desk.output)
    return Export("output", "noiser.log", (), lambda where: write_text(where, text))


def runs(shelf: Shelf) -> Export | str:
    """Every run that is looked for, as `noiser runs --json` tells of it."""
    if not (shelf.pinned or shelf.others):
        return "There are no runs." if shelf.known else "The list of runs is not read yet."

    def make() -> Table:
        from noiser_tui.history.runs import RunStore

        with RunStore() as store:
            return _entries(store.search(shelf.sought, None))

    return of_table("list of runs", "runs", make)


def run(entry: Entry) -> Export:
    """The run of a line in the list, in every form that there is of it."""
    from noiser.export import COMPARISON_FORMATS, FORMATS, save
    from noiser_tui.history.runs import RunStore

    def write(where: Path) -> None:
        with RunStore() as store:
            save(store.open(entry.id), where)

    alone = entry.kind != "comparison"
    forms, name = (FORMATS, "run.json") if alone else (COMPARISON_FORMATS, "comparison.json")
    return Export("run under the cursor", name, forms, write, opens=True)


def marked(shelf: Shelf) -> Export | str:
    """The same of the runs that are marked for comparison."""
    if not shelf.marked:
        return "No run is marked for comparison."
    return of_table("list of marked runs", "marked-runs", lambda: _entries(shelf.marked))


def _entries(found: Sequence[Entry]) -> Table:
    told = [{"created": one.created.isoformat(), **asdict(one)} for one in found]
    columns = tuple(told[0]) if told else ()
    return Table(columns, [tuple(one.values()) for one in told])


MODEL = ("model", "what", "parameters", "bytes", "stored", "loaded", "where")
DTYPES = ("float32", "bfloat16")


def models(desk: Desk) -> Export | str:
    """The models that can be loaded, with the bytes that each takes."""
    found = desk.survey.rows
    if not found:
        return "Which models there are is not known yet."
    columns = (*MODEL, *(f"needed_{dtype}" for dtype in DTYPES))
    rows: list[tuple[Cell, ...]] = [
        (
            *(one.name, one.what, one.parameters, one.bytes, one.stored),
            *(one.loaded is not None, str(one.where)),
            *(one.needed[dtype].total if dtype in one.needed else None for dtype in DTYPES),
        )
        for one in found
    ]
    return of_table("list of models", "models", lambda: Table(columns, rows))


def methods(desk: Desk) -> Export | str:
    """The methods, with what each costs on the prompt on top where that is known."""
    page = desk.explanation
    rows = [
        (
            one.name,
            one.kind,
            one.what,
            one.source,
            one.signed,
            cost_of(one, page)[1] if page else "",
        )
        for one in METHODS.values()
    ]
    columns = ("method", "kind", "what", "source", "signed", "cost")
    return of_table("list of methods", "methods", lambda: Table(columns, rows))


def settings(found: Settings | None) -> Export | str:
    """Every setting with its value and where that comes from."""
    if found is None:
        return "There are no settings here."
    from noiser_tui.settings.schema import SETTINGS

    rows = [
        (key, found.get(key), found.origin(key), one.default, one.what)
        for key, one in SETTINGS.items()
    ]
    columns = ("setting", "value", "origin", "default", "what")
    return of_table("settings", "settings", lambda: Table(columns, rows))


def keys(keymap: Keymap) -> Export:
    """Every command with its keys, and the condition under which it is possible."""
    rows = [
        (one.id, one.title, ", ".join(map(key_label, keymap.keys(one.id))), one.when, one.help)
        for one in ACTIONS.values()
    ]
    columns = ("command", "title", "keys", "when", "help")
    return of_table("list of keys", "keys", lambda: Table(columns, rows))


PROMPT = ("name", "prompt", "standing", "found", "run", "seconds")
"""The columns of a file's prompts."""


def prompts(page: PromptList) -> Export | str:
    """A record for each prompt that is explained, as `noiser explain --jsonl` gives them; or a table."""
    if not page.prompts:
        return "The prompts are not read yet."
    every = page.prompts

    def make(form: str) -> str:
        if form == ".jsonl":
            return "".join(_records(every))
        rows = [
            (
                *(one.name, one.text if one.said is not None else None, one.standing, one.found),
                *(one.run or None, one.seconds or None),
            )
            for one in every
        ]
        return render(Table(PROMPT, rows), form)

    name = f"{Path(page.path).stem}-explained"
    return of_texts("explained prompts", name, (".jsonl", *FORMS), make)


def _records(every: tuple[Listed, ...]) -> Iterator[str]:
    """A line for each prompt, in order: its record, or why there is none."""
    from noiser.errors import NoiserError
    from noiser.explanation import FORMAT
    from noiser.record import to_json
    from noiser_tui.history.runs import RunStore

    with RunStore() as store:
        for number, one in enumerate(every, 1):
            try:
                if one.run:
                    yield f"{to_json(store.open(one.run))}\n"
                    continue
                error = one.found if one.standing in ("failed", "unread") else "not explained yet"
            except NoiserError as gone:
                error = str(gone)
            told = {"format": FORMAT, "line": number, "name": one.name, "error": error}
            yield json.dumps(told, ensure_ascii=False) + "\n"
