"""From the desk to the widgets: what stands on the screen, and when it is painted."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Container, Horizontal
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import AwaitMount, Widget

from noiser.errors import NoiserError
from noiser_tui.look.depth import Depth, detect_depth
from noiser_tui.look.themes import DEFAULT_THEME, load_theme, theme_stamp
from noiser_tui.settings.places import stamp
from noiser_tui.workbench.desk import Desk, Document
from noiser_tui.workbench.insides import SteadyScreen, hold_bars_at_once, take_styles
from noiser_tui.workbench.keyed import KeyedApp
from noiser_tui.workbench.look import Pens, textual_theme
from noiser_tui.workbench.shell.activity_bar import ActivityBar
from noiser_tui.workbench.shell.panel import Panel
from noiser_tui.workbench.shell.said import Said
from noiser_tui.workbench.shell.side_bar import SideBar
from noiser_tui.workbench.shell.tab_bar import Breadcrumbs, TabBar
from noiser_tui.workbench.state import State
from noiser_tui.workbench.terminal import forget_terminal
from noiser_tui.workbench.typed_ahead import TypedAhead
from noiser_tui.workbench.views.view import View, view_of
from noiser_tui.workbench.widgets.chord_list import ChordList
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.key_bar import KeyBar
from noiser_tui.workbench.widgets.status_bar import StatusBar

FRAME = 1 / 15
"""Seconds between repaints while the engine is at work."""
MOST = 0.25
"""Seconds without a paint while somebody types."""
NAMED = 150
"""Columns from which on the activity bar has names beside its letters."""
HIGH = 32
"""Lines from which on the panel is open from the start."""


_AROUND: tuple[type[DrawnPane[Desk] | SideBar | Panel], ...] = (
    ActivityBar,
    SideBar,
    TabBar,
    Breadcrumbs,
    Said,
    Panel,
    StatusBar,
)


class PaintedApp(KeyedApp):
    """An app that shows a desk in a theme; what is done to the desk is another's."""

    TITLE = "Noiser"
    CSS_PATH = "workbench.tcss"
    AUTO_FOCUS = None  # textual's would give the keys to what is closed
    ENABLE_COMMAND_PALETTE = False  # ours shows the keys and reads the one registry
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - textual types it so
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (20, "-low"),
        (HIGH, "-high"),
    ]

    def __init__(self, desk: Desk, *, theme_name: str | None, depth: Depth | None) -> None:
        self.depth: Depth = depth or detect_depth(sys.__stderr__ or sys.stderr, os.environ)
        self.theme_name = theme_name or DEFAULT_THEME
        self._theme_wanted, self._theme_read = self.theme_name, theme_stamp(self.theme_name)
        self.pens = Pens(load_theme(self.theme_name), self.depth)
        hold_bars_at_once()
        # the filter for NO_COLOR is chosen now, before there is a theme
        super().__init__(ansi_color=_native(self.depth))
        # before the styles are parsed, which is a fifth of the way to the first paint: not twice
        first = textual_theme(self.pens.theme, self.depth)
        self.register_theme(first)
        self.set_reactive(App.theme, first.name)
        self._styled_with = self.get_css_variables()
        self.stylesheet.set_variables(self._styled_with)
        self.desk = desk
        self.views: dict[int, View] = {}
        self._shown = 0
        self._painted_at = 0.0
        self._frame: Timer | None = None
        self._mounting: AwaitMount | None = None
        self._ahead = TypedAhead(self, self.on_event, lambda: self.opening)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own driver for this terminal, made to write only what changed where that is known."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from noiser_tui.workbench.terminal.driver import SparingDriver

        return SparingDriver

    def get_default_screen(self) -> Screen[Any]:
        """The workbench's own screen."""
        return SteadyScreen(id="_default")

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the styles anew for other variables only; textual does at the start and for every screen."""
        variables = self.get_css_variables()
        if variables != self._styled_with:
            self._styled_with = variables
            super().refresh_css(animate)
            return
        for screen in self.screen_stack:
            if take_styles(self, screen):
                self.stylesheet.update(screen, animate=animate)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal has moved what stood there."""
        forget_terminal(self)
        self.base.set_class(event.size.width >= NAMED, "-named")

    def refuse(self, sentence: str) -> None:
        """Say why something was not done."""
        raise NotImplementedError

    def went_on(self) -> None:
        """A key or a button is pressed, which does nothing yet."""

    @property
    def opening(self) -> bool:
        """Whether something that was chosen is still read."""
        return False

    def painted(self) -> None:
        """The screen shows the desk as it is."""

    def view_made(self, view: View) -> None:
        """A document's view was made, and is not mounted yet."""

    def compose(self) -> ComposeResult:
        """From left to right, and in the middle from top to bottom."""
        with Horizontal(id="bench"):
            yield ActivityBar(self.pens.at("activity"), id="activity")
            yield SideBar(self.pens.at("side"), id="sidebar")
            with Container(id="middle-column"):
                yield TabBar(self.pens.at("tabs"), id="tabs")
                yield Breadcrumbs(self.pens.at("crumbs"), id="breadcrumbs")
                with Container(id="documents"):
                    yield self._make_view(self.desk.active)
                yield Said(self.pens, id="said")
                yield Panel(self.pens.at("panel"), id="panel")
        yield ChordList(self.pens, id="chords")
        yield StatusBar(self.pens.at("status"), id="status")
        yield KeyBar(self.pens, id="keybar")

    def on_descendant_focus(self) -> None:
        """The footer is of where the keys go now; nothing else is drawn for that."""
        if self.is_running and (bar := self.base.query(KeyBar)):
            bar.first().show_state(self.key_names())

    def chord_changed(self) -> None:
        """The footer says at once that a key waits for its second one; who hesitates sees which there are."""
        self.base.query_one(KeyBar).show_state(self.key_names())
        self.base.query_one(ChordList).offer(self.following() if self.chord else {})

    def paint_soon(self) -> None:
        """Paint now, or when the frame is over: at most 15 times a second."""
        wait = self._painted_at + FRAME - time.monotonic()
        if wait <= 0:
            self.paint()
        elif self._frame is None:
            self._frame = self.set_timer(wait, self.paint)

    def paint_at_rest(self) -> None:
        """Paint once the keys rest for a frame, or a quarter of a second after the last paint.

        What is typed is drawn at once by where it is typed: the next letter must not wait for the rest.
        """
        if time.monotonic() - self._painted_at > MOST:
            self.call_after_refresh(self.paint_soon)
            return
        if self._frame is not None:
            self._frame.stop()
        self._frame = self.set_timer(FRAME, self.paint)

    def paint(self) -> None:
        """Bring every widget up to the desk, while there are any: leaving takes them one by one."""
        if not self.is_running:
            return
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        self._painted_at = time.monotonic()
        now = self.desk
        self.set_class(now.zen, "-zen")
        self.set_class(now.side_open, "-side")
        self._show_view()
        for kind in _AROUND:
            self.base.query_one(kind).show_state(now)
        self._keep_keys()
        self.base.query_one(KeyBar).show_state(self.key_names())
        self.painted()

    def _keep_keys(self) -> None:
        """What was closed, or is behind the zen of the document, has the keys no longer."""
        focused = self.base.focused
        over = focused.ancestors_with_self if focused is not None else ()
        if focused is None or not all(one.display for one in over if isinstance(one, Widget)):
            self.views[self.desk.active_id].focus_first()

    def _show_view(self) -> None:
        """Show the view of the document on top; it is made when it is first on top."""
        active = self.desk.active
        if active.id not in self.views:
            view = self._make_view(active)
            self._mounting = self.base.query_one("#documents").mount(view)
        view = self.views[active.id]
        view.show(active)
        if self._shown != active.id:
            self._shown = active.id
            for id, other in self.views.items():
                other.display = id == active.id
            view.focus_first()
            self.call_after_refresh(view.focus_first)

    async def on_event(self, event: events.Event) -> None:
        """Let what is typed wait for what was opened before: it is for that."""
        typed = isinstance(event, (events.Key, events.Paste))
        pressed = (typed or isinstance(event, events.MouseDown)) and not event.is_forwarded
        if pressed and not self._ahead.gives_back(event):
            self.went_on()
        if typed and not event.is_forwarded:
            if self._ahead.holds(event):
                return
            if self._mounting is not None:
                mounting, self._mounting = self._mounting, None
                await mounting
                self.views[self.desk.active_id].focus_first()
        into = (self.focused or self.screen) if typed else None
        await super().on_event(event)
        if into is not None:
            self._ahead.follow(event, into)

    def _make_view(self, document: Document) -> View:
        view = view_of(document, self.pens)
        self.view_made(view)
        self.views[document.id] = view
        return view

    @property
    def base(self) -> Screen[Any]:
        """The workbench's own screen, under whatever is open over it."""
        return self.screen_stack[0]

    @property
    def state(self) -> State:
        """The explanation on top; what is done to it is possible where there is one."""
        page = self.desk.explanation
        assert page is not None
        return page

    @property
    def view(self) -> View:
        """The view of the document on top."""
        return self.views[self.desk.active_id]

    @property
    def side_bar(self) -> SideBar:
        """The side bar."""
        return self.base.query_one(SideBar)

    @property
    def panel(self) -> Panel:
        """The panel."""
        return self.base.query_one(Panel)

    def use_depth(self, depth: Depth) -> None:
        """Draw everything with as many colours."""
        self.depth, self.ansi_color = depth, _native(depth)
        self.use_theme(self.theme_name)

    def use_theme(self, name: str) -> None:
        """Draw everything in another theme, which was asked for by a key."""
        if told := self._draw_in(name):
            self.refuse(told)

    def follow_theme(self, name: str = "") -> None:
        """Draw everything in the theme as its files have it by now, or in the one that a file names."""
        if name or self._theme_read.changed():
            self._theme_read = stamp(*self._theme_read.paths)  # of a file that is gone, told once
            if told := self._draw_in(name or self._theme_wanted):
                self.notify(told, severity="warning", markup=False)

    def _draw_in(self, name: str) -> str:
        """Draw everything in a theme; why not, where it cannot be read, until its files are mended."""
        try:
            self._theme_read, self._theme_wanted = theme_stamp(name), name
            theme = load_theme(name)
        except NoiserError as error:
            return str(error)
        self.theme_name = name
        self.pens = Pens(theme, self.depth)
        for_textual = textual_theme(theme, self.depth)
        self.register_theme(for_textual)
        if self.theme != for_textual.name:
            self.theme = for_textual.name
        else:  # with other colours, maybe
            self.mutate_reactive(App.theme)
        for widget in self.base.query("*"):
            if (set_pens := getattr(widget, "set_pens", None)) is not None:
                set_pens(self.pens.at(_place_of(widget)))
        return ""


def _native(depth: Depth) -> bool | None:
    """Whether colours are the terminal's own; None leaves it to the theme."""
    return True if depth in ("16", "none") else None


_PLACES: dict[type[DOMNode], str] = {
    ActivityBar: "activity",
    SideBar: "side",
    TabBar: "tabs",
    Breadcrumbs: "crumbs",
    Panel: "panel",
    StatusBar: "status",
}


def _place_of(widget: Widget) -> str:
    """The part of the screen that a widget is in, for its colours."""
    return next(
        (_PLACES[type(one)] for one in widget.ancestors_with_self if type(one) in _PLACES), ""
    )
