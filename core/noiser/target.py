"""The target: the token explained, and what it means for its prediction to hold under noise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from noiser.errors import WrongUse
from noiser.events import NextToken

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

_ID = re.compile(r"id:(\d{1,99})", re.ASCII)


@dataclass(frozen=True)
class Objective:
    """What is explained: the target, alone or against a contrast, over the clean distribution.

    `top` is the id the model itself predicts. Distributions are (…, vocabulary).
    """

    target: int
    contrast: int | None
    top: int
    clean: torch.Tensor

    def holds(self, mean: torch.Tensor) -> torch.Tensor:
        """Whether the prediction is unchanged, per mean distribution: (c, vocabulary) → (c,) bool.

        Alone: the argmax is still the model's own prediction, whatever the target. Against a
        contrast: the more probable one of the two is still the same.
        """
        if self.contrast is None:
            return mean.argmax(dim=-1) == self.top
        ahead = bool(self.clean[self.target] > self.clean[self.contrast])
        return (mean[..., self.target] > mean[..., self.contrast]) == ahead

    def among(self, mean: torch.Tensor, count: int) -> torch.Tensor:
        """Whether the target is among the `count` most probable: (c, vocabulary) → (c,) bool.

        Among more, if it is not among them in the clean prompt either. Against a contrast: `holds`.
        """
        if self.contrast is not None:
            return self.holds(mean)
        ahead = mean > mean[..., self.target, None]
        own = int((self.clean > self.clean[self.target]).sum())
        return ahead.sum(dim=-1) <= max(count - 1, own)

    def margin(self, mean: torch.Tensor) -> torch.Tensor:
        """How far the prediction is ahead of what would replace it: (c, vocabulary) → (c,)."""
        difference = self._difference(mean)
        if self.contrast is not None and self.clean[self.target] < self.clean[self.contrast]:
            return -difference
        return difference

    def decided(self, sums: torch.Tensor, left: int) -> torch.Tensor:
        """Whether `left` more draws can no longer change who is ahead: (c, vocabulary) → (c,) bool.

        `sums` are of the distributions so far. A draw moves the difference of two probabilities by 1
        at most.
        """
        return self._difference(sums).abs() > left

    def _difference(self, mean: torch.Tensor) -> torch.Tensor:
        """The probability of the prediction, or of the target, less that of its rival."""
        if self.contrast is not None:
            return mean[..., self.target] - mean[..., self.contrast]
        best = mean.topk(2, dim=-1)
        runner_up = torch.where(
            best.indices[..., 0] == self.top, best.values[..., 1], best.values[..., 0]
        )
        return mean[..., self.top] - runner_up

    def odds(self, mean: torch.Tensor) -> torch.Tensor:
        """The log-odds at which it was decided whether the prediction holds: (c, vocabulary) → (c,).

        Between the prediction and the most probable other token, or target and contrast; 0 is a tie.
        """
        ahead = mean[..., self.top if self.contrast is None else self.target]
        return (ahead / (ahead - self._difference(mean))).log()

    def rivals(self) -> tuple[int, int] | None:
        """The two ids between which it is decided whether the prediction holds."""
        if self.contrast is not None:
            return self.target, self.contrast
        first, second = self.clean.topk(2).indices.tolist()
        return (first, second) if first == self.top else (second, first)

    def value(self, distributions: torch.Tensor) -> torch.Tensor:
        """What noise takes from: p(target), less p(contrast) if there is one. (…, vocabulary) → (…)."""
        value = distributions[..., self.target]
        return value if self.contrast is None else value - distributions[..., self.contrast]


def make_objective(
    model: LanguageModel, clean: torch.Tensor, target: str | None, contrast: str | None
) -> Objective:
    """The objective for a target and a contrast given as text, `id:N`, or None for the prediction."""
    top = int(clean.argmax())
    chosen = top if target is None else find_token(model, clean, target, "target")
    other = None if contrast is None else find_token(model, clean, contrast, "contrast")
    if other == chosen:
        raise WrongUse(
            f"The target and the contrast are the same token {model.token_text(chosen)!r}."
        )
    return Objective(chosen, other, top, clean)


def find_token(model: LanguageModel, clean: torch.Tensor, text: str, kind: str) -> int:
    """The one id that `text` stands for: as it is or after a space, the more probable of the two.

    `id:N` names an id. WrongUse when the text is not one token of this model.
    """
    if match := _ID.fullmatch(text):
        id_ = int(match[1])
        if id_ >= len(clean):
            raise WrongUse(
                f"The {kind} id {id_} is outside the vocabulary of {len(clean):,} tokens."
            )
        return id_
    if not text:
        raise WrongUse(f"The {kind} is empty.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise WrongUse(f"The {kind} is not valid UTF-8 text.")
    encoded = _encoded(model, text)
    single: list[int] = [ids[0] for ids in encoded if len(ids) == 1 and ids[0] < len(clean)]
    if single:
        return max(single, key=lambda id_: float(clean[id_]))
    parts = " ".join(repr(model.token_text(id_)) for id_ in encoded[-1])
    raise WrongUse(
        f"The {kind} {text!r} is not one token of {model.info.name}: it is {len(encoded[-1])} ({parts})."
    )


def spelled(model: LanguageModel, text: str) -> set[tuple[int, ...]]:
    """The ids a target or contrast may stand for: of `id:N`, or of the text as it is or after a space."""
    if match := _ID.fullmatch(text):
        return {(int(match[1]),)}
    if any("\ud800" <= character <= "\udfff" for character in text):
        return set()
    return set(_encoded(model, text))


def _encoded(model: LanguageModel, text: str) -> list[tuple[int, ...]]:
    """The ids of a text as it is, then, where it begins with no space, after one."""
    spellings = [text] if text.startswith(" ") else [text, f" {text}"]
    return [tuple(model.tokenizer(one, add_special_tokens=False)["input_ids"]) for one in spellings]


def next_token(model: LanguageModel, clean: torch.Tensor, id_: int) -> NextToken:
    """The id with its text and its clean probability."""
    return NextToken(id_, model.token_text(id_), float(clean[id_]))


def next_tokens(model: LanguageModel, clean: torch.Tensor, count: int) -> tuple[NextToken, ...]:
    """The `count` most probable next tokens, most probable first."""
    top = clean.topk(min(count, len(clean)))
    return tuple(
        NextToken(id_, model.token_text(id_), probability)
        for probability, id_ in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    )
