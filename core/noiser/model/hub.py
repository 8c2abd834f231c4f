"""One quick question to the hub before a model is fetched, instead of half a minute of retries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SECONDS = 5.0
"""How long the hub may take to answer."""


@dataclass(frozen=True)
class Place:
    """Where a hub model is: at which commit (None: not known), and whether only in the cache."""

    commit: str | None
    only_cached: bool


def locate(model: str, revision: str | None) -> Place:
    """Where `model` is; the cache serves where the hub is off, silent or refuses.

    Raises the hub's refusal (no such model, gated, no network) when the model is not cached.
    """
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import EntryNotFoundError

    cached = _cached_commit(model, revision)
    if constants.is_offline_mode():
        return Place(cached, only_cached=True)
    url = hf_hub_url(model, "config.json", revision=revision)
    try:
        return Place(get_hf_file_metadata(url, timeout=SECONDS).commit_hash, only_cached=False)
    except EntryNotFoundError:
        return Place(None, only_cached=False)  # what is missing is told when the model is read
    except Exception:
        if cached is None:
            raise
        return Place(cached, only_cached=True)


def _cached_commit(model: str, revision: str | None) -> str | None:
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(model, "config.json", revision=revision)
    return Path(path).parent.name if isinstance(path, str) else None
