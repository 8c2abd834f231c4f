"""What can go wrong, each told in one sentence a user can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser.comparison.result import Comparison
    from noiser.explanation import Explanation
    from noiser.metrics.begun import MetricsBegun


class NoiserError(Exception):
    """The work was asked for rightly and failed; the message is one clear sentence.

    `change` names the options that the user could change for it to succeed, as they are called in
    Python, at will with a value after a space: a front end says how that is done in it.
    """

    def __init__(self, message: str = "", *, change: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.change = change

    @property
    def told(self) -> str:
        """The message with what could be changed, for where it is kept and no front end adds that."""
        return f"{self} (To change: {', '.join(self.change)}.)" if self.change else str(self)


class WrongUse(NoiserError):
    """What was asked for cannot be meant: an unknown name, an impossible combination."""


class AnotherRun(WrongUse):
    """What was made before is of another run than the one asked for: another model, prompt or way."""


class NotTrusted(NoiserError):
    """A model was refused that the user may allow by name: `trust` is that name, `why` what it means."""

    def __init__(self, why: str, advice: str, trust: str) -> None:
        super().__init__(f"{why}{advice}", change=(f"trust {trust}",))
        self.why = f"{why}."
        self.trust = trust


class Cancelled(NoiserError):
    """The user stopped the run; `partial` is what was known of the explanation by then, if anything."""

    def __init__(self, partial: Explanation | None = None) -> None:
        super().__init__("Cancelled.")
        self.partial = partial


class ComparisonCancelled(Cancelled):
    """The user stopped a comparison; `comparison` has the rows that were finished by then, if any."""

    def __init__(self, comparison: Comparison | None = None) -> None:
        super().__init__()
        self.comparison = comparison


class MeasuringCancelled(Cancelled):
    """The user stopped metrics; `begun` is what was run of them by then."""

    def __init__(self, begun: MetricsBegun) -> None:
        super().__init__()
        self.begun = begun


def unknown(
    kind: str, name: str, known: Iterable[str], *, change: tuple[str, ...] = ()
) -> WrongUse:
    """The error for a name that is not among the `known`, with the nearest one as a suggestion."""
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return WrongUse(f"Unknown {kind} {name!r}.{hint} Known: {', '.join(names)}.", change=change)
