"""What a study's workers spend on its judge, and whose turn it is: one account for all, in the store."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from noiser.judge.budget import Budget
from noiser.judge.pace import Pace
from noiser.study.store import FILE, Store

_PATIENCE = 120.0
"""Seconds to wait for another process's write."""


def open_account(store: Store) -> None:
    """Begin to count from 0, as is right where nobody works on the study."""
    store.db.execute("INSERT OR REPLACE INTO judge_account VALUES (1, 0, 0, 0)")


class Ledger:
    """The account of the study in `folder`, for all threads of a process."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._data = sqlite3.connect(
            folder / FILE, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._data.execute("INSERT OR IGNORE INTO judge_account VALUES (1, 0, 0, 0)")

    def take(self, tokens: int, max_calls: int | None, max_tokens: int | None) -> bool:
        """Count a call and its tokens where both limits allow it; whether they do."""
        limits = {"tokens": tokens, "max_calls": max_calls, "max_tokens": max_tokens}
        with self._lock:
            done = self._data.execute(
                "UPDATE judge_account SET calls = calls + 1, tokens = tokens + :tokens "
                "WHERE (:max_calls IS NULL OR calls < :max_calls) "
                "AND (:max_tokens IS NULL OR tokens + :tokens <= :max_tokens)",
                limits,
            )
        return done.rowcount == 1

    def add(self, tokens: int) -> None:
        """Count so many tokens more, or fewer."""
        with self._lock:
            self._data.execute("UPDATE judge_account SET tokens = tokens + ?", (tokens,))

    def spent(self) -> tuple[int, int]:
        """The calls and tokens so far."""
        with self._lock:
            ((calls, tokens),) = self._data.execute("SELECT calls, tokens FROM judge_account")
        return calls, tokens

    def turn(self, now: float, gap: float) -> float:
        """Take the next turn, `gap` seconds after the last one, and say when it is."""
        with self._lock:
            ((after,),) = self._data.execute(
                "UPDATE judge_account SET next = max(?, next) + ? RETURNING next", (now, gap)
            ).fetchall()
        return float(after - gap)


class StudyBudget(Budget):
    """A budget that all workers of a study draw on."""

    def __init__(self, ledger: Ledger, max_calls: int | None, max_tokens: int | None) -> None:
        super().__init__(max_calls, max_tokens)
        self._ledger = ledger

    def _take(self, guess: int) -> bool:
        taken = self._ledger.take(guess, self.max_calls, self.max_tokens)
        self.calls, self.tokens = self._ledger.spent()
        return taken

    def _add(self, tokens: int) -> None:
        self._ledger.add(tokens)


class StudyPace(Pace):
    """A pace that all workers of a study keep together; the clock is the machine's, not a process's."""

    def __init__(self, ledger: Ledger, per_minute: float) -> None:
        super().__init__(per_minute)
        self._ledger = ledger

    def _taken(self, now: float, gap: float) -> float:
        return self._ledger.turn(now, gap)
