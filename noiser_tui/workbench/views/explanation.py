"""An explanation: the prompt, what is asked, the heat map, what comes next, the token under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from noiser.prompt import Piece
from noiser.units import unit_pieces
from noiser_tui.history.session import Tab
from noiser_tui.look.heat import unsure_pieces
from noiser_tui.workbench import continuing, inspecting
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.reading import prompt_read, refused_by_model, to_read
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State
from noiser_tui.workbench.tracing import to_trace
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.card import Card
from noiser_tui.workbench.widgets.continuation_strip import ContinuationStrip
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.inspector import Inspector
from noiser_tui.workbench.widgets.next_tokens import NextTokens
from noiser_tui.workbench.widgets.options_row import OptionsRow
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.ranking import Ranking
from noiser_tui.workbench.widgets.response_line import ResponseLine
from noiser_tui.workbench.widgets.row_list import RowList

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.screens.details import Details


TYPED = 0.4
"""Seconds after the last key until the model is asked what comes next."""
RESTED = 0.15
"""Seconds that the cursor rests on a token until its curve is asked for."""


class ExplanationView(View):
    """From top to bottom: prompt, response, options, heat map with the next tokens beside it, inspector."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(pens, document)
        self.details: Details | None = None
        self._typed: Timer | None = None
        self._rested: Timer | None = None
        self._asked_for: tuple[object, ...] = ()
        self._pieces: list[Piece] = []
        self._drawn: State | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        at = (0, 0) if self.document.path else None  # a file from its beginning
        at = self._left.cursor if self._left is not None else at
        yield PromptEditor(self.page.text, at=at, id="prompt")
        yield ResponseLine(self.pens, id="response")
        yield OptionsRow(self.pens, id="options")
        with Container(id="middle"):
            yield HeatMap(self.pens, id="heat")
            with Container(id="aside"):
                yield NextTokens(self.pens, id="next")
                yield Ranking(self.pens, id="ranking")
                yield Card(self.pens, id="card")
        walked = self._left.walked if self._left is not None else 0
        yield ContinuationStrip(self.pens, walked, id="strip")
        yield Inspector(self.pens, id="inspector")

    @property
    def page(self) -> State:
        """What it shows."""
        assert isinstance(self.document.page, State)
        return self.document.page

    @property
    def stands(self) -> bool:
        """Whether its parts are there: not before it is mounted, nor while the app ends."""
        return self.is_mounted and bool(self.query(PromptEditor)) and bool(self.query(HeatMap))

    @property
    def editor(self) -> PromptEditor:
        """Where the prompt is typed."""
        return self.query_one(PromptEditor)

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions of the tokens under the cursor of the heat map."""
        return self.query_one(HeatMap).positions

    @property
    def token(self) -> int | None:
        """The position of the token under the cursor of the heat map."""
        return next(iter(self.positions), None)

    @property
    def place(self) -> dict[str, Any]:
        """The cursor of the prompt, the token and first line of the heat map, that of the continuation."""
        if not self.stands:
            return super().place
        walked = self.query_one(ContinuationStrip).at
        there = {"cursor": self.editor.cursor_location, "walked": walked}
        if self._left is not None and not self.positions:  # its scores are not back
            return {**super().place, **there}
        scroll = int(self.query_one(HeatMap).scroll_y)
        return {**there, "token": self.token, "scroll": scroll}

    @property
    def scored(self) -> list[tuple[Piece, float | None]]:
        """What the heat map is made of, each piece with its score as far as it has one."""
        if self._drawn is None or self._drawn.run.prompt is None:
            return []
        return list(zip(self._pieces, self._scores(self._drawn.run), strict=True))

    def go_to(self, position: int) -> None:
        """Put the cursor there, and the keys in the heat map."""
        heat = self.query_one(HeatMap)
        self.point(position)
        self.screen.set_focus(heat)

    def point(self, position: int | None, row: int | None = None) -> None:
        """Put the cursor of the heat map on the piece with the token."""
        for index, piece in enumerate(self._pieces):
            if position in piece.positions:
                self.query_one(HeatMap).point_at(index)
                return

    @property
    def first(self) -> PromptEditor | None:
        """The prompt, ready to type."""
        return next(iter(self.query(PromptEditor)), None)

    def draw(self, document: Document) -> None:
        """Bring every part up to the state; what did not change is left as it is."""
        before, now = self._drawn, self.page
        self._drawn = now
        heat, prompt = self.query_one(HeatMap), now.run.prompt
        if prompt is not None and (before is None or _cut_by(before.run) != _cut_by(now.run)):
            self._pieces = _pieces(now.run)
            heat.show_prompt(self._pieces, prompt.tokens)
        old = before.run if before is not None else Run(raw={})
        if old.explanation is not now.run.explanation or old.raw is not now.run.raw:
            found = now.run.explanation
            unsure = unsure_pieces(found) if found is not None else frozenset[int]()
            heat.show_scores(self._scores(now.run), unsure)
            if found is not None and self._left is not None:
                left, self._left = self._left, None
                self.call_after_refresh(self._point_again, left)  # once it is laid out
        self.query_one(NextTokens).show_state(now)
        self.editor.show_form(now.chat.title)
        self.editor.show_read(prompt_read(now), now.model, refused_by_model(now))
        for pane in self.query(DrawnPane):
            pane.show_state(now)
        if self.details is not None:
            self.details.show_state(now)
        self._ask_later(now)

    def _ask_later(self, now: State) -> None:
        """Ask for what is not known of the text and the token, once keys and cursor rest."""
        about = (now.asked, now.model_name, now.phase, now.run.explanation, self.positions)
        if about == self._asked_for:
            return
        typed = about[:3] != self._asked_for[:3]
        self._asked_for = about
        if typed:
            if self._typed is not None:
                self._typed.stop()
            self._typed = self.set_timer(TYPED, self._ask_next) if to_read(now) else None
        if self._rested is not None:
            self._rested.stop()
        self._rested = None
        if self.positions and to_trace(now, self.positions[0]) is not None:
            self._rested = self.set_timer(RESTED, self._ask_curve)

    def _ask_next(self) -> None:
        if self._workbench.view is self:
            inspecting.read_ahead(self._workbench)

    def _ask_curve(self) -> None:
        card = self.query_one(Card)
        if self.positions and card.display and self._workbench.view is self:
            inspecting.trace(self._workbench, self.positions[0])

    @property
    def _workbench(self) -> Workbench:
        return cast("Workbench", self.app)

    def _point_again(self, left: Tab) -> None:
        """Put the cursor of the heat map where it was left, unless it was put elsewhere since."""
        if self.stands and not self.positions:
            self.point(left.token)
            self.query_one(HeatMap).scroll_back(left.scroll)

    def _scores(self, run: Run) -> list[float | None]:
        if run.explanation is not None:
            return [score for _, score in run.explanation.pieces()]
        return [
            sum(max(0.0, run.raw.get(i, 0.0)) for i in piece.positions) if run.raw else None
            for piece in self._pieces
        ]

    def on_heat_map_pointed(self, message: HeatMap.Pointed) -> None:
        """Tell of the token under the cursor."""
        self._show_place()
        self.query_one(Inspector).point_at(message.positions)
        self.query_one(Card).point_at(message.positions)
        self._ask_later(self.page)

    def on_descendant_focus(self) -> None:
        """Show the card while the keys are in the coloured text."""
        self._show_place()

    def on_descendant_blur(self) -> None:
        """Show the ranking again."""
        self._show_place()

    def _show_place(self) -> None:
        heat = self.query_one(HeatMap)
        self.set_class(bool(self.positions) and heat.has_focus, "-inspecting")

    def on_continuation_strip_chosen(self, message: ContinuationStrip.Chosen) -> None:
        """Explain a token that would be written, or let another stand at its place."""
        if message.instead is None:
            continuing.explain_written(self._workbench, message.at)
        else:
            continuing.go_another_way(self._workbench, message.at, message.instead)

    def on_ranking_chosen(self, message: Ranking.Chosen) -> None:
        """Go to the token that was clicked."""
        self.go_to(message.position)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Explain the next token that was chosen."""
        if isinstance(message.rows, NextTokens) and (token := message.rows.token) is not None:
            inspecting.choose_target(self._workbench, token)


def _cut_by(run: Run) -> tuple[int, tuple[int, ...]]:
    """What decides how the prompt is cut into pieces: itself, and which of its units are looked into."""
    zoom = run.explanation.zoom if run.explanation is not None else None
    return id(run.prompt), zoom.units if zoom is not None else ()


def _pieces(run: Run) -> list[Piece]:
    if run.explanation is not None and run.explanation.zoom is not None:
        return [piece for piece, _ in run.explanation.pieces()]
    assert run.prompt is not None
    return unit_pieces(run.prompt.text, run.prompt.tokens, run.units)
