"""What a study asks, as text to be edited; it is saved as it is typed."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content
from textual.timer import Timer

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser_tui.look.cells import one_line
from noiser_tui.workbench.studies.plan import PLAN_FILE, plan_text
from noiser_tui.workbench.widgets.text_box import TextBox

QUIET = 0.5
"""Seconds after the last key before the file is written."""

MOST = 200
"""Characters that are shown of why there is no plan."""


class PlanText(TextBox):
    """The TOML of the study in a folder."""

    def __init__(self, folder: str) -> None:
        self._file = Path(folder) / PLAN_FILE
        self._saved, why = "", ""
        try:
            self._saved = plan_text(Path(folder))
        except NoiserError as error:  # its folder is gone, or the store is damaged
            why = one_line(str(error), MOST)
        self._due: Timer | None = None
        super().__init__(
            self._saved,
            id="study-plan",
            show_line_numbers=False,
            tab_behavior="focus",
            read_only=bool(why),
        )
        self.border_title = Content(why or f"{PLAN_FILE}, saved as you type")

    def on_text_area_changed(self) -> None:
        """Write the file in a moment."""
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(QUIET, self.save)

    def on_unmount(self) -> None:
        """Write what was typed last."""
        self.save()

    def save(self) -> None:
        """Write what is not written yet."""
        if self.text == self._saved:
            return
        try:
            write_text(self._file, self.text)
        except NoiserError as error:
            self.app.notify(str(error), severity="error", markup=False)
        else:
            self._saved = self.text
