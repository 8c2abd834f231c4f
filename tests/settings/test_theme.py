"""The setting of the theme: a name, or a file."""

from __future__ import annotations

import pytest

from noiser.errors import WrongUse
from noiser_tui.settings.kinds import OneOf


def test_a_file_may_stand_for_a_name_where_files_are_meant() -> None:
    theme = OneOf(("dark", "light"), files=(".json", ".toml"))
    for value in ("dark", "./nightfall.json", "~/themes/mine.toml"):
        assert theme.check(value) == theme.read(value) == value
    with pytest.raises(WrongUse, match="dark"):
        theme.check("drak")
    with pytest.raises(WrongUse):
        OneOf(("dark", "light")).check("./nightfall.json")
