"""What lies on the desk: the documents that are open, the model they share, what is unfolded around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from textual.message import Message

from noiser.events import ModelFetching
from noiser.model.info import ModelInfo
from noiser_tui.workbench import state
from noiser_tui.workbench.engine import EngineTold, JobEnded, Memory
from noiser_tui.workbench.logbook import Entry
from noiser_tui.workbench.response_form import REWARD_BOUND
from noiser_tui.workbench.shelf import Shelf
from noiser_tui.workbench.spans import with_spans
from noiser_tui.workbench.state import State
from noiser_tui.workbench.survey import Survey
from noiser_tui.workbench.text_page import TextPage

SIDES = ("explorer", "runs", "models", "methods", "compare", "studies")
"""The views of the side bar, in the order of the activity bar."""
PANELS = ("search", "metrics", "problems", "output")
"""The views of the panel."""


class Page(Protocol):
    """What a document shows. It hears everything that the engine says and takes what is its own."""

    kind: ClassVar[str]

    @property
    def title(self) -> str:
        """Its name on the tab."""

    @property
    def job(self) -> int:
        """The number of the job that it waits for, 0 for none."""

    @property
    def error(self) -> str:
        """One sentence on what went wrong, empty where nothing did."""

    @property
    def note(self) -> str:
        """One sentence that answers a question, empty where none was asked."""

    @property
    def status(self) -> str:
        """What it is at, in a few words for the status bar."""

    def heard(self, message: Message) -> Page:
        """The page after a message of the engine."""


@dataclass(frozen=True)
class Document:
    """One tab. `path` is the file that its text came from, `saved` the text as it stands there.

    `name` is what the user called it, `run` the id of what it shows in the history of runs. `overtaken`
    says that others changed the file while the text was left in a session. `held` is a digest of what a
    chat's file held, the messages before the text as well, when it was read or written here last. `unsure`
    says that it is of a session that does not tell what the file held.
    """

    id: int
    page: Page
    path: str = ""
    saved: str = ""
    name: str = ""
    run: str = ""
    overtaken: bool = False
    held: str = ""
    unsure: bool = False

    @property
    def kind(self) -> str:
        """What kind of page it is."""
        return self.page.kind

    @property
    def title(self) -> str:
        """The name on its tab: what the user called it, its file's, or the page's own."""
        return self.name or self.path.rpartition("/")[2] or self.page.title

    @property
    def edited(self) -> bool:
        """Whether its text is another than its file's."""
        if not self.path or not isinstance(self.page, (State, TextPage)):
            return False
        return self.overtaken or self.page.text != self.saved


@dataclass(frozen=True)
class Desk:
    """One moment of the workbench. Never without a document; `active_id` is the one on top.

    `last_id` is the highest id that was ever given: what is still said of a document that was closed
    must not meet another one.
    `memory` is what was free where the model is when the engine last said something.
    `load_job` is the job that loads a model, 0 for none, of which so many bytes are `fetched`, and so many
    there are, where it comes from the hub; `running` and `waiting` are the engine's jobs.
    `shelf` is what is shown of the history of runs.
    `load_options` are those of `noiser.load` for the next model, `own_options` those for one model alone,
    by its name, `loaded_with` what the one that is there was loaded with; `survey` says which there are.
    `output` is what was said, `problems` what is wrong with the settings and the keymap.
    `linear` says that the search is drawn on a linear scale. `panel_height` is in lines, 0 for the setting's.
    """

    model_name: str
    documents: tuple[Document, ...]
    active_id: int
    model: ModelInfo | None = None
    memory: Memory | None = None
    load_job: int = 0
    fetched: tuple[int, int] | None = None
    running: int = 0
    waiting: tuple[int, ...] = ()
    side: str = SIDES[0]
    side_open: bool = False
    panel: str = PANELS[0]
    panel_open: bool = True
    panel_large: bool = False
    zen: bool = False
    last_id: int = 0
    load_options: Mapping[str, Any] = field(default_factory=dict)
    own_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    loaded_with: Mapping[str, Any] = field(default_factory=dict)
    survey: Survey = field(default_factory=Survey)
    output: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    linear: bool = False
    panel_height: int = 0
    shelf: Shelf = field(default_factory=Shelf)

    def document(self, id: int) -> Document:
        """The document with this id."""
        return next(one for one in self.documents if one.id == id)

    def page(self, id: int) -> Page | None:
        """The page of a document that may be closed by now: None then."""
        return next((one.page for one in self.documents if one.id == id), None)

    @property
    def active(self) -> Document:
        """The document on top."""
        return self.document(self.active_id)

    @property
    def next_id(self) -> int:
        """The id of the next document."""
        return max(self.last_id, *(one.id for one in self.documents)) + 1

    @property
    def explanation(self) -> State | None:
        """The explanation on top, None where another kind of document is."""
        page = self.active.page
        return page if isinstance(page, State) else None

    def waits_for(self, job: int) -> Document | None:
        """The document whose job that is."""
        return next((one for one in self.documents if job and one.page.job == job), None)


def empty_desk(model_name: str, text: str = "") -> Desk:
    """A desk with one blank explanation on it."""
    page = State(model_name=model_name, text=text)
    return Desk(model_name=model_name, documents=(Document(1, page),), active_id=1)


def with_page(desk: Desk, page: Page, id: int = 0) -> Desk:
    """The desk with another page in a document, the one on top unless an id is given."""
    return _each(
        desk, lambda one: replace(one, page=page) if one.id == (id or desk.active_id) else one
    )


def with_document(desk: Desk, document: Document) -> Desk:
    """The desk with a document in place of the one with its id."""
    return _each(desk, lambda one: document if one.id == document.id else one)


def opened(
    desk: Desk, page: Page, *, path: str = "", saved: str = "", name: str = "", run: str = ""
) -> Desk:
    """The desk with one more document, on top, beside the one that was."""
    id = desk.next_id
    document = Document(id, page, path, saved, name, run)
    at = [one.id for one in desk.documents].index(desk.active_id) + 1
    documents = (*desk.documents[:at], document, *desk.documents[at:])
    return replace(desk, documents=documents, active_id=id, last_id=id)


def blank(desk: Desk, text: str = "") -> State:
    """A blank explanation with the model that is there and the options chosen last.

    The bound of a response's reward is not taken over to a model that gives none.
    """
    page = State(desk.model_name, desk.model, load_job=desk.load_job, text=text)
    last = next((d.page for d in reversed(desk.documents) if isinstance(d.page, State)), None)
    own = desk.explanation or last
    if own is None:
        return page
    request = with_spans(own.request, ()) if own.request.granularity == "span" else own.request
    rewards = desk.model is not None and desk.model.rewards
    if own.response.on and request.bound == REWARD_BOUND and not rewards:
        request = replace(request, bound=page.request.bound)
    return replace(page, request=state.without_target(request))


def closed(desk: Desk, id: int) -> Desk:
    """The desk without a document; its neighbour is on top then, a blank one where it was the last."""
    ids = [one.id for one in desk.documents]
    desk = replace(desk, last_id=desk.next_id - 1)
    if len(ids) == 1:
        fresh = Document(desk.next_id, blank(desk))
        return replace(desk, documents=(fresh,), active_id=fresh.id)
    at = ids.index(id)
    documents = desk.documents[:at] + desk.documents[at + 1 :]
    active = desk.active_id
    if active == id:
        active = documents[min(at, len(documents) - 1)].id
    return replace(desk, documents=documents, active_id=active)


def turned(desk: Desk, steps: int) -> Desk:
    """The desk with the tab so many places on or back on top, round the ends."""
    ids = [one.id for one in desk.documents]
    at = (ids.index(desk.active_id) + steps) % len(ids)
    return replace(desk, active_id=ids[at])


def moved(desk: Desk, steps: int) -> Desk:
    """The desk with the active tab so many places further right, or left."""
    documents = list(desk.documents)
    at = documents.index(desk.active)
    documents.insert(min(max(0, at + steps), len(documents) - 1), documents.pop(at))
    return replace(desk, documents=tuple(documents))


def heard(desk: Desk, message: Message) -> Desk:
    """The desk after a message of the engine: every page hears it."""
    desk = replace(desk, survey=desk.survey.heard(message))
    if isinstance(message, (EngineTold, JobEnded)) and message.memory is not None:
        desk = replace(desk, memory=message.memory)
    match message:
        case EngineTold(number=desk.load_job, event=ModelFetching(done=done, total=total)):
            desk = replace(desk, fetched=(done, total))
    return _each(desk, lambda one: replace(one, page=one.page.heard(message)))


def model_asked(desk: Desk, name: str, job: int) -> Desk:
    """Another model was asked for."""
    desk = _explanations(desk, lambda page: state.model_asked(page, name, job))
    return replace(desk, model_name=name, load_job=job, fetched=None)


def model_known(desk: Desk, model: ModelInfo | None) -> Desk:
    """The engine has this model now, the one before where the new one failed."""
    name = model.name if model is not None else desk.model_name
    return replace(desk, model=model, model_name=name, load_job=0, fetched=None)


def model_let_go(desk: Desk) -> Desk:
    """The model that is loading is not wanted any more: the one before is in use again."""
    note = f"Cancelled: {desk.model_name} is not loaded."
    desk = _explanations(desk, lambda page: state.model_let_go(page, note))
    return model_known(desk, desk.model)


def model_after_all(desk: Desk, model: ModelInfo | None) -> Desk:
    """What the engine has once it heard that a model was not wanted: the one before, if it could stay."""
    desk = _explanations(desk, lambda page: state.model_known(page, model))
    if model is None and (before := desk.model) is not None:
        gone = f"{before.name} had made room for the other model: load it again with Alt+M."
        desk = _explanations(desk, lambda page: state.noted(page, gone))
    return model_known(desk, model)


def taken_back(desk: Desk, error: str) -> Desk:
    """What was said to be wrong with the model is so no more."""
    return _explanations(
        desk, lambda page: replace(page, error="") if page.error == error else page
    )


def run_kept(desk: Desk, id: int, run: str) -> Desk:
    """What a document shows is kept as this run; none while it is made anew."""
    return _each(desk, lambda one: replace(one, run=run) if one.id == id else one)


def run_named(desk: Desk, run: str, name: str) -> Desk:
    """The user calls a run so."""
    return _each(desk, lambda one: replace(one, name=name) if one.run == run else one)


def run_deleted(desk: Desk, run: str) -> Desk:
    """A run is kept no more; a tab that shows it stays."""
    return _each(desk, lambda one: replace(one, run="") if one.run == run else one)


def _each(desk: Desk, change: Callable[[Document], Document]) -> Desk:
    return replace(desk, documents=tuple(change(one) for one in desk.documents))


def _explanations(desk: Desk, change: Callable[[State], State]) -> Desk:
    def one(document: Document) -> Document:
        page = document.page
        return replace(document, page=change(page)) if isinstance(page, State) else document

    return _each(desk, one)
