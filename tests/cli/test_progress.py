"""The line on stderr: only in a terminal, not too often, and gone when the result comes."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest

from noiser.events import (
    Bracket,
    ModelFetching,
    ModelLoading,
    NextToken,
    PromptRead,
    SamplesRun,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Work,
    ZoomedIn,
)
from noiser.prompt import Prompt, Token
from noiser_tui.cli import progress
from noiser_tui.cli.progress import Progress
from tests.cli.conftest import Run

PROMPT = Prompt("The\x1b[2J", (Token(1, "The", 0, 3), Token(2, "\x1b[2J", 3, 7)))
READ = PromptRead(PROMPT, NextToken(3, " x", 0.5), ())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    return Terminal()


def listening(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, *, quiet: bool = False
) -> Progress:
    """Progress on that terminal; put there now, because pytest puts its own there before each test."""
    monkeypatch.setattr(sys, "stderr", terminal)
    return Progress(quiet=quiet)


def narrowed(step: int) -> SearchNarrowed:
    brackets = {0: Bracket(0.5, 1.0, out_at=1), 1: Bracket(0.0625, 0.125)}
    return SearchNarrowed(step, 10, brackets, (1,), (1,), Work(1234, 5, 0))


def test_it_says_what_the_search_found_and_goes_away(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(terminal, monkeypatch) as listener:
        listener(ModelLoading("built-in"))
        listener._painted = 0.0
        listener(ModelFetching("some/model", 12_300_000, 45_600_000))
        listener(READ)
        listener._painted = 0.0
        listener(narrowed(3))
    text = terminal.getvalue()
    assert "loading built-in …" in text
    assert "fetching some/model: 12.3 MB of 45.6 MB" in text
    assert 'step 3/10 · α 0.0625–0.1250 by "␛[2J" · 1 of 2 left · 1,234 token-forwards' in text
    assert "\x1b[2J" not in text
    assert text.endswith("\r\x1b[K")


def test_units_have_their_text_until_tokens_are_looked_into(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = Prompt("A b. C d", tuple(Token(i, "ab"[i % 2], 2 * i, 2 * i + 2) for i in range(4)))
    read = replace(READ, prompt=prompt, granularity="sentence", units=((0,), (1, 2, 3)))
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    with listening(terminal, monkeypatch) as listener:
        for event in (read, narrowed(3), ScalesTried(1, 2, Work()), ZoomedIn((1,)), narrowed(1)):
            listener(event)
        listener(TokensScored(1, 3, {}, Work()))
    text = terminal.getvalue()
    assert 'α 0.0625–0.1250 by "b. C d" · ' in text
    assert "1 of 2 sentences tried" in text
    assert 'step 1/10 · α 0.0625–0.1250 by "b" · ' in text
    assert "scoring 1 of 3 tokens looked into" in text


def test_samples_are_counted(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(terminal, monkeypatch) as listener:
        listener(READ)
        listener(SamplesRun(64, 200, {}, Work()))
    assert "running sample 64 of 200" in terminal.getvalue()


def test_it_repaints_ten_times_a_second_at_most(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with listening(terminal, monkeypatch) as listener:
        for step in range(200):
            now[0] = step / 100  # two seconds
            listener(narrowed(step))
    assert 15 <= terminal.getvalue().count("step ") <= 21


def test_it_is_one_line_however_narrow(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    with listening(terminal, monkeypatch) as listener:
        listener(narrowed(1))
    line = terminal.getvalue().removeprefix("\r\x1b[K").split("\r")[0]
    assert len(line) == 19


@pytest.mark.parametrize("why", ["quiet", "dumb", "pipe"])
def test_it_is_silent_where_nobody_would_see_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if why == "pipe":
        monkeypatch.setattr(Terminal, "isatty", lambda self: False)
    with listening(terminal, monkeypatch, quiet=why == "quiet") as listener:
        listener(ModelLoading("built-in"))
    assert terminal.getvalue() == ""


def test_it_never_reaches_stdout(
    run: Run, tiny: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    ended = run("explain", "The capital", "-m", tiny, "--json")
    assert ended.out.startswith('{"format"')
    assert "\x1b" not in ended.out
    assert "loading" in terminal.getvalue()
