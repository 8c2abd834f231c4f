"""`noiser themes`: the colour themes at hand, each with a sample of its ramp."""

from __future__ import annotations

import json
import os
import sys

from rich.text import Text

from noiser.errors import NoiserError
from noiser_tui.cli.deliver import print_line
from noiser_tui.cli.fail import say
from noiser_tui.cli.screen import console_for
from noiser_tui.look.cells import cell_width, visible
from noiser_tui.look.depth import detect_depth
from noiser_tui.look.sample import ramp_sample
from noiser_tui.look.themes import Theme, ThemeFile, load_theme, theme_files, user_theme_folder

SHIPPED = "shipped"


def list_themes(*, as_json: bool) -> None:
    """Print name, title, ramp and place of every theme; one that is damaged is told on stderr."""
    found = _found()
    if as_json:
        print_line(json.dumps([_plain(*one) for one in found], ensure_ascii=False))
        return
    depth = detect_depth(sys.stdout, os.environ)
    rows = [(visible(file.name), visible(theme.title)) for file, theme in found]
    names, titles = (max((cell_width(row[at]) for row in rows), default=0) for at in (0, 1))
    console = console_for(sys.stdout, depth, sys.maxsize)
    for (name, title), (file, theme) in zip(rows, found, strict=True):
        place = SHIPPED if file.shipped else visible(str(file.path))
        console.print(_padded(name, names), _padded(title, titles), end="  ", sep="  ")
        console.print(ramp_sample(theme, depth), f" {place}")
    if sys.stdout.isatty():  # a hint for people, no theme for programs
        folder = visible(str(user_theme_folder()))
        console.print(f"Your own themes, and VS Code's, go to {folder}", style="dim")


def _found() -> list[tuple[ThemeFile, Theme]]:
    found = []
    for name, file in theme_files().items():
        try:
            found.append((file, load_theme(name)))
        except NoiserError as error:
            say(str(error))
    return found


def _padded(text: str, width: int) -> Text:
    return Text(text + " " * (width - cell_width(text)))


def _plain(file: ThemeFile, theme: Theme) -> dict[str, object]:
    return {
        "name": file.name,
        "title": theme.title,
        "dark": theme.dark,
        "where": str(file.path),
        "shipped": file.shipped,
    }
