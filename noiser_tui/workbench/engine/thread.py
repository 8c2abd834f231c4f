"""The engine's thread: one daemon that takes jobs in order and only posts messages."""

from __future__ import annotations

import logging
import sys
import threading
from itertools import count
from typing import Protocol

from noiser.errors import Cancelled, NoiserError, NotTrusted
from noiser.explanation import Explanation
from noiser_tui.workbench.engine.advice import told
from noiser_tui.workbench.engine.context import Context, Held, Post
from noiser_tui.workbench.engine.explaining import ExplainPrompt
from noiser_tui.workbench.engine.job import GoOnLater, Job
from noiser_tui.workbench.engine.listed import ExplainList
from noiser_tui.workbench.engine.messages import JobEnded, QueueChanged
from noiser_tui.workbench.engine.queue import Entry, JobQueue


class Engine(Protocol):
    """Takes jobs and posts what becomes of them; tests put a scripted one in its place."""

    memory: str | None
    """What a call of the model may take from the next job on, as for `noiser.explain`."""

    def submit(self, job: Job, *, instead_of: int = 0) -> int:
        """Queue a job and return its number; only the job `instead_of` is cancelled for it."""

    def cancel(self, number: int | None = None) -> None:
        """Stop a job within one batch, or take it back if it waits; None is the one that runs."""

    def finish(self, number: int) -> None:
        """Let a job of several parts end after the one that it is at, or take it back if it waits."""

    def start(self) -> None:
        """Begin with the jobs queued so far."""


class EngineThread:
    """The real engine. A daemon thread: leaving the workbench never waits for a batch to end.

    Every job that was submitted gets exactly one JobEnded, and every change of what runs and what
    waits a QueueChanged. `post` may be called from any thread.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._held = Held()
        changes = count(1)
        self._queue = JobQueue(
            lambda running, waiting: post(QueueChanged(running, waiting, next(changes)))
        )
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    @property
    def memory(self) -> str | None:
        """What a call of the model may take."""
        return self._held.memory

    @memory.setter
    def memory(self, memory: str | None) -> None:
        self._held.memory = memory

    def submit(self, job: Job, *, instead_of: int = 0) -> int:
        """Queue a job and return its number.

        The job `instead_of`, an older question of who asks, is cancelled if it runs and taken back if
        it waits; 0, and the number of one that ended, is none.
        """
        number, removed = self._queue.put(job, instead_of=instead_of)
        self._taken_back(removed)
        return number

    def start(self) -> None:
        """Begin with the jobs queued so far: torch must not be imported before the first paint."""
        self._thread.start()

    def cancel(self, number: int | None = None) -> None:
        """Stop a job within one batch, or take it back if it waits; None is the one that runs."""
        self._taken_back(self._queue.cancel(number))

    def finish(self, number: int) -> None:
        """Let a job of several parts end after the one that it is at, or take it back if it waits."""
        self._taken_back(self._queue.finish(number))

    def _taken_back(self, entry: Entry | None) -> None:
        if entry is not None:
            if isinstance(entry.job, ExplainList):  # it had made way for others
                self._held.copies = ()
            job, known, left = entry.job, self._held.info, _begun(entry.job)
            ended = JobEnded(entry.number, job, model=known, cancelled=True, partial=left)
            self._post(ended)

    def _work(self) -> None:
        sys.setswitchinterval(0.001)  # hand the interpreter back to the keyboard quickly
        while True:
            self._run(self._queue.take())

    def _run(self, entry: Entry) -> None:
        error: str | None = None
        cancelled = False
        partial: Explanation | None = None
        refused: NotTrusted | None = None
        try:
            entry.job.run(
                Context(
                    entry.number,
                    entry.cancel,
                    self._post,
                    self._held,
                    entry.enough,
                    lambda: self._queue.others_wait,
                )
            )
        except GoOnLater as later:
            self._queue.put_back(entry, later.rest)
            return
        except Cancelled as stopped:
            cancelled, partial = True, stopped.partial
        except NotTrusted as failure:
            error, refused = told(failure), failure
        except NoiserError as failure:
            error = told(failure)
        except Exception as failure:
            logging.getLogger("noiser").exception("job %s failed", entry.job)
            error = f"This is a bug in Noiser: {failure!r}."
        if error:
            partial = _begun(entry.job)
        self._post(
            JobEnded(
                entry.number,
                entry.job,
                error,
                model=self._held.info,
                cancelled=cancelled,
                partial=partial,
                refused=refused,
                memory=self._held.gauge.read(self._held.model),
            )
        )


def _begun(job: Job) -> Explanation | None:
    """What a run was to go on from, which it leaves where it came to nothing."""
    return job.begun if isinstance(job, ExplainPrompt) else None
