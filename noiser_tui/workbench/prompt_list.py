"""The page of a file of many prompts: which of them are explained, which failed and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

from textual.message import Message

from noiser.explanation import Explanation
from noiser.export import forecast
from noiser.request import Request
from noiser.same_model import SAME
from noiser_tui.look.cells import by_itself
from noiser_tui.workbench.chat_form import Said, last_said
from noiser_tui.workbench.engine import JobEnded, ListedBegun, ListedExplained

Standing = Literal["waiting", "begun", "done", "failed", "unread"]
NAMED = 3
"""Failed prompts that a note names."""


@dataclass(frozen=True)
class Listed:
    """One prompt of a list, called `name`; `said` is None where its line cannot be read.

    `found` is what is told of it: the target and the scale, or why it failed. `run` is its id in the
    history of runs, of one that waits what there is of it; `seconds` is what it took.
    """

    name: str
    said: Said | None
    request: Request
    standing: Standing = "waiting"
    found: str = ""
    run: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """What is explained, in one text; why not where it cannot be read."""
        return last_said(self.said) if self.said is not None else self.found


@dataclass(frozen=True)
class PromptList:
    """The prompts of the file at `path`, each explained as `request` says unless its line says otherwise.

    `lanes` is how many are explained at once; `stopping` says that no further one is begun. `kept` are
    the run, or the failure, of each as a session had them, until the file is read; then it was the same
    file if `digest` is that of its prompts. `made_with` tells which model those that are done were
    explained with, in the words of a record.
    """

    kind: ClassVar[str] = "prompts"

    path: str
    request: Request = field(default_factory=Request)
    prompts: tuple[Listed, ...] = ()
    run_job: int = 0
    lanes: int = 1
    stopping: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    made_with: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]

    @property
    def job(self) -> int:
        """The job that explains them."""
        return self.run_job

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many stand how."""
        standings = [one.standing for one in self.prompts]
        return {name: standings.count(name) for name in set(standings)}

    @property
    def done(self) -> int:
        """How many are explained."""
        return self.counts.get("done", 0)

    @property
    def failed(self) -> tuple[Listed, ...]:
        """Those that failed or cannot be read."""
        return tuple(one for one in self.prompts if one.standing in ("failed", "unread"))

    @property
    def left(self) -> tuple[int, ...]:
        """The indexes of those that wait or are being explained."""
        open_ = ("waiting", "begun")
        return tuple(i for i, one in enumerate(self.prompts) if one.standing in open_)

    @cached_property
    def seconds_left(self) -> float | None:
        """About how long the others will take, None before the first is done."""
        took = [one.seconds for one in self.prompts if one.seconds]
        return len(self.left) * sum(took) / len(took) / self.lanes if took else None

    @property
    def status(self) -> str:
        """How many are done, how many failed, and how long the others will take."""
        if not self.prompts:
            return "being read" if not self.error else "not read"
        parts = [f"{self.done:,} of {len(self.prompts):,} explained"]
        if self.failed:
            parts.append(f"{len(self.failed):,} failed")
        if self.run_job and self.stopping:
            parts.append("stopping")
        elif self.run_job and self.seconds_left is not None:
            parts.append(f"{forecast.approximate(self.seconds_left)} left")
        return " · ".join(parts)

    def heard(self, message: Message) -> PromptList:
        """The page after a message of its job."""
        if not self.run_job or getattr(message, "number", 0) != self.run_job:
            return self
        if isinstance(message, ListedBegun):
            return self.changed(message.at, standing="begun")
        if isinstance(message, ListedExplained):
            return self._one_done(message)
        return self._ended(message) if isinstance(message, JobEnded) else self

    def changed(self, at: int, **changes: object) -> PromptList:
        """The page with something else known of one of its prompts."""
        one = replace(self.prompts[at], **changes)  # type: ignore[arg-type]
        return replace(self, prompts=(*self.prompts[:at], one, *self.prompts[at + 1 :]))

    def _one_done(self, message: ListedExplained) -> PromptList:
        found = message.explanation
        if found is None:
            return self.changed(message.at, standing="failed", found=message.error or "", run="")
        seconds = sum(one.seconds for one in found.steps_explained)
        page = self.changed(message.at, standing="done", found=in_short(found), seconds=seconds)
        return replace(page, made_with={name: found.model.get(name) for name in SAME})

    @property
    def each(self) -> tuple[tuple[str, str], ...]:
        """What a session keeps of every prompt: its run and what came of it, or why it failed.

        Of one that is begun, the run alone. Before the file is read again, what was kept of it last.
        """
        if not self.prompts:
            return self.kept
        told = (one.standing == "failed" or bool(one.run) for one in self.prompts)
        listed = zip(self.prompts, told, strict=True)
        return tuple((one.run, one.found if tells else "") for one, tells in listed)

    def anew(self) -> PromptList:
        """The page with none of its prompts explained."""
        prompts = tuple(
            one if one.said is None else replace(one, standing="waiting", found="", run="")
            for one in self.prompts
        )
        return replace(self, prompts=prompts, made_with={}, error="", note="")

    def _ended(self, message: JobEnded) -> PromptList:
        prompts = tuple(
            replace(one, standing="waiting") if one.standing == "begun" else one
            for one in self.prompts
        )
        page = replace(self, prompts=prompts, run_job=0, stopping=False, error=message.error or "")
        return page if message.error else replace(page, note=page.outcome)

    @property
    def outcome(self) -> str:
        """How many are explained and which failed, in a sentence or two."""
        told = f"{self.done:,} of {len(self.prompts):,} are explained, and kept in Runs."
        if self.failed:
            names = ", ".join(one.name for one in self.failed[:NAMED])
            more = len(self.failed) - NAMED
            told += f" {len(self.failed):,} failed: {names}{f' and {more:,} more' * (more > 0)}."
        if self.left:
            begun = sum(bool(self.prompts[i].run) for i in self.left)
            where = f", {begun:,} of them begun" if begun else ""
            told += f" F5 goes on with the other {len(self.left):,}{where}."
        elif any(one.standing == "failed" for one in self.prompts):
            told += " F5 tries those again."
        return told


def in_short(explanation: Explanation) -> str:
    """What came of a prompt: its target, of several how many."""
    steps = len(explanation.steps_explained)
    more = f" +{steps - 1}" if steps > 1 and not explanation.whole else ""
    return f"“{by_itself(explanation.target.text)}”{more}"


def digest_of(prompts: Sequence[Listed]) -> str:
    """A mark of the prompts in a list, by which it is known again."""
    made = hashlib.sha256()
    for one in prompts:
        made.update(repr((one.name, one.said)).encode("utf-8", "surrogatepass"))
    return made.hexdigest()[:16]


def with_prompts(page: PromptList, prompts: Sequence[Listed]) -> PromptList:
    """The page once its file is read, with what a session had of it where it is the same file."""
    digest = digest_of(prompts)
    if not page.digest:
        return replace(page, prompts=tuple(prompts), digest=digest)
    if digest != page.digest or len(page.kept) != len(prompts):
        note = "The file has changed since its prompts were explained: F5 explains all of them."
        return replace(page, prompts=tuple(prompts), digest=digest, kept=(), note=note)
    again = [_kept(one, *had) for one, had in zip(prompts, page.kept, strict=True)]
    page = replace(page, prompts=tuple(again), kept=())
    begun = any(one.run for one in page.prompts)
    return replace(page, note=page.outcome if begun or page.failed else "")


def _kept(one: Listed, run: str, found: str) -> Listed:
    if one.standing == "unread" or not (run or found):
        return one
    if not found:  # it was being explained
        return replace(one, run=run)
    return replace(one, standing="done" if run else "failed", run=run, found=found)
