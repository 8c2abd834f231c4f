"""Where settings and keys stand, and whether they have been changed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from noiser import files

KEYBINDINGS = "keybindings.json"


def user_folder() -> Path:
    """The folder of the user's own settings, keys and themes."""
    from platformdirs import user_config_path

    return user_config_path("noiser", appauthor=False)


def user_settings() -> Path:
    """The user's settings."""
    return user_folder() / "settings.toml"


def user_keybindings() -> Path:
    """The user's keys."""
    return user_folder() / KEYBINDINGS


def workspace_settings(start: Path) -> Path:
    """The settings of the folder that the program was started in."""
    return start / ".noiser" / "settings.toml"


def start_folder() -> Path:
    """The folder that the program was started in."""
    try:
        return Path.cwd()
    except OSError:  # it has been removed since
        return Path()


def is_any_set(start: Path, environ: Mapping[str, str]) -> bool:
    """Whether there may be settings to read, found out without reading them."""
    return (
        any(name.startswith("NOISER_") for name in environ)
        or workspace_settings(start).exists()
        or user_settings().exists()
    )


@dataclass(frozen=True)
class Stamp:
    """Files, and when each was last written as far as we know."""

    paths: tuple[Path, ...]
    written: tuple[files.Stamp | None, ...]

    def changed(self) -> bool:
        """Whether any of them was written, made or removed since."""
        return tuple(map(files.stamp_of, self.paths)) != self.written


def stamp(*paths: Path) -> Stamp:
    """How the files stand now; take it before reading them, so that no change is missed."""
    return Stamp(paths, tuple(map(files.stamp_of, paths)))


def together(stamps: Iterable[Stamp]) -> Stamp:
    """The files of all of them, each as it stood in its own."""
    every = list(stamps)
    return Stamp(
        tuple(path for one in every for path in one.paths),
        tuple(written for one in every for written in one.written),
    )
