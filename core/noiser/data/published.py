"""Data sets that others publish, fetched once and kept in the user's cache folder."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from noiser.beside import unless_cancelled
from noiser.data.reading import Columns, parse_samples
from noiser.data.sample import Sample
from noiser.errors import NoiserError
from noiser.files import write_bytes

SECONDS = 20.0
"""How long a server may take to answer."""
MOST_BYTES = 64 * 2**20
"""No data set here is a hundredth of that."""


@dataclass(frozen=True)
class Published:
    """A data set and where it is published; `prompt` makes a prompt of what the prompt's column holds."""

    name: str
    what: str
    source: str
    url: str
    columns: Columns
    prompt: Callable[[str], str] = str

    @property
    def file(self) -> Path:
        """Where it is kept, once fetched."""
        return cache_folder() / f"{self.name}{Path(urlsplit(self.url).path).suffix}"

    def is_kept(self) -> bool:
        """Whether it was fetched."""
        return self.file.is_file()

    def load(self, cancel: Event | None = None) -> list[Sample]:
        """Its samples, from the cache or from where it is published.

        Setting `cancel` raises Cancelled within a moment, however silent the server is; nothing is kept then.
        """
        kept = self.file
        if not kept.is_file():
            get = partial(fetch, self.url, self.name, kept)
            data = unless_cancelled(get, "fetching", cancel)
            samples = self._parse(data)  # before it is kept: a login page is no data set
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(kept, data)
            return samples
        try:
            return self._parse(kept.read_bytes())
        except OSError as error:
            raise NoiserError(f"{kept} cannot be read: {error.strerror or error}.") from error

    def _parse(self, data: bytes) -> list[Sample]:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NoiserError(f"What {self.url} holds is not UTF-8 text.") from error
        samples = parse_samples(text, self.file.suffix, self.url, self.columns)
        return [replace(one, prompt=self.prompt(one.prompt)) for one in samples]


def cache_folder() -> Path:
    """Where fetched data sets are kept: in the user's cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("noiser", appauthor=False) / "data"


def fetch(url: str, name: str, kept: Path) -> bytes:
    """What is at an address; NoiserError says how to go on without the network: the file put at `kept`."""
    offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")
    try:
        if offline:
            raise OSError("HF_HUB_OFFLINE is set")
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise _unfetched(name, url, kept, error) from error
    except urllib.error.URLError as error:
        raise _unfetched(name, url, kept, error.reason) from error
    except (OSError, ValueError) as error:
        raise _unfetched(name, url, kept, error) from error
    if len(data) > MOST_BYTES:
        raise NoiserError(
            f"What {url} holds is no data set: it is larger than {MOST_BYTES:,} bytes."
        )
    return data


def _unfetched(name: str, url: str, kept: Path, reason: object) -> NoiserError:
    return NoiserError(
        f"The data set {name} cannot be fetched from {url} ({reason}): get that file where there is "
        f"a network and save it as {kept}, or give a file of your own prompts.",
        change=("dataset_file",),
    )
