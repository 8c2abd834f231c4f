"""The models at hand: the built-in one, then what is in the user's Hugging Face cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.builtin import MODEL_NAME, model_folder


@dataclass(frozen=True)
class AvailableModel:
    """A model that loads without the network; `bytes` is its size on disk."""

    name: str
    bytes: int
    where: Path
    what: str


def available_models() -> list[AvailableModel]:
    """The built-in model first, then the cached hub models that have weights, by name."""
    folder = model_folder()
    size = sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0
    built_in = AvailableModel(MODEL_NAME, size, folder, "shipped here, for trying things")
    return [built_in, *_cached()]


def _cached() -> list[AvailableModel]:
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        cache = scan_cache_dir()
    except (CacheNotFound, ValueError):  # none yet, or no folder
        return []
    found = [
        AvailableModel(repo.repo_id, repo.size_on_disk, Path(repo.repo_path), "Hugging Face cache")
        for repo in cache.repos
        if repo.repo_type == "model" and _is_whole(repo)
    ]
    return sorted(found, key=lambda model: model.name.lower())


def _is_whole(repo: Any) -> bool:
    names = {file.file_name for revision in repo.revisions for file in revision.files}
    return "config.json" in names and any(name.endswith((".safetensors", ".bin")) for name in names)
