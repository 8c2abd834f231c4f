"""What the explorer lists: a folder, the built-in examples, data sets; and what can be opened of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from noiser.builtin import examples
from noiser.data.catalogue import DATASETS, load_dataset
from noiser.data.reading import read_samples
from noiser.data.sample import Sample

PROMPTS, TABLES, RECORDS = (".txt", ".md"), (".jsonl", ".csv"), (".json",)
"""Files that are one prompt each, that hold many, and saved runs."""
MOST = 5_000
"""Entries that are listed of one folder, file or data set."""


@dataclass(frozen=True)
class Prompt:
    """A text to explain; `name` is what its tab is called, `expects` what a data set says comes next."""

    text: str
    name: str = ""
    expects: str = ""


@dataclass(frozen=True)
class Node:
    """One entry. A `branch` has others under it; `opens` is what a leaf opens: a text, or a file."""

    key: str
    name: str
    more: str = ""
    branch: bool = False
    heading: bool = False
    opens: Prompt | Path | None = None


def roots(folder: Path) -> list[Node]:
    """The three trees, the folder's own entries at once."""
    return [
        Node("here", (folder.name or str(folder)).upper(), heading=True),
        *folder_nodes(folder),
        Node("built-in", "BUILT-IN", heading=True),
        Node("examples", "examples", branch=True),
        Node("sets", "DATA SETS", heading=True),
        *(Node(f"set:{one.name}", one.name, branch=True) for one in DATASETS.values()),
    ]


def folder_nodes(folder: Path) -> list[Node]:
    """Folders, prompts, lists of prompts and saved runs, hidden ones left out; OSError where it fails.

    What cannot be looked at, and what is no file (a pipe waits for ever), is left out, too.
    """
    folders, files = looked_at(folder)
    nodes = [Node(f"folder:{one}", one.name, branch=True) for one in folders]
    for one in files[: max(0, MOST - len(nodes))]:
        if one.suffix in TABLES or (one.suffix in RECORDS and _is_list(one)):
            nodes.append(Node(f"table:{one}", one.name, branch=True))
        else:
            nodes.append(Node(f"file:{one}", one.name, opens=one))
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


def children(key: str) -> list[Node]:
    """What is under a branch; OSError or NoiserError where it cannot be read or fetched."""
    kind, _, rest = key.partition(":")
    if kind == "folder":
        return folder_nodes(Path(rest))
    if kind == "table":
        return sample_nodes(key, Path(rest).name, read_samples(rest))
    if kind == "set":
        return sample_nodes(key, rest, load_dataset(rest))
    return [Node(f"example:{text}", text, opens=Prompt(text)) for text in examples()]


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


def _is_list(path: Path) -> bool:
    """Whether a JSON file is a list of samples rather than one record."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip().startswith(b"[")
    except OSError:  # opening it says why
        return False


def _by_name(path: Path) -> str:
    return path.name.lower()
