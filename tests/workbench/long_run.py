"""A workbench whose search changes all brackets at every step: `python -m tests.workbench.long_run STEPS`."""

from __future__ import annotations

import random
import sys
import threading
import time
from dataclasses import replace

from noiser.events import Bracket, Explained, PromptRead, SearchNarrowed, Work
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import EngineTold, ExplainPrompt, Job, JobEnded
from tests.workbench.fake import ScriptedEngine, script

STEP = 0.05
"""Seconds between two steps."""


class LongSearch(ScriptedEngine):
    """Explains in a thread of its own, one step after the other."""

    def submit(self, job: Job, *, instead_of: int = 0) -> int:
        if not isinstance(job, ExplainPrompt):
            return super().submit(job, instead_of=instead_of)
        self.jobs.append(job)
        number = len(self.jobs)
        threading.Thread(target=self._search, args=(number, job), daemon=True).start()
        return number

    def _search(self, number: int, job: ExplainPrompt) -> None:
        draw = random.Random(1)
        told = script(job.text)
        read, explained = told[0], told[-1]
        assert isinstance(read, PromptRead)
        assert isinstance(explained, Explained)
        self.post(EngineTold(number, read))
        count = len(read.prompt.tokens)
        for step in range(int(sys.argv[1])):
            lows = [draw.random() / 2 for _ in range(count)]
            brackets = {i: Bracket(low, low * 2) for i, low in enumerate(lows)}
            narrowed = SearchNarrowed(step, 10, brackets, (0,), (0,), Work(step * 997, step))
            self.post(EngineTold(number, narrowed))
            time.sleep(STEP)
        self.post(EngineTold(number, replace(explained)))
        self.post(JobEnded(number, job, model=self.model))


if __name__ == "__main__":
    Workbench(model="fake", engine=LongSearch, depth="256").run()
