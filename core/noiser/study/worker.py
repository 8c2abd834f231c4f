"""Doing a study's rows: claim one, do it, store what it came to; until none is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.study.claims import Outcome, Task, Worker, release_dead
from noiser.study.row import Doer, Load, Lost, RowDoer, ask_judge

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
        store = self.worker.store
        release_dead(store)
        while True:
            if self.cancel.is_set():
                raise Cancelled
            self._doer.ready()
            task = self.worker.take(self._doer.loaded)
            if task is not None:
                self._do(task)
            elif not store.count("taken"):
                return
            elif not release_dead(store):
                self.cancel.wait(POLL)

    def _do(self, task: Task) -> None:
        store = self.worker.store
        study = store.study
        try:
            try:
                self._doer.prepare(task.setting.model)
            except Cancelled:
                raise
            except NoiserError as error:
                self.worker.fail_model(task.setting.model, str(error))
                return
            sample = store.sample(task.setting.dataset, task.number)
            self.begin(task)
            done = self._doer.do(task, sample)
            outcome = ask_judge(study, task, sample, done, self.cancel, store.folder)
        except (Cancelled, BudgetSpent, KeyboardInterrupt):
            self.worker.give_back(task)
            self.begin(None)
            raise
        except Lost:
            self.worker.put_back(task)
            return
        if self.worker.finish(task, outcome):
            self.tell(task, outcome)
        self.begin(None)
