"""An answer of several tokens as the target: all of them read together, after one run of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from noiser.errors import WrongUse
from noiser.events import NextToken
from noiser.target import Objective, next_token

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

LONGEST = 256
"""Tokens of an answer that are explained as a whole; each gives a distribution per row."""


@dataclass(frozen=True)
class WholeAnswer:
    """What is explained: all tokens of an answer at once.

    `parts` are the objectives of its tokens, each after the prompt and the tokens before it.
    Distributions are (…, tokens of the answer, vocabulary), and so is `clean`.
    """

    parts: tuple[Objective, ...]
    clean: torch.Tensor
    contrast: None = None

    def holds(self, mean: torch.Tensor) -> torch.Tensor:
        """Whether the model would still predict at each place what it does: (c, m, v) → (c,) bool."""
        return torch.stack(
            [part.holds(mean[..., at, :]) for at, part in enumerate(self.parts)]
        ).all(dim=0)

    def among(self, mean: torch.Tensor, count: int) -> torch.Tensor:
        """Whether each token is among the `count` most probable at its place: (c, m, v) → (c,) bool."""
        return torch.stack(
            [part.among(mean[..., at, :], count) for at, part in enumerate(self.parts)]
        ).all(dim=0)

    def margin(self, mean: torch.Tensor) -> torch.Tensor:
        """The smallest margin of all places: (c, m, v) → (c,)."""
        return self._least([p.margin(mean[..., at, :]) for at, p in enumerate(self.parts)])

    def decided(self, sums: torch.Tensor, left: int) -> torch.Tensor:
        """Whether `left` more draws can change no place's prediction: (c, m, v) → (c,) bool."""
        return torch.stack(
            [part.decided(sums[..., at, :], left) for at, part in enumerate(self.parts)]
        ).all(dim=0)

    def odds(self, mean: torch.Tensor) -> torch.Tensor:
        """The smallest log-odds of all places, which decide: (c, m, v) → (c,)."""
        return self._least([p.odds(mean[..., at, :]) for at, p in enumerate(self.parts)])

    def rivals(self) -> None:
        """No two ids decide: each place has rivals of its own."""

    def value(self, distributions: torch.Tensor) -> torch.Tensor:
        """The geometric mean of the tokens' probabilities: (…, m, v) → (…).

        The mean, so that answers of different lengths compare, and one of one token is its probability.
        """
        own = [distributions[..., at, part.target] for at, part in enumerate(self.parts)]
        logs = torch.stack(own, dim=-1).clamp_min(torch.finfo(distributions.dtype).tiny).log()
        return logs.mean(dim=-1).exp()

    @property
    def predicted(self) -> bool:
        """Whether the model itself would give this answer, greedily."""
        return all(part.target == part.top for part in self.parts)

    def tokens(self, model: LanguageModel) -> tuple[NextToken, ...]:
        """The answer's tokens, each with its probability after those before it."""
        return tuple(next_token(model, part.clean, part.target) for part in self.parts)

    @staticmethod
    def _least(values: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.stack(list(values)).amin(dim=0)


def make_whole(clean: torch.Tensor, ids: Sequence[int]) -> WholeAnswer:
    """The objective of an answer's ids over their clean distributions, shape (m, vocabulary)."""
    parts = [
        Objective(id_, None, int(one.argmax()), one) for id_, one in zip(ids, clean, strict=True)
    ]
    return WholeAnswer(tuple(parts), clean)


def answer_spellings(model: LanguageModel, text: str | None) -> list[tuple[int, ...]]:
    """The ids of a target that is no single token: as it is, and after a space where it has none.

    Empty where it is one token, an id, or the model's own prediction. WrongUse where it is too long.
    """
    if text is None or text.startswith("id:") or not text.strip():
        return []
    if any("\ud800" <= character <= "\udfff" for character in text):
        return []
    spellings = [text] if text[0].isspace() else [text, f" {text}"]
    encoded = [
        tuple(model.tokenizer(one, add_special_tokens=False)["input_ids"]) for one in spellings
    ]
    if any(len(ids) == 1 for ids in encoded):
        return []
    if (most := max(map(len, encoded))) > LONGEST:
        raise WrongUse(f"The target is {most:,} tokens long; {LONGEST} are explained at most.")
    return list(dict.fromkeys(encoded))
