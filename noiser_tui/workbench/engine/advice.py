"""Where in the workbench stands what an error of the engine names as worth changing."""

from __future__ import annotations

from noiser.errors import NoiserError, NotTrusted

_LOADING = "Alt+M, then d on it"
_ALL = "Shift+F2"
_JUDGE = "Shift+F7"
_KEYS = {
    "model": "Alt+M",
    **dict.fromkeys(("dtype", "device", "device_map", "load_in", "trust"), _LOADING),
    "memory": "Alt+G",
    "method": "F2",
    **dict.fromkeys(("draws", "samples", "baseline"), _ALL),
    **dict.fromkeys(("judge_url", "cache"), _JUDGE),
}
"""Keys as they are unless the user has others, which a text that is shown gets."""


def told(error: Exception) -> str:
    """Why something failed, in a sentence that says which keys lead to what could be changed."""
    if isinstance(error, NotTrusted):
        return f"{error.why} Allow that for it alone: {_LOADING}."
    if not isinstance(error, NoiserError):
        return f"{type(error).__name__}: {error}"
    keys = dict.fromkeys(
        _KEYS[name] for name in (one.split()[0] for one in error.change) if name in _KEYS
    )
    return f"{str(error).removesuffix('.')} ({'; '.join(keys)})." if keys else str(error)
