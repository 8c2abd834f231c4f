"""A comparison's page: the rows as they come, then how far they agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from textual.message import Message

from noiser.chat import Chat
from noiser.comparison.alignment import align
from noiser.comparison.result import Comparison, Row, Segment
from noiser.comparison.rows import PlannedRow
from noiser.events import RowStarted, SearchNarrowed, TokensScored
from noiser.request import Request
from noiser_tui.look.cells import one_line
from noiser_tui.workbench.chat_form import Said, last_said
from noiser_tui.workbench.engine import Compared, EngineTold, JobEnded, RowCompared
from noiser_tui.workbench.ways import Ways, ways_of

GOES_ON = "It goes on with the rows that are left."
"""The note of a comparison while it does."""


@dataclass(frozen=True)
class Slot:
    """The place of a row: what it is called and how it is made; `row` once it is there."""

    label: str
    model: str
    method: str
    bound: str | None
    row: Row | None = None


@dataclass(frozen=True)
class Laid:
    """The text in segments, and each slot's scores over them; None for a row that is not there."""

    segments: tuple[Segment, ...]
    scores: tuple[tuple[float | None, ...] | None, ...]


@dataclass(frozen=True)
class ComparisonPage:
    """One text, or one chat, explained in several ways.

    `text` is what it is called by, of a `chat` the last message.
    `over` is what differs from row to row, in a word. `running` is the slot that is made now, `doing` how
    far it is. `comparison` is whole once all rows are there, or those that were finished before a cancel.
    `ways` say how it was asked for, and `request` all else, None where it was opened: then it is not known
    for the rows that are left. `begun` is what a run that goes on began with.
    """

    kind: ClassVar[str] = "comparison"

    text: str
    over: str = "runs"
    slots: tuple[Slot, ...] = ()
    comparison: Comparison | None = None
    run_job: int = 0
    running: int = -1
    doing: str = ""
    error: str = ""
    note: str = ""
    chat: Chat | None = None
    ways: Ways = field(default_factory=Ways)
    request: Request | None = None
    begun: Comparison | None = None

    @property
    def asked(self) -> Said:
        """What the rows explain."""
        return self.chat or self.text

    @property
    def title(self) -> str:
        """What is compared, and on what."""
        return f"{self.over} on {one_line(self.text.strip(), 16)}"

    @property
    def job(self) -> int:
        """The job that makes the rows."""
        return self.run_job

    @property
    def status(self) -> str:
        """How many rows there are."""
        done = sum(one.row is not None for one in self.slots)
        if self.run_job:
            return f"row {min(done + 1, len(self.slots))} of {len(self.slots)}"
        complete = self.comparison is not None and self.comparison.complete
        return f"{done} rows" if complete else "cancelled" if self.slots else "no rows"

    @property
    def left(self) -> tuple[str, ...]:
        """The rows that have no explanation: those a cancel left, and those that failed."""
        return tuple(
            one.label for one in self.slots if one.row is None or one.row.explanation is None
        )

    def waiting_for(self, job: int) -> ComparisonPage:
        """The page while this job makes its rows, or those that are left."""
        slots = (replace(one, row=None) if one.label in self.left else one for one in self.slots)
        page = replace(self, slots=tuple(slots), comparison=None, begun=self.comparison)
        return replace(page, run_job=job, error="", note="")

    @cached_property
    def laid(self) -> Laid:
        """The rows that are there over the segments that all of them have; no segment before the first."""
        if self.comparison is not None:
            agreement = self.comparison.agreement
            return Laid(agreement.segments, agreement.scores)
        explained = [one.row.explanation if one.row is not None else None for one in self.slots]
        found = [one for one in explained if one is not None]
        if not found:
            return Laid((), tuple(None for _ in self.slots))
        alignment = align(found)
        scores = iter(alignment.scores)
        own = tuple(None if one is None else next(scores) for one in explained)
        return Laid(alignment.segments, own)

    def heard(self, message: Message) -> ComparisonPage:
        """The page after a message of its job."""
        if getattr(message, "number", 0) != self.run_job or not self.run_job:
            return self
        if isinstance(message, EngineTold):
            return _told(self, message)
        if isinstance(message, RowCompared):
            return _row_there(self, message)
        if isinstance(message, Compared):
            return with_comparison(self, message.comparison)
        return _ended(self, message) if isinstance(message, JobEnded) else self


def planned_page(
    asked: Said, rows: list[PlannedRow], ways: Ways, request: Request
) -> ComparisonPage:
    """A page that waits for these rows."""
    slots = (Slot(one.label, ways.models[one.model], one.request.method, one.bound) for one in rows)
    page = replace(_blank(asked), over=ways.over, slots=tuple(slots))
    return replace(page, ways=ways, request=request)


def finished_page(comparison: Comparison) -> ComparisonPage:
    """A page that shows a comparison."""
    known = (one.explanation or one.begun for one in comparison.rows)
    messages = next((one.messages for one in known if one is not None), ())
    page = _blank(Chat(messages) if messages else comparison.prompt)
    page = replace(page, over=_differs(comparison), ways=ways_of(comparison))
    return with_comparison(page, comparison)


def _blank(asked: Said) -> ComparisonPage:
    chat = asked if isinstance(asked, Chat) else None
    return ComparisonPage(last_said(asked), chat=chat)


def with_comparison(page: ComparisonPage, comparison: Comparison) -> ComparisonPage:
    """The page with all that came of it."""
    slots = (Slot(one.label, one.model, one.method, one.bound, one) for one in comparison.rows)
    return replace(page, slots=tuple(slots), comparison=comparison)


def _told(page: ComparisonPage, message: EngineTold) -> ComparisonPage:
    event = message.event
    if isinstance(event, RowStarted):
        note = f"{event.label} began anew: {event.anew}" if event.anew else page.note
        return replace(page, running=event.row, doing="", note=note)
    if isinstance(event, SearchNarrowed):
        return replace(page, doing=f"step {event.step}/{event.steps}")
    if isinstance(event, TokensScored):
        return replace(page, doing=f"{event.done} of {event.total} scored")
    return page


def _row_there(page: ComparisonPage, message: RowCompared) -> ComparisonPage:
    slot = page.slots[message.row]
    row = Row(slot.label, slot.model, slot.method, slot.bound, message.explanation, message.error)
    before, after = page.slots[: message.row], page.slots[message.row + 1 :]
    return replace(page, slots=(*before, replace(slot, row=row), *after), running=-1, doing="")


def _ended(page: ComparisonPage, message: JobEnded) -> ComparisonPage:
    """The page after its job; where that came to nothing, with what it began with."""
    if page.comparison is None and page.begun is not None:
        page = with_comparison(page, page.begun)
    note = page.note if page.note != GOES_ON else ""
    if message.cancelled:
        note = "Cancelled: the rows that were finished stay, and F5 goes on with the others."
    error = message.error or page.error
    return replace(page, run_job=0, begun=None, running=-1, doing="", error=error, note=note)


def _differs(comparison: Comparison) -> str:
    """What the rows differ in, in a word."""
    parts = {
        "models": {one.model for one in comparison.rows},
        "methods": {one.method for one in comparison.rows},
        "bounds": {one.bound for one in comparison.rows if one.bound is not None},
    }
    several = [name for name, found in parts.items() if len(found) > 1]
    return several[0] if len(several) == 1 else "runs"
