"""The workbench's app: keys to actions, actions to jobs, engine messages to the desk, desk to widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.widgets import TextArea

from noiser.errors import WrongUse
from noiser_tui.look.depth import Depth
from noiser_tui.settings.schema import Values
from noiser_tui.settings.settings import Settings
from noiser_tui.workbench import (
    closing,
    desk,
    ending,
    kept_runs,
    kept_work,
    load_options,
    logbook,
    question,
    state,
)
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.configured import Configured
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.desk import Desk, Page
from noiser_tui.workbench.engine import (
    Engine,
    EngineMessage,
    EngineThread,
    JobEnded,
    JudgeAnswered,
    ListedExplained,
    LoadModel,
    MetricMeasured,
    Post,
    QueueChanged,
    WentOn,
    WorkKnown,
)
from noiser_tui.workbench.engine.recent import remember_model
from noiser_tui.workbench.engine.study import StudyRuns
from noiser_tui.workbench.garbage import collect_again
from noiser_tui.workbench.insides import keep_copied
from noiser_tui.workbench.keeping import Keeping
from noiser_tui.workbench.keymap import Facts
from noiser_tui.workbench.look import VARIABLE_DEFAULTS
from noiser_tui.workbench.painted import HIGH, PaintedApp
from noiser_tui.workbench.response_form import not_of_rewards
from noiser_tui.workbench.session import SessionKeeper, with_session
from noiser_tui.workbench.shell.activity_bar import SETTINGS, ActivityBar
from noiser_tui.workbench.signals import leave_on_signals
from noiser_tui.workbench.state import State
from noiser_tui.workbench.views.explanation import ExplanationView
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.writing import Writing

if TYPE_CHECKING:
    from noiser_tui.history.sessions import SessionFile
    from noiser_tui.workbench.side.explorer import Explorer
    from noiser_tui.workbench.side.studies import Studies


class Workbench(PaintedApp):
    """One window on one model: documents in tabs, what stands around them, and the engine behind."""

    def __init__(
        self,
        *,
        model: str,
        options: dict[str, Any] | None = None,
        theme_name: str | None = None,
        prompt: str | None = None,
        depth: Depth | None = None,
        settings: Settings | None = None,
        engine: Callable[[Post], Engine] = EngineThread,
        session: SessionFile | None = None,
    ) -> None:
        self.configured = Configured(self, settings) if settings is not None else None
        empty = replace(desk.empty_desk(model, prompt or ""), panel_open=False)
        super().__init__(empty, theme_name=theme_name, depth=depth)
        self.session = SessionKeeper(self, session)
        self._begun = session is not None and bool(session.begun.tabs)
        if session is not None:
            self.desk = with_session(self.desk, session.begun)
        shared, own = load_options.split(options or {})
        self.desk = replace(self.desk, load_options=shared, own_options={model: own})
        self.engine = engine(self.post_message)
        self.keeping = Keeping(self.call_later, keep=self.values.files.history)
        self.writing = Writing(self)
        self.studies = StudyRuns()
        self.asked_to_leave = False
        self.leaving = False
        self.being_read = 0
        self._queue_change = 0

    def on_mount(self) -> None:
        """Ask for the model, catch the signals that would leave the terminal in disorder."""
        if not self._begun:
            self.desk = replace(self.desk, panel_open=self.size.height >= HIGH)
        if self.configured is not None:
            self.configured.begin(fresh=not self._begun)
        self.load_model(self.desk.model_name)
        if not self.is_headless:
            leave_on_signals(
                self, partial(ending.save_last, self), stop=partial(ending.stop_runs, self)
            )

    def on_ready(self) -> None:
        """Let the engine begin once the first screen stands: its imports stall the interface."""
        self.call_after_refresh(collect_again)
        self.call_after_refresh(self.engine.start)
        self.call_after_refresh(kept_runs.restore, self)
        if self._begun:
            self.call_after_refresh(self._compare_with_files)

    def _compare_with_files(self) -> None:
        from noiser_tui.workbench.text_room import follow
        from noiser_tui.workbench.written_back import compare_with_files

        compare_with_files(self)
        follow(self)

    # From the engine

    @on(EngineMessage)
    def engine_spoke(self, message: EngineMessage) -> None:
        """Every page hears it; how a run ended is shown at once."""
        before = self.desk
        if isinstance(message, JobEnded) and message.job.changes_model:
            self._model_changed(message)
        waited = self.desk.waits_for(message.number)
        now = desk.heard(self.desk, message)
        self.desk = logbook.logged(before, now, logbook.clock(), message)
        if isinstance(message, ListedExplained):
            kept_work.listed(self, waited, message)
        if isinstance(message, (MetricMeasured, JudgeAnswered)):
            kept_work.measured(self, waited)
        if isinstance(message, WorkKnown):
            kept_work.on_the_way(self, waited, message)
        if isinstance(message, WentOn):
            kept_runs.went_on(self, waited, message)
        if isinstance(message, JobEnded):
            self.paint()
            kept_runs.ended(self, waited, message)
        else:
            self.paint_soon()

    def _model_changed(self, message: JobEnded) -> None:
        """The engine may have another model now, or ask for trust in one."""
        if message.number == self.desk.load_job:
            self.desk = desk.model_known(self.desk, message.model)
            job = message.job
            if isinstance(job, LoadModel) and not (message.error or message.cancelled):
                self.desk = replace(self.desk, loaded_with=job.options)
                self._remember(job.name)
            if message.refused is not None:
                self.call_later(self._ask_for_trust, message)
        elif not self.desk.load_job and message.model != self.desk.model:
            self.desk = desk.model_after_all(self.desk, message.model)

    def _ask_for_trust(self, message: JobEnded) -> None:
        from noiser_tui.workbench import trusting

        trusting.ask(self, message)

    def _remember(self, name: str) -> None:
        """Keep the name of a model that was loaded."""
        warn = partial(self.notify, severity="warning", markup=False)
        beside(self, partial(remember_model, name), failed=warn)

    def on_queue_changed(self, message: QueueChanged) -> None:
        """Other jobs run and wait, unless a later change is known already."""
        if message.change < self._queue_change:
            return
        self._queue_change = message.change
        self.desk = replace(self.desk, running=message.running, waiting=message.waiting)
        self.paint_soon()

    def on_unmount(self) -> None:
        """What is still to be kept is written, and where, and what was to be exported."""
        self.keeping.close()
        self.session.let_go(self.keeping.kept)
        self.writing.close()

    @property
    def opening(self) -> bool:
        """Whether a run or a file of many prompts is still read, or a run kept."""
        return self.keeping.busy or self.being_read > 0

    def painted(self) -> None:
        """What is open may be otherwise now."""
        self.session.changed()

    def view_made(self, view: View) -> None:
        """A view stands where it was left."""
        self.session.put_back(view)

    def facts(self) -> Facts:
        """What the conditions of keys are about."""
        return facts(self)

    @property
    def values(self) -> Values:
        """The settings as they are now."""
        return self.configured.settings.values if self.configured is not None else Values()

    # Clicks to actions

    async def on_activity_bar_chosen(self, message: ActivityBar.Chosen) -> None:
        """Open what was clicked."""
        name = message.activity
        await self.action_do(name if name == SETTINGS else f"show_{name}")

    def on_explorer_opened(self, message: Explorer.Opened) -> None:
        """Open what was chosen in the explorer."""
        from noiser_tui.workbench.opening import open_any

        open_any(self, message.what)

    def on_studies_opened(self, message: Studies.Opened) -> None:
        """Open the study, or begin one."""
        from noiser_tui.workbench.studies import acting

        if message.folder is not None:
            acting.open_study(self, message.folder)
        elif message.preset:
            acting.new_from(self, message.preset)
        else:
            acting.new_study(self)

    def action_show_tab(self, id: int) -> None:
        """Show a tab where it is not closed by now, and give it the keys, also where it is on top."""
        if any(one.id == id for one in self.desk.documents):
            self.show_desk(replace(self.desk, active_id=id))
            self.view.focus_first()

    def action_close_tab(self, id: int) -> None:
        """Close a tab that was clicked with the middle button; two clicks may come for one."""
        for document in self.desk.documents:
            if document.id == id:
                closing.close_document(self, document)

    def action_turn_tab(self, steps: int) -> None:
        """Show a tab further on."""
        self.show_desk(desk.turned(self.desk, steps))

    def action_show_panel(self, name: str) -> None:
        """Open a view of the panel that was clicked, or close it."""
        is_open = self.desk.panel_open and self.desk.panel == name
        self.show_desk(replace(self.desk, panel=name, panel_open=not is_open, zen=False))

    def call_after_typing(self, call: Callable[..., object], *arguments: object) -> None:
        """Call something once the page has what was typed before the key; what is typed after it waits."""
        view = self.view
        if isinstance(view, ExplanationView) and view.is_mounted:
            view.editor.call_later(self._call_with_text, view, call, *arguments)
            self._ahead.wait_for(view.editor)
        else:  # nothing was typed into what does not stand yet
            call(*arguments)

    def _call_with_text(
        self, view: ExplanationView, call: Callable[..., object], *arguments: object
    ) -> None:
        self._take_text(view)
        call(*arguments)

    def _take_text(self, view: ExplanationView) -> None:
        """The page has what stands in its editor; a new prompt has another target."""
        text = view.editor.text
        page = self.desk.page(view.document.id)
        if isinstance(page, State) and page.text != text:
            self.desk = desk.with_page(
                self.desk, question.prompt_changed(page, text), view.document.id
            )

    # What actions do to the desk

    def show_desk(self, now: Desk) -> None:
        """Put the desk in this order and show it."""
        self.desk = logbook.logged(self.desk, now, logbook.clock())
        self.paint()

    def show_page(self, page: Page, id: int = 0) -> None:
        """Put a page in a document, the one on top unless an id is given, and show it."""
        self.show_desk(desk.with_page(self.desk, page, id))

    def open_page(
        self, page: Page, *, path: str = "", saved: str = "", name: str = "", run: str = ""
    ) -> None:
        """Open one more document, on top; an untouched blank one gives way to it."""
        blank, text = self.desk.active, self.desk.explanation
        now = desk.opened(self.desk, page, path=path, saved=saved, name=name, run=run)
        if text is not None and not (text.text or text.run.prompt or blank.path or blank.name):
            self.close_document(blank.id)
            now = desk.closed(now, blank.id)
        self.show_desk(now)

    def close_document(self, id: int) -> None:
        """Let a document's run and its view go."""
        document = self.desk.document(id)
        if document.page.job:
            self.engine.cancel(document.page.job)
        if (view := self.views.pop(id, None)) is not None:
            view.remove()

    def load_model(self, name: str) -> None:
        """Load a model in place of the one that is there; runs with that one are over."""
        options = load_options.options_for(self.desk, name)
        for document in self.desk.documents:
            if document.page.job:
                self.engine.cancel(document.page.job)
        job = self.engine.submit(LoadModel(name, options), instead_of=self.desk.load_job)
        self.show_desk(desk.model_asked(self.desk, name, job))

    def change_request(self, **changes: Any) -> None:
        """Choose options of the explanation on top; one that is there already is made again with them."""
        page = self.desk.explanation
        if page is None:
            return
        try:
            request = replace(page.request, **changes)
        except WrongUse as error:
            self.refuse(str(error))
            return
        form = page.response
        if form.on and (wrong := not_of_rewards(form, request, page.model_name)):
            self.refuse(wrong)
            return
        self.show_page(state.request_changed(page, request))
        if page.run.prompt is not None:
            ACTIONS["run"].do(self)

    def went_on(self) -> None:
        """Why the key before did nothing goes."""
        page = self.desk.explanation
        if page is not None and page.refusal:
            self.show_page(state.went_on(page))

    def refuse(self, sentence: str, *, lasting: bool = False) -> None:
        """Say why something was not done, until the next key; `lasting` where no key has asked for it."""
        page = self.desk.explanation
        if page is not None and lasting:
            self.show_page(replace(page, error=sentence, note=""))
        elif page is not None:
            self.show_page(state.refused(page, sentence))
        elif sentence:
            self.notify(sentence, severity="error", markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy so that it arrives, over SSH and in tmux too: what textual's editors call."""
        from noiser_tui.workbench.copying import copy_text

        keep_copied(self, text)
        copy_text(self, lambda: text)

    def notify(self, message: str, **options: Any) -> None:
        """A toast, which vanishes: what it says stays in Output."""
        message = self.keymap.spoken(message)
        super().notify(message, **options)
        kind: logbook.Kind = "said"
        if (severity := options.get("severity")) in ("error", "warning"):
            kind = severity
        self.desk = logbook.said(self.desk, logbook.clock(), message, kind)
        self.paint_soon()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that do not have them."""
        lines = self.values.appearance.panel_height
        heights = {"panel-height": lines, "panel-low": min(lines, 10), "panel-tiny": min(lines, 5)}
        return {**VARIABLE_DEFAULTS, **{name: str(one) for name, one in heights.items()}}

    def leave(self) -> None:
        """Leave; what runs is stopped, and kept as far as it came."""
        ending.leave(self)

    @on(TextArea.Changed, "PromptEditor")
    def prompt_typed(self, message: TextArea.Changed) -> None:
        """The text in an editor is another."""
        for view in message.text_area.ancestors:
            if isinstance(view, ExplanationView):
                self._take_text(view)
        self.paint_at_rest()
