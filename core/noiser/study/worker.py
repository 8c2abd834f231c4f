"""Doing a study's rows: claim one, do it, store what it came to; until none is left.

Where a judge is asked over a network, the next rows are explained meanwhile; one that computes here is asked
about several rows together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.judge.cache import CacheUnusable
from noiser.study.asking import Asking
from noiser.study.claims import Outcome, Task, Worker, release_dead
from noiser.study.judging import ask_ahead, ask_judge, asks_here
from noiser.study.measures import Explained
from noiser.study.row import Doer, Load, Lost, RowDoer

POLL = 0.5
"""Seconds between two looks at what other workers still have."""


@dataclass
class Loop:
    """A worker's way through a study. `load` loads a model by name; `tell` is told every row's end.

    `begin` is told of every row that is begun once its model is loaded, and None at its end. `doer`, where
    given, does the rows, and nothing is loaded here.
    """

    worker: Worker
    load: Load | None
    cancel: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[Task, Outcome], None] = lambda task, outcome: None
    memory: str | None = None
    begin: Callable[[Task | None], None] = lambda task: None
    doer: RowDoer | None = None

    @cached_property
    def _doer(self) -> RowDoer:
        if self.doer is not None:
            return self.doer
        assert self.load is not None
        return Doer(self.worker.store.study, self.load, self.cancel, self.memory)

    def run(self) -> None:
        """Do rows until all are finished, by whomever; Cancelled and BudgetSpent leave the others open.

        Rows of a dead worker are taken over, and those that another one is at are waited for, since
        that one may die.
        """
        release_dead(self.worker.store)
        study = self.worker.store.study
        ahead = ask_ahead if asks_here(study) else None
        with Asking(study.at_once, ask_judge, ahead) as asking:
            try:
                while self._goes_on(asking):
                    if self.cancel.is_set():
                        raise Cancelled
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    self.cancel.set()  # for those that wait for the judge
                self._leave(asking)
                raise

    def _goes_on(self, asking: Asking) -> bool:
        """One step: store what the judge is done with, and explain or wait; False where nothing is left."""
        store = self.worker.store
        for task, asked in asking.ended(patiently=asking.full):
            self._store(task, asked)
        if asking.full:
            return True
        self._doer.ready()
        next_one = self.worker.take(self._doer.loaded)
        if next_one is not None:
            self._do(next_one, asking)
        elif asking.busy:
            for task, asked in asking.ended(patiently=True):
                self._store(task, asked)
        elif not store.count("taken"):
            return False
        elif not release_dead(store):
            self.cancel.wait(POLL)
        return True

    def _do(self, task: Task, asking: Asking) -> None:
        store = self.worker.store
        study = store.study
        try:
            try:
                self._doer.prepare(task.setting.model)
            except Cancelled:
                raise
            except NoiserError as error:
                self.worker.fail_model(task.setting.model, error.told)
                return
            sample = store.sample(task.setting.dataset, task.number)
            self.begin(task)
            done = self._doer.do(task, sample)
        except (Cancelled, KeyboardInterrupt):
            self.worker.give_back(task)
            raise
        except Lost:
            self.worker.put_back(task)
            return
        finally:
            self.begin(None)
        if done.explanation is None:
            self._finish(task, done.outcome)
            return
        case = Explained(
            *(study, task.setting, sample, done.explanation, self.cancel), folder=store.folder
        )
        asking.begin(task, case, done.outcome)

    def _store(self, task: Task, asked: Future[Outcome]) -> None:
        try:
            outcome = asked.result()
        except (Cancelled, BudgetSpent, CacheUnusable):
            self.worker.give_back(task)
            raise
        self._finish(task, outcome)

    def _finish(self, task: Task, outcome: Outcome) -> None:
        if self.worker.finish(task, outcome):
            self.tell(task, outcome)

    def _leave(self, asking: Asking) -> None:
        """Store what the judge still says of rows, and open again what it does not."""
        rest, unasked = asking.rest()
        for task, asked in rest:
            with suppress(Cancelled, BudgetSpent, CacheUnusable):
                self._store(task, asked)
        for task in unasked:
            self.worker.give_back(task)
