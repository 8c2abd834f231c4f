from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from noiser.builtin import corpus
from noiser.data import published
from noiser.data.catalogue import _PUBLISHED, DATASETS, load_dataset
from noiser.data.published import Published
from noiser.data.reading import Columns
from noiser.data.sample import Sample
from noiser.errors import Cancelled, NoiserError, WrongUse
from tests.silent import silent_server

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where fetched data sets go, whatever the system's own cache folder is."""
    monkeypatch.setattr(published, "cache_folder", lambda: tmp_path / "cache" / "data")
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """The address of a server for tmp_path/site, and what was asked of it."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            asked.append(self.path)

    (tmp_path / "site").mkdir()
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    handler = partial(Handler, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", asked
        http.shutdown()


def _published(url: str) -> Published:
    return Published("towns", "", "", url, Columns("question", "answer"))


def test_what_is_published_is_fetched_once(
    tmp_path: Path, server: tuple[str, list[str]], cache: Path
) -> None:
    url, asked = server
    (tmp_path / "site" / "t.json").write_text('[{"question": "Rome is in", "answer": "Italy"}]')
    towns = _published(f"{url}/t.json")
    assert towns.load() == towns.load() == [Sample("0", "Rome is in", "Italy")]
    assert len(asked) == 1
    assert (cache / "data" / "towns.json").is_file()


def test_what_is_no_data_set_is_not_kept(
    tmp_path: Path, server: tuple[str, list[str]], cache: Path
) -> None:
    url, _ = server
    (tmp_path / "site" / "t.json").write_text("<html>Log in</html>")
    with pytest.raises(NoiserError, match="not JSON"):
        _published(f"{url}/t.json").load()
    with pytest.raises(NoiserError, match="404"):
        _published(f"{url}/nothing.json").load()
    assert not cache.exists()


def test_without_a_network_the_way_on_is_told_and_leads_there(cache: Path) -> None:
    with pytest.raises(NoiserError, match="a file of your own") as told:
        load_dataset("Knowns")
    place = cache / "data" / "Knowns.json"
    assert f"save it as {place}," in str(told.value)
    place.parent.mkdir(parents=True)
    place.write_text(
        '[{"known_id": 0, "prompt": "Oslo is in", "attribute": "Norway", "subject": "Oslo"}]'
    )
    assert load_dataset("Knowns") == [Sample("0", "Oslo is in", "Norway", "Oslo")]


def test_a_server_that_is_silent_can_be_left(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked, says nothing, and goes on saying nothing while the wait ends."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    cancel = threading.Event()
    with silent_server() as server:

        def stop() -> None:
            assert server.was_asked.wait(60)
            cancel.set()

        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(Cancelled):
            _published(f"{server.url}/t.json").load(cancel)
        assert server.asked == [b"GET /t.json HTTP/1.1"]
    assert not cache.exists()


BIOGRAPHIES = [
    {
        "gpt3_text": "Ann Roe (1901–1990) was a Norwegian painter. She was born in Oslo.",
        "wiki_bio_text": "Dr. Ann J. Roe, M.D. (3 May 1901 – 1990) was a Norwegian surgeon. She was born in "
        "St. Olav, the daughter of a smith. She worked in Oslo.",
        "gpt3_sentences": ["Ann Roe was a Norwegian painter.", "She was born in Oslo."],
        "annotation": ["major_inaccurate", "accurate"],
        "wiki_bio_test_idx": 62464,
        "gpt3_text_samples": ["Ann Roe is a cricketer."],
    },
    {
        "gpt3_text": "Ben Doe is a singer.",
        "wiki_bio_text": "Ben Doe, Jr. (born 1950) is a retired goalkeeper.",
        "gpt3_sentences": ["Ben Doe is a singer."],
        "annotation": ["major_inaccurate"],
        "wiki_bio_test_idx": 7,
        "gpt3_text_samples": [],
    },
]


def test_biographies_become_their_first_two_sentences(
    tmp_path: Path, server: tuple[str, list[str]], cache: Path
) -> None:
    url, asked = server
    (tmp_path / "site" / "dataset.json").write_text(json.dumps(BIOGRAPHIES), encoding="utf-8")
    (one,) = (one for one in _PUBLISHED if one.name == "WikiBio")
    assert one.url.startswith("https://huggingface.co/datasets/potsawee/")
    first, second = replace(one, url=f"{url}/dataset.json").load()
    assert first == Sample(
        "62464",
        "Dr. Ann J. Roe, M.D. (3 May 1901 – 1990) was a Norwegian surgeon. She was born in St. Olav, the "
        "daughter of a smith.",
    )
    assert second == Sample("7", BIOGRAPHIES[1]["wiki_bio_text"])  # type: ignore[arg-type]
    assert load_dataset("wikibio") == [first, second]  # kept as it is published, under its own name
    assert json.loads((cache / "data" / "WikiBio.json").read_text("utf-8")) == BIOGRAPHIES
    assert len(asked) == 1


def test_too_much_is_refused(
    tmp_path: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "MOST_BYTES", 10)
    (tmp_path / "site" / "t.json").write_text("[" + " " * 20 + "]")
    with pytest.raises(NoiserError, match="larger than 10 bytes"):
        _published(f"{server[0]}/t.json").load()


@pytest.mark.parametrize(
    ("name", "file", "count", "first"),
    [
        ("Knowns", "known_1000.json", 1209, ("Vinson Massif is", "Antarctica", "Vinson Massif")),
        ("LongRA", "LongRA.json", 573, ("When my flight landed in Greece", "Athens", "Greece")),
        ("wikitext", "wikitext.txt", 22, ("Bowman Creek is", None, None)),
    ],
)
def test_the_published_files_are_read(
    cache: Path, name: str, file: str, count: int, first: tuple[str, str | None, str | None]
) -> None:
    if not (SHARED / file).is_file():
        pytest.skip(f"no copy of {name} beside the checkout")
    (one,) = (one for one in _PUBLISHED if one.name == name)
    one.file.parent.mkdir(parents=True)
    shutil.copy(SHARED / file, one.file)
    samples = load_dataset(name.lower())
    assert len(samples) == count
    assert samples[0].prompt.startswith(first[0])
    assert (samples[0].target, samples[0].relative) == first[1:]
    if name != "wikitext":
        assert all(sample.target and sample.relative in sample.prompt for sample in samples)  # type: ignore[operator]


def test_the_built_in_facts_are_samples() -> None:
    facts = {fact for relation in corpus.relations() for fact in relation.facts}
    short, long = load_dataset("built-in"), load_dataset("built-in-long")
    assert len(short) == len(facts)
    assert {len({sample.id for sample in samples}) - len(samples) for samples in (short, long)} == {
        0
    }
    assert all(str(sample.relative).lower() in sample.prompt.lower() for sample in short + long)
    assert all("(" in sample.prompt for sample in long)


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(WrongUse, match="Did you mean 'Knowns'"):
        load_dataset("known")
    assert set(DATASETS) >= {"built-in", "Knowns", "LongRA", "wikitext", "WikiBio"}
