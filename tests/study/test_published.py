"""Published numbers stand beside one's own, by whatever names they are given; what is wrong has its line."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from noiser.errors import NoiserError, WrongUse
from noiser.study.export import long_rows, save_table
from noiser.study.live import Live
from noiser.study.planning import plan
from noiser.study.presets import PRESETS
from noiser.study.presets.numbers import blank_numbers
from noiser.study.published import (
    COLUMNS,
    METRICS,
    Published,
    check_published,
    folded,
    published_folder,
    published_of,
    read_published,
)
from noiser.study.spec import Setting, Study
from noiser.study.store import Store
from noiser.study.table import Table, make_table
from noiser.study.toml import read_study, study_toml
from noiser.study.wording import beside_text, published_lines
from tests.study.cases import fill, measured, small_study

HEAD = ",".join(COLUMNS) + "\n"


def write(folder: Path, *rows: str, head: str = HEAD) -> str:
    file = folder / "theirs.csv"
    file.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(file)


def setting(model: str = "Qwen/Qwen2-0.5B", method: str = "noiser", bound: str = "min") -> Setting:
    return Setting(model, method, bound, "none" if bound else "", "Knowns", 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished study of both bounds on one model; the user's own folder is an empty one."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    study = small_study(
        *(tmp_path, 3),
        models=("qwen2",),
        bounds=("min", "max"),
        metrics=("hard",),
        published="figure-2",
    )
    plan(tmp_path / "study", study, {})
    fill(tmp_path / "study", 9, measured)
    return tmp_path / "study"


def shown(folder: Path, file: str) -> Table:
    with Store(folder) as store:
        return make_table(store, published=read_published(file))


@pytest.mark.parametrize(
    ("model", "method", "metric"),
    [
        ("Qwen/Qwen2-0.5B", "noiser", "Soft-NS"),
        ("qwen2-0.5b", "Noiser", "soft ns"),
        ("Qwen2 0.5B", "", "softns"),
        ("/models/mine/Qwen2-0.5B/", "NOISER", "Soft_NS"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(
    tmp_path: Path, model: str, method: str, metric: str
) -> None:
    file = write(tmp_path, f"{model},knowns,{method},,,{metric},0.5,table 5")
    number = read_published(file).of(setting(), "Soft-NS")
    assert number is not None
    assert (number.value, number.source, number.line) == (0.5, "table 5", 2)


def test_a_source_is_one_line(tmp_path: Path) -> None:
    """LaTeX has it in a comment, which a line's end would close."""
    (number,) = read_published(write(tmp_path, 'q,Knowns,,,,α,1," Somebody,\n table 1"')).numbers
    assert number.source == "Somebody, table 1"


def test_another_model_method_bound_or_metric_is_not_the_same(tmp_path: Path) -> None:
    file = write(tmp_path, "Qwen2-0.5B,Knowns,noiser,min,none,ln NS,0.5,")
    published = read_published(file)
    assert published.of(setting(), "ln NS") is not None
    for other in (setting("Qwen/Qwen2-1.5B"), setting(method="random"), setting(bound="max")):
        assert published.of(other, "ln NS") is None
    assert published.of(setting(), "ln NC") is None


def test_of_several_numbers_the_one_that_says_most_counts(tmp_path: Path) -> None:
    rows = [f"q,Knowns,{how},α,{i}," for i, how in enumerate((",,", "noiser,,", "noiser,max,"))]
    published = read_published(write(tmp_path, *rows))
    for method, bound, value in (("random", "", 0), ("noiser", "min", 1), ("noiser", "max", 2)):
        number = published.of(setting("org/Q", method, bound), "α")
        assert number is not None
        assert number.value == value


def test_a_number_that_others_say_more_exactly_is_not_in_vain(folder: Path, tmp_path: Path) -> None:
    rows = (
        "qwen2,data,,,,suff.,1,",
        "qwen2,data,noiser,,,suff.,2,",
        "qwen2,data,random,,,suff.,3,",
    )
    assert shown(folder, write(tmp_path, *rows)).unmatched == ()


def test_a_sample_is_kept_once_whatever_the_seeds(folder: Path, tmp_path: Path) -> None:
    table = shown(folder, write(tmp_path, "qwen2,data,,,,done,2,"))
    twice = replace(table.lines[0], counts={"done": 6})
    seeds = replace(table, study=replace(table.study, seeds=(1, 2)), lines=(twice,))
    beside = seeds.beside(twice, "done")
    assert beside is not None
    assert beside.difference == 1


def test_every_metric_has_a_name_of_its_own() -> None:
    assert len({folded(name) for name in METRICS}) == len(METRICS)
    assert all(map(folded, METRICS))


@pytest.mark.parametrize(
    ("cell", "value"), [("0.5", 0.5), ("−1.25", -1.25), ("45%", 0.45), (" 1e-3 ", 0.001)]
)
def test_values_are_read_as_they_are_printed(tmp_path: Path, cell: str, value: float) -> None:
    (number,) = read_published(write(tmp_path, f"m,d,,,,α,{cell},")).numbers
    assert number.value == pytest.approx(value)
    assert number.source == "theirs.csv"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("m,d,noiser,,,α,viel,", "theirs.csv, line 4: value is 'viel', it must be a number"),
        ("m,d,noiser,,,α,nan,", "line 4: value is 'nan'"),
        ("m,d,noiser,,,faithfullness,1,", "line 4: Unknown metric .* Did you mean 'faithfulness'"),
        (",d,noiser,,,α,1,", "line 4: model is missing"),
        ("m,d,noiser,,,α,0,5,here", "line 4: there are 9 values for 8 columns"),
        ("M,D,Noiser,,,α,2,", "line 4: line 3 has this number already"),
        ('m,d,noiser,,,α,"2,', "line 4 is not CSV"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(NoiserError, match=told):
        read_published(write(tmp_path, "# what Ann, Bob say", "m,d,noiser,,,α,1,", row))


def test_columns_are_checked_and_files_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"line 1: Unknown column 'modell'. Did you mean 'model'"):
        read_published(write(tmp_path, head="modell,dataset,metric,value\n"))
    with pytest.raises(WrongUse, match="the column value is missing"):
        read_published(write(tmp_path, head="model,dataset,metric\n"))
    with pytest.raises(NoiserError, match="No such file"):
        read_published(str(tmp_path / "nowhere.csv"))
    with pytest.raises(WrongUse, match=r"ends in .csv"):
        read_published(str(tmp_path / "theirs.xlsx"))


def test_they_stand_beside_ones_own_in_every_table(folder: Path, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        *("# from the appendix", "tiny/QWEN2,Data,noiser,min,,suff.,1.2,table 9"),
        *("qwen2,data,random,,,suff.,,table 9", "gpt2,data,random,,,suff.,3,table 9"),
        "qwen2,data,,,,done,4,table 7",
    )
    table = shown(folder, file)
    own, other = table.lines[:2]
    assert (own.variant, other.variant) == ("noiser", "noiser max")
    beside = table.beside(own, "suff.")
    assert own.cells[0].value == pytest.approx(2 * (1 + 1 / 2 + 1 / 3) / 3)  # as `measured` has it
    assert beside is not None
    assert beside.difference == pytest.approx(own.cells[0].value - 1.2)
    assert beside_text(beside) == "1.200 (+0.022)"
    assert table.beside(other, "suff.") is None
    kept = table.beside(other, "done")
    assert kept is not None
    assert (kept.number.value, kept.difference) == (4, -1)
    assert [one.line for one in table.unmatched] == [5]
    assert published_lines(table) == [
        "Published: table 9; table 7; in parentheses, one's own less it.",
        "1 of 3 published numbers are of no model, data set, method and metric here (theirs.csv, line 5).",
    ]
    for name in ("t.md", "t.tex", "t.csv"):
        save_table(table, tmp_path / name)
    markdown, latex = (tmp_path / "t.md").read_text(), (tmp_path / "t.tex").read_text()
    suff = markdown.split("### ")[1].splitlines()
    assert suff[2] == "| Method | data, qwen2 | published |"
    assert suff[4].startswith("| noiser | ")
    assert suff[4].endswith(" | 1.200 (+0.022) |")
    assert suff[5].endswith(" | – |")
    assert "published" not in markdown.split("### ")[2].splitlines()[2]
    assert "1 of 3 published numbers" in markdown
    assert "& published \\\\" in latex
    assert "1.200 (+0.022) \\\\" in latex
    assert "% Published: table 9; table 7" in latex
    with (tmp_path / "t.csv").open(newline="") as opened:
        rows = [one for one in csv.DictReader(opened) if one["published"]]
    assert [(one["bound"], one["metric"], one["source"]) for one in rows] == [
        *(("min", "suff.", "table 9"), ("min", "done", "table 7")),
        *(("max", "done", "table 7"), ("", "done", "table 7")),
    ]


def test_a_table_that_was_exported_is_a_file_of_published_numbers(
    folder: Path, tmp_path: Path
) -> None:
    with Store(folder) as store:
        table = make_table(store)
    save_table(table, tmp_path / "own.csv")
    again = shown(folder, str(tmp_path / "own.csv"))
    assert again.unmatched == ()
    assert again.published.numbers
    for row in long_rows(again):
        assert row["difference"] in (0.0, None)
        assert row["published"] == row["value"]


def test_samples_kept_are_beside_the_published_count(folder: Path, tmp_path: Path) -> None:
    table = shown(folder, write(tmp_path, "qwen2,data,,,,done,5,"))
    bare = replace(table, study=replace(table.study, metrics=()))
    save_table(bare, tmp_path / "t.md")
    assert "| qwen2 | 3 of 3, published 5 (-2) |" in (tmp_path / "t.md").read_text()


def test_a_preset_s_name_is_found_in_the_users_folder_and_need_not_be_there(folder: Path) -> None:
    with Store(folder) as store:
        assert published_of(store.study) == Published()
        live = Live(store)
        assert live.read()
        published_folder().mkdir(parents=True)
        (published_folder() / "figure-2.csv").write_text(HEAD + "qwen2,data,,,,α,0.5,table 1\n")
        assert live.read()  # it came while the study was looked at
        assert not live.read()
        assert live.table(()).published == make_table(store).published
        assert [one.value for one in published_of(store.study).numbers] == [0.5]
        (published_folder() / "figure-2.csv").write_text("model\nx\n")
        (told,) = published_lines(make_table(store))
        assert told == "No published numbers: figure-2.csv: the column dataset is missing."


def test_any_other_name_is_to_be_there(folder: Path) -> None:
    with Store(folder) as store:
        study = replace(store.study, published="figure-20")
    file = published_folder() / "figure-20.csv"
    with pytest.raises(WrongUse, match=r"No published numbers are called 'figure-20'") as told:
        check_published(study)
    assert str(file) in str(told.value)
    assert told.value.change == ("published",)
    assert published_of(study).problem == str(told.value)
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + "qwen2,data,,,,α,0.5,table 1\n")
    check_published(study)
    assert [one.value for one in published_of(study).numbers] == [0.5]


def test_a_name_that_no_file_could_have_is_told(folder: Path) -> None:
    published_folder().mkdir(parents=True)
    with Store(folder) as store:
        study = replace(store.study, published="n" * 300)
    assert published_of(study).problem.endswith("cannot be read: File name too long.")
    with pytest.raises(NoiserError, match="File name too long"):
        check_published(study)


def test_a_file_is_read_again_where_it_is_another_or_could_not_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, reads = published_folder() / "figure-2.csv", list[Study]()

    def read(study: Study) -> Published:
        reads.append(study)
        return published_of(study)

    monkeypatch.setattr("noiser.study.live.published_of", read)
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + "qwen2,data,,,,α,0.5,table 1\n")
    with Store(folder) as store:
        live = Live(store)
        assert [live.read() for _ in range(3)] == [True, False, False]
        assert len(reads) == 1
        file.write_text(HEAD + "qwen2,data,,,,α,0.25,table 1\n")
        assert [live.read(), live.read()] == [True, False]
        assert len(reads) == 2
        file.write_text("model\nx\n")
        assert [live.read(), live.read()] == [True, False]
        assert len(reads) == 4, "the stamp does not tell of a permission that was given"
        file.unlink()
        assert [live.read(), live.read()] == [True, False]
        assert live.table(()).published == Published()


def test_a_file_in_a_studys_text_is_looked_for_beside_it(tmp_path: Path) -> None:
    text = 'models = ["m"]\ndatasets = ["built-in"]\npublished = "{}"\n'
    path = tmp_path / "study.toml"
    for given, found in (
        ("n.csv", str(tmp_path / "n.csv")),
        ("/data/n.csv", "/data/n.csv"),
        ("n", "n"),
        ("", ""),
    ):
        path.write_text(text.format(given))
        study = read_study(path)
        assert study.published == found
        path.write_text(study_toml(study))
        assert read_study(path) == study


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_to_be_filled_in_has_a_line_for_every_number(preset: str, tmp_path: Path) -> None:
    blank = blank_numbers(preset, ["org/a", "b"], ["Knowns", "LongRA"])
    file = tmp_path / "blank.csv"
    file.write_text(blank)
    assert read_published(str(file)).numbers == ()
    file.write_text(blank.replace(",,Madani", ",1,Madani").replace(',,"Madani', ',1,"Madani'))
    numbers = read_published(str(file)).numbers
    lines = [one for one in blank.splitlines() if not one.startswith("#")]
    assert len(numbers) == len(lines) - 1 > 0
    assert {one.model for one in numbers} == {"org/a", "b"}


def test_a_column_of_published_numbers_alone_is_shown(folder: Path, tmp_path: Path) -> None:
    table = shown(folder, write(tmp_path, "qwen2,data,noiser,,,suff.,0.75,table 9"))
    none = tuple(
        replace(line, cells=(replace(line.cells[0], value=None), *line.cells[1:]))
        for line in table.lines
    )
    save_table(replace(table, lines=none), tmp_path / "t.md")
    rows = (tmp_path / "t.md").read_text().split("### ")[1].splitlines()
    assert rows[4].endswith("| – | 0.750 |")
