"""Why a model could not be loaded, in one sentence, from whatever the libraries raised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from noiser.errors import NoiserError


def explain_failure(error: BaseException, model: str, source: str) -> NoiserError:
    """The one sentence for a failure while loading `model` from `source` (a folder, or the hub id)."""
    chain = list(_causes(error))
    names = {type(one).__name__ for one in chain}
    text = " ".join(str(one) for one in chain)
    low = text.lower()
    folder = Path(source) if source != model or Path(source).is_dir() else None
    if "GatedRepoError" in names or "gated repo" in low:
        return NoiserError(
            f"{model} is gated: accept its terms on its page at the hub and set HF_TOKEN."
        )
    if folder is not None and _only_pickle(folder):
        return NoiserError(
            f"{model} has only a pickle checkpoint, which can run code when it is read: convert it "
            "to safetensors, or pass --trust pickle."
        )
    if "SafetensorError" in names or "error while deserializing header" in low:
        return NoiserError(
            f"The safetensors file of {model} is corrupt or cut off: fetch it again."
        )
    if "does not appear to have a file named model.safetensors" in low or "use_safetensors" in low:
        return NoiserError(
            f"{model} has no safetensors weights; if it has a pickle checkpoint that you trust, "
            "pass --trust pickle."
        )
    if "trust_remote_code" in low or "custom code" in low:
        return NoiserError(
            f"{model} needs code of its own, which is not run unless you pass --trust remote-code."
        )
    if folder is None and (
        names & {"LocalEntryNotFoundError", "OfflineModeIsEnabled"}
        or any(word in low for word in ("couldn't connect", "connection", "name resolution"))
    ):
        return NoiserError(
            f"{model} is not on this machine and the hub cannot be reached: check the network, "
            "give a folder, or try --model built-in."
        )
    if "RevisionNotFoundError" in names:
        return NoiserError(f"{model} has no such revision.")
    if "RepositoryNotFoundError" in names or "is not a valid model identifier" in low:
        return NoiserError(
            f"There is no model {model!r} at the hub (or it is private: set HF_TOKEN)."
        )
    if "OutOfMemoryError" in names or "out of memory" in low or "not enough memory" in low:
        return NoiserError(
            f"{model} does not fit in memory: try a smaller --dtype, --load-in 4bit or --device-map auto."
        )
    if "unrecognized configuration class" in low or "unrecognized model" in low:
        return NoiserError(f"{model} is not a causal language model that transformers knows.")
    return NoiserError(f"{model} could not be loaded: {_first_line(chain)}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _only_pickle(folder: Path) -> bool:
    has_pickle = any(folder.glob("*.bin")) or any(folder.glob("*.pt")) or any(folder.glob("*.pth"))
    return has_pickle and not any(folder.glob("*.safetensors"))


def _first_line(chain: list[BaseException]) -> str:
    for error in chain:
        if lines := str(error).strip().splitlines():
            return f"{type(error).__name__}: {lines[0]}"
    return type(chain[0]).__name__
