"""Writing what is exported: beside the loop, no file twice at a time, and told once it is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import check_writable, expand
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.readable import why
from noiser_tui.workbench.screens.choice import Choice

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

LONG = 0.5
"""Seconds after which a file that is still being written is told of."""
PATIENCE = 3.0
"""Seconds that the end of the terminal waits for files; a picture of a long prompt takes one."""
Write = Callable[[Path], object]
"""Makes a file and writes it, in a thread; NoiserError or OSError where it cannot."""


class Writing:
    """The files that are being written."""

    def __init__(self, app: Workbench) -> None:
        self._app = app
        self._under_way: dict[Path, threading.Thread] = {}
        self.unseen: list[str] = []
        """Why files are not there, where the workbench was being left when that was known."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(one.name for one in self._under_way)

    def check(self, where: Path) -> None:
        """NoiserError where that file is being written."""
        if where in self._under_way:
            raise NoiserError(
                f"{where.name} is being written already: it is told when it is there."
            )

    def begin(self, where: Path, write: Write) -> None:
        """Write a file, and tell when it is there, or why it is not."""
        self.check(where)

        def ended(told: str, *, wrong: bool = False) -> None:
            self._under_way.pop(where, None)
            severity = "error" if wrong else "information"
            if wrong and self._app.leaving:
                self.unseen.append(told)
            self._app.notify(told, severity=severity, markup=False)

        self._under_way[where] = beside(
            self._app,
            partial(_written, where, write),
            use=lambda _: ended(f"Saved to {where}"),
            failed=partial(ended, wrong=True),
        )
        self._app.set_timer(LONG, partial(self._tell, where))

    def _tell(self, where: Path) -> None:
        if where in self._under_way:
            self._app.notify(f"{where.name} is being written …", timeout=2, markup=False)

    def let_go(self) -> None:
        """Wait for none of them any more."""
        self._under_way.clear()

    def close(self, patience: float = PATIENCE) -> None:
        """Wait for those that are still being written, from any thread."""
        end = time.monotonic() + patience
        for thread in list(self._under_way.values()):
            thread.join(max(0.0, end - time.monotonic()))


def _written(where: Path, write: Write) -> None:
    try:
        write(where)
    except (NoiserError, OSError):
        raise
    except Exception as error:  # whatever it is: the file is not there, and that is told
        told = f"{where} cannot be written: {type(error).__name__}: {error}"
        raise NoiserError(told) from error


def write_file(app: Workbench, path: str, write: Write) -> None:
    """Write a file beside the loop, asking before another one is replaced."""
    try:
        where = expand(path).resolve()
        app.writing.check(where)
        check_writable(where)
        exists = where.is_file()
    except NoiserError as error:
        app.refuse(str(error))
        return
    except (OSError, RuntimeError) as error:  # RuntimeError of links that lead in a circle
        app.refuse(f"{path} cannot be written: {why(error)}.")
        return

    def go_on() -> None:
        try:
            app.writing.begin(where, write)
        except NoiserError as error:
            app.refuse(str(error))
        else:
            app.refuse("")

    if exists:
        _ask(app, where, go_on)
    else:
        go_on()


def _ask(app: Workbench, where: Path, go_on: Callable[[], None]) -> None:
    """Go on only if the file that is there is to be replaced."""
    from noiser_tui.workbench.screens.pick import Pick

    def answer(value: str | None) -> None:
        if value == "replace":
            go_on()

    choices = [Choice("keep", "Keep the file that is there"), Choice("replace", "Replace it")]
    app.push_screen(Pick(f"{where.name} exists", choices), answer)
