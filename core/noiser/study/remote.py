"""What a worker of a cluster is: it does rows, and knows neither the store nor the judge."""

from __future__ import annotations

import os
import socket

from noiser.data.sample import Sample
from noiser.errors import NoiserError
from noiser.study.claims import Task
from noiser.study.loading import Loading
from noiser.study.row import Doer, Done
from noiser.study.spec import Study


class Remote:
    """Does rows in another process, perhaps on another machine; plain data comes in and goes out.

    It computes with as many threads as the process that asks: another number adds up in another order.
    """

    def __init__(self, study: Study, loading: Loading, memory: str | None, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._doer = Doer(study, loading, memory=memory)

    def hello(self) -> tuple[str, dict[str, str]]:
        """Where it is, host and process, and the versions of its libraries."""
        from noiser.assembly import environment

        return f"{socket.gethostname()}:{os.getpid()}", environment()

    def prepare(self, name: str) -> str | None:
        """Have that model in memory; why it cannot be loaded, where so."""
        try:
            self._doer.prepare(name)
        except NoiserError as error:
            return error.told
        return None

    def do(self, task: Task, sample: Sample) -> Done:
        """All of a row that needs its model."""
        return self._doer.do(task, sample)
