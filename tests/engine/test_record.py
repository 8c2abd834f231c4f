"""A record opens as what was saved; a damaged or hostile one gives one sentence and does nothing."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser import files
from noiser.errors import NoiserError
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.export import save
from noiser.files import check_writable, write_text
from noiser.opening import open_record
from noiser.record import from_record, to_json, to_record
from noiser.request import Request
from tests.tiny import tiny

REQUESTS = {
    "default": Request(),
    "specials excluded": Request(specials="exclude"),
    "per token": Request(bound="per-token"),
    "contrast": Request(target="id:30", contrast="id:31"),
    "generated": Request(generate=3),
    "one draw": Request(draws=1),
    "occlusion": Request(method="occlusion"),
    "lime": Request(method="lime", samples=30, baseline="zero"),
    "reagent": Request(method="reagent", samples=2, granularity="word"),
    "random": Request(method="random"),
    "raw": Request(normalisation="raw", bound="none"),
    "units": Request(granularity="word", specials="exclude"),
    "zoomed": Request(granularity="word", zoom=1, normalisation="raw"),
}


FIELDS = {
    *("format", "prompt", "model", "method", "bound", "norm", "seed", "draws", "steps"),
    *("target", "tokens", "alpha", "saturated", "work", "seconds", "warnings", "environment"),
}


def explained(request: Request) -> Explanation:
    return explain(tiny("llama"), "The 🚀 is", request)


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return to_record(explained(Request(generate=2)))


@pytest.fixture(scope="module")
def zoomed() -> dict[str, Any]:
    data = to_record(explained(Request(granularity="word", zoom=1, bound="norm-l2")))
    assert data["zoom"] is not None
    return data


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_written_opens_as_the_same_explanation(name: str) -> None:
    explanation = explained(REQUESTS[name])
    text = to_json(explanation)
    assert "\n" not in text
    assert from_record(json.loads(text)) == explanation
    assert to_json(from_record(json.loads(text))) == text


def test_the_record_has_the_fields_that_others_rely_on() -> None:
    data = to_record(explained(Request()))
    assert next(iter(data)) == "format"
    assert set(data) >= FIELDS
    assert data["format"] == "noiser/1"
    assert set(data["target"]) == {"id", "text", "probability"}
    assert set(data["tokens"][0]) >= {"id", "text", "special", "score", "raw", "alpha"}
    assert len(data["tokens"][0]["alpha"]) == 2
    assert set(data["work"]) == {"token_forwards", "calls", "reference_token_forwards"}
    assert set(data["model"]) >= {"name", "revision", "dtype", "device", "attention"}
    assert set(data["environment"]) >= {"noiser", "python", "torch", "transformers"}


def test_a_record_is_json_that_any_reader_takes() -> None:
    """No NaN and no Infinity, which are not JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for request in REQUESTS.values():
        json.loads(to_json(explained(request)), parse_constant=refuse)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"format": "noiser/0"}, "no Noiser record"),
        ({"format": "noiser/x"}, "no Noiser record"),
        ({"format": "noiser/9"}, "by a newer Noiser, in the format 'noiser/9'"),
        ({"format": "noiser-compare/" + "9" * 5000}, "by a newer Noiser"),
        ({"prompt": 3}, "prompt"),
        ({"tokens": None}, "tokens"),
        ({"alpha": "much"}, "alpha"),
        ({"work": {"token_forwards": "x"}}, "work"),
        ({"prompt": ""}, "outside the prompt"),
        ({"model": {}}, "model"),
        ({"model": {"name": 1}}, "model"),
        ({"target": None}, "target"),
        ({"seed": 1.5}, "seed"),
        ({"prompt": "\ud800" * 99}, "surrogates"),
        ({"seconds": float("nan")}, "not JSON compliant"),
        ({"alpha": float("inf")}, "not JSON compliant"),
        ({"seed": 10**400}, "64 bits"),
    ],
)
def test_a_damaged_record_is_told_in_one_sentence(
    record: dict[str, Any], damage: dict[str, Any], says: str
) -> None:
    with pytest.raises(NoiserError, match=says) as caught:
        from_record({**record, **damage})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"zoom": {"units": [99], "alpha": None, "leaders": [], "saturated": False}}, "not there"),
        ({"zoom": {"units": [0], "alpha": None, "leaders": [99], "saturated": False}}, "leader"),
        ({"zoom": {"units": [-1], "alpha": None, "leaders": [], "saturated": False}}, "not there"),
        ({"zoom": 1}, "zoom"),
        ({"units": 1}, "units"),
        ({"granularity": None}, "granularity"),
        ({"warnings": [{"message": "x", "position": 0, "last": 99}]}, "warning"),
    ],
)
def test_a_damaged_zoom_is_told(zoomed: dict[str, Any], damage: dict[str, Any], says: str) -> None:
    with pytest.raises(NoiserError, match=says):
        from_record({**zoomed, **damage})


@pytest.mark.parametrize("how", ["first gone", "last gone", "twice", "too long", "backwards"])
def test_units_that_do_not_cover_the_prompt_are_told(zoomed: dict[str, Any], how: str) -> None:
    units = copy.deepcopy(zoomed["units"])
    if how == "too long":
        units[-1]["last"] += 1
    elif how == "backwards":
        units.reverse()
    else:
        units = {"first gone": units[1:], "last gone": units[:-1], "twice": units * 2}[how]
    with pytest.raises(NoiserError, match="cover every token once"):
        from_record({**zoomed, "units": units})


def test_a_record_from_before_there_were_units_opens(record: dict[str, Any]) -> None:
    old = copy.deepcopy(record)
    for one in (old, *old["continuation"]):
        for new in ("granularity", "units", "zoom"):
            del one[new]
        one["warnings"] = [{"message": "x", "position": 0}]
    opened = from_record(old)
    assert (opened.granularity, opened.units, opened.zoom) == ("token", (), None)
    assert opened.pieces() == from_record(record).pieces()


def test_a_record_nested_without_end(record: dict[str, Any]) -> None:
    deep: dict[str, Any] = {}
    for _ in range(600):
        deep = {"deeper": deep}
    with pytest.raises(NoiserError, match="nested"):
        from_record({**record, "model": {"name": "x", "more": deep}})


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x.json", "a\0b.json"])
def test_a_path_that_is_none(name: str) -> None:
    for use in (check_writable, open_record, lambda path: write_text(path, "")):
        with pytest.raises(NoiserError) as caught:
            use(name)
        assert "\n" not in str(caught.value)


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 124 + ".json")
    check_writable(path)
    write_text(path, "x")
    assert path.read_text() == "x"


def test_a_dangling_link_stays_a_link(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "there.json")
    write_text(link, "x")
    assert link.is_symlink()
    assert (tmp_path / "there.json").read_text() == "x"


@pytest.mark.parametrize("missing", ["prompt", "tokens", "target", "work", "model", "losses"])
def test_a_missing_field(record: dict[str, Any], missing: str) -> None:
    rest = {key: value for key, value in record.items() if key != missing}
    if missing == "losses":
        assert from_record(rest).losses is None
    else:
        with pytest.raises(NoiserError, match=f"damaged: {missing}"):
            from_record(rest)


@pytest.mark.parametrize(
    "wrong", [None, 1, "x", [], {}, {"format": None}, {"format": ["noiser/1"]}]
)
def test_what_is_no_record(wrong: object) -> None:
    with pytest.raises(NoiserError, match="no Noiser record"):
        from_record(wrong)


def test_extra_and_hostile_content_is_only_data(record: dict[str, Any]) -> None:
    hostile = copy.deepcopy(record)
    hostile["__class__"] = "os.system"
    hostile["__instance_type__"] = ["os", "system"]
    hostile["py/object"] = "subprocess.Popen"
    hostile["model"]["name"] = "$(rm -rf /)\x1b[2J"
    opened = from_record(hostile)
    assert not hasattr(opened, "py/object")
    assert opened.model["name"] == "$(rm -rf /)\x1b[2J"


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=3), st.just([])
)


@given(data=st.data())
def test_any_one_field_replaced_opens_or_says_why(
    record: dict[str, Any], zoomed: dict[str, Any], data: Any
) -> None:
    broken = copy.deepcopy(data.draw(st.sampled_from([record, zoomed])))
    place: Any = broken
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            place[key] = data.draw(LEAVES)
            break
        place = inner
    with contextlib.suppress(NoiserError):
        opened = from_record(broken)
        to_json(opened).encode()
        opened.pieces()
        opened.ranked()
        for position in range(len(opened.tokens)):
            opened.unit_at(position)


def test_saving_and_opening(tmp_path: Path) -> None:
    explanation = explained(Request())
    save(explanation, tmp_path / "run.json")
    assert open_record(tmp_path / "run.json") == explanation
    assert list(tmp_path.iterdir()) == [tmp_path / "run.json"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"format": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b"\x80\x04\x95pickle", "not JSON"),
        (b"[]", "no Noiser record"),
    ],
)
def test_files_that_are_no_record(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(NoiserError, match=says) as caught:
        open_record(path)
    assert "run.json" in str(caught.value) or says == "no Noiser record"
    assert len(str(caught.value)) < 300 + len(str(path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(NoiserError, match="cannot be read"):
            open_record(path)


def test_a_failed_write_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    files.write_text(path, "old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NoiserError, match="No space left on device"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_text(tmp_path / "run.json", "new")
    assert list(tmp_path.iterdir()) == []


def test_text_that_is_not_unicode_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    files.write_text(path, "old")
    with pytest.raises(NoiserError, match="cannot be written"):
        files.write_text(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_keeps_the_mode_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("old")
    path.chmod(0o640)
    files.write_text(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_written_through(tmp_path: Path) -> None:
    """A link stays a link, and what it points to has the new content."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    files.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.parametrize("where", ["no/such/folder/run.json", "."])
def test_places_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    with pytest.raises(NoiserError, match="cannot be written"):
        files.write_text(tmp_path / where, "x")
    with pytest.raises(NoiserError, match="cannot be written"):
        files.check_writable(tmp_path / where)


def test_a_writable_place_passes(tmp_path: Path) -> None:
    files.check_writable(tmp_path / "run.json")
    (tmp_path / "run.json").write_text("old")
    files.check_writable(tmp_path / "run.json")
    assert (tmp_path / "run.json").read_text() == "old"


def test_numbers_survive_exactly() -> None:
    explanation = explained(Request(norm="2"))
    opened = from_record(json.loads(to_json(explanation)))
    for ours, theirs in zip(explanation.tokens, opened.tokens, strict=True):
        assert ours.score is not None
        assert theirs.score is not None
        assert math.copysign(1, ours.score) == math.copysign(1, theirs.score)
        assert ours.score == theirs.score
