"""What is used of textual that it does not offer: all of it here, to be looked at with every new version."""

from __future__ import annotations

import asyncio
import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events, scrollbar
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap
from textual.driver import Driver
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver

__all__ = [
    "SYNC_END",
    "SYNC_START",
    "Steady",
    "SteadyScreen",
    "bind",
    "call_in",
    "decode_leniently",
    "driver_of",
    "hold_bars_at_once",
    "keep_copied",
    "measure_by",
    "queued_writes",
    "read_keys_of",
    "take_styles",
]


class Steady:
    """A screen that draws no widget that was removed since it was laid out; named before the screen's class.

    Textual does, where a frame falls between the two: a text area that has lost its styles by then, as all
    that is removed, ended the app.
    """

    def _on_timer_update(self) -> None:
        screen: Any = self
        if any(widget._parent is None for widget in screen._compositor.visible_widgets):
            screen._layout_required = True
        super()._on_timer_update()  # type: ignore[misc]


class SteadyScreen(Steady, Screen[Any]):
    """Such a screen, with nothing on it."""


def driver_of(app: App[Any]) -> Driver | None:
    """What writes to the terminal; None before it is opened. Copies and redrawing go past the screen."""
    return app._driver


def bind(app: App[Any], bindings: BindingsMap) -> None:
    """Let these be all keys of the app: `set_keymap` changes the keys of bindings, not their conditions."""
    app._bindings = bindings


def keep_copied(app: App[Any], text: str) -> None:
    """Let this be what Ctrl+V pastes, without textual's own copying to the terminal."""
    app._clipboard = text


def take_styles(app: App[Any], screen: Screen[Any]) -> bool:
    """Count a screen as styled by the sheet as it is now; whether it was not, and is to be styled."""
    missed = screen._css_update_count not in (-1, app._css_update_count)
    screen._css_update_count = app._css_update_count
    return missed


class _HeldBar(scrollbar.ScrollBar):
    """A scroll bar that is held from the press on, where that was.

    Textual's is once the press has gone round the app. A quick drag was over by then, moved nothing, and
    the bar stayed in hand.
    """

    _pressed = Offset()

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        self._pressed = event.screen_offset  # textual's own handlers follow

    def action_grab(self) -> None:
        self.grabbed = self._pressed
        self.grabbed_position = self.position
        self.capture_mouse()

    def _on_mouse_capture(self, event: events.MouseCapture) -> None:
        event.prevent_default()  # it would take hold anew, where the mouse is by now
        self.app._realtime_animation_begin()
        self.styles.pointer = "grabbing"
        if isinstance(self.parent, Widget):
            self.parent.release_anchor()


def hold_bars_at_once() -> None:
    """Let all scroll bars that are made from now on be such ones."""
    scrollbar.ScrollBar = _HeldBar  # type: ignore[misc]


def decode_leniently() -> None:
    """Mark wrong bytes in what is typed or pasted: textual decodes strictly, and they ended the workbench."""
    from textual.drivers import linux_driver  # here: it is not for every system

    def lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
        return partial(codecs.getincrementaldecoder(encoding), errors="replace")

    linux_driver.getincrementaldecoder = lenient  # type: ignore[assignment, attr-defined]


class AltParser(XTermParser):
    """A parser for which Esc and a letter are Alt and that letter as soon as both are there.

    Textual's waits a tenth of a second for more of it. What came by then, an answer of the terminal or a
    move of the mouse, broke it up: ^ and the letter were typed into the prompt.
    """

    shifted: Mapping[int, str] = {}
    """What Shift with a function key sends here, by the number in it: see `shifted_keys`."""

    _last = ""
    _pasting = False

    def feed(self, data: str) -> Iterator[Message]:
        """What is said by characters of the terminal."""
        if not data:
            yield from super().feed(data)
        for char in data:
            yield from super().feed(char)
            self._last = (self._last + char)[-len(_PASTE) :]
            if self._last in (_PASTE, _PASTED):
                self._pasting = self._last == _PASTE
            ends = self._last[-2:-1] == "\x1b" and char not in _BEGINS and not self._pasting
            if ends and self._timeout_time is not None:
                self._timeout_time = 0.0
                yield from self.tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if _ALT_DIGIT.fullmatch(sequence):
            # textual has them type what they do on a Mac: ¡ for Alt+1
            return [events.Key(f"alt+{sequence[1]}", None)]
        number = _NUMBERED.fullmatch(sequence)
        key = self.shifted.get(int(number[1])) if number is not None else None
        return [events.Key(key, None)] if key else super()._sequence_to_key_events(sequence, alt)


_ALT_DIGIT = re.compile(r"\x1b[0-9]")
_NUMBERED = re.compile(r"\x1b\[(\d+)~")
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
_BEGINS = "\x1b[]OPNX^_"
"""What longer sequences begin with after Esc."""


def read_keys_of(term: str) -> None:
    """Let what is typed be read by such a parser, in a terminal of this name."""
    from textual.drivers import linux_driver

    AltParser.shifted = shifted_keys(term)
    linux_driver.XTermParser = AltParser  # type: ignore[attr-defined]


def shifted_keys(term: str) -> dict[int, str]:
    """What the numbers of the VT220's F13 to F20 are, which textual takes for characters: 32 for a space.

    The Linux console sends them for Shift and F1 to F8; PuTTY and rxvt do for Shift and F3 to F10. 29 is
    the menu key to others.
    """
    first = 1 if term.startswith("linux") else 3
    keys = {number: f"shift+f{first + at}" for at, number in enumerate(_VT220)}
    if first > 1:
        keys[29] = "menu"
    return keys


_VT220 = (25, 26, 28, 29, 31, 32, 33, 34)


def measure_by(driver: LinuxDriver, size: Callable[[], tuple[int, int] | None]) -> None:
    """Let `size` say the terminal's columns and lines, and textual where it says None."""
    usual = driver._get_terminal_size
    driver._get_terminal_size = lambda: size() or usual()  # type: ignore[method-assign]


def queued_writes(driver: LinuxDriver) -> int:
    """How many writes the terminal has not taken yet."""
    writer = driver._writer_thread
    return writer._queue.qsize() if writer is not None else 0


def call_in(driver: Driver, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Call something in a while, on the loop that the driver was made in."""
    return driver._loop.call_later(seconds, call)
