"""The rest of rows that were explained: what the study's judge says of them. No model is needed for that."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.judge.cache import CacheUnusable
from noiser.judge.choose import is_local
from noiser.judge.local import TINY
from noiser.study.claims import Outcome
from noiser.study.measures import Explained
from noiser.study.row import failed, measures_of, values_of
from noiser.study.spec import Study


def asks_here(study: Study) -> bool:
    """Whether the study's judge computes here: then rows wait for each other, to be asked about together."""
    return is_local(study.judge or TINY)


def ask_ahead(cases: Sequence[Explained]) -> float:
    """Ask the judge all about several rows together; its cache has the replies when each is measured.

    What goes wrong is left to the row that it concerns, but Cancelled and CacheUnusable. Returns the
    seconds that it took, for each row.
    """
    started = time.perf_counter()
    for one in measures_of(cases[0].study)[1]:
        try:
            with suppress(BudgetSpent):
                one.ask_ahead(cases)
        except (Cancelled, CacheUnusable):
            raise
        except NoiserError:
            continue  # of one row: it meets it again
    return (time.perf_counter() - started) / len(cases)


def ask_judge(case: Explained, outcome: Outcome, waited: float = 0.0) -> Outcome:
    """The rest of a row, of which `outcome` is what is known without its judge; `waited` seconds before.

    The judge's limits are of all who give the same `folder`, the study's. Cancelled, BudgetSpent where the
    judge may be asked no more and CacheUnusable where what it says cannot be kept: then the row is open as
    before.
    """
    started = time.perf_counter() - waited - (outcome.seconds or 0.0)
    try:
        said = values_of(measures_of(case.study)[1], case)
    except (Cancelled, BudgetSpent, CacheUnusable):
        raise
    except Exception as error:  # noqa: BLE001  # told in the row
        return failed(error, started)
    known = outcome.result or {"values": {}}
    return replace(
        outcome,
        result={**known, "values": known["values"] | said},
        seconds=time.perf_counter() - started,
    )
