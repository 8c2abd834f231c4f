from __future__ import annotations

import json
from pathlib import Path

import pytest

from noiser.data.reading import Columns, read_samples
from noiser.data.sample import Sample
from noiser.errors import NoiserError, WrongUse

WANTED = [Sample("0", "Rome is in", "Italy"), Sample("1", "Oslo, is in", "Norway")]
FILES = {
    "a.json": json.dumps([{"prompt": one.prompt, "target": one.target} for one in WANTED]),
    "a.jsonl": '{"prompt": "Rome is in", "target": "Italy"}\n\n'
    '{"prompt": "Oslo, is in", "target": "Norway"}\n',
    "a.csv": 'target,prompt\r\nItaly,Rome is in\r\nNorway,"Oslo, is in"\r\n',
}


def _file(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_samples(tmp_path: Path, name: str) -> None:
    assert read_samples(_file(tmp_path, name, FILES[name])) == WANTED


def test_columns_have_the_names_that_the_user_says(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "frage,antwort,nr\nRome is in,Italy,x7\n")
    columns = Columns("frage", "antwort", id="nr")
    assert read_samples(path, columns) == [Sample("x7", "Rome is in", "Italy")]


def test_a_named_column_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "prompt,answer\nRome is in,Italy\n")
    with pytest.raises(WrongUse, match=r"'answr'.*Did you mean 'answer'"):
        read_samples(path, Columns(target="answr"))
    assert read_samples(path) == [Sample("0", "Rome is in")]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_string_is_a_prompt(tmp_path: Path, name: str) -> None:
    texts = ["Rome is in", {"prompt": "Oslo is in", "target": "Norway"}]
    text = json.dumps(texts) if name == "a.json" else "\n".join(map(json.dumps, texts))
    found = read_samples(_file(tmp_path, name, text))
    assert found == [Sample("0", "Rome is in"), Sample("1", "Oslo is in", "Norway")]


def test_plain_text_is_a_prompt_per_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.txt", "Rome is in\n\nOslo is in \n")
    assert read_samples(path) == [Sample("0", "Rome is in"), Sample("1", "Oslo is in")]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "{", "not JSON"),
        ("a.json", "{}", "no list"),
        ("a.json", "[]", "no samples"),
        ("a.json", "[7]", "sample 0 is neither"),
        ("a.json", '[{"prompt": " "}]', "sample 0 has no text"),
        ("a.json", '[{"prompt": "a", "id": 1}, {"prompt": "b", "id": 1}]', "two samples"),
        ("a.jsonl", '{"prompt": "a"}\nnonsense', "line 2 is not JSON"),
        ("a.csv", 'prompt\n"open', "not CSV"),
        ("a.csv", "prompt,target\nOslo, in winter, is,cold\n", "line 2 has more values"),
        ("a.json", '[{"prompt": "half \\ud83d"}]', "sample 0 holds half a character"),
        ("a.json", '[{"prompt": "a"}, {"prompt": "b", "target": ["x"]}]', r"sample 1 .*\['x'\]"),
        ("a.json", '[{"prompt": "a", "target": true}]', "no text in the column 'target'"),
        ("a.pkl", "", "ends in none of"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    with pytest.raises(NoiserError, match=told):
        read_samples(_file(tmp_path, name, text))
