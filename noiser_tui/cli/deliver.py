"""A result on its way out: the screen or JSON on stdout, a file beside it, warnings on stderr."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.export import FORMATS, check_suffix, save
from noiser.files import check_writable
from noiser.record import Saved, to_json
from noiser_tui.cli.defaults import in_effect
from noiser_tui.cli.fail import say
from noiser_tui.look.depth import chosen_depth
from noiser_tui.look.themes import DEFAULT_THEME, load_theme

PIPE_WIDTH = 80


@dataclass(frozen=True)
class Delivery:
    """What the user wants of the result."""

    as_json: bool
    output: Path | None
    theme: str | None
    rows: int | None = None
    step: int | None = None
    quiet: bool = False
    tokens: bool = False
    formats: tuple[str, ...] = FORMATS

    def check(self) -> None:
        """Find out before the work what could not be delivered after it."""
        load_theme(self.theme or DEFAULT_THEME)
        if self.output is not None:
            check_suffix(self.output, self.formats)
            check_writable(self.output)

    def deliver(self, result: Saved) -> None:
        """Write the file first, then stdout: a reader that leaves early does not cost the file."""
        if self.output is not None:
            save(result, self.output)
        chosen = self._step(result)
        if self.as_json:
            self._warn(chosen)
            print_record(chosen)
        else:
            if not (sys.stdout.isatty() and sys.stderr.isatty()):  # else the screen tells them
                self._warn(chosen)
            self._draw(chosen)

    def _draw(self, result: Saved) -> None:
        from noiser_tui.cli.screen import draw

        stream: TextIO = sys.stdout
        terminal = stream.isatty()
        size = shutil.get_terminal_size((PIPE_WIDTH, 24))
        draw(
            result,
            stream,
            theme=load_theme(self.theme or DEFAULT_THEME),
            depth=chosen_depth(stream, os.environ, in_effect().appearance.colours),
            width=size.columns,
            height=size.lines if terminal else None,
            rows=self.rows,
            tokens=self.tokens,
        )

    def _step(self, result: Saved) -> Saved:
        if self.step is None:
            return result
        if not isinstance(result, Explanation):
            raise WrongUse("--step shows one token of a generation, and this is a comparison.")
        steps = result.steps_explained
        if self.step > len(steps):
            raise WrongUse(f"There is no step {self.step}: the run has {len(steps)}.")
        from dataclasses import replace

        return replace(steps[self.step - 1], continuation=())

    def _warn(self, result: Saved) -> None:
        if self.quiet:
            return
        for text in dict.fromkeys(warning_lines(result)):
            say(f"warning: {text}")


def print_record(result: Saved) -> None:
    """The record on one line of stdout, in UTF-8 whatever the locale: it is data."""
    print_line(to_json(result))


def print_line(text: str) -> None:
    """One line of data on stdout, at once."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # half a pair of UTF-16, as in a file's name, becomes JSON's own escape
        reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def warning_lines(result: Saved) -> list[str]:
    """The warnings of every step, each with the token or the unit it is about, or of every row."""
    from noiser.export import wording
    from noiser.export.comparison import wording as of_comparisons

    if not isinstance(result, Explanation):
        return of_comparisons.warnings(result)
    return [wording.warning(step, one) for step in result.steps_explained for one in step.warnings]
