"""Whatever a prompt holds, the screen stays within its width and obeys none of it."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noiser.export import render
from noiser_tui.cli.screen import draw
from noiser_tui.look.themes import load_theme
from tests.export.example import example

ODD = st.sampled_from(
    (
        *("\n", "\r", "\t", "\x1b]0;x\x07", "\x9b31m", "\x00", "\u202e", "\u2066", "\u200b"),
        *("\u0301", "\u2028", "\ufeff", "👩‍🚀", "👍🏽", "🇫🇷", "東京", "שלום"),
        *("[red]", "[/]", ":smile:", "<b>", "&amp;", "]]>"),
    )
)
PIECES = st.lists(st.one_of(ODD, st.text(min_size=1, max_size=12)), min_size=1, max_size=30)


@settings(max_examples=60)
@given(PIECES, st.integers(40, 130))
@case(["\u0301"], 40)
@case(["🇫", "🇷"], 40)
def test_the_screen_keeps_its_width_and_shows_no_control(pieces: list[str], width: int) -> None:
    stream = io.StringIO()
    explanation = example(pieces)
    more = replace(explanation, continuation=(explanation,))
    for one in (explanation, more):
        draw(one, stream, theme=load_theme(), depth="none", width=width, height=24)
    text = stream.getvalue()
    assert not {c for c in text if unicodedata.category(c) == "Cc" and c != "\n"}
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert max(cell_len(line) for line in text.split("\n")) <= width


@settings(max_examples=60)
@given(PIECES)
def test_exports_stay_well_formed(pieces: list[str]) -> None:
    explanation = example(pieces)
    ElementTree.fromstring(render(explanation, ".svg"))
    rows = list(csv.reader(io.StringIO(render(explanation, ".csv"), newline="")))
    assert [row[2] for row in rows[1:]] == ["<s>", *pieces]
    assert "\x1b" not in render(explanation, ".html")
