"""JSON with comments: what it says is what json reads from the text without them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser_tui.look.jsonc import JsoncError, read_jsonc

KEYMAP = """\ufeff// Place your key bindings here
[
    {
        "key": "ctrl+k", /* two
        lines */ "command": "noiser.run",
        "when": "a // b, ] /* c */", // no comment in a string
        "slash": "\\"//",
    },
    // the end
]
"""

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(list('/*,]}"\\'))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('ab/*,]}"\\'), inner),
)


def test_comments_and_trailing_commas_are_left_out() -> None:
    assert read_jsonc(KEYMAP) == [
        {
            "key": "ctrl+k",
            "command": "noiser.run",
            "when": "a // b, ] /* c */",
            "slash": '"//',
        }
    ]


@given(values, st.sampled_from([None, 1]))
def test_json_is_read_as_it_is(value: object, indent: int | None) -> None:
    assert read_jsonc(json.dumps(value, indent=indent, ensure_ascii=False)) == value


@given(values, st.sampled_from(["// , ] } \" '\n", '/* , " ] \n */', "\n/**/ \n", "//\n//*\n"]))
def test_comments_may_stand_wherever_space_may(value: object, comment: str) -> None:
    pieces = json.JSONEncoder(separators=(f"{comment},{comment}", f"{comment}:{comment}"))
    assert read_jsonc(comment + pieces.encode(value) + comment) == value


@given(values)
def test_a_comma_may_follow_the_last_value(value: object) -> None:
    text = json.dumps(value)
    assert read_jsonc(f"[{text}, ]") == [value]
    assert read_jsonc(f'{{"a": [{text} // x\n , /* ] */ ], }}') == {"a": [value]}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[\n  1,\n  /* x */ ,2]", 3, 11),
        ("[,]", 1, 2),
        ("[1,,]", 1, 4),
        ('{"a": 1,\n b: 2}', 2, 2),
        ('{"a":,}', 1, 7),
        ("[1,\n /* x", 2, 2),
        ('["a // x]\n', 1, 10),
        ("// only this", 1, 13),
        ("", 1, 1),
        ("[1] [2]", 1, 5),
    ],
)
def test_an_error_names_the_place_in_the_text_as_given(text: str, line: int, column: int) -> None:
    with pytest.raises(JsoncError) as error:
        read_jsonc(text)
    assert (error.value.line, error.value.column) == (line, column)
    assert str(error.value).startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize("text", ["[" * 100_000, "NaN", "[1" + "0" * 5000 + "]"])
def test_what_no_json_may_be_is_refused(text: str) -> None:
    with pytest.raises(JsoncError):
        read_jsonc(text)


def test_the_file_may_have_been_written_on_windows() -> None:
    assert read_jsonc('{"a": 1, // x\r\n"b": [2,],\r\n}\r\n') == {"a": 1, "b": [2]}
