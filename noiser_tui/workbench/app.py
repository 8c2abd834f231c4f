"""The workbench's app: keys to actions, actions to jobs, engine messages to state, state to widgets."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widgets import TextArea

from noiser.errors import NoiserError, WrongUse
from noiser.prompt import Piece
from noiser.units import unit_pieces
from noiser_tui.look.depth import Depth, detect_depth
from noiser_tui.look.heat import unsure_pieces
from noiser_tui.look.themes import DEFAULT_THEME, load_theme
from noiser_tui.workbench import state
from noiser_tui.workbench.actions import ACTIONS, bindings
from noiser_tui.workbench.adding import add_draws
from noiser_tui.workbench.engine import (
    Engine,
    EngineEstimated,
    EngineThread,
    EngineTold,
    ExplainPrompt,
    JobEnded,
    LoadModel,
    Post,
)
from noiser_tui.workbench.estimating import estimate
from noiser_tui.workbench.look import Pens, textual_theme
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.signals import leave_on_signals
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.action_row import ActionRow
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.inspector import Inspector
from noiser_tui.workbench.widgets.key_bar import KeyBar
from noiser_tui.workbench.widgets.next_tokens import NextTokens
from noiser_tui.workbench.widgets.options_row import OptionsRow
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.ranking import Ranking
from noiser_tui.workbench.widgets.search_pane import SearchPane
from noiser_tui.workbench.widgets.status_bar import StatusBar

FRAME = 1 / 15
"""Seconds between repaints while the engine is at work."""
SHARED_OPTIONS = ("device", "dtype", "device_map", "load_in")
"""Options of the first model that hold for another one too."""
CTRL_C_TWICE = 2.0
"""Seconds within which a second Ctrl+C leaves."""


class Workbench(App[int]):
    """One window on one model: prompt, choices, heat map, search, status."""

    TITLE = "Noiser"
    CSS_PATH = "workbench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    ENABLE_COMMAND_PALETTE = False  # ours shows the keys and reads the one registry
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - textual types it so
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (20, "-low"),
        (32, "-high"),
    ]

    def __init__(
        self,
        *,
        model: str,
        options: dict[str, Any] | None = None,
        theme_name: str | None = None,
        prompt: str | None = None,
        depth: Depth | None = None,
        engine: Callable[[Post], Engine] = EngineThread,
    ) -> None:
        self.depth: Depth = depth or detect_depth(sys.__stderr__ or sys.stderr, os.environ)
        self.theme_name = theme_name or DEFAULT_THEME
        self.pens = Pens(load_theme(self.theme_name), self.depth)
        # None leaves it to the theme; the filter for NO_COLOR is chosen now, before there is one
        super().__init__(ansi_color=True if self.depth in ("16", "none") else None)
        self.state = State(model_name=model)
        self._first_model, self._model_options = model, options or {}
        self._first_prompt = prompt or ""
        self.engine = engine(self.post_message)
        self._pieces: list[Piece] = []
        self._painted: State | None = None
        self._painted_at = 0.0
        self._frame: Timer | None = None
        self._ctrl_c_at = -CTRL_C_TWICE

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield PromptEditor(self._first_prompt, id="prompt")
        yield OptionsRow(self.pens, id="options")
        with Container(id="middle"):
            yield HeatMap(self.pens, id="heat")
            with Container(id="aside"):
                yield NextTokens(self.pens, id="next")
                yield Ranking(self.pens, id="ranking")
        yield Inspector(self.pens, id="inspector")
        yield SearchPane(self.pens, id="search")
        yield StatusBar(self.pens, id="status")
        yield KeyBar(self.pens, id="keybar")

    def on_mount(self) -> None:
        """Set the theme, catch the signals that would leave the terminal in disorder."""
        self.use_theme(self.theme_name)
        self.load_model(self.state.model_name)
        if not self.is_headless:
            leave_on_signals(self)

    def on_ready(self) -> None:
        """Let the engine begin once the first screen stands: its imports stall the interface."""
        self.call_after_refresh(self.engine.start)

    # From the engine

    def on_engine_told(self, message: EngineTold) -> None:
        """Take an event into the state."""
        self.state = state.told(self.state, message.number, message.event, preview=message.preview)
        self._paint_soon()

    def on_engine_estimated(self, message: EngineEstimated) -> None:
        """What a run takes is known before it begins."""
        current = message.costs.text == self.base.query_one(PromptEditor).text
        self.state = state.estimated(self.state, message.number, message.costs, current=current)
        self._paint_soon()

    def on_job_ended(self, message: JobEnded) -> None:
        """A job ended well or not."""
        if message.number == self.state.load_job:
            self.state = state.model_known(self.state, message.model)
        self.state = state.ended(
            self.state,
            message.number,
            error=message.error,
            cancelled=message.cancelled,
            partial=message.partial,
        )
        self.paint()

    # From state to widgets

    def _paint_soon(self) -> None:
        """Paint now, or when the frame is over: at most 15 times a second."""
        wait = self._painted_at + FRAME - time.monotonic()
        if wait <= 0:
            self.paint()
        elif self._frame is None:
            self._frame = self.set_timer(wait, self.paint)

    def paint(self) -> None:
        """Bring every widget up to the state."""
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        self._painted_at = time.monotonic()
        before, now = self._painted, self.state
        self._painted = now
        heat, prompt = self.base.query_one(HeatMap), now.run.prompt
        if prompt is not None and (before is None or _cut_by(before.run) != _cut_by(now.run)):
            self._pieces = _pieces(now.run)
            heat.show_prompt(self._pieces, prompt.tokens)
        old = before.run if before is not None else Run(raw={})
        if old.explanation is not now.run.explanation or old.raw is not now.run.raw:
            found = now.run.explanation
            unsure = unsure_pieces(found) if found is not None else frozenset[int]()
            heat.show_scores(self._scores(now.run), unsure)
        for pane in self.base.query(DrawnPane):
            pane.show_state(now)
        self.base.query_one(SearchPane).show_state(now)

    def _scores(self, run: Run) -> list[float | None]:
        if run.explanation is not None:
            return [score for _, score in run.explanation.pieces()]
        return [
            sum(max(0.0, run.raw.get(i, 0.0)) for i in piece.positions) if run.raw else None
            for piece in self._pieces
        ]

    @property
    def base(self) -> Screen[Any]:
        """The workbench's own screen, under whatever is open over it."""
        return self.screen_stack[0]

    def on_heat_map_pointed(self, message: HeatMap.Pointed) -> None:
        """Tell of the token under the cursor."""
        self.base.query_one(Inspector).point_at(message.positions)

    async def on_action_row_chosen(self, message: ActionRow.Chosen) -> None:
        """Do what was clicked."""
        await self.run_action(message.action)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but leaving works under an open list; cancelling only while something runs."""
        ours = {one.run.partition("(")[0] for one in ACTIONS}
        if action in ours - {"leave"} and isinstance(self.screen, ModalScreen):
            return False
        if action == "cancel":
            return self.state.run_job != 0
        return True

    def load_model(self, name: str) -> None:
        """Load a model in place of the one that is there."""
        options = self._model_options
        if name != self._first_model:  # a revision, or trust in a model, is for that model alone
            options = {key: options[key] for key in SHARED_OPTIONS if key in options}
        older = self.state.run_job or self.state.estimate_job or self.state.load_job
        job = self.engine.submit(LoadModel(name, options), instead_of=older)
        self.state = state.model_asked(self.state, name, job)
        self.paint()

    def action_run(self) -> None:
        """Explain the prompt, once the editor has taken in what was typed before the key."""
        self.base.query_one(PromptEditor).call_later(self.explain_prompt)

    def explain_prompt(self) -> None:
        """Explain the prompt as it stands."""
        text = self.base.query_one(PromptEditor).text
        if not self.can_explain(text):
            return
        self.state = state.prompt_changed(self.state, text)
        older = self.state.run_job
        job = self.engine.submit(ExplainPrompt(text, self.state.request), instead_of=older)
        self.state = state.run_asked(self.state, job)
        self.paint()

    def can_explain(self, text: str) -> bool:
        """Whether there is something to explain and something to explain it with; else say what not."""
        if not text.strip():
            self.refuse("The prompt is empty: type some text, or press Ctrl+O for an example.")
            return False
        if self.state.phase == "no model":
            self.refuse("No model is loaded: choose one with F9.")
            return False
        return True

    def action_estimate(self) -> None:
        """Say what the prompt would take, once the editor has taken in what was typed before the key."""
        self.base.query_one(PromptEditor).call_later(estimate, self)

    def refuse(self, sentence: str) -> None:
        """Say why something was not done."""
        self.state = state.refused(self.state, sentence)
        self.paint()

    def change_request(self, **changes: Any) -> None:
        """Choose options; a prompt that is explained already is explained again with them."""
        try:
            request = replace(self.state.request, **changes)
        except WrongUse as error:
            self.refuse(str(error))
            return
        self.state = state.request_changed(self.state, request)
        if self.state.run.prompt is not None:
            self.action_run()
        else:
            self.paint()

    def action_cancel(self) -> None:
        """Stop the run within one batch."""
        self.engine.cancel()

    def action_choose(self, what: str) -> None:
        """Open a list, a question or a page: method, target, theme, save, keys and so on."""
        from noiser_tui.workbench import choosing  # here: its widgets are not on the first screen

        choosing.OPENERS[what](self)

    def action_next_target(self) -> None:
        """Look at the next of several targets."""
        self._walk(1)

    def action_previous_target(self) -> None:
        """Look at the one before."""
        self._walk(-1)

    def _walk(self, steps: int) -> None:
        self.state = state.walked(self.state, steps)
        self.paint()

    def action_more_draws(self) -> None:
        """Add draws to what is explained."""
        add_draws(self)

    def action_seed(self) -> None:
        """Draw other noise."""
        self.change_request(seed=self.state.request.seed + 1)

    def action_specials(self) -> None:
        """Put noise on special tokens, or leave them out."""
        now = self.state.request.specials
        self.change_request(specials="exclude" if now == "include" else "include")

    def action_panel(self) -> None:
        """Make the search panel larger or smaller."""
        self.base.query_one(SearchPane).toggle_class("-large")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that do not have them."""
        return {"muted": "gray", "rule": "gray"}

    def use_theme(self, name: str) -> None:
        """Draw everything in another theme."""
        try:
            theme = load_theme(name)
        except NoiserError as error:
            self.refuse(str(error))
            return
        self.theme_name = name
        self.pens = Pens(theme, self.depth)
        for_textual = textual_theme(theme, self.depth)
        self.register_theme(for_textual)
        self.theme = for_textual.name
        for widget in self.base.query("HeatMap, SearchPane, DrawnPane"):
            widget.set_pens(self.pens)  # type: ignore[attr-defined]

    def action_leave(self) -> None:
        """Leave; a batch that is running is not waited for."""
        self.engine.cancel()
        self.exit(0)

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing to copy: once says how to leave, twice leaves."""
        now = time.monotonic()
        if now - self._ctrl_c_at < CTRL_C_TWICE:
            self.action_leave()
            return
        self._ctrl_c_at = now
        self.notify("Ctrl+C again leaves; so does Ctrl+Q.", timeout=CTRL_C_TWICE)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """A new prompt has another target."""
        self.state = state.prompt_changed(self.state, message.text_area.text)
        self._paint_soon()


def _cut_by(run: Run) -> tuple[int, tuple[int, ...]]:
    """What decides how the prompt is cut into pieces: itself, and which of its units are looked into."""
    zoom = run.explanation.zoom if run.explanation is not None else None
    return id(run.prompt), zoom.units if zoom is not None else ()


def _pieces(run: Run) -> list[Piece]:
    if run.explanation is not None and run.explanation.zoom is not None:
        return [piece for piece, _ in run.explanation.pieces()]
    assert run.prompt is not None
    return unit_pieces(run.prompt.text, run.prompt.tokens, run.units)
