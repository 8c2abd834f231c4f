"""What the engine tells while it works; every front end consumes these and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.info import ModelInfo
    from noiser.prompt import Prompt
    from noiser.units import Unit


@dataclass(frozen=True)
class Work:
    """What was spent: `token_forwards` are positions pushed through the body, summed over rows.

    `reference_token_forwards` is what the released code spends on the same, 121·n² + 11·n with 10
    draws and 10 steps; 0 for a method that it does not have.
    """

    token_forwards: int = 0
    calls: int = 0
    reference_token_forwards: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.token_forwards + other.token_forwards,
            self.calls + other.calls,
            self.reference_token_forwards + other.reference_token_forwards,
        )


@dataclass(frozen=True)
class Estimate:
    """About how many calls, token-forwards and seconds a request takes; the model is loaded."""

    calls: int
    token_forwards: int
    seconds: float

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.calls + other.calls,
            self.token_forwards + other.token_forwards,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True)
class NextToken:
    """A candidate for the next token: its id, its text and its probability.

    The probability is None only where another program's file does not tell it.
    """

    id: int
    text: str
    probability: float | None


@dataclass(frozen=True)
class Bracket:
    """Where one token's scale lies: it held at `low` and flipped at `high` (or neither was tried).

    `out_at` is the step after which pruning left the token alone; None while it is still searched.
    """

    low: float
    high: float
    out_at: int | None = None


@dataclass(frozen=True)
class ModelLoading:
    """Loading of a model began."""

    name: str


@dataclass(frozen=True)
class ModelFetching:
    """A model comes from the hub: `done` of `total` bytes of its weights; 0 of them are not known."""

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class ModelLoaded:
    """A model is ready; `seconds` is the wall time it took."""

    info: ModelInfo
    seconds: float


@dataclass(frozen=True)
class PromptRead:
    """The prompt was split into tokens and its clean next-token distribution is known.

    `step` counts generated tokens from 0, of `steps`; `next_tokens` are the most probable, in order.
    `granularity` is what gets its noise together, `units` the positions of each; without units, of a
    token by itself. Later events call a unit by its first position; unless `joint`, they are about
    single tokens, of whose scores a unit's is made.
    """

    prompt: Prompt
    target: NextToken
    next_tokens: tuple[NextToken, ...]
    step: int = 0
    steps: int = 1
    granularity: str = "token"
    units: tuple[Unit, ...] = ()
    joint: bool = True


@dataclass(frozen=True)
class ZoomedIn:
    """The units are explained, and the method begins again on the single tokens of some of them.

    `units` are their first positions, strongest first. From here on positions are those of tokens.
    """

    units: tuple[int, ...]


@dataclass(frozen=True)
class SearchNarrowed:
    """One step of the bisection ended.

    `brackets` maps each searched position to its bracket; `active` are still searched; `leaders`
    are the positions that decide the scale as it stands. `step` counts from 1, of `steps`; steps
    past `steps` look below the grid for a scale that holds.
    """

    step: int
    steps: int
    brackets: dict[int, Bracket]
    active: tuple[int, ...]
    leaders: tuple[int, ...]
    work: Work


@dataclass(frozen=True)
class ScalesTried:
    """Some positions were tried at the search's current step; `done` of `total`."""

    done: int
    total: int
    work: Work


@dataclass(frozen=True)
class TokensScored:
    """Raw scores of some positions are known; `done` of `total`."""

    done: int
    total: int
    raw: dict[int, float]
    work: Work


@dataclass(frozen=True)
class SamplesRun:
    """Some changed prompts ran, `done` of `total` at most, each of which tells of many positions.

    `raw` are raw scores as they stand after them, of all positions or none: the next replace them.
    """

    done: int
    total: int
    raw: dict[int, float]
    work: Work


@dataclass(frozen=True)
class Warned:
    """Something to know about the result; `position` names the token it is about, if one.

    With `last` it is about all tokens from `position` to `last`, a unit.
    """

    message: str
    position: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Explained:
    """A target is explained; `step` counts generated tokens from 0, of `steps`."""

    explanation: Explanation
    step: int = 0
    steps: int = 1


@dataclass(frozen=True)
class TargetMeasured:
    """The metrics of a target are known; `step` counts targets from 0, of `steps`."""

    step: int
    steps: int
    work: Work


@dataclass(frozen=True)
class RowStarted:
    """A row of a comparison began; `row` counts from 0, of `rows`. Its own events follow.

    `anew` is why what a cancel had left of it is not taken over, empty where there was nothing.
    """

    row: int
    rows: int
    label: str
    anew: str = ""


@dataclass(frozen=True)
class RowExplained:
    """A row of a comparison is explained, whole."""

    row: int
    rows: int
    label: str
    explanation: Explanation


@dataclass(frozen=True)
class RowFailed:
    """A row of a comparison has no explanation, because of `error`; the others go on."""

    row: int
    rows: int
    label: str
    error: Exception


@dataclass(frozen=True)
class BatchHalved:
    """A batch did not fit in memory and goes on at half its size, now `rows` rows."""

    rows: int
    work: Work = field(default_factory=Work)


Event: TypeAlias = (
    ModelLoading
    | ModelFetching
    | ModelLoaded
    | PromptRead
    | ZoomedIn
    | SearchNarrowed
    | ScalesTried
    | TokensScored
    | SamplesRun
    | Warned
    | Explained
    | TargetMeasured
    | RowStarted
    | RowExplained
    | RowFailed
    | BatchHalved
)
Emit: TypeAlias = "Callable[[Event], None]"


def ignore(event: Event) -> None:
    """The listener of who does not listen."""
