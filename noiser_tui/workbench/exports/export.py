"""One thing that can be written to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from noiser.export import check_suffix
from noiser.files import write_text
from noiser_tui.workbench.exports.table import FORMS, Table, render


@dataclass(frozen=True)
class Export:
    """What is offered as `what`: a file called `name` unless another is given, of one of the `forms`.

    Without forms any name will do; a file of the first form `opens` in the workbench again. `write` makes
    it and writes it, in a thread; NoiserError or OSError where it cannot.
    """

    what: str
    name: str
    forms: tuple[str, ...]
    write: Callable[[Path], object]
    opens: bool = False

    @property
    def title(self) -> str:
        """What is offered, as the line of a list."""
        return f"{self.what[0].upper()}{self.what[1:]}"

    @property
    def kinds(self) -> str:
        """Its forms in one line."""
        return ", ".join(self.forms) or "a text file"

    @property
    def hint(self) -> str:
        """Which forms there are."""
        if not self.forms:
            return "A text file"
        first, *others = self.forms
        again = " (opens again)" if self.opens else ""
        return f"The name decides the form: {', '.join([f'{first}{again}', *others])}"

    def check(self, name: str) -> None:
        """WrongUse for the name of a file of no such form."""
        if self.forms:
            check_suffix(name.strip(), self.forms)


def of_table(what: str, name: str, make: Callable[[], Table]) -> Export:
    """A table that is made in the thread, called `name` without its ending."""
    return of_texts(what, name, FORMS, lambda form: render(make(), form))


def of_texts(what: str, name: str, forms: tuple[str, ...], make: Callable[[str], str]) -> Export:
    """What `make` gives as text in one of the forms, the first of which is offered."""
    return Export(what, f"{name}{forms[0]}", forms, partial(_write_text, forms, make))


def _write_text(forms: tuple[str, ...], make: Callable[[str], str], where: Path) -> None:
    write_text(where, make(check_suffix(where, forms)))
