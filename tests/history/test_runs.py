"""What is kept, found, renamed, pinned, deleted and brought back, against a plain list."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from noiser.chat import Message
from noiser.errors import NoiserError
from noiser_tui.history.entry import Entry, is_id
from noiser_tui.history.folder import data_folder
from noiser_tui.history.run_files import RunFiles
from noiser_tui.history.runs import RunStore, runs_folder
from tests.history.runs import compared, explained


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with RunStore(tmp_path / "runs") as made:
        yield made


def test_a_run_is_listed_as_its_record_says_and_opens_without_loss(store: RunStore) -> None:
    made = explained("The capital of France is", model={"name": "built-in"}, complete=False)
    before = datetime.now(UTC)
    entry = store.add(made)
    assert store.newest() == [entry] == [store.entry(entry.id)]
    assert before - timedelta(seconds=1) < entry.created <= datetime.now(UTC)
    assert (entry.kind, entry.prompt, entry.target) == (
        "explanation",
        "The capital of France is",
        " Paris",
    )
    assert (entry.model, entry.method, entry.bound) == ("built-in", "noiser", "min")
    assert (entry.alpha, entry.complete, entry.title) == (0.0859375, False, "")
    assert entry.size == (store.folder / f"{entry.id}.json").stat().st_size
    assert store.open(entry.id) == made


def test_a_comparison_names_its_methods_and_first_target(store: RunStore) -> None:
    made = compared("The capital of France is")
    entry = store.add(made)
    assert (entry.kind, entry.method, entry.bound) == ("comparison", "noiser, lime", "min")
    assert (entry.model, entry.target, entry.alpha) == ("tiny", " Paris", None)
    assert store.open(entry.id) == made
    assert store.search("lime CAPITAL") == [entry]


def test_a_chat_is_called_by_what_the_user_said_last_and_found_by_all_of_it(tmp_path: Path) -> None:
    said = (("system", "Be brief."), ("user", "Where is Paris?"), ("assistant", "In France."))
    messages = (*said, ("user", "And Rome?"))
    template = "".join(f"<|{role}|>{text}" for role, text in messages) + "<|assistant|>"
    with RunStore(tmp_path) as store:
        for listed in (messages, said, said[:1]):
            chat = tuple(Message(role, text) for role, text in listed)
            store.add(explained(template, messages=chat))
        names = ["Be brief.", "Where is Paris?", "And Rome?"]
        assert [one.name for one in store.newest()] == names
        assert [one.role for one in store.newest()] == ["system", "user", "user"]
        assert store.add(explained("Where is Paris?")).role == "", "a prompt is nobody's"
        assert len(store.search("france <|user|>")) == 3


def test_every_word_is_found_wherever_it_stands(store: RunStore) -> None:
    paris = store.add(explained("Die Straße führt nach", " Paris", model={"name": "Qwen/Q-0.5B"}))
    rome = store.add(
        explained("x" * 3000 + " all roads", " Rome", method="lime"), title="The OLD one"
    )
    for text in ("STRASSE", "fu\u0308hrt qwen", "paris NOISER", "  nach\t0.5b "):
        assert store.search(text) == [paris], text
    for text in ("roads rome", "old LIME", "one"):
        assert store.search(text) == [rome], text
    assert store.search("") == [rome, paris]
    assert store.search("paris rome") == store.search("100%") == store.search("_") == []
    assert store.search("o " * 5000) == [rome, paris]  # a pasted prompt is no error
    assert store.count("paris") == 1


def test_notes_survive_the_session_and_a_lost_index(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        first, second, third = (store.add(explained(f"number {i}")).id for i in range(3))
        store.rename(first, "  the\nfirst ")
        store.pin(second)
        store.mark(second)
        store.mark(third)
        store.mark(third, marked=False)
        listed = store.newest()
    for index in tmp_path.glob("index*"):
        index.unlink()
    with RunStore(tmp_path) as store:
        assert store.newest() == listed
        assert store.entry(first).title == "the first"
        assert [e.id for e in store.newest(pinned=True)] == [second]
        assert [e.id for e in store.newest(marked=True)] == [second]
        assert [e.id for e in store.newest(pinned=False)] == [third, first]
        assert store.rename(first, "").name == "number 0"


def test_what_is_deleted_comes_back_as_it_was_until_the_bin_is_emptied(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        entry = store.rename(store.add(explained("gone")).id, "mine")
        store.delete(entry.id)
        assert store.newest() == []
        with pytest.raises(NoiserError, match="no run"):
            store.open(entry.id)
        with pytest.raises(NoiserError, match="no run"):
            store.delete(entry.id)
    with RunStore(tmp_path) as store:
        assert store.newest() == []
        assert store.restore(entry.id) == entry == store.newest()[0]
        store.delete(entry.id)
        store._files.empty_bin(days=-1)
        with pytest.raises(NoiserError, match="no deleted run"):
            store.restore(entry.id)
    assert not [*tmp_path.glob("2*")]


def test_a_run_is_put_in_place_of_another(store: RunStore) -> None:
    entry = store.pin(store.add(explained("half", complete=False)).id)
    whole = explained("half", " Rome")
    now = store.replace(entry.id, whole)
    assert (now.id, now.complete, now.pinned, now.target) == (entry.id, True, True, " Rome")
    assert store.newest() == [now]
    assert store.open(entry.id) == whole


def test_pruning_keeps_the_newest_and_all_that_is_pinned(store: RunStore) -> None:
    ids = [store.add(explained(f"number {i}")).id for i in range(6)]
    store.pin(ids[0])
    assert store.prune(keep=2) == 3
    assert [e.id for e in store.newest()] == [ids[5], ids[4], ids[0]]
    assert store.restore(ids[2]).prompt == "number 2"


def test_pages_follow_each_other(store: RunStore) -> None:
    for i in range(7):
        store.add(explained(f"number {i}"))
    pages = [store.newest(3, offset) for offset in (0, 3, 6)]
    assert [e.name for page in pages for e in page] == [
        f"number {i}" for i in (6, 5, 4, 3, 2, 1, 0)
    ]


@pytest.mark.parametrize(
    "damage", ["{", '{"format": "noiser/1", "tokens": 3}', "[]", "\udcff", "", "[" * 100_000]
)
def test_a_damaged_file_is_one_sentence_and_takes_nothing_with_it(
    tmp_path: Path, damage: str
) -> None:
    with RunStore(tmp_path) as store:
        good, bad = store.add(explained("good")), store.add(explained("bad"))
        (tmp_path / f"{bad.id}.json").write_bytes(damage.encode(errors="surrogateescape"))
        (tmp_path / f"{good.id}.note.json").write_text('{"title": 3')
    for index in tmp_path.glob("index*"):
        index.unlink()
    with RunStore(tmp_path) as store:
        listed = store.newest()
        assert [e.id for e in listed] == [bad.id, good.id]
        assert listed[1] == good
        assert listed[0].kind == "damaged" or "tokens" in damage
        with pytest.raises(NoiserError, match=r"^[^\n]+\.$"):
            store.open(bad.id)
        store.delete(bad.id)
        assert store.newest() == [good]


def test_a_run_of_a_later_form_is_listed_by_its_prompt_and_called_newer(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        run = store.add(explained("Some day is")).id
    path = tmp_path / f"{run}.json"
    path.write_text(path.read_text().replace('"noiser/1"', '"noiser/2"'))
    for index in tmp_path.glob("index*"):
        index.unlink()
    with RunStore(tmp_path) as store:
        (entry,) = store.search("some day")
        assert (entry.kind, entry.name) == ("newer", "Some day is")
        with pytest.raises(NoiserError, match="newer Noiser"):
            store.open(run)


def test_files_that_are_no_runs_are_left_alone(tmp_path: Path) -> None:
    for name in ("notes.json", "99999999-999999-999999.json", "20260101-000000.json"):
        (tmp_path / name).write_text("{}")
    with RunStore(tmp_path) as store:
        assert store.newest() == []
    assert is_id("20260101-000000-123456")
    assert not is_id("20260101-000000-12345\N{ARABIC-INDIC DIGIT SIX}")
    for name in ("../notes", str(tmp_path / "notes"), "notes"):
        assert not is_id(name)
        with RunStore(tmp_path / "runs") as store:
            for do in (store.open, store.restore, store.delete, store.pin):
                with pytest.raises(NoiserError, match="There is no"):
                    do(name)


def test_the_folder_is_the_users_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path))
    assert runs_folder() == tmp_path / "runs"
    monkeypatch.delenv("NOISER_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder() == tmp_path / "xdg" / "noiser"


LETTERS = st.text("aAbBüÜ \n", max_size=6)
FLAGS = st.booleans()


class AgainstAList(RuleBasedStateMachine):
    """Two stores on one folder, and a list of what must be in it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.stores = [RunStore(self.folder.name), RunStore(self.folder.name)]
        self.there: list[Entry] = []
        self.deleted: list[Entry] = []

    def teardown(self) -> None:
        for store in getattr(self, "stores", ()):
            store.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(who=FLAGS, prompt=LETTERS, predicted=LETTERS)
    def add(self, who: bool, prompt: str, predicted: str) -> None:
        self.there.insert(0, self.stores[who].add(explained(prompt, predicted)))

    def _change(
        self, who: bool, data: st.DataObject, method: str, name: str, value: object
    ) -> None:
        if self.there:
            at = data.draw(st.integers(0, len(self.there) - 1))
            now = getattr(self.stores[who], method)(self.there[at].id, value)
            kept = " ".join(value.split()) if isinstance(value, str) else value
            self.there[at] = replace(self.there[at], **{name: kept})
            assert now == self.there[at]

    @rule(who=FLAGS, data=st.data(), title=LETTERS)
    def rename(self, who: bool, data: st.DataObject, title: str) -> None:
        self._change(who, data, "rename", "title", title)

    @rule(who=FLAGS, data=st.data(), pinned=FLAGS)
    def pin(self, who: bool, data: st.DataObject, pinned: bool) -> None:
        self._change(who, data, "pin", "pinned", pinned)

    @rule(who=FLAGS, data=st.data(), marked=FLAGS)
    def mark(self, who: bool, data: st.DataObject, marked: bool) -> None:
        self._change(who, data, "mark", "marked", marked)

    @rule(who=FLAGS, data=st.data())
    def delete(self, who: bool, data: st.DataObject) -> None:
        if self.there:
            gone = self.there.pop(data.draw(st.integers(0, len(self.there) - 1)))
            self.stores[who].delete(gone.id)
            self.deleted.append(gone)

    @rule(who=FLAGS)
    def undo(self, who: bool) -> None:
        if self.deleted:
            back = self.deleted.pop()
            assert self.stores[who].restore(back.id) == back
            self.there = sorted([*self.there, back], key=lambda e: e.created, reverse=True)

    @rule(who=FLAGS, keep=st.integers(0, 3))
    def prune(self, who: bool, keep: int) -> None:
        loose = [entry for entry in self.there if not entry.pinned][keep:]
        assert self.stores[who].prune(keep) == len(loose)
        self.there = [entry for entry in self.there if entry not in loose]
        self.deleted += loose

    @rule(who=FLAGS)
    def lose_the_index(self, who: bool) -> None:
        for path in Path(self.folder.name).glob("index*"):
            path.unlink()

    @rule(who=FLAGS, text=LETTERS)
    def search(self, who: bool, text: str) -> None:
        def has(entry: Entry, word: str) -> bool:
            fields = (entry.prompt, entry.target, entry.model, entry.method, entry.title)
            return any(word in field.lower() for field in fields)

        found = [e for e in self.there if all(has(e, word) for word in text.lower().split())]
        assert self.stores[who].search(text) == found
        assert self.stores[who].count(text) == len(found)
        assert self.stores[who].search(text, 2, 1) == found[1:3]

    @invariant()
    def both_list_the_same(self) -> None:
        for store in getattr(self, "stores", ()):
            assert store.newest() == self.there


TestAgainstAList = AgainstAList.TestCase
TestAgainstAList.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, derandomize=True, database=None
)


def test_a_note_is_data_of_a_fixed_form(store: RunStore) -> None:
    entry = store.pin(store.add(explained("x")).id)
    note = json.loads((store.folder / f"{entry.id}.note.json").read_bytes())
    assert note == {"title": "", "pinned": True, "marked": False}


def test_a_file_that_cannot_be_looked_at_hides_no_other(store: RunStore) -> None:
    entry = store.add(explained("x"))
    loop = store.folder / "20250101-000000-000000.json"
    loop.symlink_to(loop.name)
    with RunStore(store.folder) as other:
        damaged, kept = sorted(other.newest(), key=lambda one: one.id)
        assert (damaged.kind, damaged.size) == ("damaged", 0)
        assert kept == entry


class Clock(datetime):
    """A clock that tells what a test says."""

    told = datetime(2026, 11, 21, 12, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromisoformat(cls.told.isoformat())


def told(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("noiser_tui.history.runs.datetime", Clock)
    monkeypatch.setattr(Clock, "told", moment)


def test_a_clock_that_is_set_back_overwrites_nothing_and_lists_in_the_order_made(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    made = []
    for minutes in (0, 0, -30, -30, -59, 1):
        told(monkeypatch, noon + timedelta(minutes=minutes))
        made.append(store.add(explained(f"at {minutes}, number {len(made)}")))
    assert len({entry.id for entry in made}) == len(made)
    assert store.newest() == made[::-1]
    assert [store.open(entry.id).prompt for entry in made] == [entry.prompt for entry in made]


def test_a_clock_that_was_a_day_ahead_does_not_hold_for_what_comes_later(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    told(monkeypatch, noon + timedelta(days=1))
    wrong = store.add(explained("tomorrow"))
    told(monkeypatch, noon)
    today = [store.add(explained(f"today {i}")) for i in range(2)]
    assert [entry.created.date() for entry in today] == [noon.date()] * 2
    assert store.newest() == [wrong, *today[::-1]]


def test_an_id_is_never_given_again_even_where_nothing_is_left_of_its_run(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    seen = set()
    for _ in range(20):
        told(monkeypatch, noon)
        entry = store.add(explained("the same moment"))
        seen.add(entry.id)
        store.delete(entry.id)
        RunFiles(store.folder).empty_bin(days=-1)
    assert len(seen) == 20
    assert all(map(is_id, seen))
