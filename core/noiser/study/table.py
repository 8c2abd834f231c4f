"""A study's table: per model, data set and method each column's number, its interval and the counts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noiser.study.measures import Column
from noiser.study.published import KEPT, Number, Published, published_of
from noiser.study.registry import OWN, get_measure
from noiser.study.significance import Pair, compare
from noiser.study.spec import Setting, Study
from noiser.study.store import Row, State, Store

FloatArray = NDArray[np.float64]
RESAMPLES = 2000


@dataclass(frozen=True)
class Cell:
    """A number with its 95% bootstrap interval over samples, and how many samples it is made of.

    `value` is None where it is not defined: no sample has it, or the logarithm of 0 is asked for.
    """

    value: float | None
    interval: tuple[float, float] | None
    samples: int


@dataclass(frozen=True)
class Line:
    """A method on a data set and a model: its cells, and what became of the samples.

    Counts are of rows, so of samples × seeds. `seconds` is the mean of a finished row.
    """

    model: str
    dataset: str
    variant: str
    setting: Setting
    counts: dict[State, int]
    seconds: float | None
    cells: tuple[Cell, ...]

    def count(self, state: State) -> int:
        """How many rows are in a state."""
        return self.counts.get(state, 0)


@dataclass(frozen=True)
class Beside:
    """A published number beside one's own; `difference` is one's own less it, None where there is none."""

    number: Number
    difference: float | None


@dataclass(frozen=True)
class Table:
    """All lines of a study in the order of its grid, every pair of methods compared, others' numbers."""

    study: Study
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    published: Published = field(default_factory=Published)

    def beside(self, line: Line, metric: str) -> Beside | None:
        """What was published of a line by one of the columns, or as the count of samples KEPT."""
        number = self.published.of(line.setting, metric)
        if number is None:
            return None
        own = self.kept(line) if metric == KEPT else None
        for column, cell in zip(self.columns, line.cells, strict=True):
            own = cell.value if column.name == metric else own
        return Beside(number, None if own is None else own - number.value)

    def kept(self, line: Line) -> float:
        """How many samples of a line are done, whatever the seeds."""
        return line.count("done") / len(self.study.seeds)

    @cached_property
    def unmatched(self) -> tuple[Number, ...]:
        """The published numbers that stand beside none of this study's, in whatever column."""
        metrics = (*(column.name for column in columns_of(self.study)), KEPT)
        matched = {
            number
            for line in self.lines
            for metric in metrics
            for number in self.published.fitting(line.setting, metric)
        }
        return tuple(number for number in self.published.numbers if number not in matched)

    def cell(self, model: str, dataset: str, variant: str, column: int) -> Cell | None:
        """The cell of a line, None where there is no such line."""
        for line in self.lines:
            if (line.model, line.dataset, line.variant) == (model, dataset, variant):
                return line.cells[column]
        return None


@dataclass
class Group:
    """The rows of one line, values by sample: means over the seeds that are done."""

    counts: Counter[State] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    values: dict[int, list[dict[str, float | None]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take in a row."""
        self.counts[row.state] += 1
        if row.state == "done" and row.result is not None:
            self.values.setdefault(row.number, []).append(row.result["values"])
            if row.seconds is not None:
                self.seconds.append(row.seconds)

    def matrix(self, column: Column) -> dict[int, FloatArray]:
        """By sample the values that a column is made of; samples that lack one are left out."""
        found: dict[int, FloatArray] = {}
        for number, seeds in self.values.items():
            rows = [[values.get(name) for name in column.of] for values in seeds]
            array = np.array(rows, dtype=float).mean(axis=0)  # None becomes NaN
            if not np.isnan(array).any():
                found[number] = array
        return found


def columns_of(study: Study) -> tuple[Column, ...]:
    """The columns of a study's tables: its metrics', then the explanations' own."""
    measures = [*(get_measure(name) for name in study.metrics), OWN]
    return tuple(column for one in measures for column in one.columns)


def make_table(
    store: Store,
    *,
    pairs: bool = True,
    tell: Callable[[str], None] = lambda what: None,
    published: Published | None = None,
) -> Table:
    """The table of what is finished so far; equal rows make equal tables, to the last bit.

    `published` are the numbers of others, by default those that the study names.
    """
    study = store.study
    columns = columns_of(study)
    groups = _grouped(store.rows())
    lines, compared = [], []
    for (model, dataset), own in groups.items():
        matrices = {
            variant: [group.matrix(column) for column in columns]
            for variant, (_, group) in own.items()
        }
        for variant, (setting, group) in own.items():
            cells = tuple(map(make_cell, columns, matrices[variant]))
            seconds = float(np.mean(group.seconds)) if group.seconds else None
            counts = dict(group.counts)
            lines.append(Line(model, dataset, variant, setting, counts, seconds, cells))
        for i, column in enumerate(columns if pairs else ()):
            if column.better and len(own) > 1:
                tell(f"{model}, {dataset}: comparing methods by {column.name}")
                by_variant = {variant: matrices[variant][i] for variant in own}
                compared += compare(model, dataset, column, by_variant)
    published = published_of(study) if published is None else published
    return Table(study, columns, tuple(lines), tuple(compared), published)


def _grouped(
    rows: Iterable[Row],
) -> dict[tuple[str, str], dict[str, tuple[Setting, Group]]]:
    groups: dict[tuple[str, str], dict[str, tuple[Setting, Group]]] = {}
    for row in rows:
        own = groups.setdefault((row.setting.model, row.setting.dataset), {})
        first = dataclasses.replace(row.setting, seed=0)
        own.setdefault(row.setting.variant, (first, Group()))[1].add(row)
    return groups


def make_cell(column: Column, matrix: dict[int, FloatArray], *, interval: bool = True) -> Cell:
    """The number of a column, with the interval of drawing its samples again."""
    if not matrix:
        return Cell(None, None, 0)
    values = np.array([matrix[number] for number in sorted(matrix)])
    value = float(column.number(values.mean(axis=0)))
    if not np.isfinite(value):
        return Cell(None, None, len(values))
    return Cell(value, _interval(column, values) if interval else None, len(values))


def _interval(column: Column, values: FloatArray) -> tuple[float, float] | None:
    """Percentile bootstrap (Efron 1979) over samples; None where an end is not a finite number."""
    from scipy.stats import bootstrap

    if len(values) < 2:
        return None

    def statistic(picked: NDArray[np.int64], axis: int) -> FloatArray:
        return column.number(values[picked].mean(axis=axis - 1 if axis < 0 else axis))

    with np.errstate(divide="ignore", invalid="ignore"):
        found = bootstrap(
            (np.arange(len(values)),),
            statistic,
            method="percentile",
            n_resamples=RESAMPLES,
            batch=100,
            vectorized=True,
            rng=np.random.default_rng(1),
        ).confidence_interval
    low, high = float(found.low), float(found.high)
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None
