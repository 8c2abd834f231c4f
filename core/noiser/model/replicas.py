"""The same model on several devices, for independent prompts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.events import Emit, ignore
from noiser.model.loading import load
from noiser.model.options import check_options, chosen_device

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


def load_replicas(
    model: str,
    devices: Sequence[str],
    *,
    dtype: str = "auto",
    load_in: str | None = None,
    revision: str | None = None,
    trust: Collection[str] = (),
    emit: Emit = ignore,
) -> list[LanguageModel]:
    """Load a model once on each of the `devices`, as `load` does, for `explain_many`.

    Each device once and all of one kind; only `cpu` may be named again. Every device is looked for
    before anything is loaded.
    """
    check_options("auto", dtype, load_in, trust, None)
    check_devices(devices)
    loaded: list[LanguageModel] = []
    # One after the other, since transformers sets a global dtype while it loads; and each from disk,
    # since a copy on the first device might not fit there, and a quantized model cannot be moved.
    for name in devices:
        if loaded:  # the hub's branch may have moved on meanwhile
            revision = loaded[0].info.revision or revision
        loaded.append(
            load(
                model,
                device=name,
                dtype=dtype,
                load_in=load_in,
                revision=revision,
                trust=trust,
                emit=emit,
            )
        )
    return loaded


def check_devices(names: Sequence[str]) -> None:
    """WrongUse for devices that cannot be meant together, NoiserError for one that is not there."""
    if not names:
        raise WrongUse("There is no device to load the model on.")
    if "auto" in names:
        raise WrongUse("Several devices are named one by one: auto is none of them.")
    places = [chosen_device(name) for name in names]
    if len(kinds := sorted({place.type for place in places})) > 1:
        raise WrongUse(
            f"{' and '.join(kinds)} round differently, and which prompt runs where is chance: "
            "name devices of one kind."
        )
    indices = [place.index or 0 for place in places]
    twice = [name for i, name in enumerate(names) if indices[i] in indices[:i]]
    if twice and kinds != ["cpu"]:
        raise WrongUse(
            f"The device {twice[0]!r} is named twice: it would hold the model twice, for no gain."
        )
