"""What metrics were measured by: in the panel's header where there is room, else among the numbers."""

from __future__ import annotations

from noiser.metrics.results import Curves, Hard, Soft
from noiser_tui.look.cells import cell_width
from noiser_tui.workbench.measured import Measured

NO_INTERVAL = "no interval"
HEADER = 44
"""Cells of the panel's header that its names may take."""


def made_by(found: Measured) -> str:
    """The options that the numbers were measured by, as the numbers themselves have them.

    With it what has no interval, and why.
    """
    parts = []
    if (soft := found.soft) is not None:
        none = f": {NO_INTERVAL}" if soft.masks == 1 else ""
        parts.append(f"{_masks(soft)}, seed {soft.seed}{none}")
    if (removed := found.hard or found.curves) is not None:
        none = "" if _has_intervals(removed) else f"; 1 target: {NO_INTERVAL}"
        parts.append(f"{removed.grain}s → {removed.baseline}{none}")
    return "; ".join(parts)


def room_in_header(by: str, width: int) -> bool:
    """Whether that stands in the header of a panel of this width, and not among the numbers."""
    return cell_width(by) <= width - HEADER


def _masks(soft: Soft) -> str:
    if soft.reference:
        return "the released code's one mask"
    return f"{soft.masks} mask{'s' if soft.masks > 1 else ''}"


def _has_intervals(found: Hard | Curves) -> bool:
    numbers = found.sufficiency if isinstance(found, Hard) else (found.deletion_area,)
    return any(one.interval for one in numbers)
