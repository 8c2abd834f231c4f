"""What is written is as little as can be, and the terminal shows what it would have shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from noiser_tui.workbench.terminal.cells import Cells
from noiser_tui.workbench.terminal.clusters import cells_of

WIDTH, HEIGHT = 24, 4
Cell = tuple[str, frozenset[str]]
_SEQUENCE = re.compile(r"\x1b\[([\d;]*)([HCDm])|(.)", re.DOTALL)
_OFF = {"39": "3", "49": "4"}


class Emulator:
    """A terminal by the letter of ECMA-48: every cell with its character and its pen."""

    def __init__(self, width_of: Callable[[str], int] = cell_len) -> None:
        self._width_of = width_of
        self.cells: dict[tuple[int, int], Cell] = {}
        self.at = (0, 0)
        self._pen: dict[str, str] = {}

    def feed(self, text: str) -> None:
        for numbers, what, letter in _SEQUENCE.findall(text):
            if what == "H":
                y, x = map(int, numbers.split(";"))
                self.at = (y - 1, x - 1)
            elif what == "C":
                self.at = (self.at[0], self.at[1] + int(numbers))
            elif what == "D":
                self.at = (self.at[0], self.at[1] - int(numbers))
            elif what == "m":
                self._set_pen(numbers)
            elif letter != "\n":
                self._write(letter)

    def _set_pen(self, numbers: str) -> None:
        codes = numbers.split(";")
        while codes:
            code = codes.pop(0)
            if code in ("38", "48"):
                code = ";".join([code, codes.pop(0), codes.pop(0)])
                self._pen[code[0]] = code
            elif code in ("", "0"):
                self._pen.clear()
            elif code in _OFF:
                self._pen.pop(_OFF[code], None)
            elif len(code) > 1:
                self._pen["4" if code[0] in "14" else "3"] = code
            else:
                self._pen["a" + code] = code

    def _write(self, letter: str) -> None:
        y, x = self.at
        width = self._width_of(letter)
        if not width:  # joins what stands before it
            before = max(c for (r, c), (text, _) in self.cells.items() if r == y and c < x and text)
            text, pen = self.cells[y, before]
            self.cells[y, before] = (text + letter, pen)
            return
        for one in range(x, x + width):  # half of a wide character cannot stand
            if self.cells.get((y, one), ("a", None))[0] == "":
                self.cells[y, one - 1] = (" ", frozenset())
            if self.cells.get((y, one + 1), ("a", None))[0] == "":
                self.cells[y, one + 1] = (" ", frozenset())
        pen = frozenset(self._pen.values())
        self.cells[y, x] = (letter, pen)
        if width == 2:
            self.cells[y, x + 1] = ("", pen)
        self.at = (y, x + width)

    def seen(self) -> dict[tuple[int, int], Cell]:
        """What a person sees: of a space nothing but its background and its lines."""
        shown = {}
        for place, (text, pen) in self.cells.items():
            if text == " " and not pen & {"4", "7"}:
                pen = frozenset(code for code in pen if code[:2] in ("48", "10"))
            shown[place] = (text, pen)
        return shown


class Console(Emulator):
    """The Linux console, to which bold, dim and bright are one thing: `csi_m` of its drivers/tty/vt/vt.c."""

    def _set_pen(self, numbers: str) -> None:
        for code in numbers.split(";"):
            if code in ("1", "2"):
                self._pen["intensity"] = code
            elif len(code) == 2 and code[0] == "9":
                self._pen.update({"intensity": "1", "3": f"3{code[1]}"})
            else:
                super()._set_pen(code)


PENS = st.sampled_from(
    ["", "1", "7", "4;31", "38;5;250;48;5;234", "1;38;5;250;48;5;234", "2;97", "48;5;234", "30;107"]
)
OF_16 = st.sampled_from(
    ["", "1", "2", "7", "94", "1;94", "2;94", "30;43", "7;91", "4;31", "1;97;41"]
)
TEXTS = st.text(st.sampled_from("abc 019.─━┤世界é⚠e\u0301"), min_size=1, max_size=12).map(
    lambda text: text.lstrip("\u0301") or "a"
)


@st.composite
def drawings(draw: st.DrawFn, pens: st.SearchStrategy[str] = PENS) -> str:
    """A drawing as textual makes them: places, then texts, each with its own pen."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        y, x = draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, WIDTH - 1))
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        for text in draw(st.lists(TEXTS, min_size=1, max_size=4)):
            pen = draw(pens)
            parts.append(f"\x1b[{pen}m{text}\x1b[0m" if pen else text)
        parts.append("\n")
    parts.append("\x1b[1;1H")
    return "".join(parts)


@pytest.mark.parametrize(("kind", "pens"), [(Emulator, PENS), (Console, OF_16)])
@given(data=st.data())
def test_the_terminal_shows_what_was_drawn(
    kind: type[Emulator], pens: st.SearchStrategy[str], data: st.DataObject
) -> None:
    plain, spared, cells = kind(), kind(), Cells()
    pictures = data.draw(st.lists(drawings(pens), min_size=1, max_size=6))
    for at, picture in enumerate(pictures):
        plain.feed(picture)
        assert cells.draw(picture)
        if at == len(pictures) - 1 or data.draw(st.booleans()):  # else held back
            spared.feed(cells.changes())
    assert spared.seen() == plain.seen()
    assert spared.at == plain.at
    assert cells.changes() == ""


def test_the_same_again_is_nothing_and_a_digit_is_its_word() -> None:
    cells = Cells()
    line = "\x1b[3;1H\x1b[1;38;5;9mstep\x1b[0m\x1b[38;5;9m {}/10   work {}\x1b[0m\x1b[1;1H"
    cells.draw(line.format(3, "1,204"))
    assert len(cells.changes()) > 30
    cells.draw(line.format(3, "1,204"))
    assert cells.changes() == ""
    cells.draw(line.format(3, "1,904"))
    assert cells.changes() == "\x1b[3;18H\x1b[38;5;9m1,904\x1b[1;1H\x1b[m"


def test_after_forgetting_all_of_a_drawing_is_written() -> None:
    cells = Cells()
    cells.draw("\x1b[1;1Habc\x1b[1;1H")
    first = cells.changes()
    cells.forget()
    cells.draw("\x1b[1;1Habc\x1b[1;1H")
    assert cells.changes() == first


def test_what_was_drawn_for_a_larger_terminal_does_not_land_on_the_last_line() -> None:
    cells = Cells()
    cells.draw("\x1b[1;1HF1 Help  F5 Run\x1b[1;1H")
    cells.draw("\x1b[2;1Hthe old footer\x1b[3;1Hbelow\x1b[1;1H")
    written, terminal = cells.changes((9, 1)), Emulator()  # it is lower by now, and narrower
    terminal.feed(written)
    assert "".join(terminal.cells[0, x][0] for x in range(9)) == "F1 Help  "
    assert len(terminal.cells) == 9
    assert cells.lost()
    terminal.feed(cells.changes((20, 3)))
    assert "".join(terminal.cells[0, x][0] for x in range(15)) == "F1 Help  F5 Run"
    assert terminal.cells[2, 0][0] == "b"


def test_after_a_loss_all_is_written_again_and_of_nothing_nothing() -> None:
    cells = Cells()
    assert not cells.lost()
    cells.draw("\x1b[1;1Habc\x1b[1;1H")
    first = cells.changes()
    assert cells.lost()
    assert cells.changes() == first


def test_what_is_no_drawing_is_not_taken_in() -> None:
    cells = Cells()
    assert not cells.draw("\x1b[1;1H\x1b]8;;http://a\x1b\\abc")
    assert cells.changes() == ""


def each_by_itself(letter: str) -> int:
    """As xterm.js with the tables of Unicode 11: a family is three people, a skin tone a square."""
    return 2 if letter in "\U0001f1eb\U0001f1f7\U0001f3fd" else cell_len(letter)


def narrow(letter: str) -> int:
    """As xterm.js with the tables of Unicode 6, before there were emoji."""
    return 1 if ord(letter) >= 0x1F000 else cell_len(letter)


CLUSTERS = ("👩‍👩‍👧", "❤️", "👍\U0001f3fd", "🇫🇷", "🙂", "世", "e\u0301")


@pytest.mark.parametrize("width_of", [each_by_itself, narrow])
@given(
    texts=st.lists(
        st.lists(st.sampled_from([*CLUSTERS, *"abcdefg ─"]), min_size=1, max_size=12).map("".join),
        min_size=1,
        max_size=5,
    )
)
def test_where_a_terminal_counts_emoji_otherwise_all_else_stands_in_its_place(
    width_of: Callable[[str], int], texts: list[str]
) -> None:
    terminal, cells = Emulator(width_of), Cells()
    for text in texts:
        picture = "".join(cells_of(text)) + " " * (30 - len(cells_of(text)))
        cells.draw(f"\x1b[2;1H{picture}│\x1b[1;1H")
        terminal.feed(cells.changes())
        for x, letter in enumerate(cells_of(picture + "│")):
            there = terminal.cells[1, x][0]
            if letter in CLUSTERS[:5]:
                assert there[0] == letter[0]
                assert set(terminal.cells[1, x + 1][0]) <= {*letter, " "}
            elif letter:
                assert there == letter


def test_what_is_drawn_together_stands_in_cells_together() -> None:
    assert cells_of("a👩‍👩‍👧b🇫🇷❤️") == ["a", "👩‍👩‍👧", "", "b", "🇫🇷", "", "❤️", ""]
    assert cells_of("\u0301a\u0301\u200d") == ["a\u0301\u200d"]
