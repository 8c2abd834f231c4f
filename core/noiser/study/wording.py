"""How far a study is, in words."""

from __future__ import annotations

from noiser.export.wording import minus
from noiser.study.export import number
from noiser.study.standing import Standing


def shown(value: float) -> str:
    """A number of a table as screens have it, with the sign that every number there has."""
    return minus(number(value))


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
