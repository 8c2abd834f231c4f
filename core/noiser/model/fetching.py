"""Getting a model's weights from the hub, by a process of its own that can be let go at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event

from noiser.beside import LOOK, beside
from noiser.errors import NoiserError
from noiser.events import Emit, ModelFetching
from noiser.model.fetcher import single_or_index
from noiser.model.stopping import check

_PATIENCE = 2.0
"""Seconds that the process has to end by itself, and to take half files with it."""


def fetch_weights(
    model: str, revision: str | None, *, pickle: bool, cancel: Event | None, emit: Emit
) -> None:
    """Download what is not in the cache yet of a model's weights, at a commit where that is known.

    Whatever transformers then misses it gets itself. Cancelled within a moment, however silent the hub is;
    files that came whole stay. NoiserError says in one sentence why they do not come.
    """
    check(cancel)
    if not sys.executable or _is_here(model, revision, pickle):
        return
    asked = {"model": model, "revision": revision, "pickle": pickle}
    with subprocess.Popen(
        [sys.executable, "-m", "noiser.model.fetcher", json.dumps(asked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for line in _lines(process.stdout, cancel):
                told = json.loads(line)
                if "error" in told:
                    raise NoiserError(told["error"])
                emit(ModelFetching(model, told["done"], told["total"]))
        finally:
            process.stdin.close()  # which ends it
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _lines(stream: Iterable[str], cancel: Event | None) -> Iterator[str]:
    """The lines of a stream as they come, or Cancelled in between."""
    lines: SimpleQueue[str | None] = SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    beside(read, "fetched")
    while True:
        check(cancel)
        with suppress(Empty):
            if (line := lines.get(timeout=LOOK)) is None:
                return
            yield line


def _is_here(model: str, revision: str | None, pickle: bool) -> bool:
    """Whether the cache has all the weights."""
    from huggingface_hub import try_to_load_from_cache

    for name in single_or_index(pickle):
        found = try_to_load_from_cache(model, name, revision=revision)
        if not isinstance(found, str):
            continue
        if not name.endswith(".json"):
            return True
        shards = set(json.loads(Path(found).read_text())["weight_map"].values())
        return all((Path(found).parent / shard).exists() for shard in shards)
    return False
