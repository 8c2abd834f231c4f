"""What Output has: every error, note, load and run, taken from how one desk differs from the next."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from textual.message import Message

from noiser.events import ModelLoaded, ModelLoading
from noiser.export import wording
from noiser_tui.look.size import size_text
from noiser_tui.workbench.engine import (
    AskJudge,
    EngineTold,
    EstimateCost,
    JobEnded,
    MeasureMetrics,
)
from noiser_tui.workbench.measured import in_short
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.desk import Desk, Document, Page

Kind = Literal["said", "warning", "error"]
MOST = 1000
"""Entries that are kept."""


@dataclass(frozen=True)
class Entry:
    """One line of output: the time of day, the document it is about (empty for the whole), what was said."""

    at: str
    text: str
    about: str = ""
    kind: Kind = "said"

    def __str__(self) -> str:
        kind = "" if self.kind == "said" else f"{self.kind}: "
        about = f"{self.about}: " if self.about else ""
        return f"{self.at}  {kind}{about}{self.text}"


def clock() -> str:
    """The time of day."""
    return time.strftime("%H:%M:%S")


def said(desk: Desk, at: str, text: str, kind: Kind = "said") -> Desk:
    """The desk with one more entry."""
    return _with(desk, [Entry(at, text, kind=kind)])


def logged(before: Desk, now: Desk, at: str, message: Message | None = None) -> Desk:
    """The desk with entries for what is new on it, `message` being what the engine said in between."""
    old = {document.id: document for document in before.documents}
    entries = _loading(before, at, message)
    for document in now.documents:
        entries += _of_page(old.get(document.id), document, at, message)
    return _with(now, entries)


def _with(desk: Desk, entries: list[Entry]) -> Desk:
    """Each once: what holds for the model stands on every explanation's page."""
    unlike: dict[tuple[str, Kind], Entry] = {}
    for one in entries:
        twin = unlike.get((one.text, one.kind))
        unlike[one.text, one.kind] = one if twin is None else replace(one, about="")
    if not unlike:
        return desk
    return replace(desk, output=(*desk.output, *unlike.values())[-MOST:])


def _loading(before: Desk, at: str, message: Message | None) -> list[Entry]:
    if not isinstance(message, EngineTold) or message.number != before.load_job:
        return []
    event = message.event
    if isinstance(event, ModelLoading):
        return [Entry(at, f"Loading {event.name}")]
    if isinstance(event, ModelLoaded):
        info = event.info
        where = f"{info.device} {wording.precision(vars(info))}, {size_text(info.bytes)}"
        return [Entry(at, f"Loaded {info.name} in {event.seconds:.2f} s: {where}")]
    return []


def _of_page(
    old: Document | None, document: Document, at: str, message: Message | None
) -> list[Entry]:
    page, about = document.page, document.title
    entries = []
    if page.error and (old is None or page.error != old.page.error):
        entries.append(Entry(at, page.error, about, "error"))
    if old is None:
        return entries
    if page.note and page.note != old.page.note and not page.job:  # while at work it tells how far
        entries.append(Entry(at, page.note, about))
    if isinstance(message, JobEnded) and old.page.job == message.number and not message.error:
        entries += [Entry(at, told, about)] if (told := _outcome(page, message)) else []
    return entries


def _outcome(page: Page, message: JobEnded) -> str:
    """How a job ended, in one line; empty where a note tells that."""
    done = "Cancelled" if message.cancelled else "Done"
    match message.job:
        case EstimateCost():
            return ""
        case MeasureMetrics() | AskJudge() if isinstance(page, State):
            return in_short(page.measured) or done
    if not isinstance(page, State) or page.run.explanation is None:
        return f"{done}: {page.status}" if page.status else done
    explanation = page.run.explanation
    told = [wording.found(explanation), wording.spent(explanation)]
    if explanation.complete and message.cancelled:
        told[0] = f"cancelled, {told[0]}"
    if many := len(page.run.warnings):
        told.append(f"{many} warning{'s' if many > 1 else ''}")
    return f"{wording.named(explanation.target.text)}: {'; '.join(told)}"
