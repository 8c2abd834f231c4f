"""Exports say what the explanation holds, and whatever is in a prompt stays text."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from noiser.errors import NoiserError, WrongUse
from noiser.events import NextToken
from noiser.explanation import UnitScore
from noiser.export import FORMATS, check_suffix, render, save, wording
from noiser.record import from_record
from tests.export.example import PROMPT, example, generation, unsure, zoomed

SVG = "{http://www.w3.org/2000/svg}"


class Page(HTMLParser):
    """What a browser would see: the tags, the hover texts and the text of the prompt."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hovers: list[str] = []
        self.sources: list[str] = []
        self.prompts: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.sources += [str(values[name]) for name in ("src", "href") if name in values]
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


def shown(text: str) -> str:
    return text.replace("\x1b", "␛").replace("\x00", "␀")


def test_the_format_is_chosen_by_the_suffix(tmp_path: Path) -> None:
    for suffix in FORMATS:
        path = tmp_path / f"run{suffix.upper()}"
        save(example(), path)
        made = render(example(), suffix)
        assert path.read_bytes() == (made if isinstance(made, bytes) else made.encode())


@pytest.mark.parametrize("name", ["run.pdf", "run"])
def test_another_suffix_is_one_sentence(name: str) -> None:
    with pytest.raises(WrongUse, match=r"\.json, \.html, \.svg, \.png, \.csv"):
        check_suffix(name)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoiserError, match="cannot be written"):
        save(example(), tmp_path / "no" / "run.csv")


def test_json_is_the_record() -> None:
    assert from_record(json.loads(render(generation(), ".json"))) == generation()


def test_csv_has_a_row_per_token_with_the_exact_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(render(example(), ".csv"))))
    tokens = example().tokens
    assert [row["text"] for row in rows] == [token.text for token in tokens]
    assert [float(row["score"]) for row in rows] == [token.score for token in tokens]
    assert (rows[0]["low"], rows[0]["alpha_high"], rows[0]["role"]) == ("", "", "special")
    assert rows[4]["saturated"] == "true"


def test_csv_numbers_the_generated_targets() -> None:
    rows = list(csv.DictReader(io.StringIO(render(generation(), ".csv"))))
    assert [row["step"] for row in rows] == ["0"] * 3 + ["1"] * 4


def test_html_needs_nothing_beside_itself_and_keeps_every_character() -> None:
    text = render(example(), ".html")
    page = Page(text)
    assert not page.sources
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert page.prompts == ["<s>" + shown(PROMPT)]
    assert "\x1b" not in text


def test_html_tells_the_numbers_when_a_token_is_pointed_at() -> None:
    page = Page(render(example(), ".html"))
    assert page.hovers[1] == '1: "The" score 0.400 (0.390–0.410) raw 0.2000 α 0.0859–0.0869'
    assert "α ≥ 0.0859" in page.hovers[4]
    assert "score −0.050" in page.hovers[-1]


@pytest.mark.parametrize("suffix", [".html", ".svg"])
def test_marks_that_turn_the_direction_are_shown_and_not_obeyed(suffix: str) -> None:
    marks = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)]
    pieces = ["a", *(f" {mark}b{mark}" for mark in marks), "c"]
    text = render(example(pieces, target=NextToken(7, f" {marks[0]}", 0.9)), suffix)
    assert not set(marks) & set(text)
    assert text.count("⸱b⸱") >= len(marks)


def test_html_keeps_what_is_written_from_right_to_left_in_its_place() -> None:
    text = render(example(["שלום", " עולם"]), ".html")
    assert re.search(r"\.t \{[^}]*unicode-bidi: isolate", text)
    assert '<p class="prompt" dir="auto"><span class="t special" dir="ltr"' in text


def test_html_has_a_section_per_generated_target() -> None:
    page = Page(render(generation(), ".html"))
    assert page.prompts == ["<s>Hello there", "<s>Hello there Paris"]


def test_svg_is_xml_with_every_character_of_the_prompt_in_its_place() -> None:
    root = ElementTree.fromstring(render(example(), ".svg"))
    texts = [(float(t.attrib["x"]), t.text or "") for t in root.iter(f"{SVG}text")]
    for piece in (
        " [bold]",
        "שלום",
        "é",
        "👩‍🚀",
        " <b>&\"'",
        "␛[31m",
        " 東京",
        "␀",
        " @ROW@",
        " is",
    ):
        assert piece in [text for _, text in texts]
    cell = 8.4
    wide = [(x, t) for x, t in texts if t in ("␛[31m", " 東京", "␀")]
    assert wide[1][0] - wide[0][0] == pytest.approx(5 * cell, abs=0.11)
    assert wide[2][0] - wide[1][0] == pytest.approx(5 * cell, abs=0.11)


def test_svg_wraps_between_words_and_stays_inside() -> None:
    pieces = [f" word{i}" for i in range(60)] + ["x" * 200]
    root = ElementTree.fromstring(render(example(pieces), ".svg"))
    width = float(root.attrib["width"])
    for text in root.iter(f"{SVG}text"):
        assert float(text.attrib["x"]) + float(text.attrib["textLength"]) <= width
    words = [t.text for t in root.iter(f"{SVG}text") if (t.text or "").startswith(" word")]
    assert words[:2] == [" word0", " word1"]


def test_svg_draws_a_lone_mark_without_squeezing_it() -> None:
    root = ElementTree.fromstring(render(example(["e", "\u0301"]), ".svg"))
    (mark,) = (t for t in root.iter(f"{SVG}text") if t.text == "\u0301")
    assert "textLength" not in mark.attrib


@pytest.mark.parametrize(
    ("bound", "never", "says"),
    [
        ("min", (1, 2, 3), ", saturated: the prediction never flips"),
        ("max", (2,), ", saturated: 1 of 3 tokens never flips"),
        ("max", (1, 2, 3), ", saturated: 3 of 3 tokens never flip"),
        ("per-token", (1, 3), "α of each token its own, saturated: 2 of 3 tokens never flip"),
    ],
)
def test_how_many_tokens_never_flip_is_told_as_it_is(
    bound: str, never: tuple[int, ...], says: str
) -> None:
    made = example(["a", "b", "c"], bound=bound, saturated=True)
    tokens = tuple(replace(t, saturated=i in never) for i, t in enumerate(made.tokens))
    alpha = None if bound == "per-token" else made.alpha
    assert wording.found(replace(made, tokens=tokens, alpha=alpha)).endswith(says)


def test_exports_stand_tokens_without_any_number() -> None:
    bare = example(["a", "b"])
    tokens = tuple(replace(t, score=None, raw=None, interval=None, alpha=None) for t in bare.tokens)
    bare = replace(bare, tokens=tokens, alpha=None, leaders=(), method="random", next_tokens=())
    for suffix in FORMATS:
        assert render(bare, suffix)
    assert "method random" in render(bare, ".html")


def test_text_that_is_not_unicode_can_still_be_written(tmp_path: Path) -> None:
    for suffix in (".html", ".svg"):
        save(example(["half \ud83d"]), tmp_path / f"run{suffix}")


def test_csv_keeps_one_row_per_token_whatever_is_in_it() -> None:
    awkward = example(["a\rb", ' "quoted"', "\n", ",;\t", "=cmd()"])
    rows = list(csv.reader(io.StringIO(render(awkward, ".csv"), newline="")))
    assert len(rows) == 1 + len(awkward.tokens)
    assert [row[2] for row in rows[1:]] == [token.text for token in awkward.tokens]


def test_units_are_shown_whole_and_those_looked_into_by_token() -> None:
    shown = [(piece.text, score) for piece, score in zoomed().pieces()]
    texts = ["<s>", "Go on.", " The", " <cat>", " sat.", " No more."]
    assert [text for text, _ in shown] == texts
    assert [score for _, score in shown] == pytest.approx([0.0, 0.2, 0.1, 0.6, 0.0, 0.1])


def test_html_tells_a_units_numbers_and_has_its_tokens_under_it() -> None:
    text = render(zoomed(), ".html")
    page = Page(text)
    assert page.prompts == ["<s>Go on. The <cat> sat. No more."]
    assert page.hovers[1] == '1: "Go on." score 0.200 (0.190–0.210) raw 0.1000 α 0.2500–0.5000'
    assert page.hovers[3].startswith('4: " <cat>" score 0.600')
    rows = re.findall(r"<tr( class=\"inside\")?><td>(\d+)</td>", text)
    assert [(bool(inside), int(at)) for inside, at in rows] == [
        *((False, 0), (False, 1), (False, 3), (True, 3), (True, 4), (True, 5), (False, 6))
    ]


def test_svg_lists_units_and_what_is_inside_them() -> None:
    root = ElementTree.fromstring(render(zoomed(), ".svg"))
    texts = [t.text or "" for t in root.iter(f"{SVG}text")]
    names = [text for text in texts if text.startswith('"')]
    order = ['" The <cat> sat."', '" <cat>"', '" The"', '" sat."', '"Go on."', '" No more."']
    assert names[:6] == order


def test_csv_says_which_unit_a_token_belongs_to() -> None:
    rows = list(csv.DictReader(io.StringIO(render(zoomed(), ".csv"))))
    assert [row["unit"] for row in rows] == ["0", "1", "1", "3", "3", "3", "6", "6"]
    assert {row["unit"] for row in csv.DictReader(io.StringIO(render(example(), ".csv")))} == {""}


def test_what_was_found_in_units_is_said_of_units() -> None:
    made = zoomed()
    assert wording.found(made) == (
        'α* 0.0859, decided by " The <cat> sat."; inside 1 sentence α* 0.1250, decided by " <cat>"'
    )
    assert wording.times_less(made) is None, "the released code has no units"
    assert "by sentence" in wording.settings(made)
    assert [wording.warning(made, one) for one in made.warnings] == [
        '"Go on.": Never flips.',
        '" <cat>": Odd here.',
    ]
    some = tuple(replace(u, saturated=u.first == 1) for u in made.units)
    for form in (".html", ".svg"):
        assert "&quot;Go on.&quot;: Never flips." in render(made, form)
    other = replace(made, units=some, bound="max", saturated=True, zoom=None)
    assert wording.found(other).endswith("saturated: 1 of 4 sentences never flips")


def test_template_tokens_are_drawn_as_special_ones_are() -> None:
    made = example(["user", " Hi"])
    tokens = (made.tokens[0], replace(made.tokens[1], role="template", score=None), made.tokens[2])
    made = replace(made, tokens=tokens)
    page, picture = render(made, ".html"), render(made, ".svg")
    assert '<span class="t template" dir="ltr"' in page
    assert ".noiser .t.special, .noiser .t.template {" in page
    assert ">user</text>" in picture
    assert re.search(r'<text class="template"[^>]*>user</text>', picture)
    assert ".special, .template {" in picture
    whole = UnitScore(first=1, last=2, text="user Hi", score=0.4, raw=0.2)
    bos = UnitScore(first=0, last=0, text="<s>", score=0.1, raw=0.1)
    by_word = replace(made, granularity="word", units=(bos, whole))
    assert '<span class="t content ' in render(by_word, ".html")


def test_a_part_of_a_character_is_named_with_it() -> None:
    made = example(["🚀", "x"])
    parts = tuple(replace(made.tokens[1], text=name) for name in ("<F0>", "<9F>"))
    made = replace(made, tokens=(made.tokens[0], *parts, made.tokens[2]), leaders=())
    for form in (".html", ".svg"):
        assert "&lt;F0&gt; of 🚀" in render(made, form)


def test_what_may_weigh_nothing_is_drawn_apart() -> None:
    made = unsure()
    assert [token.sure for token in made.tokens] == [None, True, False]
    page = render(made, ".html")
    (hatched,) = re.findall(r'<span class="([^"]*unsure[^"]*)"[^>]*>([^<]*)', page)
    assert hatched == ("t content unsure", " maybe")
    told = "order stable to τ 0.42; 1 of 2 tokens ≈0, hatched: its 95% interval spans 0"
    assert told in page
    assert "0.000–0.400 ≈0" in page
    root = ElementTree.fromstring(render(made, ".svg"))
    boxes = [
        float(box.attrib["width"])
        for box in root.iter(f"{SVG}rect")
        if "hot" in box.attrib["class"]
    ]
    stripes = [width for width in boxes if width < 3]
    assert len(stripes) > 15, "a word of six cells, and its bar"
    texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert told in texts
    assert "0.000–0.400 ≈0" in texts


def test_a_run_without_draws_says_nothing_of_sureness() -> None:
    made = example([" one"])
    bare = [replace(token, interval=None, raw_interval=None) for token in made.tokens]
    assert wording.sureness(replace(made, tokens=tuple(bare))) == ""


def test_a_measured_option_is_written_in_four_figures() -> None:
    made = replace(example(), method="lime", options={"samples": 200, "foretold": 0.70320072})
    assert "lime, samples 200, foretold 0.7032 ·" in wording.settings(made)


def test_a_quantized_model_is_told_from_one_that_is_not() -> None:
    plain = example()
    stored = replace(plain, model={**plain.model, "quantization": "4bit"})
    assert "tiny · cpu float32 ·" in wording.settings(plain)
    assert "tiny · cpu float32, weights in 4bit ·" in wording.settings(stored)
    assert wording.precision({"dtype": "float16", "quantization": None}) == "float16"
