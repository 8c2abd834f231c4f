"""Copying so that it arrives: over SSH, inside tmux and screen, on the desktop, and always into a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from noiser.errors import NoiserError
from noiser.files import write_bytes
from noiser_tui.workbench import osc52
from noiser_tui.workbench.environment import over_ssh

PATIENCE = 2.0
"""Seconds for tmux or a desktop's tool to answer."""

Write = Callable[[str], None]
"""What writes to the terminal, such as textual's driver."""
Tool = Callable[[Sequence[str], bytes], str | None]
"""Runs a program with an input; its output, or None when it failed or did not end in time."""
Where = Literal["auto", "osc52", "file"]


@dataclass(frozen=True)
class CopyReport:
    """Where a text was copied to: `places` in words, `file` where that could be written.

    `problem` is a sentence on what was left out, empty when nothing was.
    """

    characters: int
    places: tuple[str, ...]
    file: Path | None
    problem: str = ""

    @property
    def sentence(self) -> str:
        """What the workbench says of it."""
        unit = "character" if self.characters == 1 else "characters"
        told = f"Copied {self.characters:,} {unit}: {' and '.join(self.places)}"
        if self.file is not None:
            told += f"; also in {self.file}" if self.places else f"in {self.file}"
        elif not self.places:
            told = "Nothing was copied"
        return f"{told}. {self.problem}".rstrip()


def run_tool(arguments: Sequence[str], data: bytes = b"") -> str | None:
    """Run a program of this machine; None where it is missing, fails or does not end in time."""
    program = shutil.which(arguments[0])
    if program is None:
        return None
    # a file, not a pipe: what keeps a clipboard stays behind, and would keep the pipe open
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                [program, *arguments[1:]],
                input=data,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        output.seek(0)
        return output.read().decode(errors="replace")


def copy(
    write: Write,
    text: str,
    environ: Mapping[str, str] = os.environ,
    tool: Tool = run_tool,
    folder: Path | None = None,
    where: Where = "auto",
) -> CopyReport:
    """Copy `text` to every clipboard within reach, and to `copied.txt` in `folder`.

    Call it from a thread: tmux may take its time to answer. The folder is the user's cache unless given.
    `where` is the setting `terminal.copy`: `osc52` leaves out the desktop's tools, `file` all clipboards.
    """
    data = text.encode("utf-8", "replace")
    problems: list[str] = []
    places: list[str] = []
    if where != "file":
        _copy_to_clipboards(write, data, environ, tool, where, places, problems)
    file: Path | None = None
    try:
        file = _save(data, folder)
    except NoiserError as error:
        problems.append(str(error))
    return CopyReport(len(text), tuple(places), file, " ".join(problems))


def _copy_to_clipboards(
    write: Write,
    data: bytes,
    environ: Mapping[str, str],
    tool: Tool,
    where: Where,
    places: list[str],
    problems: list[str],
) -> None:
    """Write `data` to them, adding to the `places` it went to and the `problems` with others."""
    fits = len(data) <= osc52.LIMIT
    if not fits:
        problems.append(
            f"A terminal's clipboard takes {osc52.LIMIT:,} bytes, these are {len(data):,}."
        )
    desktop = _copy_to_desktop(data, environ, tool) if where == "auto" else ""
    if desktop:
        places.append(desktop)
    if environ.get("TMUX"):
        places += _copy_in_tmux(write, data, environ, tool, terminal=fits and not desktop)
    elif fits and not desktop:
        sequence = osc52.terminal_sequence(data, environ)
        if sequence:
            write(sequence)
            places.append("the terminal's clipboard")
        else:
            problems.append("This terminal has no clipboard that a program can reach.")


def _copy_in_tmux(
    write: Write, data: bytes, environ: Mapping[str, str], tool: Tool, *, terminal: bool
) -> list[str]:
    """Into tmux's buffer, and through it to the `terminal` it is shown in."""
    pane = environ.get("TMUX_PANE", "")
    target = ("-t", pane) if pane else ()
    asked = "#{client_termfeatures}|#{allow-passthrough}"
    told = tool(("tmux", "display-message", "-p", *target, asked), b"")
    features, _, passes = (told or "").strip().partition("|")
    # tmux hands a buffer on to terminals that it knows to have a clipboard (-w, from 3.2 on)
    reaches = terminal and "clipboard" in features.split(",")
    load = ("tmux", "load-buffer", *(("-w",) if reaches else ()), "-")
    loaded = told is not None and tool(load, data) is not None
    places = ["tmux's buffer"] if loaded else []
    if reaches and loaded:
        return [*places, "the terminal's clipboard"]
    if not terminal:
        return places
    sequence = osc52.osc52(data)
    if told is not None and passes in ("1", "2", ""):  # before 3.3 there was no such option
        write(osc52.through_tmux(sequence))
        return [*places, "the terminal's clipboard"]
    if (
        not loaded
    ):  # tmux is out of reach, perhaps on another machine: one of the two may get through
        write(osc52.terminal_sequence(data, environ))
        places.append("what tmux passes on")
    return places


def _copy_to_desktop(data: bytes, environ: Mapping[str, str], tool: Tool) -> str:
    """The clipboard of the desktop that this runs on, and its name; empty where there is none."""
    if over_ssh(environ):
        return ""
    if sys.platform == "darwin":
        tried = [("pbcopy",)]
    else:
        wayland = [("wl-copy",)] if environ.get("WAYLAND_DISPLAY") else []
        x11 = [("xclip", "-selection", "clipboard")] if environ.get("DISPLAY") else []
        tried = [*wayland, *x11]
    return "the desktop's clipboard" if any(tool(one, data) is not None for one in tried) else ""


def cache_folder(folder: Path | None = None) -> Path:
    """The folder for what was copied, made if need be: the user's cache unless another is given."""
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("noiser", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoiserError(f"{folder} cannot be made: {error.strerror}.") from error
    return folder


def _save(data: bytes, folder: Path | None) -> Path:
    path = cache_folder(folder) / "copied.txt"
    write_bytes(path, data)
    return path
