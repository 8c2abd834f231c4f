"""`noiser study run`: the plan, the workers, the progress, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import Cancelled
from noiser.files import check_writable
from noiser.judge.budget import BudgetSpent
from noiser.study.registry import get_measure
from noiser.study.spec import Study
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.wording import standing_line
from noiser_tui.cli.fail import FAILED, Interrupted, say
from noiser_tui.cli.interrupt import at_once, gently, interrupted
from noiser_tui.cli.progress import Progress
from noiser_tui.cli.study_show import check_pairs, show_study

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
    from noiser.study.claims import Outcome, Task

PLAIN = 60.0
"""Seconds between two lines where nobody watches, as in the log of a job."""
LIVE = 0.5
"""And where somebody does."""


@dataclass(frozen=True)
class Running:
    """How a study is run and shown."""

    devices: tuple[str, ...]
    memory: str | None
    trust: tuple[str, ...]
    retry: bool
    output: Path | None
    pairs: str
    quiet: bool
    row_timeout: float | None = None
    ray: str | None = None


@dataclass
class _Teller:
    """Says now and then how far a study is: in the progress line, or in lines of a log."""

    progress: Progress
    store: Store
    quiet: bool
    last: float = field(default_factory=time.monotonic)

    def __call__(self, *_: object) -> None:
        pause = LIVE if self.progress.on else PLAIN
        if self.quiet or time.monotonic() - self.last < pause:
            return
        self.last = time.monotonic()
        line = standing_line(stand(self.store))
        if self.progress.on:
            self.progress.show(line)
        else:
            say(line)


def run_study(study: Study, folder: Path, running: Running) -> int:
    """Run what is left of a study and show its table; the exit code is 1 where rows failed.

    So it is where the judge's budget is spent: the rows that need it stay open.
    """
    from noiser.study.export import check_format
    from noiser.study.planning import plan

    check_pairs(running.pairs)
    if running.output is not None:
        check_format(running.output)
        check_writable(running.output)
    with Progress(quiet=running.quiet) as progress:
        progress.show(f"planning {folder} …")
        from noiser.assembly import environment  # it imports torch
        from noiser.model.options import chosen_device
        from noiser.model.replicas import check_devices
        from noiser.study.claims import release_dead, reopen_failed
        from noiser.study.ledger import open_account
        from noiser.study.published import check_published

        spent: BudgetSpent | None = None
        if len(running.devices) > 1:
            check_devices(running.devices)
        elif running.ray is None:  # its machines may have what this one has not
            chosen_device(running.devices[0])
        check_published(study)
        if any(get_measure(name).asks for name in study.metrics):
            from noiser.study.answers import check_judge

            check_judge(study)
        plan(folder, study, environment(), cancel=interrupted)
        with Store(folder) as store:
            if told := _other_versions(store.environment, environment()):
                progress.clear()
                say(told)
            release_dead(store)
            if running.retry:
                reopen_failed(store)
            standing = stand(store)
            if not standing.workers:
                open_account(store)
            progress.show(standing_line(standing))
            try:
                _work(store, study, running, progress)
            except BudgetSpent as error:
                spent = error
            except (Cancelled, KeyboardInterrupt):
                progress.clear()
                told = standing_line(stand(store))
                raise Interrupted(f"interrupted; {told}. The same command goes on.") from None
            progress.clear()
            standing = stand(store)
    show_study(folder, output=running.output, pairs=running.pairs)
    if spent is not None:
        left = standing.total - standing.finished
        say(
            f"{spent} {left:,} rows stay open: with more to spend, the same command goes on with them."
        )
    return FAILED if standing.failed or spent else 0


def _other_versions(began: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What has another version than when the study began, in a sentence; empty for nothing."""
    others = [
        f"{name} {began[name]}, now {version}"
        for name, version in now.items()
        if began.get(name, version) != version
    ]
    if not others:
        return ""
    return f"This study began with {'; '.join(others)}: rows from here on can differ in their last digits."


def _work(store: Store, study: Study, running: Running, progress: Progress) -> None:
    from noiser.study.fleet import work, work_on_each
    from noiser.study.loading import Loading

    tell = _Teller(progress, store, running.quiet)
    loadings = [
        Loading(device, study.dtype, study.load_in, running.trust) for device in running.devices
    ]
    with gently():
        if running.ray is not None:
            from noiser.study.cluster import work_on_cluster

            progress.show("waiting for the cluster's workers …")
            work_on_cluster(
                store.folder,
                running.ray,
                loadings[0],
                cancel=interrupted,
                tell=tell,
                memory=running.memory,
                row_timeout=running.row_timeout,
            )
            return
        if len(loadings) > 1 or running.row_timeout is not None:
            work_on_each(
                store.folder,
                loadings,
                cancel=interrupted,
                tell=tell,
                memory=running.memory,
                row_timeout=running.row_timeout,
            )
            return

        def load(name: str) -> LanguageModel:
            progress.show(f"loading {name} …")
            with at_once():
                return loadings[0](name)

        def told(task: Task, outcome: Outcome) -> None:
            tell()

        work(
            store.folder,
            load,
            place=running.devices[0],
            cancel=interrupted,
            tell=told,
            memory=running.memory,
        )
