"""Colour themes by name: those we ship, the user's own, VS Code's, and any file."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from rich.errors import StyleSyntaxError

from noiser.errors import NoiserError, WrongUse, unknown
from noiser_tui.look.theme import NEGATIVE, POSITIVE, Theme
from noiser_tui.look.theme_file import read_theme_file
from noiser_tui.settings.places import Stamp, stamp, together, user_folder

__all__ = [
    "DEFAULT_THEME",
    "NEGATIVE",
    "POSITIVE",
    "Theme",
    "ThemeFile",
    "load_theme",
    "theme_files",
    "theme_folder",
    "theme_names",
    "theme_problem",
    "theme_stamp",
    "theme_title",
    "user_theme_folder",
]

DEFAULT_THEME = "dark"

_VSCODE = (".json", ".jsonc")
_SUFFIXES = (".toml", *_VSCODE)


@dataclass(frozen=True)
class ThemeFile:
    """A theme at hand, not read yet; `shipped` says that it is one of ours."""

    name: str
    path: Path
    shipped: bool = False


def theme_folder() -> Path:
    """The shipped themes: inside the package when installed, beside it in a source tree."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def user_theme_folder() -> Path:
    """Where the user's own themes are looked for, be there such a folder or not."""
    return user_folder() / "themes"


def theme_files() -> dict[str, ThemeFile]:
    """The themes at hand by name, the default first; the user's own comes before ours of its name."""
    found = {path.stem: ThemeFile(path.stem, path, True) for path in theme_folder().glob("*.toml")}
    for suffix in reversed(_SUFFIXES):  # so that of one name a theme of ours counts
        for path in user_theme_folder().glob(f"*{suffix}"):
            name = _name(path)
            found[name] = ThemeFile(name, path)
    return {
        name: found[name] for name in sorted(found, key=lambda one: (one != DEFAULT_THEME, one))
    }


def theme_names() -> list[str]:
    """The names of the themes at hand, the default first."""
    return list(theme_files())


def load_theme(name: str = DEFAULT_THEME) -> Theme:
    """The theme called `name`, or in a file of that path; an error in one sentence when there is none."""
    read = _read(_file(name))
    if isinstance(read.found, str):
        raise NoiserError(read.found)
    return read.found


def theme_stamp(name: str) -> Stamp:
    """The files that a theme is read from, with those it includes, as they were when it was read last.

    Of a path where there is no file, that path; WrongUse where there is no theme of that name.
    """
    try:
        return _read(_file(name)).stamp
    except WrongUse:
        raise
    except NoiserError:
        return stamp(_path(name))


def theme_title(name: str) -> str:
    """What a theme calls itself, or the sentence that says why it cannot be read."""
    return theme_problem(name) or load_theme(name).title


def theme_problem(name: str) -> str:
    """The sentence that says why a theme cannot be read; empty where it can."""
    try:
        load_theme(name)
    except NoiserError as error:
        return str(error)
    return ""


def _file(name: str) -> ThemeFile:
    files = theme_files()
    if name in files:
        return files[name]
    path = _path(name)
    if path.suffix not in _SUFFIXES:
        raise unknown("theme", name, files)
    try:
        there = path.is_file()
    except OSError as error:  # a folder that nobody may look into, a name of too many characters
        raise NoiserError(f"The theme {name} cannot be read: {error.strerror}.") from error
    if not there:
        raise NoiserError(f"There is no theme file {name}.")
    return ThemeFile(_name(path), path)


def _path(name: str) -> Path:
    path = Path(name)
    with contextlib.suppress(RuntimeError):  # a ~ of nobody's stands for itself
        path = path.expanduser()
    return path


def _name(path: Path) -> str:
    return path.stem.removesuffix("-color-theme")


@dataclass(frozen=True)
class _Read:
    """What was found in a theme's files, the theme or why there is none, and how they stood then."""

    found: Theme | str
    stamp: Stamp


_KNOWN: dict[ThemeFile, _Read] = {}


def _read(file: ThemeFile) -> _Read:
    """Read a theme again only where one of its files has changed, or it could not be read.

    A stamp does not tell of a permission that was given.
    """
    known = _KNOWN.get(file)
    if known is None or isinstance(known.found, str) or known.stamp.changed():
        seen = [stamp(file.path)]
        try:
            found: Theme | str = _load(file, seen)
        except NoiserError as error:
            found = str(error)
        known = _KNOWN[file] = _Read(found, together(seen))
    return known


def _load(file: ThemeFile, seen: list[Stamp]) -> Theme:
    try:
        if file.path.suffix in _VSCODE:
            from noiser_tui.look.vscode import read_vscode_theme

            return read_vscode_theme(file.name, file.path, seen)
        return read_theme_file(file.name, file.path)
    except KeyError as error:
        raise NoiserError(
            f"The theme {file.path} is damaged: it has no {error.args[0]}."
        ) from error
    except OSError as error:
        raise NoiserError(f"The theme {file.path} cannot be read: {error.strerror}.") from error
    except RuntimeError as error:  # tables in tables without end, links in a circle
        raise NoiserError(f"The theme {file.path} is damaged: it has no end.") from error
    except (ValueError, TypeError, AttributeError, StyleSyntaxError, NoiserError) as error:
        raise NoiserError(f"The theme {file.path} is damaged: {str(error).rstrip('.')}.") from error
