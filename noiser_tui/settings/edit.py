"""Changing a settings file in place: the user's comments and order stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError, WrongUse
from noiser.files import write_text
from noiser_tui.settings.kinds import Value
from noiser_tui.settings.problem import unknown_name
from noiser_tui.settings.schema import SETTINGS, Setting

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def find_setting(key: str) -> Setting:
    """The setting called `key`; WrongUse with the nearest one where there is none."""
    if key not in SETTINGS:
        raise WrongUse(unknown_name("setting", key, tuple(SETTINGS)))
    return SETTINGS[key]


def set_setting(path: Path, key: str, value: Value) -> None:
    """Write a setting into a file, which is made where there is none.

    WrongUse where there is no such setting or it cannot have the value, NoiserError where the file is
    no TOML or cannot be written.
    """
    import tomlkit

    setting = find_setting(key)
    value = setting.check(value)
    document = _read(path)
    if setting.section not in document:
        if document.as_string().strip():
            document.add(tomlkit.nl())
        document.add(setting.section, tomlkit.table())
    table = document[setting.section]
    if not isinstance(table, dict):
        raise NoiserError(f"{path}: {setting.section} is no section there: mend it first.")
    with _before_its_end(table):
        table[setting.name] = value
    _write(path, document)


def unset_setting(path: Path, key: str) -> bool:
    """Take a setting out of a file; returns whether it was there. Errors as `set_setting`'s."""
    setting = find_setting(key)
    document = _read(path)
    table = document.get(setting.section)
    if not isinstance(table, dict) or setting.name not in table:
        return False
    del table[setting.name]
    _write(path, document)
    return True


@contextmanager
def _before_its_end(table: object) -> Iterator[None]:
    """What is added comes before blank lines and comments at a table's end: they are the next one's."""
    from tomlkit.items import Table

    body = table.value.body if isinstance(table, Table) else []
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    tail = body[end:]
    del body[end:]
    yield
    body.extend(tail)


def _read(path: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise NoiserError(f"{path} cannot be changed, mend it first: {error}.") from error


def _write(path: Path, document: TOMLDocument) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoiserError(f"{path} cannot be written: {error.strerror or error}.") from error
    write_text(path, document.as_string())
