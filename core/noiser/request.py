"""What a user asks for, checked before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from noiser.aggregation import AGGREGATES, Rule
from noiser.bounds import get_bound
from noiser.draws import NORMS
from noiser.errors import WrongUse, unknown
from noiser.prompt import Prompt
from noiser.units import GRANULARITIES, find_spans

Normalisation = Literal["positive", "sum", "raw"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
Specials = Literal["include", "exclude"]
SPECIALS: tuple[Specials, ...] = get_args(Specials)
Search = Literal["exact", "fast"]
SEARCHES: tuple[Search, ...] = get_args(Search)
Baseline = Literal["auto", "zero", "unk", "pad", "eos", "mean"]
BASELINES: tuple[Baseline, ...] = get_args(Baseline)
Reduction = Literal["auto", "sum", "l2"]
REDUCTIONS: tuple[Reduction, ...] = get_args(Reduction)


@dataclass(frozen=True)
class Request:
    """How a prompt is to be explained; the defaults are the paper's.

    `target`: text or `id:N`, None for the model's own prediction. Text of several tokens is explained
    as a whole and token by token. `contrast`: one token that the target is explained against.
    `generate`: explain that many generated tokens instead. `at`: only that one of the tokens generated
    or of the target, from 1. `reference`: the released code's numbers,
    its normalisation `sum` included, and its second softmax over attention.
    `specials`: whether special tokens (BOS and the like) and those of a chat template get noise and
    a score. `steps`: of the bisection. `search`:
    `exact`, or `fast`, which follows the most fragile token and certifies what it found.
    `granularity`: what gets its noise together, a token, word, sentence, line or span; `zoom`: how many
    of the strongest of those are then explained token by token. `spans` are from one character to
    before another, `marks` texts of which every occurrence is a span. `aggregate`: how such a unit gets
    its score, `joint` by what is done to all of its tokens at once, or, from the raw scores of tokens
    that were explained by themselves, as their `sum`, their `mean` or the strongest of them (`max`);
    `auto` is joint for methods that can change tokens together, else the sum.

    Of some methods: `samples`, the points on a path or the perturbed prompts, None for the method's
    own number; `layer`, whose output is explained, counted from 0 (−1: the last; None: the
    method's own, the middle one or all); `baseline`, what stands for nothing: `auto` is the
    method's own, `mean` the mean embedding of the vocabulary; `reduction`, how a token's hidden
    dimensions become one number: their signed sum, or their length as Inseq takes it; `auto` is the
    method's own.
    """

    method: str = "noiser"
    bound: str = "min"
    norm: str = "none"
    normalisation: str = "positive"
    target: str | None = None
    contrast: str | None = None
    generate: int = 0
    at: int = 0
    seed: int = 1
    draws: int = 10
    steps: int = 10
    specials: str = "include"
    reference: bool = False
    search: str = "exact"
    granularity: str = "token"
    zoom: int = 0
    aggregate: str = "auto"
    spans: tuple[tuple[int, int], ...] = ()
    marks: tuple[str, ...] = ()
    samples: int | None = None
    layer: int | None = None
    baseline: str = "auto"
    reduction: str = "auto"

    def __post_init__(self) -> None:
        from noiser.methods import get_method

        method = get_method(self.method)
        get_bound(self.bound)
        for kind, name, known in (
            ("norm", self.norm, NORMS),
            ("normalisation", self.normalisation, NORMALISATIONS),
            ("specials", self.specials, SPECIALS),
            ("search", self.search, SEARCHES),
            ("granularity", self.granularity, GRANULARITIES),
            ("aggregate", self.aggregate, AGGREGATES),
            ("baseline", self.baseline, BASELINES),
            ("reduction", self.reduction, REDUCTIONS),
        ):
            if name not in known:
                raise unknown(kind, name, known)
        for option, number, low, high in (
            ("draws", self.draws, 1, 100_000),
            ("steps", self.steps, 1, 50),
            ("generate", self.generate, 0, 100_000),
            ("at", self.at, 0, 100_000),
            ("seed", self.seed, 0, 2**32 - 1),
            ("zoom", self.zoom, 0, 100_000),
            ("samples", 1 if self.samples is None else self.samples, 1, 1_000_000),
        ):
            if not low <= number <= high:
                raise WrongUse(f"{option} is {number}, it must be from {low} to {high}.")
        for name in ("samples", "layer", "baseline", "reduction"):
            given = getattr(self, name) not in (None, "auto")
            if given and name not in method.options:
                raise WrongUse(f"The method {self.method} takes no {name}.")
        if self.generate and (self.target is not None or self.contrast is not None):
            raise WrongUse("generate explains each new token; it takes no target and no contrast.")
        if self.at and self.target is None and not self.at <= self.generate:
            raise WrongUse(
                f"at {self.at} names one of the tokens generated, and {self.generate} are."
            )
        if self.reference and not method.released:
            raise WrongUse(
                f"reference mode gives the released code's numbers, which has no {self.method}."
            )
        if self.reference and self.normalisation == "raw":
            raise WrongUse(
                "reference mode divides the scores by their signed sum: it takes no other normalisation."
            )
        if self.reference and self.specials == "exclude":
            raise WrongUse(
                "reference mode searches special tokens like any other: do not exclude them."
            )
        if self.reference and (self.target is not None or self.contrast is not None):
            raise WrongUse(
                "reference mode explains the model's own prediction only, as the released code."
            )
        if self.search == "fast" and (self.bound != "min" or self.reference):
            raise WrongUse("The fast search finds the bound min only, and not in reference mode.")
        if self.zoom and self.granularity == "token":
            raise WrongUse(
                "zoom looks into words, sentences or lines: choose one of them as the granularity."
            )
        self._check_units()
        if self.reference and self.granularity != "token":
            raise WrongUse("reference mode explains tokens, as the released code: no granularity.")

    def _check_units(self) -> None:
        from noiser.methods import get_method

        joint = get_method(self.method).joint
        by_token = self.granularity == "token"
        if self.aggregate not in ("auto", "joint") and by_token:
            raise WrongUse("aggregate makes one score of several tokens: choose a granularity.")
        if self.aggregate == "joint" and not joint and not by_token:
            raise WrongUse(
                f"The method {self.method} scores tokens one by one: aggregate by sum, mean or max."
            )
        if self.zoom and self.rule != "joint":
            raise WrongUse(
                "zoom looks into what was scored as one: with scores from single tokens "
                f"({self.rule}) there is nothing to look into."
            )
        if (self.spans or self.marks) != () and self.granularity != "span":
            raise WrongUse(f"Marked spans are for the granularity span, not {self.granularity}.")
        if self.granularity == "span" and not (self.spans or self.marks):
            raise WrongUse("The granularity span needs spans: mark some text of the prompt.")
        for start, end in self.spans:
            if not 0 <= start < end:
                raise WrongUse(f"The span {start}:{end} has no character: it is START:END, from 0.")
        if "" in self.marks:
            raise WrongUse("A mark is empty: give some text of the prompt.")

    @property
    def rule(self) -> Rule:
        """How a unit gets its score; joint as well where every token is its own unit."""
        from noiser.methods import get_method

        if self.granularity == "token":
            return "joint"
        if self.aggregate == "auto":
            return "joint" if get_method(self.method).joint else "sum"
        return cast("Rule", self.aggregate)

    def on(self, prompt: Prompt) -> Request:
        """The same with the spans that its marks are in a prompt; WrongUse where one is not there."""
        return replace(self, spans=find_spans(prompt, self.spans, self.marks), marks=())

    @property
    def by_token(self) -> Request:
        """The same over single tokens."""
        return replace(self, granularity="token", zoom=0, aggregate="auto", spans=(), marks=())
