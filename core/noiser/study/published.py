"""Numbers that others published, from a file, to stand beside one's own."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError, WrongUse, unknown
from noiser.files import Stamp, expand, stamp_of
from noiser.study.registry import MEASURES, OWN
from noiser.study.spec import Setting, Study

if TYPE_CHECKING:
    from _csv import Reader

KEPT = "done"
"""The metric that is no column: how many samples are kept (table 7 of the paper)."""
METRICS = tuple(column.name for one in (*MEASURES.values(), OWN) for column in one.columns)
WHERE = ("model", "dataset", "method", "bound", "norm", "metric")
COLUMNS = (*WHERE, "value", "source")
NEEDED = ("model", "dataset", "metric", "value")
_EXPORTED = ("low", "high", "samples", "done", "left_out", "failed", "open", "seconds")
_BESIDE = ("published", "difference")
"""With _EXPORTED: what a table that was exported has besides, which is as good a file as any."""


@dataclass(frozen=True)
class Number:
    """A published number, and the line of its file.

    An empty method, bound or norm stands for any.
    """

    model: str
    dataset: str
    method: str
    bound: str
    norm: str
    metric: str
    value: float
    source: str
    line: int

    @property
    def key(self) -> tuple[str, ...]:
        """What the number is of, so that names that are written in another way are the same."""
        return (
            folded_model(self.model),
            *(folded(getattr(self, name)) for name in WHERE[1:]),
        )


@dataclass(frozen=True)
class Published:
    """The numbers of a file called `name`; `problem` is why it could not be read."""

    numbers: tuple[Number, ...] = ()
    name: str = ""
    problem: str = ""

    def of(self, setting: Setting, metric: str) -> Number | None:
        """The number for a setting: of several the one that says most of its method, bound and norm."""
        fitting = self.fitting(setting, metric)
        return max(fitting, key=lambda one: tuple(map(bool, one.key[2:5])), default=None)

    def fitting(self, setting: Setting, metric: str) -> list[Number]:
        """All numbers that are of a setting."""
        own = (setting.method, setting.bound, setting.norm)
        place = (folded_model(setting.model), folded(setting.dataset), folded(metric))
        return [
            number
            for number in self._places.get(place, ())
            if all(
                not said or folded(said) == folded(one)
                for said, one in zip((number.method, number.bound, number.norm), own, strict=True)
            )
        ]

    @cached_property
    def _places(self) -> Mapping[tuple[str, ...], list[Number]]:
        places: dict[tuple[str, ...], list[Number]] = defaultdict(list)
        for number in self.numbers:
            model, dataset, *_, metric = number.key
            places[model, dataset, metric].append(number)
        return places


def folded(name: str) -> str:
    """A name by its letters and digits alone, small: Integrated Gradients is integrated_gradients."""
    return "".join(one for one in name.casefold() if one.isalnum())


def folded_model(name: str) -> str:
    """A model's name without the organisation, or the folder, before it."""
    return folded(Path(name).name)


def published_folder() -> Path:
    """The user's folder of published numbers, where NAME.csv is found as NAME."""
    from platformdirs import user_config_path

    return user_config_path("noiser", appauthor=False) / "published"


def published_of(study: Study) -> Published:
    """The numbers that a study names; none where it is a preset's name and nobody filled them in."""
    if not _is_expected(study.published):
        return Published()
    try:
        return read_published(study.published)
    except NoiserError as error:
        return Published(problem=str(error))


def stamp_of_published(study: Study) -> Stamp | None:
    """How the file of those numbers is now; None where there is none."""
    try:
        return stamp_of(_path(study.published)) if study.published else None
    except NoiserError:  # no file could have such a name
        return None


def check_published(study: Study) -> None:
    """NoiserError where the numbers that a study names cannot be read, WrongUse where there are none."""
    if _is_expected(study.published):
        read_published(study.published)


def _is_expected(file: str) -> bool:
    """Whether numbers are to be there: of a preset they are where somebody has copied them."""
    from noiser.study.presets import PRESETS

    return bool(file) and (file not in PRESETS or _is_there(_path(file)))


def is_name(file: str) -> bool:
    """Whether this is a name in the user's folder, not a path."""
    return Path(file).name == file and not Path(file).suffix


def full_path(file: str, folder: Path = Path()) -> str:
    """The file by its whole path, from a folder; a name in the user's folder as it is."""
    return file if is_name(file) else str((folder / expand(file)).absolute())


def read_published(file: str) -> Published:
    """The numbers of a CSV file, or of NAME.csv in the user's folder where `file` has no ending.

    Its first line names the columns: COLUMNS in any order, of which NEEDED are needed. Lines that begin
    with # and those without a value are skipped. NoiserError names the line that cannot be meant.
    """
    path = _path(file)
    if is_name(file) and not _is_there(path):
        raise WrongUse(
            f"No published numbers are called {file!r}: there is no file {path}. Numbers elsewhere are "
            "named with the file's ending, .csv.",
            change=("published",),
        )
    if path.suffix.lower() != ".csv":
        raise WrongUse(f"{file}: published numbers stand in a file whose name ends in .csv.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return Published(tuple(_numbers(opened, path.name)), path.name)
    except OSError as error:
        raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise NoiserError(f"{path} is not UTF-8 text.") from error


def _path(file: str) -> Path:
    return published_folder() / f"{file}.csv" if is_name(file) else expand(file)


def _is_there(path: Path) -> bool:
    """Whether there is such a file; where that may not be seen, whoever reads it is told why."""
    try:
        return path.is_file()
    except OSError:
        return True


def _numbers(opened: Iterator[str], name: str) -> Iterator[Number]:
    reader = csv.reader(opened, strict=True)
    rows = _rows(reader, name)
    heads = [head.strip() for head in next(rows, [])]
    for head in heads:
        if head not in (*COLUMNS, *_EXPORTED, *_BESIDE):
            raise WrongUse(f"{name}, line {reader.line_num}: {unknown('column', head, COLUMNS)}")
    for head in NEEDED:
        if head not in heads:
            raise WrongUse(f"{name}: the column {head} is missing.")
    lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        try:
            number = _number(heads, row, name, reader.line_num)
        except WrongUse as error:
            raise WrongUse(f"{name}, line {reader.line_num}: {error}") from error
        if number is None:
            continue
        if (first := lines.setdefault(number.key, number.line)) != number.line:
            raise WrongUse(f"{name}, line {number.line}: line {first} has this number already.")
        yield number


def _rows(reader: Reader, name: str) -> Iterator[list[str]]:
    """The rows that are neither empty nor a comment."""
    try:
        yield from (row for row in reader if any(row) and not row[0].lstrip().startswith("#"))
    except csv.Error as error:
        raise NoiserError(f"{name}, line {reader.line_num} is not CSV: {error}.") from error


def _number(heads: list[str], row: list[str], name: str, line: int) -> Number | None:
    """The number in a row, None where it has no value."""
    if len(row) > len(heads):
        raise WrongUse(f"there are {len(row)} values for {len(heads)} columns.")
    cells = {head: cell.strip() for head, cell in zip(heads, row, strict=False)}
    if not cells.get("value"):
        return None
    for head in NEEDED:
        if not cells.get(head):
            raise WrongUse(f"{head} is missing.")
    if folded(cells["metric"]) not in map(folded, (*METRICS, KEPT)):
        raise unknown("metric", cells["metric"], (*METRICS, KEPT))
    given = {head: cells.get(head, "") for head in WHERE}
    source = " ".join(cells.get("source", "").split())  # it stands in comments of one line
    return Number(**given, value=_value(cells["value"]), source=source or name, line=line)


def _value(text: str) -> float:
    """A number, also with a minus sign that is no hyphen, or as a percentage."""
    plain = text.replace("−", "-").removesuffix("%")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise WrongUse(f"value is {text!r}, it must be a number.")
    return value / 100 if text.endswith("%") else value
