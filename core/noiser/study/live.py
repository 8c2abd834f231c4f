"""A study's numbers while they come: what did not change is neither read nor computed again."""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np

from noiser.files import Stamp
from noiser.study.measures import Column
from noiser.study.published import Published, published_of, stamp_of_published
from noiser.study.significance import Pair, compare_two, correct
from noiser.study.spec import Setting, Study
from noiser.study.store import State, Store, from_json
from noiser.study.table import Cell, Group, Line, Table, make_cell

_NAMES = ", ".join(field.name for field in fields(Setting))
Values = dict[str, float | None]


@dataclass(frozen=True)
class _Done:
    """The rows of a setting that are done: their values by sample, and their seconds."""

    values: dict[int, Values]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class _Kept:
    """What stands in one line of the table; `version` is another when its numbers may be others."""

    model: str
    dataset: str
    variant: str
    first: Setting
    group: Group
    version: int


class Live:
    """Reads one study again and again, for the thread that opened its store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._version: int | None = None
        self._spec = ""
        self._study: Study | None = None
        self._published = Published()
        self._published_was: tuple[str, Stamp] | None = None
        self._counts: dict[Setting, Counter[State]] = {}
        self._done: dict[Setting, _Done] = {}
        self._cells: dict[tuple[str, str, str, str], tuple[int, Cell]] = {}
        self._pairs: dict[tuple[str, str, str], tuple[tuple[int, ...], list[Pair]]] = {}

    @property
    def study(self) -> Study:
        """The study as it is planned now: its grid may have grown."""
        if self._study is None:
            self.read()
            assert self._study is not None
        return self._study

    def read(self) -> bool:
        """Read what changed since the last time; whether anything did."""
        ((version,),) = self.store.db.execute("PRAGMA data_version")
        if version == self._version:
            return self._read_published()
        self._version = version
        ((spec,),) = self.store.db.execute("SELECT spec FROM study")
        if spec != self._spec:
            self._spec, self._study = spec, from_json(spec)
        self._read_published()
        counts: dict[Setting, Counter[State]] = defaultdict(Counter)
        for *setting, state, count in self.store.db.execute(
            f"SELECT {_NAMES}, state, count(*) FROM task GROUP BY {_NAMES}, state"
        ):
            counts[Setting(*setting)][state] = count
        self._counts = dict(counts)
        for one, states in counts.items():
            known = self._done.get(one)
            if len(known.values if known is not None else ()) != states["done"]:
                self._done[one] = self._read(one)
        return True

    def _read_published(self) -> bool:
        """Read the numbers of others, a file that may be filled in meanwhile; whether they changed."""
        stamp = stamp_of_published(self.study)
        now = None if stamp is None else (self.study.published, stamp)
        if now is not None and now == self._published_was:
            return False
        before, self._published = self._published, published_of(self.study)
        self._published_was = None if self._published.problem else now
        return self._published != before

    def _read(self, setting: Setting) -> _Done:
        values: dict[int, Values] = {}
        seconds: list[float] = []
        for number, text, took in self.store.db.execute(
            "SELECT number, json_extract(result, '$.values'), seconds FROM task "
            f"WHERE ({_NAMES}) = (?, ?, ?, ?, ?, ?) AND state = 'done' ORDER BY number",
            tuple(getattr(setting, field.name) for field in fields(Setting)),
        ):
            values[number] = json.loads(text)
            if took is not None:
                seconds.append(took)
        return _Done(values, tuple(seconds))

    def table(self, columns: Sequence[Column], *, quick: bool = False) -> Table:
        """The table of `make_table`, of these columns; with the pairs that were compared before.

        A `quick` one has no intervals in cells that were never computed.
        """
        lines = []
        for one in self._lines():
            cells = tuple(self._cell(one, column, quick=quick) for column in columns)
            seconds = one.group.seconds
            mean = float(np.mean(seconds)) if seconds else None
            lines.append(
                Line(
                    *(one.model, one.dataset, one.variant, one.first),
                    *(dict(one.group.counts), mean, cells),
                )
            )
        names = {column.name for column in columns}
        pairs = [p for key, (_, pairs) in self._pairs.items() if key[2] in names for p in pairs]
        return Table(self.study, tuple(columns), tuple(lines), tuple(pairs), self._published)

    def compare(
        self,
        columns: Sequence[Column],
        stopped: Callable[[int, int], bool] = lambda done, of: False,
    ) -> bool:
        """Compare the methods again where their numbers changed; whether any did.

        Before each pair `stopped` is told how many of how many are done, and asked whether to leave the
        rest.
        """
        places: dict[tuple[str, str], list[_Kept]] = defaultdict(list)
        for one in self._lines():
            places[one.model, one.dataset].append(one)
        stale = [
            (place, own, column)
            for place, own in places.items()
            for column in columns
            if column.better
            and len(own) > 1
            and self._pairs.get((*place, column.name), (None,))[0] != _versions(own)
        ]
        done, count = 0, sum(math.comb(len(own), 2) for _, own, _ in stale)
        for changed, ((model, dataset), own, column) in enumerate(stale):
            matrices = {one.variant: one.group.matrix(column) for one in own}
            pairs = []
            for first, second in combinations(matrices, 2):
                if stopped(done, count):
                    return changed > 0
                pairs.append(compare_two(model, dataset, column, first, second, matrices))
                done += 1
            self._pairs[model, dataset, column.name] = _versions(own), correct(pairs)
        return bool(stale)

    def settings(self, model: str, dataset: str, variant: str) -> list[Setting]:
        """The settings behind a line, one for each seed."""
        return [
            one
            for one in self.study.settings()
            if (one.model, one.dataset, one.variant) == (model, dataset, variant)
        ]

    def _cell(self, kept: _Kept, column: Column, *, quick: bool) -> Cell:
        key = (kept.model, kept.dataset, kept.variant, column.name)
        known = self._cells.get(key)
        if known is None and quick:
            return make_cell(column, kept.group.matrix(column), interval=False)
        if known is None or known[0] != kept.version:
            known = kept.version, make_cell(column, kept.group.matrix(column))
            self._cells[key] = known
        return known[1]

    def _lines(self) -> Iterator[_Kept]:
        """Model by model, data set by data set, methods in the order of the grid."""
        lines: dict[tuple[str, str, str], list[Setting]] = defaultdict(list)
        for setting in self.study.settings():
            if setting in self._counts:
                lines[setting.model, setting.dataset, setting.variant].append(setting)
        for (model, dataset, variant), settings in lines.items():
            group = Group()
            for setting in settings:
                group.counts += self._counts[setting]
                done = self._done.get(setting)
                for number, values in done.values.items() if done is not None else ():
                    group.values.setdefault(number, []).append(values)
                group.seconds += done.seconds if done is not None else ()
            first = dataclasses.replace(settings[0], seed=0)
            yield _Kept(model, dataset, variant, first, group, group.counts["done"])


def _versions(lines: Sequence[_Kept]) -> tuple[int, ...]:
    return tuple(one.version for one in lines)
