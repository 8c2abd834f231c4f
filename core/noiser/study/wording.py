"""A study's numbers and how far it is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.export.wording import minus
from noiser.study.published import KEPT, folded
from noiser.study.standing import Standing

if TYPE_CHECKING:
    from noiser.study.table import Beside, Table


_LINES = 5
"""Lines of a file that are named at most."""


def number(value: float) -> str:
    """A number as tables show it: three places, more where it is small."""
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.01 else f"{value:.2g}"


def shown(value: float) -> str:
    """A number of a table as screens have it, with the sign that every number there has."""
    return minus(number(value))


def beside_text(beside: Beside | None) -> str:
    """A published number, and in parentheses one's own less it, as files have them; a dash for none."""
    if beside is None:
        return "–"
    counted = folded(beside.number.metric) == KEPT
    text = f"{beside.number.value:g}" if counted else number(beside.number.value)
    if beside.difference is None:
        return text
    difference = round(beside.difference, 3) + 0.0  # no −0
    return f"{text} ({difference:{'+g' if counted else '+.3f'}})"


def on_screen(beside: Beside | None) -> str:
    """The same as screens have it, with the sign that every number there has."""
    return beside_text(beside).replace("-", "−")


def published_lines(table: Table) -> list[str]:
    """Where the published numbers are from that stand beside one's own, then what is amiss with the file."""
    numbers = (one for one in table.published.numbers if one not in table.unmatched)
    sources = dict.fromkeys(one.source for one in numbers)
    told = f"Published: {'; '.join(sources)}; in parentheses, one's own less it."
    return [*([told] if sources else []), *published_amiss(table)]


def published_amiss(table: Table) -> list[str]:
    """Why there are no published numbers, or how many of them are of nothing here."""
    published, unmatched = table.published, table.unmatched
    if published.problem:
        return [f"No published numbers: {published.problem}"]
    if not unmatched:
        return []
    lines = ", ".join(str(one.line) for one in unmatched[:_LINES])
    rest = ", …" if len(unmatched) > _LINES else ""
    count = f"{len(unmatched)} of {len(published.numbers)}"
    return [
        f"{count} published numbers are of no model, data set, method and metric here "
        f"({published.name}, line {lines}{rest})."
    ]


def standing_line(standing: Standing, *, running: bool = False) -> str:
    """How far a study is, in one line: counts, the rate, and how long it will go on.

    `running`: its process is known to be there, also before the first of its workers is.
    """
    parts = [f"{standing.finished:,} of {standing.total:,} rows"]
    if standing.left_out:
        parts.append(f"{standing.left_out:,} left out")
    if standing.failed:
        parts.append(f"{standing.failed:,} failed")
    if standing.complete:
        return " · ".join([*parts, "finished"])
    if standing.rate:
        parts.append(f"{_three(standing.rate)} rows/s")
    if not standing.workers:
        parts.append("its workers are starting" if running else "nobody works on it")
    elif standing.seconds_left is None:
        parts.append("time left not known yet")
    else:
        parts.append(f"about {duration(standing.seconds_left)} left")
    return " · ".join(parts)


def _three(number: float) -> str:
    """A number to three figures, with no exponent."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3 h 05 min, 2 d 4 h."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if minutes < 100:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest:02d} min"
    return f"{hours // 24} d {hours % 24} h"
