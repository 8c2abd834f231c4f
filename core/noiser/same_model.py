"""Whether a model is the one that a finished run was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from noiser.errors import AnotherRun
from noiser.minus import minus

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.info import ModelInfo
    from noiser.model.language_model import LanguageModel

ANOTHER = 0.05
"""How far a probability, or a share of a reward, may be from the record's: devices round otherwise."""


SAME = ("name", "revision", "dtype", "quantization")
"""What tells one model from another, as far as a record has it."""


def unlike(here: ModelInfo, there: Mapping[str, Any]) -> str:
    """In what a model is another one than that of a record, in a few words; empty where in nothing."""
    for name in SAME:
        if there.get(name) != getattr(here, name):
            return f"its {name} is {there.get(name)!r}, here it is {getattr(here, name)!r}"
    return ""


def check_model(model: LanguageModel, explanation: Explanation) -> None:
    """AnotherRun where the run was made with another model, as far as the record tells."""
    if told := unlike(model.info, explanation.model):
        raise AnotherRun(f"The run was made with another model: {told}.")
    targets = (*explanation.whole, explanation.target, explanation.contrast or explanation.target)
    ids = {token.id for token in explanation.tokens}
    if explanation.explains in ("token", "answer"):
        ids |= {target.id for target in targets}
    count = model.network.get_input_embeddings().weight.shape[0]
    if not all(0 <= id_ < count for id_ in ids):
        raise AnotherRun(
            f"The run was made with another model: this one has {count:,} tokens only."
        )


def check_clean(here: float, there: float | None, what: str = "probability") -> None:
    """AnotherRun where the target's probability, or the reward, is not the one of the record."""
    if there is not None and abs(here - there) > ANOTHER * max(1.0, abs(there)):
        raise AnotherRun(
            f"The run was made with another model: its {what} is {minus(f'{there:.4f}')} there, "
            f"{minus(f'{here:.4f}')} here."
        )
