"""A file that somebody else made is data: it is refused in one sentence, and nothing in it is obeyed."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save as pack

from noiser import opening
from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.inseq_file import text as text_room
from noiser.opening import open_record, parse
from tests.inseq.test_reading import array, document


def safetensors(header: Any, data: bytes = b"") -> str:
    """An array whose header says what it likes."""
    told = json.dumps(header).encode()
    return base64.b64encode(struct.pack("<Q", len(told)) + told + data).decode()


def tensor(kind: str, shape: list[int], data: bytes, name: str = "attribution") -> str:
    return safetensors(
        {name: {"dtype": kind, "shape": shape, "data_offsets": [0, len(data)]}}, data
    )


ARRAYS = {
    "no base64": ("%%%", "is no array of Inseq's"),
    "cut short": (array([[0.1], [0.2], [0.3]])[:40], "is no array of Inseq's"),
    "no header": (base64.b64encode(b"\xff" * 40).decode(), "is no array of Inseq's"),
    "a header without end": (
        base64.b64encode(struct.pack("<Q", 2**63) + b"{}").decode(),
        "is no array of Inseq's",
    ),
    "a bomb of a shape": (tensor("F32", [2**40, 2**40], b"\0" * 12), "is no array of Inseq's"),
    "more than there is": (tensor("F32", [3, 1000], b"\0" * 12), "is no array of Inseq's"),
    "another name": (tensor("F32", [3, 1], b"\0" * 12, "weights"), "should hold 'attribution'"),
    "two arrays": (
        base64.b64encode(pack({"attribution": np.zeros(1), "more": np.zeros(1)})).decode(),
        "should hold 'attribution' alone",
    ),
    "whole numbers": (tensor("I64", [3, 1], b"\0" * 24), "the type I64, not floats"),
    "infinite": (array([[0.1], [np.inf], [np.nan]]), "holds an infinite number"),
    "too large for float32": (
        tensor("F64", [3, 1], np.array([1e300, 0, 0]).tobytes()),
        "holds an infinite number",
    ),
    "too few tokens": (array([[0.1], [0.2]]), r"shape \(2, 1\), not \(3 tokens, 1 steps"),
    "too many steps": (array(np.zeros((3, 2))), r"shape \(3, 2\), not \(3 tokens, 1 steps"),
    "one dimension": (array(np.zeros(3)), r"shape \(3,\)"),
    "no layers": (array(np.zeros((3, 1, 0))), r"shape \(3, 1, 0\)"),
    "no string": (17, "target_attributions: Input should be a valid string"),
    "none": (None, "has no scores"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_is_none_is_one_sentence(name: str) -> None:
    value, says = ARRAYS[name]
    with pytest.raises(NoiserError, match=says) as caught:
        parse(json.dumps(document(target_attributions=value)).encode(), "made")
    assert str(caught.value).count("\n") == 0


FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing before": ({"attr_pos_start": 0}, "no token that is explained after others"),
    "starts behind the end": ({"attr_pos_start": 3}, "no token that is explained after others"),
    "starts before the beginning": ({"attr_pos_start": -1}, "attr_pos_start"),
    "a huge start": ({"attr_pos_start": 10**30}, "attr_pos_start"),
    "a start of text": ({"attr_pos_start": "2"}, "attr_pos_start"),
    "ends before it starts": ({"attr_pos_end": 1}, "no token that is explained after others"),
    "tokens of text": ({"target": "abc"}, "target"),
    "a token without id": ({"target": [{"token": "a"}]}, "target.0.id"),
    "an id of text": ({"target": [{"id": "1", "token": "a"}]}, "target.0.id"),
    "a huge id": ({"target": [{"id": 2**70, "token": "a"}]}, "target.0.id"),
    "a token that is no text": ({"target": [{"id": 1, "token": None}]}, "target.0.token"),
    "probabilities for others": (
        {"step_scores": {"probability": array([0.1, 0.2])}},
        r"step_scores.probability has the shape \(2,\)",
    ),
    "scores that are no arrays": ({"step_scores": {"probability": 0.5}}, "step_scores"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_that_do_not_fit_are_one_sentence(name: str) -> None:
    changes, says = FIELDS[name]
    with pytest.raises(NoiserError, match=says):
        parse(json.dumps(document(**changes)).encode(), "made")


@pytest.mark.parametrize(
    "made",
    [
        {"__instance_type__": ["antigravity", "Thing"], "attributes": {}},
        {"__instance_type__": ["antigravity", "Thing"], "attributes": 3},
        {"__instance_type__": {"a": 1}},
        {"sequence_attributions": []},
        {"sequence_attributions": [None]},
        {"sequence_attributions": {"0": 1}},
        {"sequence_attributions": [{"__instance_type__": 3, "attributes": [1]}]},
        {**document(), "info": [1]},
    ],
)
def test_another_shape_of_file_is_one_sentence(made: Any) -> None:
    with pytest.raises(NoiserError, match="This Inseq file"):
        parse(json.dumps(made).encode(), "made")


def test_no_class_that_a_file_names_is_looked_for() -> None:
    made = {
        "__instance_type__": ["antigravity", "Thing"],
        "attributes": {
            **document(),
            "sequence_attributions": [
                {
                    "__instance_type__": ["antigravity", "Other"],
                    "attributes": document()["sequence_attributions"][0],
                }
            ],
        },
    }
    assert parse(json.dumps(made).encode(), "made").prompt == "a b"
    assert "antigravity" not in sys.modules


def test_numbers_in_info_that_are_none_are_left_out() -> None:
    made = document()
    made["info"] = {"exec_time": float("nan"), "model_name": 3, "input_texts": [None]}
    found = parse(json.dumps(made).encode(), "made")
    assert (found.seconds, found.model, found.method) == (0.0, {"name": "unknown"}, "unknown")


def test_a_damaged_record_inside_is_told() -> None:
    made = document()
    made["info"]["noiser"] = {"format": "noiser/1", "prompt": 3}
    with pytest.raises(NoiserError, match="This Noiser record is damaged"):
        parse(json.dumps(made).encode(), "made")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 2**20)
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b" " * 2**24))
    with pytest.raises(NoiserError, match=r"unpacks to more than 1 MiB"):
        open_record(tmp_path / "bomb.json.gz")


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-12], lambda data: data[:20] + b"\xff" * 20 + data[40:]]
)
def test_a_damaged_archive_is_one_sentence(spoil: Callable[[bytes], bytes]) -> None:
    data = gzip.compress(json.dumps(document()).encode() * 3)
    with pytest.raises(NoiserError, match=r"^made cannot be unpacked"):
        parse(spoil(data), "made")


def test_more_scores_than_fit_in_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_room, "MOST_SCORES", 2)
    with pytest.raises(NoiserError, match=r"has 3 scores; 2 are read at most"):
        parse(json.dumps(document()).encode(), "made")


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, ...]] = [path] if path else []
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in children:
        inside += _places(child, (*path, key))
    return inside


WHOLE = document(step_scores={"probability": array([0.5])}, attr_pos_end=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=4,
)


@given(st.sampled_from(_places(WHOLE)), JSON)
def test_whatever_stands_anywhere_it_opens_or_is_one_sentence(
    place: tuple[Any, ...], value: Any
) -> None:
    made = copy.deepcopy(WHOLE)
    at: Any = made
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    told = "."
    try:
        found = parse(json.dumps(made).encode(), "made")
    except NoiserError as error:
        found, told = None, str(error)
    assert found is None or isinstance(found, Explanation)
    assert told.endswith(".")
