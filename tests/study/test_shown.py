"""Numbers of a study as screens have them."""

from __future__ import annotations

import re
from pathlib import Path

from noiser.study.measures import Column
from noiser.study.significance import Pair
from noiser.study.spec import Setting
from noiser.study.table import Cell, Line, Table
from noiser.study.wording import number, shown
from noiser_tui.workbench.studies.grid import Spot, cell_text, detail
from tests.study.cases import small_study


def test_screens_have_the_sign_of_numbers_and_files_that_of_keyboards() -> None:
    assert [shown(one) for one in (-0.51, 0.51, 0.0, -0.0, -0.0012)] == [
        *("−0.510", "0.510", "0.000", "0.000", "−0.0012"),
    ]
    assert number(-0.51) == "-0.510"
    assert cell_text(Cell(-0.51, (-0.6, 0.1), 9)) == "−0.510 [−0.600, 0.100]"


def test_so_has_the_sentence_about_a_cell(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    column = Column("log", ("a",), "what it is", "high")
    cell = Cell(-0.5, (-0.6, -0.1), 9)
    line = Line(
        "tiny",
        "set",
        "one",
        Setting("tiny", "noiser", "min", "none", "set", 1),
        {"done": 9},
        0.1,
        (cell,),
    )
    spot = Spot("one", "tiny", "set", "log")

    def told(first: str, second: str) -> str:
        pair = Pair("tiny", "set", "log", first, second, 9, -0.25, 0.01, 0.02)
        return detail(Table(study, (column,), (line,), (pair,)), spot, "two")

    assert "log −0.500, 95% from −0.600 to −0.100" in told("one", "two")
    assert "−0.25 against two, p 0.0100" in told("one", "two")
    assert "+0.25 against two" in told("two", "one")
    assert not re.search(r"-\d", told("one", "two"))
