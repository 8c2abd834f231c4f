"""A session comes back as it was left, from whatever is in its file, and two at once keep apart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import NoiserError
from noiser.request import Request
from noiser_tui.history.session import Session, Tab, from_json, to_json
from noiser_tui.history.sessions import KEPT_DAYS, SessionFile

ROOT = Path(__file__).resolve().parents[2]
SESSION = Session(
    tabs=(
        Tab(
            text="The capital of France is\n\ud800",
            request=Request(
                target=" Rome",
                granularity="span",
                spans=((0, 3), (4, 11)),
                marks=("France",),
                draws=50,
            ),
            run="20260101-000000-000001",
            cursor=(0, 24),
            token=5,
            scroll=7,
            unfinished=True,
        ),
        Tab(
            "comparison", "mine", models=("built-in",), methods=("noiser", "lime"), bounds=("min",)
        ),
        Tab("study", path="/data/night"),
        Tab("settings"),
    ),
    active=1,
    model="built-in",
    side_bar="runs",
    side_bar_open=True,
    panel="problems",
    sizes={"side_bar": 30, "panel": 12},
)
words = st.text(max_size=8)
tabs = st.builds(
    Tab,
    kind=words,
    title=words,
    path=words,
    text=words,
    request=st.builds(Request, seed=st.integers(0, 2**32 - 1), target=st.none() | words),
    run=st.none() | words,
    cursor=st.tuples(st.integers(), st.integers()),
    token=st.none() | st.integers(),
    methods=st.lists(words).map(tuple),
    unfinished=st.booleans(),
    failed=words,
    warnings=st.lists(words).map(tuple),
)
sessions = st.builds(
    Session, tabs=st.lists(tabs, min_size=1).map(tuple), sizes=st.dictionaries(words, st.integers())
)


def test_nothing_is_lost_on_the_way() -> None:
    assert from_json(to_json(SESSION)) == (SESSION, ())
    assert SESSION.unfinished == (0,)


@given(sessions)
def test_no_session_loses_anything(session: Session) -> None:
    assert from_json(to_json(session)) == (session, ())


def test_every_field_of_a_request_is_kept() -> None:
    stored = json.loads(to_json(Session(tabs=(Tab(),))))["tabs"][0]["request"]
    assert stored == asdict(Request(), dict_factory=dict) | {"spans": [], "marks": []}


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "null", '{"format": "noiser/1"}', "[" * 100_000, b"\xff\xfe"]
)
def test_what_is_no_session_is_an_empty_one_and_a_sentence(data: str | bytes) -> None:
    session, problems = from_json(data)
    assert session == Session()
    assert len(problems) == 1
    assert problems[0].startswith("The last session cannot be read: ")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.data(), json_values)
def test_a_damaged_value_anywhere_costs_itself_and_never_the_start(
    data: st.DataObject, value: object
) -> None:
    stored = json.loads(to_json(SESSION))
    at = data.draw(st.sampled_from([stored, *stored["tabs"], stored["tabs"][0]["request"]]))
    name = data.draw(st.sampled_from([*at, "new"]))
    at[name] = value
    session, problems = from_json(json.dumps(stored))
    assert all(problem.endswith(".") and "\n" not in problem for problem in problems)
    if at is not stored:
        assert len(session.tabs) == len(SESSION.tabs)
        assert session.tabs[2] == SESSION.tabs[2] or at is stored["tabs"][2]
    assert from_json(to_json(session)) == (session, ())  # and what was read can be written


def test_an_unknown_field_is_told_and_the_rest_is_kept() -> None:
    stored = json.loads(to_json(SESSION))
    stored["tabs"][1]["colour"] = "red"
    stored["tabs"][0]["request"]["method"] = "of tomorrow"
    session, problems = from_json(json.dumps(stored))
    assert session == replace(
        SESSION, tabs=(replace(SESSION.tabs[0], request=Request()), *SESSION.tabs[1:])
    )
    assert len(problems) == 2
    assert problems[0].startswith(
        "Tab 1 of the last session has the default options: Unknown method"
    )
    assert problems[1] == "Tab 2 of the last session has a field 'colour' that is not known here."


def test_the_next_start_in_the_same_place_goes_on(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.symlink_to(here)
    with SessionFile(here, tmp_path) as first:
        assert (first.begun, first.problems) == (Session(), ())
        first.save(SESSION)
    with SessionFile(tmp_path / "elsewhere", tmp_path) as other:
        assert other.begun == Session()
    with SessionFile(there, tmp_path) as second:
        assert (second.begun, second.path) == (SESSION, first.path)
        second.forget()
    with SessionFile(here, tmp_path) as third:
        assert third.begun == Session()
    assert [*first.folder.iterdir()] == []


def test_two_at_once_keep_apart_and_each_is_taken_over_once(tmp_path: Path) -> None:
    left, right = replace(SESSION, model="left"), replace(SESSION, model="right")
    with SessionFile(tmp_path, tmp_path) as first, SessionFile(tmp_path, tmp_path) as second:
        first.save(left)
        second.save(right)
        with SessionFile(tmp_path, tmp_path) as third:
            assert third.begun == Session()
    os.utime(first.path, (1, 2_000_000_000))
    with SessionFile(tmp_path, tmp_path) as one, SessionFile(tmp_path, tmp_path) as other:
        assert (one.begun, other.begun) == (left, right)


def test_what_was_closed_last_comes_back_first_whenever_it_was_written(tmp_path: Path) -> None:
    left, right = replace(SESSION, model="left"), replace(SESSION, model="right")
    first, second = SessionFile(tmp_path, tmp_path), SessionFile(tmp_path, tmp_path)
    first.save(left)
    os.utime(first.path, (1_000_000_000, 1_000_000_000))
    second.save(right)
    for one in (second, first):
        one.close()
    hour = first.path.stat().st_mtime - 3600
    os.utime(second.path, (hour, hour))  # as if it had been closed an hour before
    with SessionFile(tmp_path, tmp_path) as third:
        assert third.begun == left


def test_a_session_that_nobody_came_for_goes(tmp_path: Path) -> None:
    with SessionFile(tmp_path, tmp_path) as old, SessionFile(tmp_path, tmp_path) as new:
        old.save(SESSION)
        new.save(SESSION)
    long_ago = new.path.stat().st_mtime - (KEPT_DAYS + 1) * 86400
    os.utime(old.path, (long_ago, long_ago))
    with SessionFile(tmp_path, tmp_path) as now:
        assert now.path == new.path
        assert {*now.folder.glob("*.json")} == {new.path}


def test_a_killed_workbench_is_taken_over(tmp_path: Path) -> None:
    program = """
import sys
from noiser_tui.history.session import Session, Tab
from noiser_tui.history.sessions import SessionFile
file, number = SessionFile(sys.argv[1], sys.argv[1]), 0
while True:
    number += 1
    file.save(Session(tabs=(Tab(text=str(number) * 5000),)))
    print(number, flush=True)
"""
    one = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert one.stdout is not None
    one.stdout.readline()
    with SessionFile(tmp_path, tmp_path) as beside:
        assert beside.begun == Session()
        one.send_signal(signal.SIGKILL)
        # communicate(timeout) loses what readline has read ahead
        last = int(("1 " + one.stdout.read()).split()[-1])
        one.wait(timeout=60)
    with SessionFile(tmp_path, tmp_path) as after:
        assert after.problems == ()
        assert after.begun.tabs[0].text in (str(last) * 5000, str(last + 1) * 5000)


def test_a_damaged_file_is_told_and_written_over(tmp_path: Path) -> None:
    with SessionFile(tmp_path, tmp_path) as first:
        first.save(SESSION)
        first.path.write_bytes(b"\x00" * 100)
    with SessionFile(tmp_path, tmp_path) as second:
        assert second.begun == Session()
        assert len(second.problems) == 1
        second.save(SESSION)
    with SessionFile(tmp_path, tmp_path) as third:
        assert third.begun == SESSION


def test_a_place_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoiserError, match=r"^The session cannot be kept in [^\n]*\.$"):
        SessionFile(tmp_path, tmp_path / "file" / "sessions")
    with SessionFile(tmp_path, tmp_path / "kept") as file:
        file.folder.joinpath(file.path.with_suffix(".lock").name).unlink()
        file.folder.rmdir()
        with pytest.raises(NoiserError, match=r"cannot be written: [^\n]*\.$"):
            file.save(SESSION)
