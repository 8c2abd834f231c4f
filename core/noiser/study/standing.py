"""How far a study is: counts, a rate, and the time that is left as far as it can be known."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from noiser.study.claims import is_alive
from noiser.study.store import Store

RECENT = 60.0
"""Seconds over which the rate is taken."""


@dataclass(frozen=True)
class Standing:
    """Rows by their state, how many are finished per second, and the seconds left.

    `rate` is of the last minute, 0 where nothing was finished in it. `seconds_left` comes from what
    rows of each setting have taken so far, a setting that has none counting as its model's others, or
    all others, divided by the rows that are done beside each other: one for each worker that lives, or
    more where the last minute had more, since a judge is asked about several. None before the first row
    is finished, and where nobody works.
    """

    total: int
    done: int
    left_out: int
    failed: int
    taken: int
    workers: int
    rate: float
    seconds_left: float | None
    places: tuple[str, ...] = ()
    errors: tuple[tuple[str, int], ...] = field(default=())

    @property
    def finished(self) -> int:
        """Rows that nothing will be done to any more."""
        return self.done + self.left_out + self.failed

    @property
    def complete(self) -> bool:
        """Whether every row is finished."""
        return self.finished == self.total


def stand(store: Store, now: float | None = None) -> Standing:
    """How far the study is at a time, now by default."""
    now = time.time() if now is None else now
    counts = dict(store.db.execute("SELECT state, count(*) FROM task GROUP BY state"))
    places = tuple(
        place
        for name, place in store.db.execute(
            "SELECT name, place FROM worker ORDER BY began"
        ).fetchall()
        if is_alive(store, name)
    )
    rate, beside = _pace(store, now)
    standing = Standing(
        total=sum(counts.values()),
        done=counts.get("done", 0),
        left_out=counts.get("left-out", 0),
        failed=counts.get("failed", 0),
        taken=counts.get("taken", 0),
        workers=len(places),
        rate=rate,
        seconds_left=None,
        places=places,
        errors=tuple(
            store.db.execute(
                "SELECT error, count(*) AS n FROM task WHERE state = 'failed' "
                "GROUP BY error ORDER BY n DESC, error LIMIT 5"
            )
        ),
    )
    return replace(standing, seconds_left=_left(store, max(len(places), beside) if places else 0.0))


def _pace(store: Store, now: float) -> tuple[float, float]:
    """Of the last minute: rows finished per second, and how many were in work at a time."""
    since = now - RECENT
    count, first, busy = store.db.execute(
        "SELECT count(*), min(finished - ifnull(seconds, 0)), "
        "sum(min(ifnull(seconds, 0), finished - :since)) "
        "FROM task WHERE finished BETWEEN :since AND :now",  # none of the future: clocks are put back
        {"since": since, "now": now},
    ).fetchone()
    span = max(now - max(first, since), 1e-9) if count else 1.0
    return float(count / span), float((busy or 0.0) / span)


def _left(store: Store, beside: float) -> float | None:
    groups = store.db.execute(
        "SELECT model, sum(state IN ('open', 'taken')), avg(seconds), sum(seconds), count(seconds) "
        "FROM task GROUP BY model, method, bound, norm, dataset"
    ).fetchall()
    overall = _mean([group[3:] for group in groups])
    if overall is None or not beside:
        return 0.0 if not sum(group[1] for group in groups) else None
    seconds = 0.0
    for model, left, own, _, _ in groups:
        if own is None:
            own = _mean([group[3:] for group in groups if group[0] == model])
        seconds += left * (overall if own is None else own)
    return seconds / beside


def _mean(sums: list[tuple[float | None, int]]) -> float | None:
    count = sum(number for _, number in sums)
    return sum(total or 0.0 for total, _ in sums) / count if count else None
