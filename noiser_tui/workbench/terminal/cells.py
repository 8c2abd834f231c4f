"""The terminal's cells: what is to stand there, what stands there, and the least that makes up for it."""

from __future__ import annotations

import re
import sys

from noiser_tui.workbench.terminal.clusters import ONE_CELL, cells_of, reach, sure
from noiser_tui.workbench.terminal.pens import change, same_on_blanks

_PARTS = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b\n]+)|\n|(\x1b)")
NEAR = 4
"""Unchanged cells that are written again where going around them is longer."""
WORD = 32
"""Cells of a word at most that are written again with what changed of it."""


class _Line:
    """Cells from the left: their text and their pen; text None where nothing is known.

    What is drawn together and is wide stands in its first cell, in the others is "".
    """

    __slots__ = ("pens", "texts")

    def __init__(
        self, texts: list[str | None] | None = None, pens: list[str] | None = None
    ) -> None:
        self.texts: list[str | None] = texts or []
        self.pens: list[str] = pens or []

    def put(self, x: int, cells: list[str], pen: str) -> None:
        if (missing := x - len(self.texts)) > 0:
            self.texts += [None] * missing
            self.pens += [""] * missing
        end = x + len(cells)
        self._halve(x)
        self._halve(end)
        self.texts[x:end] = cells
        self.pens[x:end] = [pen] * len(cells)

    def _halve(self, x: int) -> None:
        """A wide character that is cut at `x` leaves blanks, as it does in terminals."""
        if not 0 < x < len(self.texts) or self.texts[x] != "":
            return
        start = next(i for i in reversed(range(x)) if self.texts[i] != "")
        end = next((i for i in range(x, len(self.texts)) if self.texts[i] != ""), len(self.texts))
        self.texts[start:end] = [" "] * (end - start)
        self.pens[start:end] = [""] * (end - start)

    def same(self, other: _Line) -> bool:
        return self.texts == other.texts and self.pens == other.pens

    def copy(self) -> _Line:
        return _Line(self.texts[:], self.pens[:])


class Cells:
    """Takes in drawings as textual makes them, and tells what is new in them."""

    def __init__(self) -> None:
        self._wanted: dict[int, _Line] = {}
        self._shown: dict[int, _Line] = {}
        self._touched: set[int] = set()
        self._cursor = self._cursor_shown = (-1, -1)

    def forget(self) -> None:
        """Nothing is known of the terminal any more; it will be drawn as a whole."""
        self._wanted.clear()
        self._shown.clear()
        self._touched.clear()
        self._cursor = self._cursor_shown = (-1, -1)

    def lost(self) -> bool:
        """The terminal may show anything; what was drawn is to be written again, if there was any."""
        self._shown.clear()
        self._touched = set(self._wanted)
        self._cursor_shown = (-1, -1)
        return bool(self._wanted)

    def draw(self, drawing: str) -> bool:
        """Take in texts, pens and places; whether it was nothing but that, else nothing is taken in."""
        parts = list(_PARTS.finditer(drawing))
        if any(part.lastindex == 5 for part in parts):
            return False
        x = y = 0
        pen = ""
        for part in parts:
            what = part.lastindex
            if what == 4:
                cells = cells_of(part[4])
                self._wanted.setdefault(y, _Line()).put(x, cells, pen)
                self._touched.add(y)
                x += len(cells)
            elif what == 3:
                pen = "" if part[3] in ("", "0") else part[3]
            elif what == 2:
                y, x = int(part[1]) - 1, int(part[2]) - 1
        self._cursor = (y, x)
        return True

    def changes(self, size: tuple[int, int] | None = None) -> str:
        """What to write so that the terminal shows what was drawn; it counts as written.

        What was drawn for a larger terminal is left out where its `size`, columns and lines, is known: it
        would land on the last line.
        """
        width, height = size or (sys.maxsize, sys.maxsize)
        written = _Written()
        for y in sorted(y for y in self._touched if y < height):
            wanted, shown = self._wanted[y], self._shown.get(y, _Line())
            if wanted.same(shown):
                continue
            for start, end in _changed(wanted, shown):
                while end > width or _after(wanted, end - 1) > width:
                    end -= 1
                written.cells(y, wanted, start, end)
            self._shown[y] = wanted.copy()
        self._touched.clear()
        if written.text or self._cursor != self._cursor_shown:
            written.place(*self._cursor)
        self._cursor_shown = self._cursor
        return "".join([*written.text, change(written.pen, "")])


class _Written:
    """A text for the terminal as it grows, with the pen and the place it leaves behind."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.pen = ""
        self._at: tuple[int, int] | None = None

    def place(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        ahead = x - self._at[1] if self._at is not None and self._at[0] == y else 0
        self.text.append(f"\x1b[{ahead}C" if ahead > 0 else f"\x1b[{y + 1};{x + 1}H")
        self._at = (y, x)

    def cells(self, y: int, line: _Line, start: int, end: int) -> None:
        append = self.text.append
        for x in range(start, end):
            text, pen = line.texts[x], line.pens[x]
            if not text:
                continue  # the rest of a wide character
            if self._at != (y, x):
                self.place(y, x)
            if pen != self.pen and not (text == " " and same_on_blanks(self.pen, pen)):
                append(change(self.pen, pen))
                self.pen = pen
            if not sure(text):  # it may be drawn narrower than it is counted
                width = _after(line, x) - x
                append(f"{' ' * width}\x1b[{width}D")
            append(text)
            # terminals do not agree on how far the others go
            self._at = (y, x + 1) if ONE_CELL.fullmatch(text) else None


def _after(line: _Line, x: int) -> int:
    """The cell behind what stands in cell `x`."""
    end = x + 1
    while end < len(line.texts) and line.texts[end] == "":
        end += 1
    return end


def _changed(wanted: _Line, shown: _Line) -> list[tuple[int, int]]:
    """Ranges of cells to write: what differs, words whole, and what lies between where it is little."""
    known = len(shown.texts)
    found: list[tuple[int, int]] = []
    for x, text in enumerate(wanted.texts):
        if text is None or (
            x < known and text == shown.texts[x] and wanted.pens[x] == shown.pens[x]
        ):
            continue
        if found and x < found[-1][1]:
            continue
        start, end = _whole(wanted, x)
        end = _over_spilt(wanted, start, end)
        if found and _one_go(wanted, found[-1][1], start):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _whole(line: _Line, x: int) -> tuple[int, int]:
    """The word or the wide character that a cell is of."""
    texts = line.texts
    start = x
    while start and texts[start] == "":
        start -= 1
    end = _after(line, x)
    if not _of_word(texts[start]):
        return start, end
    least, most = max(0, start - WORD), min(len(texts), end + WORD)
    while start > least and _of_word(texts[start - 1]):
        start -= 1
    while end < most and _of_word(texts[end]):
        end += 1
    return start, end


def _over_spilt(line: _Line, start: int, end: int) -> int:
    """The end of a range with the cells that a terminal may spill what stands in it over."""
    for x in range(start, len(line.texts)):
        if x >= end:
            break
        text = line.texts[x]
        if text and not sure(text):
            spilt = min(x + reach(text), len(line.texts))
            while end < spilt and line.texts[end] is not None:
                end = _after(line, end)
    return end


def _of_word(text: str | None) -> bool:
    return text is not None and text.isascii() and (text.isalnum() or text in (".", ","))


def _one_go(line: _Line, end: int, start: int) -> bool:
    """Whether writing what lies between is shorter than going around it."""
    if start <= end:
        return True
    between = range(end, start)
    return len(between) <= NEAR and all(
        line.texts[x] is not None and line.pens[x] == line.pens[end - 1] for x in between
    )
