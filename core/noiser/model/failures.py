"""Why a model could not be loaded, in one sentence, from whatever the libraries raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from noiser.errors import NoiserError, NotTrusted


@dataclass(frozen=True)
class Failure:
    """What is known of a failure: the names of the errors that led to it, and all they say."""

    names: frozenset[str]
    low: str
    folder: Path | None

    def named(self, *names: str) -> bool:
        """Whether one of the errors is of one of these types."""
        return not self.names.isdisjoint(names)

    def says(self, *phrases: str) -> bool:
        """Whether the messages hold one of these phrases."""
        return any(phrase in self.low for phrase in phrases)

    @property
    def only_pickle(self) -> bool:
        """Whether the folder has weights, in pickle files alone."""
        if self.folder is None or any(self.folder.glob("*.safetensors")):
            return False
        return any(any(self.folder.glob(f"*.{end}")) for end in ("bin", "pt", "pth"))

    @property
    def unreachable(self) -> bool:
        """Whether the hub gave no answer."""
        return self.folder is None and (
            self.named("LocalEntryNotFoundError", "OfflineModeIsEnabled")
            or self.named("ConnectError", "ConnectTimeout", "ReadTimeout", "ReadError")
            or self.named("ProxyError", "RemoteProtocolError", "FileMetadataError")
            or self.says("couldn't connect to", "name resolution", "connection refused")
        )


@dataclass(frozen=True)
class Advised:
    """Why a model cannot be loaded, and the options with which it may be."""

    why: str
    change: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """Why a model is refused unless the user names what is allowed, and how to do so."""

    why: str
    advice: str
    trust: str


# The first that applies is told. Types come before phrases: the hub's own 404 talks of gated repos.
_REASONS: tuple[tuple[Callable[[Failure], bool], str | Advised | Refusal], ...] = (
    (
        lambda f: f.named("GatedRepoError"),
        "{model} is gated: accept its terms on its page at the hub and set HF_TOKEN.",
    ),
    (lambda f: f.named("RevisionNotFoundError"), "{model} has no such revision at the hub."),
    (
        lambda f: f.named("RepositoryNotFoundError"),
        "There is no model {model!r} at the hub (or it is private: set HF_TOKEN).",
    ),
    (
        lambda f: f.named("HFValidationError"),
        "There is no folder {model!r}, and it is not a Hugging Face model id.",
    ),
    (
        lambda f: f.unreachable,
        Advised(
            "{model} is not on this machine and the hub cannot be reached: check the network, give a "
            "folder, or take the built-in model.",
            ("model built-in",),
        ),
    ),
    (
        lambda f: f.named("UnpicklingError") or f.says("pytorchstreamreader failed"),
        "The pickle checkpoint of {model} is corrupt, or holds more than weights.",
    ),
    (
        lambda f: f.only_pickle,
        Refusal(
            "{model} has only a pickle checkpoint, which can run code when it is read",
            ": convert it to safetensors, or allow it by the name pickle.",
            "pickle",
        ),
    ),
    (
        lambda f: f.named("SafetensorError") or f.says("error while deserializing header"),
        "The safetensors file of {model} is corrupt or cut off: fetch it again.",
    ),
    (
        lambda f: f.says("cannot be loaded with `safetensors`"),
        Refusal(
            "{model} has no safetensors weights",
            "; if it has a pickle checkpoint that you trust, allow it by the name pickle.",
            "pickle",
        ),
    ),
    (
        lambda f: f.says("no file named model.safetensors", "file named pytorch_model.bin"),
        "{model} holds no weights, only the rest of a model.",
    ),
    (
        lambda f: f.says("trust_remote_code", "custom code"),
        Refusal(
            "{model} needs code of its own",
            ", which is not run unless you allow it by the name remote-code.",
            "remote-code",
        ),
    ),
    (
        lambda f: f.named("OutOfMemoryError") or f.says("out of memory", "not enough memory"),
        Advised(
            "{model} does not fit in memory: try a smaller dtype, 4bit, or several devices.",
            ("dtype", "load_in 4bit", "device_map auto"),
        ),
    ),
    (
        lambda f: f.says("divisible by block_n"),
        Advised(
            "{model} cannot be computed in 4bit on the CPU: bitsandbytes takes widths there that 32 "
            "divides. Try 8bit, or without.",
            ("load_in 8bit",),
        ),
    ),
    (
        lambda f: f.says("ignore_mismatched_sizes"),
        "The weights of {model} have other shapes than its config.json says.",
    ),
    (
        lambda f: f.says("unrecognized configuration class", "unrecognized model"),
        "{model} is not a causal language model that transformers knows.",
    ),
    (
        lambda f: f.says("does not recognize this architecture"),
        "{model} is of a type that this version of transformers does not know.",
    ),
    (
        lambda f: f.named(
            "StrictDataclassFieldValidationError", "StrictDataclassClassValidationError"
        ),
        "The config.json of {model} holds a value that transformers does not take.",
    ),
    (
        lambda f: f.named("JSONDecodeError") or f.says("is not a valid json file"),
        "A JSON file of {model} (its config or its tokenizer) is damaged: fetch it again.",
    ),
)


def explain_failure(error: BaseException, model: str, source: str) -> NoiserError:
    """The one sentence for a failure while loading `model` from `source` (a folder, or the hub id)."""
    chain = list(_causes(error))
    failure = Failure(
        names=frozenset(type(one).__name__ for one in chain),
        low=" ".join(str(one) for one in chain).lower(),
        folder=Path(source) if Path(source).is_dir() else None,
    )
    for applies, told in _REASONS:
        if applies(failure):
            if isinstance(told, Refusal):
                return NotTrusted(told.why.format(model=model), told.advice, told.trust)
            if isinstance(told, Advised):
                return NoiserError(told.why.format(model=model), change=told.change)
            return NoiserError(told.format(model=model))
    return NoiserError(f"{model} could not be loaded: {_first_line(chain).rstrip('.!')}.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _first_line(chain: list[BaseException]) -> str:
    for error in chain:
        if lines := str(error).strip().splitlines():
            return f"{type(error).__name__}: {lines[0]}"
    return type(chain[0]).__name__
