"""How large a checkpoint is in numbers, by the headers of its files; nothing is loaded."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
"""What a number takes in each precision that a model is loaded in."""


@dataclass(frozen=True)
class Weights:
    """The numbers of a checkpoint, each tensor once, and the precision that most of them have.

    `dtype` is None where that is none that a model is loaded in, as of a quantized checkpoint.
    """

    parameters: int
    dtype: str | None


def read_weights(where: Path) -> Weights | None:
    """The weights in a model's folder, or in a hub model's in the cache; None where they cannot be read.

    Only safetensors tell: what is in pickles is known when they are loaded.
    """
    folder = snapshot(where)
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        return None
    from safetensors import SafetensorError, safe_open

    sizes: dict[str, int] = {}
    kinds: Counter[str] = Counter()
    try:
        for file in files:
            with safe_open(file, "numpy") as opened:
                for name in set(opened.keys()) - sizes.keys():
                    part = opened.get_slice(name)
                    sizes[name] = math.prod(part.get_shape())
                    kinds[part.get_dtype()] += sizes[name]
    except (OSError, SafetensorError):  # half a download: loading says what is amiss
        return None
    if not sizes:
        return None
    return Weights(sum(sizes.values()), _NAMES.get(kinds.most_common(1)[0][0]))


def snapshot(where: Path) -> Path:
    """The folder itself, or of a hub model the commit that its main branch was at when it came."""
    snapshots = where / "snapshots"
    if not snapshots.is_dir():
        return where
    try:
        commit = (where / "refs" / "main").read_text().strip()
    except OSError:  # it came by a commit, not by a branch
        commit = ""
    if commit and (snapshots / commit).is_dir():
        return snapshots / commit
    found = sorted((one for one in snapshots.iterdir() if one.is_dir()), key=_changed)
    return found[-1] if found else where


def _changed(folder: Path) -> float:
    return folder.stat().st_mtime
