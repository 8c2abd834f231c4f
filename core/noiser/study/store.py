"""A study's folder: one SQLite file with its plan and a row per sample and setting."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from noiser.data.sample import Sample
from noiser.database import write_ahead
from noiser.errors import NoiserError
from noiser.files import expand
from noiser.study.spec import DataChoice, Setting, Study

FORMAT = "noiser-study/1"
FILE = "study.sqlite"
State = Literal["open", "taken", "done", "left-out", "failed"]
_PATIENCE = 120.0
"""Seconds to wait for another process's write."""


@dataclass(frozen=True)
class Row:
    """A sample in a setting, and what became of it.

    `result` is what was measured, of a `left-out` sample what the model predicted instead; `error` is
    why it failed. `seconds` and `token_forwards` are not repeatable, all else is.
    """

    setting: Setting
    number: int
    state: State
    result: Mapping[str, Any] | None
    error: str | None
    seconds: float | None
    token_forwards: int | None


class NotPlanned(NoiserError):
    """There is no study in a folder, or its plan is still being written."""


class Store:
    """An open study. A connection is for one thread; open another one elsewhere.

    With `create` it need not be planned yet; else NotPlanned where it is not. In a folder that cannot be
    written a study can be read. NoiserError where the file cannot be used, now or, from the `with` block,
    later: a full disk, say.
    """

    def __init__(self, folder: str | Path, *, create: bool = False) -> None:
        self.folder = expand(folder)
        path = self.folder / FILE
        if not create and not path.is_file():
            raise NotPlanned(f"There is no study in {folder}: it has no {FILE}.")
        try:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            self._writable = os.access(self.folder, os.W_OK)
            if create and not self._writable:
                raise NoiserError(f"The study's folder {folder} cannot be written: no permission.")
            self.db = sqlite3.connect(
                path if self._writable else _to_read(path),
                timeout=_PATIENCE,
                isolation_level=None,
                uri=not self._writable,
            )
        except OSError as error:
            why = error.strerror or error
            raise NoiserError(f"The study in {folder} cannot be opened: {why}.") from error
        except sqlite3.Error as error:
            raise NoiserError(f"The study in {folder} cannot be opened: {error}.") from error
        try:
            self._begin(create=create)
        except sqlite3.Error as error:
            self.db.close()
            raise NoiserError(f"The study in {folder} cannot be opened: {error}.") from error
        except NotPlanned:
            self.db.close()
            raise

    def _begin(self, *, create: bool) -> None:
        if self._writable:
            write_ahead(self.db, _PATIENCE)
            self.db.execute("PRAGMA synchronous=FULL")  # what is stored survives a power cut
        if create:
            with self.transaction():
                for statement in _schema():
                    self.db.execute(statement)
        elif not self._planned():  # the file is there before its tables, these before the plan
            raise NotPlanned(
                f"The study in {self.folder} is not planned to its end: noiser study run does that."
            )

    def _planned(self) -> bool:
        table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'study'"
        return (
            self.db.execute(table).fetchone() is not None
            and self.db.execute("SELECT spec FROM study").fetchone() is not None
        )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.db.close()
        if isinstance(error, sqlite3.Error):
            raise NoiserError(
                f"The study in {self.folder} cannot be used any more: {error}; what was stored stays."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it; one process at a time."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:  # of some errors SQLite itself goes back
                self.db.execute("ROLLBACK")
            raise

    @cached_property
    def study(self) -> Study:
        """The study as it was planned."""
        row = self.db.execute("SELECT format, spec FROM study").fetchone()
        if row is None or row[0] != FORMAT:
            raise NoiserError(f"{self.folder} holds no study of the format {FORMAT}.")
        return from_json(row[1])

    @property
    def environment(self) -> dict[str, str]:
        """The versions of the libraries that the study began with."""
        ((text,),) = self.db.execute("SELECT environment FROM study")
        found: dict[str, str] = json.loads(text)
        return found

    def sample(self, dataset: str, number: int) -> Sample:
        """A sample of a data set, as it was when the study was planned."""
        row = self.db.execute(
            "SELECT id, prompt, target, relative FROM sample WHERE dataset = ? AND number = ?",
            (dataset, number),
        ).fetchone()
        return Sample(*row)

    def count(self, *states: State) -> int:
        """How many rows are in one of these states."""
        found = self.db.execute(
            f"SELECT count(*) FROM task WHERE state IN ({', '.join('?' * len(states))})", states
        ).fetchone()
        return int(found[0])

    def rows(self) -> Iterator[Row]:
        """Every row, setting by setting in the order of the grid, samples in theirs."""
        order = {setting: place for place, setting in enumerate(self.study.settings())}
        names = ", ".join(field.name for field in fields(Setting))
        for setting in order:
            values = tuple(getattr(setting, field.name) for field in fields(Setting))
            found = self.db.execute(
                "SELECT number, state, result, error, seconds, token_forwards FROM task "
                f"WHERE ({names}) = (?, ?, ?, ?, ?, ?) ORDER BY number",
                values,
            )
            for number, state, result, *rest in found:
                yield Row(setting, number, state, result and json.loads(result), *rest)


def _to_read(path: Path) -> str:
    """The address of a file in a folder that cannot be written.

    While a process works on the study, its log is there and is read, too; else SQLite would have to make one,
    unless it is told that nothing changes.
    """
    log = path.with_name(f"{path.name}-wal")
    return f"{path.absolute().as_uri()}?{'mode=ro' if log.exists() else 'immutable=1'}"


def to_json(study: Study) -> str:
    """A study as it is stored."""
    return json.dumps(asdict(study), sort_keys=True)


def from_json(text: str) -> Study:
    """The study that was stored; NoiserError where it is damaged, or of a version with other keys."""
    try:
        data = json.loads(text)
        data["datasets"] = [DataChoice(**one) for one in data["datasets"]]
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return Study(**given)
    except (ValueError, KeyError, TypeError) as error:
        raise NoiserError(
            f"The study's plan cannot be read ({error!r}): it is damaged, or of another version."
        ) from error


def _schema() -> list[str]:
    text = files(__package__).joinpath("schema.sql").read_text("utf-8")
    return [statement for statement in text.split(";") if statement.strip()]
