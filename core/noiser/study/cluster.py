"""A worker for each GPU of a Ray cluster, or for each share of its CPUs; the store stays with one process.

That process claims rows for them, sends each row's sample, and stores what comes back: SQLite is not safe
over a network's file system, and a node may not see the folder at all. It asks the judge, too, so that its
key and its cache stay where they are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.judge.budget import BudgetSpent
from noiser.study.claims import Worker, release_dead
from noiser.study.hired import Deaths, Hired
from noiser.study.loading import Loading
from noiser.study.ray_cluster import connected
from noiser.study.remote import Remote
from noiser.study.store import Store
from noiser.study.worker import Loop

POLL = 0.5
"""Seconds between two looks at the threads."""


def work_on_cluster(
    folder: str | Path,
    address: str,
    loading: Loading,
    *,
    cancel: threading.Event | None = None,
    tell: Callable[[], None] = lambda: None,
    memory: str | None = None,
    row_timeout: float | None = None,
) -> None:
    """Do a study's rows by Ray, `auto` or at an address, until all are finished.

    One worker per GPU, or where there is none (or `loading` says cpu) one per as many CPUs as torch takes
    threads here, which is what the workers take too: so the rows are those of a run without Ray. A worker
    that dies leaves its row to another; a row of which three died has failed, and so has one that takes more
    than `row_timeout` seconds. `tell` is called now and then. Cancelled, BudgetSpent and NoiserError as in
    `work_on_each`.
    """
    if loading.device not in ("auto", "cpu", "cuda"):
        raise WrongUse(
            f"On a cluster the device is auto, cpu or cuda, and not {loading.device}.",
            change=("device",),
        )
    with Store(folder) as store:
        release_dead(store)
        rows = store.count("open", "taken")
        if not rows:
            return
        with connected(address) as ray:
            crew = _Crew(ray, folder, loading, memory, row_timeout)
            crew.work(min(crew.places(), rows), cancel or threading.Event(), tell)
        if crew.errors and store.count("open", "taken"):
            raise next((e for e in crew.errors if isinstance(e, BudgetSpent)), crew.errors[0])


class _Crew:
    """The threads of a run, each with a worker of the cluster and claims of its own."""

    def __init__(
        self,
        ray: Any,
        folder: str | Path,
        loading: Loading,
        memory: str | None,
        row_timeout: float | None,
    ) -> None:
        import torch

        self._halt = threading.Event()
        self.errors: list[BaseException] = []
        self._ray = ray
        self._folder = folder
        self._memory = memory
        self._row_timeout = row_timeout
        self._threads = torch.get_num_threads()
        self._deaths = Deaths()
        on_gpu = loading.device == "cuda" or (
            loading.device == "auto" and self._count("GPU", 1) > 0
        )
        self._loading = replace(loading, device="cuda" if on_gpu else "cpu")
        self._share = {"GPU": 1} if on_gpu else {"CPU": self._threads}

    def places(self) -> int:
        """How many workers the cluster has room for when nothing else runs there; NoiserError where none."""
        ((resource, amount),) = self._share.items()
        count = self._count(resource, amount)
        if not count:
            if resource == "GPU":
                raise NoiserError("The cluster has no GPU.", change=("device cpu",))
            raise NoiserError(
                f"No machine of the cluster has {amount} CPUs for a worker; OMP_NUM_THREADS sets "
                "how many one takes."
            )
        return count

    def _count(self, resource: str, amount: int) -> int:
        nodes = (node["Resources"] for node in self._ray.nodes() if node["Alive"])
        return sum(int(have.get(resource, 0) // amount) for have in nodes)

    def work(self, hands: int, cancel: threading.Event, tell: Callable[[], None]) -> None:
        """Have so many threads do rows until all are finished; what ended one before is among `errors`."""
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(hands)]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                if cancel.wait(POLL):
                    raise Cancelled
                tell()
        finally:
            self._halt.set()
            for thread in threads:
                thread.join()

    def _serve(self) -> None:
        try:
            with Store(self._folder) as store:
                self._do_rows(store)
        except Cancelled:
            return
        except BaseException as error:  # noqa: BLE001  # raised by the thread that waits
            self.errors.append(error)

    def _do_rows(self, store: Store) -> None:
        from noiser.assembly import environment

        actors = self._ray.remote(Remote)
        share = {"num_cpus": self._share.get("CPU", 1), "num_gpus": self._share.get("GPU", 0)}

        def hire() -> Any:
            made = actors.options(**share, max_restarts=0)
            return made.remote(store.study, self._loading, self._memory, self._threads)

        hired = Hired(
            self._ray,
            hire,
            {name: version for name, version in environment().items() if name != "python"},
            self._deaths,
            lambda: not store.count("open", "taken"),
            self._halt,
            self._row_timeout,
        )
        try:
            hired.ready()
            with Worker(store, f"ray {hired.place}") as worker:
                Loop(worker, None, self._halt, doer=hired).run()
        finally:
            hired.let_go()
