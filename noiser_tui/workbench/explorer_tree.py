"""What the explorer lists: a folder, the built-in examples, data sets; and what can be opened of it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from noiser.builtin import examples
from noiser.data.catalogue import DATASETS, DataSet, load_dataset
from noiser.data.reading import read_samples
from noiser.data.sample import Sample
from noiser.errors import NoiserError, WrongUse
from noiser_tui.settings.places import KEYBINDINGS
from noiser_tui.workbench.chat_form import Said, chat_in, last_said

PROMPTS, TABLES, RECORDS = (".txt", ".md"), (".jsonl", ".csv"), (".json",)
"""Files that are one prompt each, that hold many, and saved runs."""
MANY = "many"
"""A file that is a list of prompts."""
_BEGINS = (
    (re.compile(rb'\{\s*"format"\s*:\s*"noiser/'), "run"),
    (re.compile(rb'\{\s*"format"\s*:\s*"noiser-compare/'), "comparison"),
    (re.compile(rb'(\{\s*"messages"\s*:|\[\s*\{\s*"(role|content)"\s*:)'), "chat"),
    (re.compile(rb"\["), MANY),
)
"""How a JSON file begins, after white space, and what it is then."""
NOT_HERE = "not fetched"
"""What stands beside a data set that is fetched when it is unfolded."""
_SET = "set:"
MOST = 5_000
"""Entries that are listed of one folder, file or data set."""


@dataclass(frozen=True)
class Prompt:
    """A text or a chat to explain; `name` is what its tab is called, `expects` what a data set expects."""

    text: Said
    name: str = ""
    expects: str = ""


@dataclass(frozen=True)
class Node:
    """One entry. A `branch` has others under it; `opens` is what opens where it is found: a text, or a file.

    `what` is said of it where the cursor stands on it.
    """

    key: str
    name: str
    more: str = ""
    branch: bool = False
    heading: bool = False
    opens: Prompt | Path | None = None
    what: str = ""


def roots(folder: Path) -> list[Node]:
    """The three trees, the folder's own entries at once."""
    return [
        Node("here", (folder.name or str(folder)).upper(), heading=True),
        *folder_nodes(folder),
        Node("built-in", "BUILT-IN", heading=True),
        Node("examples", "examples", branch=True, what="Prompts that the built-in model knows."),
        Node("sets", "DATA SETS", heading=True),
        *(
            Node(_SET + one.name, one.name, branch=True, what=_what(one))
            for one in DATASETS.values()
        ),
    ]


def counts() -> dict[str, str]:
    """How many are under the examples and each data set, by key; of one that is not here, that."""
    found = {"examples": f"{len(examples()):,}"}
    for one in DATASETS.values():
        with suppress(NoiserError):  # unfolding it says why
            found[_SET + one.name] = f"{len(one.load(None)):,}" if one.here() else NOT_HERE
    return found


def _what(dataset: DataSet) -> str:
    return f"{dataset.name}: {dataset.what}."


def folder_nodes(folder: Path) -> list[Node]:
    """Folders, prompts, lists of prompts and saved runs, hidden ones left out; OSError where it fails.

    What cannot be looked at, and what is no file (a pipe waits for ever), is left out, too.
    """
    folders, files = looked_at(folder)
    nodes = [Node(f"folder:{one}", one.name, branch=True) for one in folders]
    for one in files[: max(0, MOST - len(nodes))]:
        if (kind := kind_of(one)) == MANY:
            nodes.append(Node(f"table:{one}", one.name, branch=True, opens=one))
        else:
            nodes.append(Node(f"file:{one}", one.name, kind, opens=one))
    left = len(folders) + len(files) - MOST
    more = [Node(f"more:{folder}", f"… {left:,} more", heading=True)] if left > 0 else []
    return [*nodes[:MOST], *more]


def looked_at(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folders in a folder and the files that can be opened, by name; OSError where it fails."""
    folders: list[Path] = []
    files: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = folder / entry.name
            with suppress(OSError):  # a link in a circle, or one that may not be followed
                if entry.is_dir():
                    folders.append(path)
                elif path.suffix in (*PROMPTS, *TABLES, *RECORDS) and entry.is_file():
                    files.append(path)
    return sorted(folders, key=_by_name), sorted(files, key=_by_name)


def children(key: str, cancel: Event | None = None) -> list[Node]:
    """What is under a branch; OSError or NoiserError where it cannot be read or fetched.

    Cancelled where `cancel` is set while a data set is fetched.
    """
    kind, _, rest = key.partition(":")
    if kind == "folder":
        return folder_nodes(Path(rest))
    if kind == "table":
        chats = chat_nodes(key, Path(rest))
        return chats or sample_nodes(key, Path(rest).name, read_samples(rest))
    if kind == "set":
        return sample_nodes(key, rest, load_dataset(rest, cancel))
    return [Node(f"example:{text}", text, opens=Prompt(text)) for text in examples()]


def may_be_fetched(key: str) -> bool:
    """Whether what is under a branch may come over a network."""
    return key.startswith(_SET) and not DATASETS[key.removeprefix(_SET)].here()


def sample_nodes(key: str, source: str, samples: Sequence[Sample]) -> list[Node]:
    """The samples of a list, each a prompt to open."""
    return [
        Node(
            f"sample:{number}:{key}",
            one.prompt,
            one.target or "",
            opens=Prompt(one.prompt, f"{source} {one.id}", one.target or ""),
        )
        for number, one in enumerate(samples[:MOST])
    ]


def chat_nodes(key: str, path: Path) -> list[Node]:
    """The chats of a JSONL file, one per line, each to open; none where its first line is no chat.

    WrongUse names the line that cannot be read. A file that cannot be is left to those of samples.
    """
    if path.suffix != ".jsonl":
        return []
    nodes: list[Node] = []
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    chat = chat_in(line)
                except WrongUse as error:
                    raise WrongUse(f"{path.name}: line {number}: {error}") from error
                if chat is None and not nodes:
                    return []
                if chat is None:
                    raise WrongUse(
                        f"{path.name}: line {number} is no chat, as the lines before it."
                    )
                opens = Prompt(chat, f"{path.name} {number}")
                nodes.append(Node(f"sample:{number}:{key}", last_said(chat), "chat", opens=opens))
                if len(nodes) == MOST:
                    break
    except OSError:  # reading samples says why
        return []
    return nodes


def holds_many(path: Path) -> bool:
    """Whether a file is a list of prompts: by its name, or, where that says nothing, by its beginning."""
    return kind_of(path) == MANY


def kind_of(path: Path) -> str:
    """What a file holds: many prompts, a run, a comparison, a chat; empty for one text, or where unknown."""
    if path.suffix not in (*TABLES, *RECORDS) or path.name == KEYBINDINGS:
        return ""
    try:
        if not path.is_file():  # who reads from a pipe waits for whoever writes
            return ""
        if path.suffix in TABLES:
            return MANY
        with path.open("rb") as file:
            begins = file.read(256).lstrip()
    except OSError:  # opening it says why
        return ""
    return next((kind for how, kind in _BEGINS if how.match(begins)), "")


def _by_name(path: Path) -> str:
    return path.name.lower()
