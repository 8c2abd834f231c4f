"""What a study is: a grid of models, methods, bounds, norms, data sets and seeds, and what is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

from noiser.data.catalogue import find_dataset, load_dataset
from noiser.data.reading import Columns, read_samples
from noiser.data.sample import Sample
from noiser.errors import WrongUse, unknown
from noiser.methods import get_method
from noiser.model.options import DTYPES, LOAD_INS
from noiser.request import SEARCHES, Request
from noiser.study.registry import get_measure


@dataclass(frozen=True)
class DataChoice:
    """A data set of a study: by its name, or from a file with the columns named."""

    name: str
    file: str | None = None
    prompt: str = "prompt"
    target: str = "target"
    relative: str = "relative"
    id: str = "id"

    def load(self, cancel: Event | None = None) -> list[Sample]:
        """All of its samples; Cancelled where `cancel` is set while they are fetched."""
        if self.file is None:
            return load_dataset(self.name, cancel)
        return read_samples(self.file, Columns(self.prompt, self.target, self.relative, self.id))


@dataclass(frozen=True)
class Setting:
    """One cell of the grid; `bound` and `norm` are empty for methods without noise."""

    model: str
    method: str
    bound: str
    norm: str
    dataset: str
    seed: int

    @property
    def variant(self) -> str:
        """The method with what sets it apart: noiser, noiser max, noiser min norm 2."""
        norm = "" if self.norm in ("", "none") else f"norm {self.norm}"
        bound = "" if self.bound in ("", "min") and not norm else self.bound
        return " ".join(filter(None, (self.method, bound, norm)))


GRID = ("models", "methods", "bounds", "norms", "datasets", "seeds")
"""The axes of a study, which may grow after it has begun."""


@dataclass(frozen=True)
class Study:
    """A study; the defaults are the paper's where it says them.

    Of every data set `samples` are taken (None: all), without replacement, in an order that
    `sample_seed` alone decides. With `filter`, samples whose target is not the token that the model
    predicts, spaces aside, are left out and counted. `generate` tokens are explained one by one.
    `metrics` name measures beside the explanations' own, `topk` is the percentage of words that those
    about top words take, `judge` the judge of those that ask one, and `masks` the number of masks of
    soft perturbation. How the judge is asked changes no number, and may change from run to run: `at_once`
    questions together, so many requests `per_minute`, `max_calls` and `max_tokens` a run, by
    all workers, and the `cache` file of its replies. So it is with `title` and with `published`, a file of
    numbers to stand beside one's own, or its name in the user's folder. The rest is as in a request, or as
    `noiser.load` takes it.
    """

    models: tuple[str, ...]
    datasets: tuple[DataChoice, ...]
    methods: tuple[str, ...] = ("noiser",)
    bounds: tuple[str, ...] = ("min",)
    norms: tuple[str, ...] = ("none",)
    seeds: tuple[int, ...] = (1,)
    metrics: tuple[str, ...] = ()
    samples: int | None = None
    sample_seed: int = 0
    filter: bool = True
    generate: int = 1
    topk: int = 50
    masks: int = 16
    judge: str = ""
    judge_url: str = ""
    at_once: int = field(default=8, compare=False)
    per_minute: float | None = field(default=None, compare=False)
    max_calls: int | None = field(default=None, compare=False)
    max_tokens: int | None = field(default=None, compare=False)
    cache: str | None = field(default=None, compare=False)
    draws: int = 10
    steps: int = 10
    search: str = "exact"
    normalisation: str = "positive"
    specials: str = "include"
    reference: bool = False
    dtype: str = "auto"
    load_in: str | None = None
    title: str = field(default="", compare=False)
    published: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for axis in (*GRID, "metrics"):
            values: Sequence[object] = getattr(self, axis)
            if not values and axis != "metrics":
                raise WrongUse(f"{axis}: there is nothing in it.")
            names = [one.name if isinstance(one, DataChoice) else one for one in values]
            if twice := [name for name in names if names.count(name) > 1]:
                raise WrongUse(f"{axis}: {twice[0]!r} is named twice.")
        for name, low, high in (
            ("samples", 1, 10**9),
            ("sample_seed", 0, 2**32 - 1),
            ("generate", 1, 100_000),
            ("topk", 1, 100),
            ("masks", 1, 100_000),
            ("at_once", 1, 1000),
            ("per_minute", 1e-3, 1e9),
            ("max_calls", 0, 10**12),
            ("max_tokens", 0, 10**12),
        ):
            number = getattr(self, name)
            if number is not None and not low <= number <= high:
                raise WrongUse(f"{name}: {number} is not from {low} to {high}.")
        for name, known in (("search", SEARCHES), ("dtype", DTYPES), ("load_in", LOAD_INS)):
            chosen = getattr(self, name)
            if chosen is not None and chosen not in known:
                raise unknown(name, chosen, known)
        for dataset in self.datasets:
            if dataset.file is None:
                find_dataset(dataset.name)
        for name in self.metrics:
            get_measure(name)
        for setting in self.settings():
            self.request(setting)  # which refuses what cannot be meant

    def settings(self) -> Iterator[Setting]:
        """Every cell of the grid, those of one model together."""
        for model in self.models:
            for dataset in self.datasets:
                for method in self.methods:
                    noisy = get_method(method).searches
                    for bound in self.bounds if noisy else ("",):
                        for norm in self.norms if noisy else ("",):
                            for seed in self.seeds:
                                yield Setting(model, method, bound, norm, dataset.name, seed)

    def request(self, setting: Setting) -> Request:
        """How the prompts of a setting are explained."""
        reference = self.reference and setting.method == "noiser"
        fast = self.search == "fast" and setting.bound == "min" and not reference
        return Request(
            method=setting.method,
            bound=setting.bound or "min",
            norm=setting.norm or "none",
            normalisation="sum" if reference else self.normalisation,
            generate=self.generate if self.generate > 1 else 0,
            seed=setting.seed,
            draws=self.draws,
            steps=self.steps,
            specials=self.specials,
            search="fast" if fast else "exact",
            reference=reference,
        )
