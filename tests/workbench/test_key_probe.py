"""What keys become on the way, told beforehand and shown as they arrive."""

from __future__ import annotations

import sys

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from noiser_tui.workbench.key_probe import KEY_FACTS, becomes, fact_of, note, verdict
from tests.workbench.outer import outer

LEGACY = {
    **{"f1": "\x1bOP", "f11": "\x1b[23~", "f12": "\x1b[24~", "shift+f1": "\x1b[1;2P"},
    **{"ctrl+pageup": "\x1b[5;5~", "ctrl+left": "\x1b[1;5D", "alt+right": "\x1b[1;3C"},
    **{"ctrl+m": "\r", "ctrl+i": "\t", "ctrl+h": "\x08", "ctrl+left_square_bracket": "\x1b"},
    **{"ctrl+j": "\n", "ctrl+slash": "\x1f", "ctrl+g": "\x07", "ctrl+shift+g": "\x07"},
    **{"alt+x": "\x1bx", "alt+b": "\x1bb", "alt+f": "\x1bf", "alt+1": "\x1b1"},
    **{"ctrl+enter": "\r", "shift+enter": "\r", "alt+enter": "\x1b\r"},
}
"""What terminals without kitty's protocol send."""
KITTY = {
    **{"ctrl+enter": "\x1b[13;5u", "ctrl+shift+p": "\x1b[112;6u", "ctrl+h": "\x1b[104;5u"},
    **{"ctrl+grave_accent": "\x1b[96;5u", "ctrl+comma": "\x1b[44;5u", "ctrl+tab": "\x1b[9;5u"},
    **{"ctrl+1": "\x1b[49;5u", "alt+1": "\x1b[49;3u", "ctrl+slash": "\x1b[47;5u"},
}


def seen(sent: str) -> str:
    parser = XTermParser()
    found = [*parser.feed(sent), *parser.feed("")]
    return next(event.key for event in found if isinstance(event, events.Key))


@pytest.mark.parametrize("key", LEGACY)
def test_a_key_becomes_what_textual_makes_of_it(key: str) -> None:
    fact = fact_of(key)
    assert fact is not None
    if fact.legacy == "no":
        assert becomes(key) == ""
        assert seen(LEGACY[key]) != key
    else:
        assert becomes(key) == seen(LEGACY[key])
        assert (fact.legacy == "as another") == (becomes(key) != key)


@pytest.mark.parametrize("key", KITTY)
def test_kittys_protocol_tells_what_others_cannot(key: str) -> None:
    assert seen(KITTY[key]) == key
    assert note(key).startswith("Only with kitty's protocol")


def test_every_row_of_the_table_is_the_first_for_some_key() -> None:
    keys = {*LEGACY, *KITTY, "ctrl+b", "ctrl+k", "ctrl+q", "escape"}
    assert {fact_of(key) for key in keys} == set(KEY_FACTS)


def test_verdicts() -> None:
    assert verdict("ctrl+h", "backspace") == "Ctrl+H arrives as Backspace here."
    assert verdict("shift+f1", "shift+f1") == "Shift+F1 arrives here."
    assert verdict("ctrl+pageup", "pageup").startswith("Ctrl+PageUp arrives as PageUp here. Not on")
    assert verdict("f11", "").startswith("F11 does not arrive here. Many terminals keep it")
    assert note("backspace") == "Ctrl+H arrives as this without kitty's protocol."
    assert note("ctrl+g") == "Ctrl+Shift+G arrives as this without kitty's protocol."
    assert note("x") == ""


PROGRAM = """
from textual.app import App
from textual.binding import Binding
from noiser_tui.workbench.screens.key_test import KeyTest
class Keys(App):
    BINDINGS = [Binding("f5,ctrl+q", "exit_at_once", priority=True)]
    def on_mount(self):
        bound = {"f5": "Explain", "ctrl+q": "Quit", "shift+f1": "Keys", "ctrl+pageup": "Tab before"}
        self.push_screen(KeyTest(bound), lambda _: self.exit())
    def check_action(self, action, parameters):
        return not isinstance(self.screen, KeyTest)
Keys().run()
"""


def test_the_screen_shows_what_arrives_through_a_terminal() -> None:
    with outer([sys.executable, "-c", PROGRAM], size=(100, 30)) as window:
        window.wait_for("does not.")
        for sent, shown in [
            ("\x1b[15~", "Explain"),
            ("\x11", "The terminal of VS Code keeps it."),
            ("\x1b[1;2P", "Shift+F1"),
            ("\x1b[5;5~", "Tab before"),
            ("\x1bx", "Alt+X"),
            ("\x08", "Ctrl+H arrives as this"),
            ("\t", "Ctrl+I arrives as this"),
            ("\x1b[13;5u", "Ctrl+Enter"),
            ("ä", "ä"),
        ]:
            mark = len(window.sent)
            window.type(sent)
            window.wait_for(shown, mark)
        window.type("\x1b")
        window.wait_for("Slow: terminals wait")
        window.type("\x1b")
        assert window.exit_code() == 0
