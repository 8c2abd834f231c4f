"""The screen: it fits, it says what it leaves out, and it obeys the terminal and NO_COLOR."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace

import pytest
from rich.cells import cell_len

from noiser.events import Warned
from noiser.explanation import Explanation, TokenScore
from noiser_tui.cli.screen import draw
from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import load_theme
from tests.cli.conftest import Run
from tests.export.example import example, generation, unsure, zoomed

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def drawn(
    explanation: Explanation,
    width: int = 80,
    height: int | None = 24,
    depth: Depth = "none",
    **more: int,
) -> list[str]:
    stream = io.StringIO()
    draw(explanation, stream, theme=load_theme(), depth=depth, width=width, height=height, **more)
    return stream.getvalue().splitlines()


def in_a_terminal(*arguments: str, size: tuple[int, int] = (24, 80), **environ: str) -> str:
    """What `noiser` writes to a terminal of that size."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    names = ("PATH", "HOME", "PYTHONPATH")
    clean = {name: os.environ[name] for name in names if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "noiser_tui", *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=clean | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | environ,
    )
    os.close(follower)
    data = b""
    while True:
        try:
            some = os.read(leader, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not some:
            break
        data += some
    os.close(leader)
    assert process.wait() == 0
    return data.decode()


WORDS = [f" word{i}" for i in range(40)]


@pytest.mark.parametrize("depth", ["none", "16", "256", "truecolor"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_a_normal_prompt_fits_the_screen(width: int, height: int, depth: Depth) -> None:
    for explanation in (example(), example(WORDS), generation(), zoomed()):
        lines = drawn(explanation, width, height, depth)
        assert len(lines) <= height - 1
        assert max(cell_len(SEQUENCE.sub("", line)) for line in lines) <= width


def test_what_is_left_out_is_counted_and_all_of_it_can_be_had() -> None:
    explanation = example(WORDS)
    lines = drawn(explanation)
    shown = sum(bool(re.match(r" *\d+  \"", line)) for line in lines)
    assert f"{41 - shown} less important tokens are not shown (--rows 0 shows all)." in lines
    assert 3 <= shown < 41
    assert not [line for line in drawn(explanation, height=None) if "not shown" in line]
    assert not [line for line in drawn(explanation, rows=0) if "not shown" in line]
    assert len([line for line in drawn(explanation, rows=2) if re.match(r" *\d+  \"", line)]) == 2


def test_a_generation_is_shown_in_the_fullest_form_that_fits() -> None:
    few, some, many = (
        replace(example(WORDS), continuation=(example(WORDS),) * more) for more in (1, 5, 12)
    )
    assert "word30" in "\n".join(drawn(few, depth="256"))
    two_lines, one_line = "\n".join(drawn(some)), "\n".join(drawn(many))
    assert '   " word0" 0.400  " word1" 0.200' in two_lines
    assert '" Paris" 0.980  " word0" 0.400  " word1" 0.200' in one_line
    assert "word30" not in two_lines + one_line
    for lines in (few, some, many):
        assert len(drawn(lines)) <= 23
    assert "word30" in "\n".join(drawn(many, height=None))


def test_the_most_important_tokens_come_first_and_those_without_a_score_last() -> None:
    explanation = example(["a", "b"])
    tokens = [replace(explanation.tokens[0], score=None, raw=None), *explanation.tokens[1:]]
    order = [
        match[1]
        for line in drawn(replace(explanation, tokens=tuple(tokens)), height=None)
        if (match := re.match(r" *(\d+)  \"", line))
    ]
    assert order == ["1", "2", "0"]


@pytest.mark.parametrize("width", [80, 100, 115, 200])
def test_tokens_stand_under_the_unit_that_was_looked_into(width: int) -> None:
    lines = drawn(zoomed(), width, height=None)
    found = [re.match(r" *(\d+)  (\s*)\"", line) for line in lines]
    rows = [(int(match[1]), bool(match[2])) for match in found if match]
    assert rows == [
        *((3, False), (4, True), (3, True), (5, True), (1, False), (6, False), (0, False))
    ]
    assert '⚠ "Go on.": Never flips.' in lines
    assert '⚠ " <cat>": Odd here.' in lines
    assert "released code" not in "\n".join(lines)


def test_long_units_are_cut_to_the_screen() -> None:
    made = zoomed()
    long = tuple(replace(unit, text=unit.text * 50) for unit in made.units)
    for width in (80, 115, 200):
        lines = drawn(replace(made, units=long), width, height=None)
        assert max(cell_len(line) for line in lines) <= width
        assert len(lines) == len(drawn(made, width, height=None))


def test_without_colours_bars_tell_the_importance() -> None:
    lines = drawn(example(["The", " capital", " of"]))
    assert lines[:2] == ["<s>The capital of", "▁▁▁███▄▄▄▄▄▄▄▄▔▔▔"]
    assert not SEQUENCE.search("\n".join(lines))


def test_markup_and_control_characters_are_shown_in_their_place() -> None:
    text = "\n".join(drawn(example(), height=None))
    assert "[bold]" in text
    assert "␛[31m" in text
    assert "\x1b" not in text
    assert "\x00" not in text


def test_warnings_are_on_the_screen() -> None:
    explanation = example(["a"])
    about = replace(explanation, warnings=(Warned("Never flips.", 1), Warned("Odd.")))
    lines = drawn(about)
    assert '⚠ "a": Never flips.' in lines
    assert "⚠ Odd." in lines


def test_colours_in_a_terminal_and_none_with_no_color(saved: str) -> None:
    coloured = in_a_terminal("open", saved)
    assert "\x1b[38;5;" in coloured
    assert "\x1b" not in in_a_terminal("open", saved, NO_COLOR="1")
    sixteen = in_a_terminal("open", saved, TERM="xterm-16color")
    assert "38;5" not in sixteen
    assert "█" in sixteen.splitlines()[1]
    assert SEQUENCE.sub("", coloured).splitlines()[0] == "<s>The [bold]→  שלום⏎"


def test_a_pipe_gets_no_control_sequence(run: Run, saved: str) -> None:
    assert "\x1b" not in run("open", saved).out


def test_a_locale_without_these_characters_is_no_failure(saved: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noiser_tui", "open", saved],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "?* 0.0859" in done.stdout


def test_every_token_is_listed_with_what_it_is() -> None:
    lines = drawn(tokens_of_an_emoji(), 80, None, tokens=True)
    listed = [re.split(r"\s{2,}", line.strip()) for line in lines[-5:]]
    assert listed == [
        ["0", '"Go"', "5", "47 6F", "0:2", "content", "0.500"],
        ["1", '"<F0> of 🚀"', "6", "F0", "2:3", "content", "0.500"],
        ["2", '"<9F> of 🚀"', "7", "9F", "2:3", "content", "–"],
        ["3", '"</s>"', "1", "–", "–", "special", "–"],
        ["4", '"user"', "8", "75 73 65 72", "3:7", "template", "–"],
    ]
    assert "characters" not in "".join(drawn(tokens_of_an_emoji(), 80, None))
    assert any('"<F0> of 🚀"' in line for line in drawn(tokens_of_an_emoji(), 80, None))


def test_template_tokens_are_dimmed_as_special_ones_are() -> None:
    first = drawn(tokens_of_an_emoji(), depth="256")[0]
    assert "\x1b[2m</s>" in first
    assert "\x1b[2muser\x1b[0m" in first


def tokens_of_an_emoji() -> Explanation:
    tokens = (
        TokenScore(5, "Go", 0, 2, "content", False, 0.5, 0.1, bytes="476f"),
        TokenScore(6, "<F0>", 2, 3, "content", False, 0.5, 0.1, bytes="f0"),
        TokenScore(7, "<9F>", 2, 3, "content", False, None, None, bytes="9f"),
        TokenScore(1, "</s>", 3, 3, "special", True, None, None),
        TokenScore(8, "user", 3, 7, "template", False, None, None, bytes="75736572"),
    )
    return replace(example(["Go"]), prompt="Go🚀user", tokens=tokens, leaders=(), warnings=())


def test_what_may_weigh_nothing_has_no_fill_but_a_line() -> None:
    lines = drawn(unsure(), depth="256")
    heat = lines[0]
    assert re.search(r"\x1b\[4m maybe\x1b\[0m", heat), heat
    assert re.search(r"48;5;\d+m sure", heat), heat
    assert any("1 of 2 tokens ≈0, underlined: its 95% interval spans 0" in line for line in lines)
    row = next(line for line in lines if '" maybe"' in line)
    assert "0.000–0.400 ≈0" in row


def test_without_colours_its_bars_have_gaps() -> None:
    lines = drawn(unsure())
    assert lines[:2] == ["<s> sure maybe", "▁▁▁█████·▆·▆·▆"]
    assert any("≈0, dotted" in line for line in lines)


def test_a_generation_marks_and_explains_it_too() -> None:
    made = replace(unsure(), continuation=(unsure(),))
    lines = drawn(made, height=1)
    assert any('" maybe" 0.300 ≈0' in line for line in lines)
    assert any("≈0, dotted: the 95% interval" in line for line in lines)
