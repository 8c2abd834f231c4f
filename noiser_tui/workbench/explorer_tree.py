"""What the explorer lists: a folder, the built-in examples, data sets; and what can be opened of it."""

from __future__ import annotations

from collections.abc import Sequence
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
        Node("here", folder.name or str(folder), heading=True),
        *folder_nodes(folder),
        Node("built-in", "built-in", heading=True),
        Node("examples", "examples", branch=True),
        Node("sets", "data sets", heading=True),
        *(Node(f"set:{one.name}", one.name, branch=True) for one in DATASETS.values()),
    ]


def folder_nodes(folder: Path) -> list[Node]:
    """Folders, prompts, lists of prompts and saved runs, hidden ones left out; OSError where it fails."""
    found = [one for one in folder.iterdir() if not one.name.startswith(".")]
    folders = sorted((one for one in found if one.is_dir()), key=_by_name)
    files = sorted(
        (one for one in found if one.suffix in (*PROMPTS, *TABLES, *RECORDS)), key=_by_name
    )
    nodes = [Node(f"folder:{one}", one.name, branch=True) for one in folders]
    for one in files:
        if one.suffix in TABLES or (one.suffix in RECORDS and _is_list(one)):
            nodes.append(Node(f"table:{one}", one.name, branch=True))
        elif one.is_file():
            nodes.append(Node(f"file:{one}", one.name, opens=one))
    return nodes[:MOST]


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
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"[")


def _by_name(path: Path) -> str:
    return path.name.lower()
