"""The result: scores with where they come from. The same object is printed, saved and opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from noiser.events import NextToken, Warned, Work
from noiser.prompt import Piece, Role, Token, pieces

FORMAT: Literal["noiser/1"] = "noiser/1"


@dataclass(frozen=True)
class TokenScore:
    """One token and its importance; None where it was left out or the method has no such number.

    `score` is normalised, `raw` is the probability lost. `interval` and `raw_interval` are their
    95% bootstrap intervals over the draws, at the scale found. `alpha` is the bracket of the token's
    own scale, `saturated` whether its noise flipped the prediction nowhere in it; `scale` is the one
    its noise had when it was scored.
    """

    id: int
    text: str
    start: int
    end: int
    role: Role
    special: bool
    score: float | None
    raw: float | None
    interval: tuple[float, float] | None = None
    raw_interval: tuple[float, float] | None = None
    alpha: tuple[float, float] | None = None
    saturated: bool = False
    scale: float | None = None


@dataclass(frozen=True)
class Explanation:
    """Why a model predicts `target` after `prompt`, token by token.

    `alpha` is the one scale used (None for a scale per token, or a method without noise); `leaders`
    are the positions that decided it, `saturated` whether it comes from a token whose noise never
    flipped the prediction (of scales per token: any of them). `normalisation` is the one used, `raw`
    where the one asked for would have divided by an unsafe sum. `continuation` explains further
    generated tokens, each after the text before it; it is empty unless tokens were generated.
    `losses` holds what every draw takes from every token, shape (n, K), so that intervals can be
    computed again.
    """

    prompt: str
    model: dict[str, Any]
    method: str
    bound: str
    norm: str
    normalisation: str
    seed: int
    draws: int
    steps: int
    specials: str
    reference: bool
    target: NextToken
    contrast: NextToken | None
    tokens: tuple[TokenScore, ...]
    next_tokens: tuple[NextToken, ...]
    alpha: float | None
    saturated: bool
    leaders: tuple[int, ...]
    work: Work
    seconds: float
    warnings: tuple[Warned, ...]
    environment: dict[str, str]
    losses: tuple[tuple[float, ...] | None, ...] | None = None
    continuation: tuple[Explanation, ...] = field(default_factory=tuple)
    search: str = "exact"
    format: Literal["noiser/1"] = FORMAT

    def __post_init__(self) -> None:
        length = len(self.prompt)
        for token in self.tokens:
            if not 0 <= token.start <= token.end <= length:
                raise ValueError(f"token {token.text!r} lies outside the prompt")
        about = (*self.leaders, *(w.position for w in self.warnings if w.position is not None))
        if not all(0 <= i < len(self.tokens) for i in about):
            raise ValueError("a leader or a warning is about a token that is not there")

    @property
    def steps_explained(self) -> tuple[Explanation, ...]:
        """This explanation and those of further generated tokens, in order."""
        return (self, *self.continuation)

    def ranked(self) -> list[int]:
        """Positions that have a score, highest first; ties in the order of the prompt."""
        scored = [i for i, token in enumerate(self.tokens) if token.score is not None]
        return sorted(scored, key=lambda i: -(self.tokens[i].score or 0.0))

    def pieces(self) -> list[tuple[Piece, float | None]]:
        """The prompt cut for display, each piece with the sum of its tokens' scores."""
        result: list[tuple[Piece, float | None]] = []
        tokens = [Token(t.id, t.text, t.start, t.end, t.role) for t in self.tokens]
        for piece in pieces(self.prompt, tokens):
            scores = [s for i in piece.positions if (s := self.tokens[i].score) is not None]
            result.append((piece, sum(scores) if scores else None))
        return result
