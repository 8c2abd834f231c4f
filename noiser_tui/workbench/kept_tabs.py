"""A page as the tab that a session keeps of it, and such a tab as a page that can be gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from noiser.chat import Chat, Message
from noiser.comparison.rows import plan
from noiser.errors import WrongUse
from noiser.events import Warned
from noiser_tui.history.session import Tab
from noiser_tui.workbench.chat_form import ChatForm, Said, form_of
from noiser_tui.workbench.comparison_page import ComparisonPage, planned_page
from noiser_tui.workbench.continuation import LEFT as NOT_WRITTEN
from noiser_tui.workbench.continuation import kept, put_back
from noiser_tui.workbench.desk import Desk, Page
from noiser_tui.workbench.measured import LEFT, Doing, Measured
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.response_form import ResponseForm
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.settings_page import SettingsPage
from noiser_tui.workbench.state import State
from noiser_tui.workbench.text_page import TextPage, no_prompt
from noiser_tui.workbench.ways import Ways

if TYPE_CHECKING:
    from noiser_tui.workbench.studies.page import StudyPage

UNFINISHED = "This run was not done when the workbench was left: F5 goes on with it."
LOST = "This run was not done when the workbench was left: F5 begins it anew."
"""Of one of which nothing was kept that could be gone on from."""
STOPPED = "This run was cancelled: F5 goes on with it."
CANCELLED = "This comparison was cancelled: F5 goes on with the rows that are left."


@dataclass(frozen=True)
class Kind:
    """How pages of one kind are kept: `fields` of a tab tell all that `page` needs to make it again.

    `going` says whether a page's run is under way, which F5 will go on with.
    """

    page: Callable[[Tab, Desk], Page]
    fields: Callable[[Any], dict[str, Any]] = lambda page: {}
    going: Callable[[Any], bool] = lambda page: False


def is_going(page: Page) -> bool:
    """Whether a run of the page is under way that is to be gone on with if it is ended now."""
    return page.kind in KINDS and KINDS[page.kind].going(page)


def fields_of(page: Page) -> dict[str, Any]:
    """What a session keeps of a page, as fields of a tab."""
    going = is_going(page) or page.note in (UNFINISHED, LOST)
    return {"unfinished": going, **KINDS[page.kind].fields(page)}


def page_of(tab: Tab, desk: Desk) -> Page:
    """The page of a tab; what was found comes from the history, which is read later."""
    return KINDS[tab.kind].page(tab, desk)


# Explanations


def _explanation(page: State) -> dict[str, Any]:
    return {
        "text": page.text,
        "request": page.request,
        "asked_with": page.run.asked_with,
        "step": page.run.at,
        "failed": page.run.why,
        "warnings": tuple(one.message for one in page.run.warnings) if page.run.why else (),
        **_chat_fields(page.chat),
        "response": page.response.response,
        "against": page.response.against,
        "measuring": page.measured.doing or page.measured.left,
        **_continuation_fields(page),
    }


def _explanation_page(tab: Tab, desk: Desk) -> Page:
    note = (UNFINISHED if tab.run else LOST) if tab.unfinished else ""
    asked_with = tab.asked_with or (tab.request if tab.unfinished else None)
    run = Run(at=tab.step, asked_with=asked_with)
    if tab.failed:
        told = tuple(map(Warned, tab.warnings))
        run = replace(run, outcome="failed", why=tab.failed, warnings=told)
    page = State(desk.model_name, text=tab.text, request=tab.request, run=run, note=note)
    left: Doing = next((one for one in LEFT if one == tab.measuring), "")
    page = replace(page, measured=Measured(left=left))
    response = ResponseForm(tab.response, tab.against)
    page = replace(page, chat=_form(tab), response=response, error=tab.failed)
    if tab.continued_by != desk.model_name:  # its ids are of another vocabulary
        return page
    written = put_back(page.said, tab.continued, tab.continued_by)
    if tab.continuing > len(written.written):
        page = replace(page, note=page.note or NOT_WRITTEN)
        written = replace(written, tokens=tab.continuing, chosen=tab.chosen)
    return replace(page, continuation=written)


def _continuation_fields(page: State) -> dict[str, Any]:
    """What is written after the text, where it is still that text."""
    if page.continuation.text != page.said:
        return {}
    there = page.continuation
    fields = {"continued": kept(there), "continued_by": there.model}
    return {**fields, "continuing": there.tokens, "chosen": there.chosen if there.tokens else ()}


def _chat_fields(form: ChatForm) -> dict[str, Any]:
    before = tuple((one.role, one.content) for one in form.before)
    return {"chat": form.on, "role": form.role, "before": before}


def _form(tab: Tab) -> ChatForm:
    """How the text of a tab is read; messages that could not be are left out."""
    try:
        before = tuple(Message(role, content) for role, content in tab.before)
        return ChatForm(tab.chat, before, Message(tab.role, "text").role)
    except WrongUse:
        return ChatForm(tab.chat)


# Comparisons


def _comparison(page: ComparisonPage) -> dict[str, Any]:
    form, text = (ChatForm(), page.text) if page.chat is None else form_of(page.chat.messages)
    fields = {"text": text, "failed": page.error, **_chat_fields(form)}
    if page.request is None:  # its rows tell all that is known of it
        return fields
    ways = page.ways
    own = {name: dict(given) for name, given in ways.given.items()}
    asked = {"methods": ways.methods, "bounds": ways.bounds, "models": ways.models}
    return {**fields, **asked, "own": own, "top": ways.top, "request": page.request}


def _comparison_page(tab: Tab, desk: Desk) -> Page:
    """A comparison without rows yet: those that were made come from the history."""
    asked: Said = _form(tab).around(tab.text)
    ways = Ways(tab.methods, tab.bounds, tab.models, tab.own, tab.top)
    note = "" if tab.run or tab.failed else CANCELLED
    if tab.unfinished:
        note = UNFINISHED if tab.run else LOST
    try:
        rows = plan(ways.models, ways.methods, ways.bounds, tab.request, ways.given)
    except WrongUse:  # it was opened, or another version knew such ways
        chat = asked if isinstance(asked, Chat) else None
        return ComparisonPage(tab.text, chat=chat, error=tab.failed)
    page = planned_page(asked, rows, ways, tab.request)
    return replace(page, error=tab.failed, note=note)


# Prompts of a file


def _prompts(page: PromptList) -> dict[str, Any]:
    made_with = {name: cast("str | None", value) for name, value in page.made_with.items()}
    asked = {"request": page.request, "made_with": made_with}
    return {**asked, "each": page.each, "digest": page.digest}


def _prompts_page(tab: Tab, desk: Desk) -> Page:
    """The prompts of a file, read when its tab is on top."""
    page = PromptList(tab.path, tab.request, kept=tab.each, digest=tab.digest or "none")
    return replace(page, made_with=tab.made_with)


# All of them


def _study(page: StudyPage) -> dict[str, Any]:
    return {"measure": page.measure if page.chosen else None, "against": page.against}


def _study_page(tab: Tab, desk: Desk) -> Page:
    """The study of a tab, read again: it goes on in a process of its own."""
    from noiser_tui.workbench.studies.page import StudyPage  # it needs numpy

    chosen = tab.measure is not None
    return StudyPage(tab.path, measure=tab.measure or "", chosen=chosen, against=tab.against)


def _text_page(tab: Tab, desk: Desk) -> Page:
    """The text of a file that is no prompt."""
    return TextPage(tab.text, no_prompt(Path(tab.path), tab.text))


KINDS: Mapping[str, Kind] = {
    "explanation": Kind(
        _explanation_page, _explanation, lambda page: page.run_job != 0 and not page.adding
    ),
    "comparison": Kind(_comparison_page, _comparison, lambda page: page.run_job != 0),
    "prompts": Kind(_prompts_page, _prompts, lambda page: page.run_job != 0),
    "study": Kind(_study_page, _study),
    "settings": Kind(lambda tab, desk: SettingsPage()),
    "text": Kind(_text_page, lambda page: {"text": page.text}),
}
"""Every kind of page that is open again after a restart."""
