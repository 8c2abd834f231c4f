"""Several processes on one store, some of which are killed, and a disk that refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noiser.errors import NoiserError
from noiser.record import to_json
from noiser_tui.history.entry import id_at
from noiser_tui.history.runs import RunStore
from noiser_tui.history.sessions import SessionFile
from tests.history.runs import explained

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from noiser_tui.history.runs import RunStore
from tests.history.runs import explained
store, name, count = RunStore(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    entry = store.add(explained(f"{name} {number}"))
    store.rename(entry.id, f"title of {name} {number}")
    print(entry.id, flush=True)
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, name, 40) for name in ("left", "right")]
    told = [one.communicate(timeout=60)[0].split() for one in writers]
    assert [one.returncode for one in writers] == [0, 0]
    with RunStore(tmp_path) as store:
        listed = store.newest()
    assert {entry.id for entry in listed} == {*told[0], *told[1]}
    assert len(listed) == 80
    assert {entry.title for entry in listed} == {
        f"title of {name} {number}" for name in ("left", "right") for number in range(40)
    }


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.011])
def test_a_writer_killed_in_the_middle_leaves_a_store_that_reads(
    tmp_path: Path, delay: float
) -> None:
    with RunStore(tmp_path) as beside:
        one = writer(tmp_path, "it", 100_000)
        assert one.stdout is not None
        told = [one.stdout.readline().strip() for _ in range(3)]
        time.sleep(delay)
        one.kill()
        told += one.stdout.read().split()  # communicate(timeout) loses what readline has read ahead
        one.wait(timeout=60)
        another = beside.add(explained("after it"))
        assert beside.newest(1) == [another]
    with RunStore(tmp_path) as store:
        listed = store.newest()
        ids = {entry.id for entry in listed}
        assert {*told, another.id} <= ids
        assert len(ids) <= len(told) + 2  # the one in flight may be there: then whole
        assert ids == {path.stem for path in tmp_path.glob("2*.json") if "note" not in path.name}
        assert all(entry.kind == "explanation" for entry in listed)
        assert all(store.entry(run).title.startswith("title of it") for run in told)
        for entry in listed:
            store.open(entry.id)


def test_a_hangup_in_the_middle_keeps_the_partial_run_and_what_was_open(tmp_path: Path) -> None:
    program = """
import os, signal, sys, threading
from dataclasses import replace
from noiser_tui.history.runs import RunStore
from noiser_tui.history.session import Session, Tab
from noiser_tui.history.sessions import SessionFile
from tests.history.runs import explained
folder = sys.argv[1]
store, file, tab = RunStore(folder + "/runs"), SessionFile(folder, folder), Tab(text="half")
def keep():
    run = store.add(explained("half", complete=False)).id
    file.save(Session(tabs=(replace(tab, run=run, unfinished=True),)))
    os._exit(129)
signal.signal(signal.SIGHUP, lambda number, frame: threading.Thread(target=keep).start())
file.save(Session(tabs=(tab,)))
while True:
    print(store.add(explained("whole")).id, flush=True)
"""
    one = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert one.stdout is not None
    one.stdout.readline()
    one.send_signal(signal.SIGHUP)
    one.communicate(timeout=60)
    assert one.returncode == 129
    with RunStore(tmp_path / "runs") as store, SessionFile(tmp_path, tmp_path) as file:
        (at,) = file.begun.unfinished
        tab = file.begun.tabs[at]
        assert tab.run is not None
        half = store.entry(tab.run)
        assert (half.prompt, half.complete) == ("half", False)
        whole = store.replace(tab.run, explained("half"))  # what running it again gives
        assert (whole.id, whole.complete) == (tab.run, True)


def test_threads_share_a_store(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store, ThreadPoolExecutor(8) as pool:
        runs = [*pool.map(lambda i: store.pin(store.add(explained(f"{i}")).id).id, range(40))]
        assert {entry.id for entry in store.newest(pinned=True)} == {*runs}
        assert len({*runs}) == 40


def test_a_disk_that_is_full_is_one_sentence_and_what_was_there_stays(tmp_path: Path) -> None:
    program = """
import resource, sys
from noiser.errors import NoiserError
from noiser_tui.history.runs import RunStore
from tests.history.runs import explained
store = RunStore(sys.argv[1])
kept = store.add(explained("before"))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
for change in (lambda: store.add(explained("x")), lambda: store.rename(kept.id, "x" * 200)):
    try:
        change()
    except NoiserError as error:
        print(error)
print(len(store.newest()), store.open(kept.id).prompt)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *sentences, last = done.stdout.splitlines()
    assert len(sentences) == 2
    assert all(sentence.endswith(".") for sentence in sentences)
    assert last == "1 before"
    assert not [*tmp_path.glob(".noiser.*")]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoiserError, match=r"^The runs in [^\n]* cannot be used: [^\n]*\.$"):
        RunStore(tmp_path / "file" / "runs")


@pytest.mark.parametrize("damage", [b"this is no database" * 1000, b""])
def test_a_damaged_index_is_made_anew_under_whoever_has_it_open(
    tmp_path: Path, damage: bytes
) -> None:
    with RunStore(tmp_path) as store, RunStore(tmp_path) as beside:
        entries = [store.add(explained(f"number {i}")) for i in range(60)]
        store.pin(entries[3].id)
    (index,) = tmp_path.glob("index*.sqlite")
    index.write_bytes(damage)
    with RunStore(tmp_path) as store, RunStore(tmp_path) as beside:
        assert [e.id for e in store.newest()] == [e.id for e in reversed(entries)]
        (index,) = tmp_path.glob("index*.sqlite")
        content = bytearray(index.read_bytes())
        content[:] = b"\x5a" * len(content)
        index.write_bytes(content)
        added = store.add(explained("one more"))
        assert beside.newest(1) == [added]
        assert [e.id for e in beside.newest(pinned=True)] == [entries[3].id]


def test_an_index_with_text_that_is_no_text_is_made_anew(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        entries = [store.add(explained(f"number {i}")) for i in range(20)]
    (index,) = tmp_path.glob("index*.sqlite")
    index.write_bytes(index.read_bytes().replace(b"explanation", b"expl\xff\xfetion"))
    with RunStore(tmp_path) as store:
        assert store.newest() == entries[::-1]


def test_thousands_are_taken_in_and_searched(tmp_path: Path) -> None:
    text = json.loads(to_json(explained("")))
    tmp_path.joinpath("runs").mkdir()
    start = 1_700_000_000
    for number in range(2000):
        run = id_at(datetime.fromtimestamp(start + number, UTC))
        text["prompt"] = f"fact {number} about Paris"
        (tmp_path / "runs" / f"{run}.json").write_text(json.dumps(text))
    with RunStore(tmp_path / "runs") as store:
        assert store.count() == 2000
        assert [e.prompt for e in store.newest(2)] == [
            f"fact {n} about Paris" for n in (1999, 1998)
        ]
        found = store.search("PARIS 199", limit=5)
        assert [e.prompt.split()[1] for e in found] == ["1999", "1998", "1997", "1996", "1995"]
        assert store.prune(keep=1990) == 10
