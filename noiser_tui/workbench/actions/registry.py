"""What a user can do: each action once, and everything that names it reads it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

Do = Callable[..., object]
"""Done with the workbench, and with the `args` of a key where it takes any."""


@dataclass(frozen=True)
class Action:
    """One thing a user can do.

    `keys` are its default keys in textual's names, `when` the condition under which it is possible
    (see `context.facts` for its words). `short` is its name in the footer, empty when it is not shown
    there. Lists show it under its `group`. A key with `priority` is taken before the widget that has
    the focus sees it. `args`: whether a key can give what it would ask for.
    """

    id: str
    title: str
    do: Do
    keys: tuple[str, ...] = ()
    when: str = ""
    short: str = ""
    help: str = ""
    group: str = ""
    priority: bool = True
    args: bool = False


ACTIONS: dict[str, Action] = {}
"""Every action by its id, in the order in which they are listed."""


def action(
    id: str,
    title: str,
    *keys: str,
    when: str = "!modal",
    short: str = "",
    help: str = "",
    priority: bool = True,
    args: bool = False,
) -> Callable[[Do], Do]:
    """Register the function below as an action."""

    def register(do: Do) -> Do:
        assert id not in ACTIONS, f"two actions are called {id}"
        ACTIONS[id] = Action(id, title, do, keys, when, short, help, priority=priority, args=args)
        return do

    return register


@dataclass(frozen=True)
class later:  # noqa: N801 - reads as what it is where actions are listed
    """What `module:function` of the workbench does, imported when it is first done.

    Lists and questions need widgets that are not on the first screen.
    """

    where: str

    def __call__(self, app: Workbench, *args: str) -> object:
        """Do it."""
        return self.function()(app, *args)

    def function(self) -> Do:
        """The function itself."""
        module, _, name = self.where.partition(":")
        do: Do = getattr(import_module(f"noiser_tui.workbench.{module}"), name)
        return do
