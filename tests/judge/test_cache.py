"""The cache on disk: shared by threads and processes, and one sentence where it cannot be used."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from noiser.errors import NoiserError
from noiser.judge.cache import Cache, default_path, key_of
from noiser.judge.question import Settings, messages
from noiser.judge.talking import Said

_WRITER = """
import sys
from noiser.judge.cache import Cache, key_of
from noiser.judge.question import Settings, messages
from noiser.judge.talking import Said
cache = Cache(sys.argv[1])
for number in range(150):
    chat = messages([str(number)])
    cache.keep("m", "p", Settings(), chat, Said(f"{number} of {sys.argv[2]}", number))
    assert cache.reply(key_of("m", "p", Settings(), chat)) is not None
"""


def test_two_processes_and_threads_write_at_once_and_each_reply_is_there_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "c.sqlite"
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name]) for name in "ab"]
    cache = Cache(path)

    def keep(start: int) -> None:
        for number in range(start, start + 50):
            cache.keep("m", "p", Settings(), messages([str(number)]), Said("of a thread", 1))

    threads = [threading.Thread(target=keep, args=(start,)) for start in (150, 170)]
    for thread in threads:
        thread.start()
    for running in (*threads,):
        running.join()
    assert [writer.wait() for writer in writers] == [0, 0]
    keys = [key_of("m", "p", Settings(), messages([str(number)])) for number in range(220)]
    replies = [cache.reply(key) for key in keys]
    assert all(reply is not None for reply in replies)
    assert {reply.text for reply in replies[150:] if reply} == {"of a thread"}
    cache.close()
    data = sqlite3.connect(path)
    assert data.execute("SELECT count(*) FROM replies").fetchone() == (220,)
    assert data.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    data.close()


def test_it_waits_for_another_process_that_is_making_the_file(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "c.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE another (thing TEXT)")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    cache = Cache(tmp_path / "c.sqlite")
    cache.keep("m", "p", Settings(), messages([]), Said("kept", 1))
    assert cache.reply(key_of("m", "p", Settings(), messages([]))) == Said("kept", 1)
    other.close()


def test_a_question_is_known_by_all_that_makes_its_reply() -> None:
    chat = messages(["a"])
    keys = {
        key_of("m", "p", Settings(), chat),
        key_of("n", "p", Settings(), chat),
        key_of("m", "q", Settings(), chat),
        key_of("m", "p", Settings(0.5), chat),
        key_of("m", "p", Settings(0.0, 7), chat),
        key_of("m", "p", Settings(), messages(["b"])),
    }
    assert len(keys) == 6
    assert key_of("m", "p", Settings(), messages(["a"])) in keys


def test_where_it_cannot_be_there_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, but quite some text\n" * 50)
    for path in (tmp_path / "text", tmp_path, tmp_path / "text" / "below"):
        with pytest.raises(NoiserError, match=r"^The judge's cache .* cannot be used: [^\n]+\.$"):
            Cache(path)


def test_it_lies_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in default_path().parents
    assert default_path().name == "judge.sqlite"
