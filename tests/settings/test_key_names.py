"""Keys as VS Code writes them against what textual makes of the bytes that terminals send."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import _character_to_key

from noiser.errors import WrongUse
from noiser_tui.settings.key_names import doubt, textual_keys

LEGACY = {
    "escape": "\x1b",
    "f5": "\x1b[15~",
    "shift+f5": "\x1b[15;2~",
    "shift+f1": "\x1b[1;2P",
    "ctrl+pageup": "\x1b[5;5~",
    "shift+alt+left": "\x1b[1;4D",
    "ctrl+shift+right": "\x1b[1;6C",
    "shift+tab": "\x1b[Z",
    "ctrl+k": "\x0b",
    "Ctrl+J": "\n",
    "alt+x": "\x1bx",
    "alt+shift+a": "\x1bA",
    "shift+a": "A",
    "?": "?",
    "ctrl+\\": "\x1c",
    "ctrl+]": "\x1d",
    "ctrl+/": "\x1f",
    "ctrl+space": "\x00",
}
KITTY = {
    "ctrl+,": "\x1b[44;5u",
    "ctrl+`": "\x1b[96;5u",
    "ctrl+enter": "\x1b[13;5u",
    "ctrl+tab": "\x1b[9;5u",
    "ctrl+shift+p": "\x1b[112;6u",
    "ctrl+alt+a": "\x1b[97;7u",
    "ctrl+1": "\x1b[49;5u",
    "alt+1": "\x1b[49;3u",
    "ctrl+=": "\x1b[61;5u",
    "ctrl+-": "\x1b[45;5u",
    "cmd+a": "\x1b[97;9u",
    "ctrl+backspace": "\x1b[127;5u",
}
ARRIVES_AS_ANOTHER = {
    "alt+b": "\x1bb",
    "alt+f": "\x1bf",
    "alt+1": "\x1b1",
    "alt+,": "\x1b,",
    "alt+enter": "\x1b\r",
    "alt+backspace": "\x1b\x7f",
    "ctrl+alt+a": "\x1b\x01",
}


def _heard(sent: str) -> str:
    parser = XTermParser(False)
    events = [*parser.feed(sent), *parser.feed("")]
    (key,) = [event.key for event in events if isinstance(event, Key)]
    return key


@pytest.mark.parametrize(("written", "sent"), LEGACY.items())
def test_a_key_has_the_name_that_textual_gives_it(written: str, sent: str) -> None:
    keys = textual_keys(written)
    assert _heard(sent) in keys
    assert not any(map(doubt, keys))


@pytest.mark.parametrize(("written", "sent"), KITTY.items())
def test_a_key_of_the_kitty_protocol_has_its_name_and_a_doubt(written: str, sent: str) -> None:
    (key,) = textual_keys(written)
    assert _heard(sent) == key
    assert "kitty" in doubt(key)


@pytest.mark.parametrize(("written", "sent"), ARRIVES_AS_ANOTHER.items())
def test_what_arrives_as_another_key_has_a_doubt(written: str, sent: str) -> None:
    (key,) = textual_keys(written)
    assert _heard(sent) != key
    assert doubt(key)


@pytest.mark.parametrize("character", "`-=[]\\;',./!\"#$%&()*:<>?@^_{|}~+é1a")
def test_every_character_is_called_as_textual_calls_it(character: str) -> None:
    assert textual_keys(character) == (_character_to_key(character),)
    assert textual_keys(f"alt+{character}") == (f"alt+{_character_to_key(character)}",)


@pytest.mark.parametrize("key", ["comma", "grave_accent", "slash", "right_square_bracket"])
def test_textual_s_own_names_are_taken(key: str) -> None:
    assert textual_keys(f"ctrl + {key}")[0] == f"ctrl+{key}"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("ctrl+k ctrl+s g", "chord of 3 keys"),
        ("ctrl+k ctlr+s", "Did you mean 'ctrl'"),
        ("ctrl+m", "send Enter"),
        ("ctrl+i", "send Tab"),
        ("ctrl+h", "send Backspace"),
        ("ctrl+[", "send Esc"),
        ("shift+1", "character that Shift and 1 make"),
        ("ctlr+k", "Did you mean 'ctrl'"),
        ("pageupp", "Did you mean 'pageup'"),
        ("ctrl+", "Unknown key"),
        ("", "Unknown key"),
    ],
)
def test_what_is_no_key_is_refused(written: str, sentence: str) -> None:
    with pytest.raises(WrongUse, match=sentence):
        textual_keys(written)
