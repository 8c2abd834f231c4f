"""A process that downloads a model's weights into the Hugging Face cache and can be ended at any moment.

    python -m noiser.model.fetcher '{"model": "a/b", "revision": null, "pickle": false}'

It prints lines of JSON: `{"done": bytes, "total": bytes}` while it downloads, at last `{"error": sentence}`
where that failed. It ends when its standard input does, as it does when the process that wants the
weights dies; files that came whole stay, what there is of others goes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from noiser.model.failures import explain_failure

AT_ONCE = 4
"""Files that are downloaded at the same time."""
TELL = 0.2
"""Seconds between two lines on how far it is."""


class Told:
    """Counts bytes of all files, and prints how many they are now and then; safe from several threads."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._at = 0.0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """So many bytes more are here."""
        with self._lock:
            self._done += count
            if time.monotonic() - self._at >= TELL or self._done >= self._total:
                self._at = time.monotonic()
                say(done=self._done, total=self._total)


def say(**what: object) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def weight_files(model: str, revision: str | None, pickle: bool) -> dict[str, int]:
    """The files that transformers will want, which are not in the cache, and their sizes (0: not known)."""
    from huggingface_hub import HfApi, hf_hub_download, try_to_load_from_cache

    about = HfApi().model_info(model, revision=revision, files_metadata=True)
    sizes = {one.rfilename: one.size or 0 for one in about.siblings or ()}
    files = [name for name in single_or_index(pickle) if name in sizes][:1]
    if files and files[0].endswith(".json"):
        index = hf_hub_download(model, files[0], revision=revision)
        files = sorted(set(json.loads(Path(index).read_text())["weight_map"].values()))
    known = partial(try_to_load_from_cache, model, revision=revision)
    return {name: sizes.get(name, 0) for name in files if not isinstance(known(name), str)}


def single_or_index(pickle: bool) -> tuple[str, ...]:
    """What a checkpoint may consist of, one file or the list of several, in transformers' order."""
    safe = ("model.safetensors", "model.safetensors.index.json")
    return (*safe, "pytorch_model.bin", "pytorch_model.bin.index.json") if pickle else safe


def fetch(model: str, revision: str | None, files: Mapping[str, int]) -> None:
    """Download files into the cache, several at once."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.utils import tqdm

    told = Told(sum(files.values()))

    class Bar(tqdm):  # type: ignore[misc]
        """Shows nothing and tells what it counts."""

        def __init__(self, *_: object, **__: object) -> None:
            super().__init__(disable=True)

        def update(self, n: float | None = 1) -> None:
            told.add(int(n or 0))

        def update_transfer(self, n: float | None = 1) -> None:
            """Of xet, what came over the wire: what is written is what counts."""

        def set_transfer_postfix_str(self, *_: object, **__: object) -> None:
            """Its speed, which nobody reads here."""

    one = partial(hf_hub_download, model, revision=revision, tqdm_class=Bar)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(one, files))


def end_with_input() -> None:
    """Wait for the end of standard input, then end the process, without half files."""
    while os.read(0, 1):  # not by sys.stdin, which would be locked when Python ends
        pass
    for link in Path("/proc/self/fd").glob("*"):  # where there is none, such a file stays
        try:
            target = link.readlink()
        except OSError:  # the one that listed them
            continue
        if target.suffix == ".incomplete":
            target.unlink(missing_ok=True)
    os._exit(1)


def main() -> None:
    """Fetch what the argument says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began this decides
    threading.Thread(target=end_with_input, daemon=True).start()
    asked: dict[str, Any] = json.loads(sys.argv[1])
    model, revision = asked["model"], asked["revision"]
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    try:
        fetch(model, revision, weight_files(model, revision, asked["pickle"]))
    except Exception as error:  # noqa: BLE001  # of a network and a disk: the user gets a sentence
        say(error=str(explain_failure(error, model, model)))


if __name__ == "__main__":
    main()
