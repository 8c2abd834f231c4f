"""Exports of a comparison say what it holds, and whatever is in a prompt or a name stays text."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from noiser.comparison.result import Comparison
from noiser.errors import WrongUse
from noiser.export import COMPARISON_FORMATS, render, save
from noiser.export.comparison import wording
from noiser.export.comparison.blocks import CELL, blocks
from tests.comparison.rows import compared, scored
from tests.export.example import example

SVG = "{http://www.w3.org/2000/svg}"
FIRST = scored("ab cd", ("ab", 0.8), (" cd", 0.2))
SECOND = scored("ab cd", ("ab", 0.4), (" ", -0.6), ("cd", 0.0))


@pytest.fixture(scope="module")
def awkward() -> Comparison:
    name = "<b>&\"'\x1b[31m"
    return compared({name: example(), "two": example(), "three": "no </p> fur"})


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hovers: list[str] = []
        self.prompts: list[str] = []
        self.links: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.links += [str(values[name]) for name in ("src", "href") if name in values]
        if tag == "span":
            self.hovers.append(str(values["title"]))
        if tag == "p":
            self._inside = values.get("class") == "prompt"
            if self._inside:
                self.prompts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.prompts[-1] += data


def test_the_form_is_chosen_by_the_suffix_and_others_are_refused(tmp_path: Path) -> None:
    made = compared({"one": FIRST, "two": SECOND})
    for suffix in COMPARISON_FORMATS:
        save(made, tmp_path / f"run{suffix}")
        written = (tmp_path / f"run{suffix}").read_bytes()
        whole = render(made, suffix)
        assert written == (whole if isinstance(whole, bytes) else whole.encode())
    with pytest.raises(WrongUse, match=r"written as \.json, \.html, \.svg, \.png, \.csv"):
        save(made, tmp_path / "run.tex")


def test_a_table_has_a_line_for_every_segment_of_every_row() -> None:
    made = compared({"one": FIRST, "two": SECOND, "three": "It failed, sadly."})
    text = render(made, ".csv")
    assert isinstance(text, str)
    lines = list(csv.DictReader(io.StringIO(text)))
    segments, scores = made.agreement.segments, made.agreement.scores
    assert len(lines) == 2 * len(segments) + 1
    for number, row in enumerate(scores[:2], 1):
        own = [line for line in lines if line["row"] == str(number)]
        assert [line["text"] for line in own] == [one.text for one in segments]
        assert [int(line["end"]) for line in own] == [one.end for one in segments]
        assert [line["score"] for line in own] == ["" if s is None else str(s) for s in row or ()]
    assert {line["label"] for line in lines} == {"one", "two", "three"}
    assert (lines[-1]["error"], lines[-1]["segment"]) == ("It failed, sadly.", "")


def test_a_page_has_every_row_every_number_and_nothing_from_elsewhere(awkward: Comparison) -> None:
    text = render(awkward, ".html")
    assert isinstance(text, str)
    page = Page(text)
    shown = "".join(one.text for one in awkward.agreement.segments)
    assert page.prompts == [shown.replace("\x1b", "␛").replace("\x00", "␀")] * 2
    assert len(page.hovers) == 2 * len(awkward.agreement.segments)
    assert page.hovers[1] == '"The" score 0.400'
    assert not {"script", "img", "link", "b"} & set(page.tags)
    assert page.links == []
    assert "no &lt;/p&gt; fur" in text
    assert text.count(">1.00</td>") == 8  # in both matrices, of the two rows that did not fail


def test_a_notebook_shows_the_same_without_touching_its_own_page(awkward: Comparison) -> None:
    text = awkward._repr_html_()
    page = Page(text)
    assert page.prompts == Page(str(render(awkward, ".html"))).prompts
    assert not {"html", "body", "h1", "script"} & set(page.tags)
    style = text.partition("<style>")[2].partition("</style>")[0]
    rules = re.sub(r"/\*.*?\*/|@media[^{]*{", "", style, flags=re.DOTALL)
    selectors = [one for rule in re.findall(r"([^{}]+){", rules) for one in rule.split(",")]
    assert [one for one in selectors if not one.strip().startswith(".noiser")] == []


def test_a_page_colours_what_agrees_and_what_does_not() -> None:
    other = scored("ab cd", ("ab", 0.1), (" cd", 0.9))
    text = str(render(compared({"one": FIRST, "two": other}), ".html"))
    assert '<td class="less" style="--w:1.000">−1.00</td>' in text
    assert '<td style="--w:0.000">0.00</td>' in text


def test_a_picture_is_xml_whose_rows_stand_over_the_same_characters(awkward: Comparison) -> None:
    root = ElementTree.fromstring(str(render(awkward, ".svg")))
    texts = [(str(one.text), one.get("x"), one.get("y")) for one in root.iter(f"{SVG}text")]
    places = [(x, float(str(y))) for text, x, y in texts if text == "The"]
    assert len(places) == 2
    assert places[0][0] == places[1][0]
    assert any("✗ three: no </p> fur" in text for text, _, _ in texts)
    width = float(str(root.get("width")))
    for box in root.iter(f"{SVG}rect"):
        if box.get("class") != "page":
            assert float(str(box.get("x"))) + float(str(box.get("width"))) <= width


def test_a_picture_in_pixels_is_twice_its_size() -> None:
    made = compared({"one": FIRST, "two": SECOND})
    root = ElementTree.fromstring(str(render(made, ".svg")))
    data = render(made, ".png")
    assert isinstance(data, bytes)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2 * int(str(root.get("width"))), 2 * int(str(root.get("height"))))


@pytest.mark.parametrize("rows", [2, 3, 9, 64])
@pytest.mark.parametrize("width", [40, 80, 88, 120])
def test_blocks_hold_every_column_of_both_matrices_and_fit(rows: int, width: int) -> None:
    made = compared({f"a rather long name {i}": FIRST for i in range(rows)})
    seen: dict[str, list[int]] = {}
    for beside in blocks(made, width):
        ends = [one.x + one.width + len(one.columns) * CELL for one in beside]
        assert ends == sorted(ends)
        assert ends[-1] <= width
        for one in beside:
            seen.setdefault(one.title, []).extend(one.columns)
    assert seen == {title: list(range(rows)) for title, _ in wording.matrices(made)}


def test_words_about_a_comparison() -> None:
    made = compared({"one": FIRST, "two": SECOND})
    assert wording.question(made) == 'Why " Paris" 0.5000, in 2 ways'
    other = scored("ab cd", ("ab", 0.8), (" cd", 0.2), target=" Rome")
    assert wording.question(compared({"one": FIRST, "two": other})) == "2 targets, in 2 ways"
    assert wording.found(made).startswith("2 segments of 2 to 3 tokens, ")
    failed = compared({"one": FIRST, "two": "no"})
    assert "1 of 2 rows without an explanation" in wording.found(failed)
    assert wording.failures(failed) == ["two: no"]
    assert re.fullmatch(
        r" 1 row 0", wording.names(compared({f"row {i}": FIRST for i in range(10)}))[0]
    )
