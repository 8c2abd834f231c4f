"""From settings to a request: every field of the section but those that are the workbench's."""

from __future__ import annotations

from dataclasses import fields, replace

from noiser.request import Request
from noiser_tui.settings.requests import request_of
from noiser_tui.settings.schema import Explain


def test_no_settings_ask_for_the_paper_s_defaults() -> None:
    assert request_of(Explain()) == Request()


def test_every_setting_is_asked_for() -> None:
    chosen = Explain("lime", "max", "2", "raw", 7, 8, "exclude", "word", "exact", False)
    request = request_of(chosen)
    assert request == replace(
        Request(),
        method="lime",
        bound="max",
        norm="2",
        normalisation="raw",
        draws=7,
        seed=8,
        specials="exclude",
        granularity="word",
    )
    assert request_of(Explain(search="fast")).search == "fast"
    asked = {field.name for field in fields(Explain)} - {field.name for field in fields(Request)}
    assert asked == {"preview", "live"}
