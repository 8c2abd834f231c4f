"""Comparing: the same prompt explained in several ways, row by row, and how far they agree."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from noiser.assembly import environment
from noiser.begun import check_same, go_on
from noiser.comparison.result import CANCELLED, Comparison, Row
from noiser.comparison.rows import Given, PlannedRow, plan
from noiser.comparison.together import put_together
from noiser.errors import Cancelled, ComparisonCancelled, NoiserError, WrongUse
from noiser.events import Emit, RowExplained, RowFailed, RowStarted, ignore
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.model.loading import load
from noiser.model.memory import let_go
from noiser.prompt import Asked
from noiser.request import Request
from noiser.snapshots import Snapshots


class Load(Protocol):
    """What loads a model by its name, as noiser.load does."""

    def __call__(self, model: str, *, emit: Emit) -> LanguageModel:
        """Load the model called `model`, telling `emit`."""
        ...


def compare(
    models: LanguageModel | str | Sequence[LanguageModel | str],
    prompt: Asked,
    request: Request | None = None,
    *,
    methods: Sequence[str] | None = None,
    bounds: Sequence[str] | None = None,
    options: Given | None = None,
    top: int | None = None,
    load: Load = load,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    memory: str | None = None,
    begun: Comparison | None = None,
    keep: Snapshots[Comparison] | None = None,
) -> Comparison:
    """Explain `prompt` in several ways and measure how far they agree.

    `prompt` is what `explain` takes; models must read it as the same text, which chat templates are
    not. The rows are `models` × `methods` × `bounds` (None: the request's own), in this order; a method
    without noise has one row whatever the bounds. `options` are of single methods, such as
    {"lime": {"samples": 500}}; all else is the `request`'s. Each row explains its
    own model's prediction unless the request names a target.

    A model given by name is loaded when its rows come, and let go after them, so that no two are in
    memory; `load` does that, noiser.load or, say, functools.partial(noiser.load, device="cuda").
    `emit` is told RowStarted, then all that `explain` tells and RowExplained, or RowFailed of a row
    that fails; the others go on. `memory` bounds a call as it does for `explain`.

    `agreement.segments` cut the text where no row has a token across, and `agreement.scores`, shape
    (rows, segments), are sums of normalised scores in each. `agreement.tau` is Kendall's τ-b
    (Kendall, Biometrika 33, 1945), from -1 to 1, and `agreement.overlap` the share, 0 to 1, that two
    rows have in common of their `top` highest segments (None: a quarter of all); both have shape
    (rows, rows), with None where a row failed or all its scores are equal.

    Raises WrongUse before anything is loaded where a row cannot be meant, or there are fewer than 2
    or more than 64; NoiserError (or WrongUse) when every row fails. Setting `cancel` raises
    ComparisonCancelled within one batch; its `comparison` has the rows finished by then, and what there
    is of the one in hand.

    `begun` is what a cancel left of the same comparison: its rows are taken over, and the one that was in
    hand goes on. One that was made with another model or otherwise is made anew, and its RowStarted says
    why; where all rows of a model are there, it is not loaded. `keep` takes every few seconds what a cancel
    would leave then.
    """
    request = request or Request()
    sources = [models] if isinstance(models, (str, LanguageModel)) else list(models)
    names = _names(sources)
    planned = plan(names, methods or [request.method], bounds or [request.bound], request, options)
    if top is not None and top < 1:
        raise WrongUse(f"top is {top}, it must be at least 1.")
    started = time.perf_counter() - (begun.seconds if begun is not None else 0.0)
    cancel = cancel or threading.Event()
    run = _Run(prompt, planned, names, load, cancel, emit, memory, top, started, begun, keep)
    try:
        run.all(sources)
    except Cancelled as cancelled:
        raise ComparisonCancelled(run.so_far(cancelled.partial)) from None
    if all(row.explanation is None for row in run.rows):
        raise _nothing(run)
    return run.together(run.rows, complete=True)


@dataclass(frozen=True)
class _Run:
    """The rows on their way; `rows` grows, so that a cancel leaves what was finished."""

    prompt: Asked
    planned: Sequence[PlannedRow]
    names: Sequence[str]
    load: Load
    cancel: threading.Event
    emit: Emit
    memory: str | None
    top: int | None
    started: float
    begun: Comparison | None
    keep: Snapshots[Comparison] | None
    rows: list[Row] = field(default_factory=list)
    kinds: set[type[Exception]] = field(default_factory=set)

    def all(self, sources: Sequence[LanguageModel | str]) -> None:
        """Run every row."""
        for index, group in groupby(enumerate(self.planned), key=lambda one: one[1].model):
            self._of_model(sources[index], list(group))
            if isinstance(sources[index], str):
                let_go()

    def together(self, rows: Sequence[Row], *, complete: bool) -> Comparison:
        """The comparison of these rows."""
        return put_together(
            rows,
            top=self.top,
            complete=complete,
            seconds=time.perf_counter() - self.started,
            environment=environment(),
        )

    def so_far(self, left: Explanation | None = None) -> Comparison | None:
        """What a cancel leaves now: the rows that are there, and what is `left` of the one in hand."""
        rows = [*self.rows]
        texts = {row.explanation.prompt for row in rows if row.explanation is not None}
        for number, one in list(enumerate(self.planned))[len(rows) :]:
            made = self._made(number, one)
            # another model may read the prompt as another text: what was made of that is of no use here
            if made is not None and texts <= {made.prompt}:
                rows.append(self._row(one, made))
                continue
            in_hand = number == len(self.rows) and left is not None and left.resumable
            begun = left if in_hand else self._begun(number, one)
            rows.append(self._row(one, error=CANCELLED, begun=begun))
        if all(row.explanation is None and row.begun is None for row in rows):
            return None
        return self.together(rows, complete=False)

    def _of_model(
        self, source: LanguageModel | str, group: Sequence[tuple[int, PlannedRow]]
    ) -> None:
        self._check()
        if isinstance(source, str) and all(self._made(*one) is not None for one in group):
            for number, one in group:
                self._take_over(number, one)
            return
        try:
            model = self.load(source, emit=self.emit) if isinstance(source, str) else source
        except Cancelled:
            raise
        except NoiserError as error:
            for number, one in group:
                self._fail(number, one, error)
            return
        except KeyboardInterrupt:  # loading reads no flag, but whoever sets it may break it off so
            self._check()
            raise
        for number, one in group:
            self._check()
            if (anew := self._why_anew(model, number, one)) is None:
                self._take_over(number, one)
                continue
            self.emit(RowStarted(number, len(self.planned), one.label, anew))
            try:
                explanation = self._explain(model, number, one)
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001  # it is this row's result, the others go on
                self._fail(number, one, error)
            else:
                self.rows.append(self._row(one, explanation))
                self.emit(RowExplained(number, len(self.planned), one.label, explanation))
            if self.keep is not None:
                self.keep.look(self.so_far)

    def _before(self, number: int, one: PlannedRow) -> Row | None:
        """The row of a run before."""
        rows = self.begun.rows if self.begun is not None else ()
        row = rows[number] if number < len(rows) else None
        return row if row is not None and row.label == one.label else None

    def _made(self, number: int, one: PlannedRow) -> Explanation | None:
        """What a run before had made of a row."""
        row = self._before(number, one)
        return row.explanation if row is not None else None

    def _begun(self, number: int, one: PlannedRow) -> Explanation | None:
        """What a run before had begun of a row."""
        row = self._before(number, one)
        return row.begun if row is not None else None

    def _why_anew(self, model: LanguageModel, number: int, one: PlannedRow) -> str | None:
        """Why a row is made here: empty where it was not made before; None where it is there."""
        made = self._made(number, one)
        if made is None:
            return ""
        try:
            check_same(model, self.prompt, one.request, made)
        except WrongUse as error:
            return str(error)
        return None

    def _take_over(self, number: int, one: PlannedRow) -> None:
        made = self._made(number, one)
        assert made is not None
        self.rows.append(self._row(one, made))
        self.emit(RowExplained(number, len(self.planned), one.label, made))

    def _explain(self, model: LanguageModel, number: int, one: PlannedRow) -> Explanation:
        run = functools.partial(
            explain,
            model,
            self.prompt,
            one.request,
            cancel=self.cancel,
            emit=self.emit,
            memory=self.memory,
            keep=self.keep.within(self.so_far) if self.keep is not None else None,
        )
        explanation = go_on(
            lambda begun: run(begun=begun),
            self._begun(number, one),
            lambda why: self.emit(RowStarted(number, len(self.planned), one.label, why)),
        )
        first = next((row for row in self.rows if row.explanation is not None), None)
        if first and first.explanation and explanation.prompt != first.explanation.prompt:
            raise NoiserError(
                f"{model.info.name} reads the prompt as another text than {first.model} does: its "
                "characters cannot be laid over the others."
            )
        return explanation

    def _fail(self, number: int, one: PlannedRow, error: Exception) -> None:
        self.kinds.add(type(error))
        self.emit(RowFailed(number, len(self.planned), one.label, error))
        known = isinstance(error, NoiserError)
        self.rows.append(
            self._row(one, error=str(error) if known else f"{type(error).__name__}: {error}")
        )

    def _row(
        self,
        one: PlannedRow,
        explanation: Explanation | None = None,
        error: str | None = None,
        begun: Explanation | None = None,
    ) -> Row:
        name = self.names[one.model]
        return Row(one.label, name, one.request.method, one.bound, explanation, error, begun)

    def _check(self) -> None:
        if self.cancel.is_set():
            raise Cancelled


def _nothing(run: _Run) -> NoiserError:
    """The error of a comparison in which every row failed."""
    kind = WrongUse if run.kinds == {WrongUse} else NoiserError
    told = list(dict.fromkeys(str(row.error) for row in run.rows))
    if len(told) == 1:
        return kind(told[0])
    return kind("No row could be explained. " + " ".join(f"{r.label}: {r.error}" for r in run.rows))


def _names(sources: Sequence[LanguageModel | str]) -> list[str]:
    """What each model is called; loaded ones of the same name are numbered."""
    names: list[str] = []
    for source in sources:
        name = source if isinstance(source, str) else source.info.name
        same = 0 if isinstance(source, str) else names.count(name)
        names.append(f"{name} ({same + 1})" if same else name)
    return names
