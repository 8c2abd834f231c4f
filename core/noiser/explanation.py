"""The result: scores with where they come from. The same object is printed, saved and opened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from noiser.chat import Message
from noiser.events import NextToken, Warned, Work
from noiser.prompt import SCAFFOLD, Piece, Role, Token
from noiser.tried import LeftOff
from noiser.units import unit_pieces

if TYPE_CHECKING:
    import pandas as pd

Explains = Literal["token", "answer", "reward", "margin"]

FORMAT: Literal["noiser/1"] = "noiser/1"


@dataclass(frozen=True)
class TokenScore:
    """One token and its importance; None where it was left out or the method has no such number.

    A token of a unit that was not looked into has an even share of the unit's score and nothing else.

    `score` is normalised, `raw` is the probability lost. `interval` and `raw_interval` are their
    95% bootstrap intervals over the draws, at the scale found. `alpha` is the bracket of the token's
    own scale, `saturated` whether its noise flipped the prediction nowhere in it; `scale` is the one
    its noise had when it was scored. `bytes` are the token's own, in hexadecimal.
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
    bytes: str = ""

    @property
    def scaffold(self) -> bool:
        """Whether it stands around the contents: a special token, or one of the chat template."""
        return self.role in SCAFFOLD

    @property
    def sure(self) -> bool | None:
        """Whether the raw score surely is not 0; None without an interval."""
        return _excludes_zero(self.raw_interval)


@dataclass(frozen=True)
class UnitScore:
    """Tokens `first` to `last`, which had their noise together, and their importance as one.

    The numbers are those of a token. `losses` is what each draw takes; `zoomed` says that the tokens
    were then explained by themselves.
    """

    first: int
    last: int
    text: str
    score: float | None
    raw: float | None
    interval: tuple[float, float] | None = None
    raw_interval: tuple[float, float] | None = None
    alpha: tuple[float, float] | None = None
    saturated: bool = False
    scale: float | None = None
    zoomed: bool = False
    losses: tuple[float, ...] | None = None

    @property
    def sure(self) -> bool | None:
        """Whether the raw score surely is not 0; None without an interval."""
        return _excludes_zero(self.raw_interval)


def _excludes_zero(interval: tuple[float, float] | None) -> bool | None:
    return None if interval is None else interval[0] > 0.0 or interval[1] < 0.0


@dataclass(frozen=True)
class Zoom:
    """The second run, on single tokens: `units` are the indexes of theirs, strongest first.

    `alpha`, `leaders` and `saturated` are its own; they say the same as those of an explanation.
    """

    units: tuple[int, ...]
    alpha: float | None
    leaders: tuple[int, ...]
    saturated: bool


@dataclass(frozen=True)
class Explanation:
    """Why a model predicts `target` after `prompt`, token by token.

    `alpha` is the one scale used (None for a scale per token, or a method without noise); `leaders`
    are the positions that decided it, `saturated` whether it comes from a token whose noise never
    flipped the prediction (of scales per token: any of them). `normalisation` is the one used, `raw`
    where the one asked for would have divided by an unsafe sum. `continuation` explains further
    generated tokens, each after the text before it; it is empty unless tokens were generated. Where
    the target has several tokens, `whole` are these, `target` is their text, the first of their ids
    and the geometric mean of their probabilities, and `continuation` explains each of them.
    `explains` says what the target is: a token, an answer of several, the reward of a text, or the
    margin by which the reward of one response is above another's. Of the last two `reward` is the
    number, in the model's own units, and `target` has the id −1 and no probability.
    `rounding` is how far log-probabilities move by the order of arithmetic alone, `close_decisions`
    how many decisions of the search were closer than four times that (None and 0 without a search).
    `options` are those of the method's own, as they were used: samples, layer, baseline, reduction.
    `complete` is False where the run was cancelled: then only what was known by then is here.
    `losses` holds what every draw takes from every token that had noise by itself, shape (n, K), so
    that intervals can be computed again. With a `granularity` other than token, `units` hold what was
    explained, `leaders` are first positions of units, and the scores of a unit's tokens sum to its own.
    Where `aggregate` is not joint, tokens were explained by themselves, `leaders` are theirs, and a
    unit's raw score is the sum, the mean or the strongest of theirs. `spans` are those that were marked.
    Of a chat `prompt` is all that the template makes of its `messages`.
    `search_draws` is with how many of the draws the scale was searched, fewer than `draws` where others
    were added later; None without a search. `stability` is Kendall's τ-b between the ranking and those
    that other draws might have given, their mean; None where there are no draws or nothing to rank.
    Of a cancelled run `left_off` is where it was, and `finished` how many of several targets are whole, the
    first of `steps_explained`: it can go on from there.
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
    granularity: str = "token"
    units: tuple[UnitScore, ...] = ()
    zoom: Zoom | None = None
    rounding: float | None = None
    close_decisions: int = 0
    complete: bool = True
    options: dict[str, int | float | str] = field(default_factory=dict)
    whole: tuple[NextToken, ...] = ()
    messages: tuple[Message, ...] = ()
    explains: Explains = "token"
    reward: float | None = None
    search_draws: int | None = None
    stability: float | None = None
    aggregate: str = "joint"
    spans: tuple[tuple[int, int], ...] = ()
    left_off: LeftOff | None = None
    finished: int = 0
    format: Literal["noiser/1"] = FORMAT

    def __post_init__(self) -> None:
        length = len(self.prompt)
        for token in self.tokens:
            if not 0 <= token.start <= token.end <= length:
                raise ValueError(f"token {token.text!r} lies outside the prompt")
        inner = self.zoom.leaders if self.zoom is not None else ()
        about = [*self.leaders, *inner]
        for warning in self.warnings:
            about += [i for i in (warning.position, warning.last) if i is not None]
        if not all(0 <= i < len(self.tokens) for i in about):
            raise ValueError("a leader or a warning is about a token that is not there")
        if not 0 <= self.finished <= len(self.steps_explained):
            raise ValueError("more targets are said to be finished than there are")
        self._check_units()

    def _check_units(self) -> None:
        end = 0
        for unit in self.units:
            if not end == unit.first <= unit.last < len(self.tokens):
                raise ValueError("the units do not cover every token once, in order")
            end = unit.last + 1
        if self.units and end < len(self.tokens):
            raise ValueError("the units do not cover every token once, in order")
        if self.zoom and not all(0 <= i < len(self.units) for i in self.zoom.units):
            raise ValueError("a unit that was looked into is not there")

    @property
    def steps_explained(self) -> tuple[Explanation, ...]:
        """This explanation and those of further generated tokens, in order."""
        return (self, *self.continuation)

    @property
    def resumable(self) -> bool:
        """Whether a cancel left something in it for a run of the same request to go on from."""
        return self.left_off is not None or self.finished > 0

    def ranked(self) -> list[int]:
        """Positions that have a score, highest first; ties in the order of the prompt."""
        scored = [i for i, token in enumerate(self.tokens) if token.score is not None]
        return sorted(scored, key=lambda i: -(self.tokens[i].score or 0.0))

    def unit_at(self, position: int) -> UnitScore | None:
        """The unit that a token belongs to; None where tokens had their noise alone."""
        if not self.units:
            return None
        return self.units[bisect_right(self.units, position, key=lambda unit: unit.first) - 1]

    def unsure(self, positions: Sequence[int]) -> bool:
        """Whether what is shown as one, the tokens or the unit at `positions`, may well weigh nothing.

        That is: there are intervals, and all of them span 0.
        """
        unit = self.unit_at(positions[0]) if positions else None
        whole = unit is not None and not unit.zoomed
        known = [unit.sure] if whole and unit else [self.tokens[i].sure for i in positions]
        return False in known and True not in known

    def pieces(self) -> list[tuple[Piece, float | None]]:
        """The prompt cut for display, each piece with the sum of its tokens' scores.

        A unit that was not looked into is one piece.
        """
        tokens = [Token(t.id, t.text, t.start, t.end, t.role) for t in self.tokens]
        units = [tuple(range(u.first, u.last + 1)) for u in self.units if not u.zoomed]
        result: list[tuple[Piece, float | None]] = []
        for piece in unit_pieces(self.prompt, tokens, units):
            scores = [s for i in piece.positions if (s := self.tokens[i].score) is not None]
            result.append((piece, sum(scores) if scores else None))
        return result

    def to_pandas(self) -> pd.DataFrame:
        """One row per token, the columns of the CSV; NoiserError where pandas is not installed."""
        from noiser.export.table import data_frame

        return data_frame(self)

    def _repr_html_(self) -> str:
        """The heat map and its numbers, as a notebook shows them."""
        from noiser.export.html import fragment

        return fragment(self)
