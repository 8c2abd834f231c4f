"""Explaining one prompt in several ways: methods, models, bounds; a row is told as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noiser.comparison.result import Comparison
from noiser.comparison.rows import Given
from noiser.errors import ComparisonCancelled
from noiser.events import Event, RowExplained, RowFailed
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine.advice import told
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage, WorkKnown

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
    from noiser_tui.workbench.engine.context import Context


class RowCompared(EngineMessage):
    """Row `row` of `rows`, from 0, is explained, or failed for the reason in `error`."""

    def __init__(
        self,
        number: int,
        row: int,
        rows: int,
        label: str,
        explanation: Explanation | None,
        error: str | None = None,
    ) -> None:
        super().__init__(number)
        self.row = row
        self.rows = rows
        self.label = label
        self.explanation = explanation
        self.error = error


class Compared(EngineMessage):
    """All rows are there, or those that were finished before a cancel, and how far they agree."""

    def __init__(self, number: int, comparison: Comparison) -> None:
        super().__init__(number)
        self.comparison = comparison


@dataclass(frozen=True)
class CompareRows(Job):
    """Compare methods × models × bounds on one text; all else is the request's.

    Empty `methods` and `bounds` are the request's own, empty `models` the one that is loaded. Other
    models are loaded for their rows, with `options` as of `noiser.load` and those `apart` that are for
    one of them by its name, and let go after them. `top` segments are compared by their overlap, None for
    a quarter. `own` are options of single methods. `begun` is what a cancel left of the same comparison.
    """

    text: Said
    request: Request
    methods: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    top: int | None = None
    own: Given = field(default_factory=dict)
    apart: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    begun: Comparison | None = None

    def run(self, context: Context) -> None:
        """Post each row, all its events before it, and at the end the comparison."""
        from noiser.comparer import compare
        from noiser.snapshots import Snapshots

        def post(left: Comparison) -> None:
            context.post(WorkKnown(context.number, left, goes_on=self.begun is not None))

        try:
            comparison = compare(
                self._models(context),
                self.text,
                self.request,
                methods=self.methods or None,
                bounds=self.bounds or None,
                options=self.own,
                top=self.top,
                load=self._load(context),
                cancel=context.cancel,
                emit=self._teller(context),
                memory=context.memory,
                begun=self.begun,
                keep=Snapshots(post),
            )
        except ComparisonCancelled as cancelled:
            if cancelled.comparison is not None:
                context.post(Compared(context.number, cancelled.comparison))
            raise
        context.post(Compared(context.number, comparison))

    def _load(self, context: Context) -> Callable[..., LanguageModel]:
        """Load a model as the user has chosen it for that one; a cancel reaches it half-way, too."""
        from noiser.model.loading import load

        def with_its_own(model: str, **given: Any) -> LanguageModel:
            options = {**self.options, **self.apart.get(model, {})}
            return load(model, cancel=context.cancel, **options, **given)

        return with_its_own

    def _models(self, context: Context) -> list[LanguageModel | str]:
        """What is compared: the loaded model by itself, the others by their names."""
        if not self.models:
            return [context.model]
        loaded = context.held.model
        return [
            loaded if loaded is not None and loaded.info.name == name else name
            for name in self.models
        ]

    def _teller(self, context: Context) -> Callable[[Event], None]:
        tell = context.teller()

        def listen(event: Event) -> None:
            tell(event)
            if isinstance(event, RowExplained):
                found, error = event.explanation, None
            elif isinstance(event, RowFailed):
                found, error = None, told(event.error)
            else:
                return
            context.post(
                RowCompared(context.number, event.row, event.rows, event.label, found, error)
            )

        return listen
