"""Conditions against Python's own evaluation of the same tree, and the places of what is wrong in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser_tui.settings.when import WhenError, parse_when

FACTS = {"running": True, "modal": False, "focus": "prompt", "targets": 3, "document": ""}
NAMES = [*FACTS, "nobody"]

# Each expression twice: as a condition, and as Python over a dict f with None for what is unknown.
names = st.sampled_from(NAMES).map(lambda name: (name, f"bool(f.get({name!r}))"))
texts = st.sampled_from(["prompt", "heat", "", "3", "a && b", "(("])
literals = (
    texts.map(lambda text: (f"'{text}'", repr(text)))
    | texts.map(lambda text: (f'"{text}"', repr(text)))
    | st.sampled_from(["prompt", "side-bar", "a.b:c"]).map(lambda word: (word, repr(word)))
    | st.integers(-4, 4).map(lambda number: (str(number), str(number)))
)
equalities = st.tuples(
    st.sampled_from(["focus", "targets", "nobody"]), st.sampled_from(["==", "!="]), literals
).map(lambda t: (f"{t[0]}{t[1]} {t[2][0]}", f"(f.get({t[0]!r}) {t[1]} {t[2][1]})"))
orders = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(-4, 4)).map(
    lambda t: (f"targets {t[0]}{t[1]}", f"(f['targets'] {t[0]} {t[1]})")
)
flags = st.tuples(st.sampled_from(["running", "modal"]), st.booleans()).map(
    lambda t: (f"{t[0]}=={str(t[1]).lower()}", f"(f[{t[0]!r}] is {t[1]})")
)


def _grown(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    bracketed = inner.map(lambda one: (f"( {one[0]} )", f"({one[1]})"))
    negated = bracketed.map(lambda one: (f"!{one[0]}", f"(not {one[1]})"))
    # no brackets around the two sides: what binds tighter must come out by itself
    joined = st.tuples(inner, st.sampled_from([("&&", "and"), ("||", "or")]), inner).map(
        lambda t: (f"{t[0][0]} {t[1][0]}{t[2][0]}", f"{t[0][1]} {t[1][1]} {t[2][1]}")
    )
    return bracketed | negated | joined


expressions = st.recursive(names | equalities | orders | flags, _grown, max_leaves=12)


@given(expressions)
def test_a_condition_holds_where_python_says_so(pair: tuple[str, str]) -> None:
    text, python = pair
    assert parse_when(text).holds(FACTS) is eval(python, {"f": FACTS})


def test_no_condition_is_always_met() -> None:
    assert parse_when("").holds({})
    assert parse_when("  ").holds({})


def test_a_condition_knows_the_names_it_asks_about() -> None:
    condition = parse_when("!running && (focus == heat || targets > 1) && true")
    assert condition.names == {"running", "focus", "targets"}


def test_a_flag_is_no_number() -> None:
    assert not parse_when("running == 1").holds({"running": True})
    assert not parse_when("running > 0").holds({"running": True})
    assert not parse_when("targets == true").holds({"targets": 1})


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("running &&", 11, "a name was expected, not the end"),
        ("running modal", 9, "&& or || was expected, not 'modal'"),
        ("(running || modal", 18, "a closing bracket was expected, not the end"),
        ("running & modal", 9, "'& modal' has no meaning here"),
        ("focus == && modal", 10, "a value was expected, not '&&'"),
        ("'prompt' == focus", 1, "a name was expected, not \"'prompt'\""),
        ("focus > prompt", 9, "> compares with a number"),
        ("!", 2, "a name was expected, not the end"),
        ("focus == 'prompt", 10, '"\'prompt" has no meaning here'),
        ("targets == 3x", 12, "'3x' has no meaning here"),
        (")", 1, "a name was expected, not ')'"),
        ("(" * 5000, 102, "this is nested too deeply"),
    ],
)
def test_what_is_wrong_has_its_column(text: str, column: int, what: str) -> None:
    with pytest.raises(WhenError) as error:
        parse_when(text)
    assert (error.value.column, error.value.what) == (column, what)


@given(st.text(alphabet="ab!&|()=<>'\" .1-"))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    column = 1
    try:
        parse_when(text).holds({"a": 1, "b": "a"})
    except WhenError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
