"""The models: what each takes, where it fits, and which is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult

from noiser.builtin import MODEL_NAME
from noiser_tui.look.size import size_text
from noiser_tui.workbench import models_room
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.engine import ModelRow
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.model_words import SIGN, fits_anywhere, in_words
from noiser_tui.workbench.models_room import OTHER
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList, Tone
from noiser_tui.workbench.widgets.words import Words

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


class Models(DeskView):
    """The list, the model under the cursor in words, and the keys."""

    choosing = "model_load"

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._asked: object = None
        self._drawn: object = None
        self._stood = False

    def compose(self) -> ComposeResult:
        """The parts."""
        yield RowList(self.pens)
        yield Words(self.pens)
        yield RowKeys(
            self.pens,
            (("model_load", "load"), ("model_unload", "unload"), ("model_how", "how")),
        )

    def on_show(self) -> None:
        """Look again what is free whenever it is opened."""
        self._asked = None
        if self.desk is not None:
            self.draw(self.desk)

    def draw(self, desk: Desk) -> None:
        """Bring the list up to the desk; what is free is asked again once another model is there."""
        waits = desk.load_job and (desk.survey.known or desk.survey.job)
        if not waits and self._asked != (there := (desk.model, desk.load_job)):
            self._asked = there
            models_room.survey(cast("Workbench", self.app))
            desk = cast("Workbench", self.app).desk
        drawn = desk.survey, desk.model, desk.model_name, desk.load_job, desk.load_options
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.desk = desk
        listed, rows = self.query_one(RowList), list_rows(desk)
        listed.show_rows(rows)
        if desk.survey.known and not self._stood:  # on the model that is there, the first time
            self._stood = True
            keys = [row.key for row in rows]
            listed.point_at(keys.index(desk.model_name) if desk.model_name in keys else 1)
        self.tell()

    def tell(self) -> None:
        """Say what the model under the cursor is, or one that is to be named."""
        if self.desk is not None:
            self.query_one(Words).show_state(in_words(self.desk, self.key))


def list_rows(desk: Desk) -> list[Row]:
    """The models in groups, each with its size and whether it fits; at the end the way to others."""
    survey = desk.survey
    mine = [row for row in survey.rows if row.name == MODEL_NAME]
    recent = [row for row in survey.rows if row.recent is not None and row not in mine]
    recent.sort(key=lambda row: row.recent or 0)
    others = [row for row in survey.rows if row not in mine and row not in recent]
    rows: list[Row] = []
    if desk.load_job and survey.row(desk.model_name) is None:
        rows.append(Row(desk.model_name, desk.model_name, "is loading", tone="accent"))
    groups = (("built-in", mine), ("loaded last", recent), ("on this machine", others))
    for name, models in groups:
        if models:
            rows.append(Row(f"heading:{name}", name.upper(), heading=True))
            rows += [_row(desk, model) for model in models]
    if survey.error:
        rows.append(Row("heading:error", survey.error, heading=True))
    elif not survey.known:
        rows.append(Row("heading:wait", "The models are being read …", heading=True))
    return [*rows, Row(OTHER, "Load another …")]


def _row(desk: Desk, model: ModelRow) -> Row:
    if desk.load_job and desk.model_name == model.name:
        return Row(model.name, model.name, "is loading", tone="accent", mark="… ")
    more = f"{size_text(model.bytes)} {SIGN[fits_anywhere(desk, model)]}"
    loaded = desk.model is not None and desk.model.name == model.name
    tone: Tone = "strong" if loaded else "plain"
    return Row(model.name, model.name, more, tone=tone, mark="● " if loaded else "  ")
