"""How a study is run, chosen on one page before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from noiser.errors import NoiserError
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.form import Field, Filled, Form
from noiser_tui.workbench.studies.run_options import FIELDS, check


class StudyForm(Form):
    """The options of `noiser study run` that its text does not say."""

    heading = "Study: run with …"
    go = "Run the study with these"

    def __init__(self, pens: Pens, values: Filled, file: Path) -> None:
        super().__init__(pens, values)
        self._file = file

    def fields(self) -> Sequence[Field]:
        """All of them, always."""
        return FIELDS

    def problem(self) -> str:
        """What is wrong with them, or with the study's text."""
        try:
            check(self._file, self.values)
        except NoiserError as error:
            return str(error)
        return ""
