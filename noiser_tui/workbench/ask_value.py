"""Asking for a setting's or an option's value: a flag is turned over, a name chosen, all else typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from noiser_tui.settings.kinds import Flag, Kind, OneOf
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick


def ask_value(
    app: App[Any],
    name: str,
    hint: str,
    kind: Kind,
    now: str,
    use: Callable[[str], object],
    *,
    check: Callable[[str], object] | None = None,
    choices: Sequence[Choice] = (),
    free: str = "",
) -> None:
    """Call `use` with the answer as text; with `choices` one of them, or what `free` allows, is taken.

    What is typed goes through `check`, the kind's own unless another one is given.
    """

    def take(answer: str | None) -> None:
        if answer is not None:
            use(answer)

    if isinstance(kind, Flag):
        use("false" if kind.read(now) else "true")
    elif choices:
        app.push_screen(Pick(name, choices, chosen=now, free=free), take)
    else:
        app.push_screen(Ask(name, hint, now, check=check or kind.read, empty=True), take)


def named(kind: Kind, default: object) -> list[Choice]:
    """The names of a kind that has some, the default said."""
    names = kind.listed() if isinstance(kind, OneOf) else ()
    return [Choice(name, name, "default" if name == default else "") for name in names]
