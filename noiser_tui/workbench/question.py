"""How a page changes with what is asked about: the text, how it is read, what is responded to it."""

from __future__ import annotations

from dataclasses import replace

from noiser_tui.workbench.chat_form import ChatForm
from noiser_tui.workbench.response_form import REWARD_BOUND, ResponseForm, let_go_for
from noiser_tui.workbench.spans import marks_kept, spans_kept, with_marks, with_spans
from noiser_tui.workbench.state import State, without_target


def prompt_changed(state: State, text: str) -> State:
    """The text is another: a target chosen for the one before is let go, and spans whose text is gone."""
    request = state.request
    if request.granularity == "span" and text != state.text:
        if state.chat.on:
            said = [text, *(one.content for one in state.chat.before)]
            request = with_marks(request, marks_kept(request.marks, said))
        else:
            request = with_spans(request, spans_kept(request.spans, state.text, text))
    return _asked_changed(replace(state, text=text, request=request))


def chat_changed(state: State, chat: ChatForm) -> State:
    """The text is read otherwise: as it is, or in a chat; its marks were of the text as it was read."""
    request = state.request
    request = request.by_token if request.granularity == "span" else request
    return _asked_changed(replace(state, chat=chat, request=request, error=""))


def response_changed(state: State, response: ResponseForm, bound: str) -> State:
    """Another response is asked about, or none; then `bound` is used again where one was replaced."""
    request = state.request
    if response.on:
        request = replace(request, **let_go_for(request.bound))
    elif request.bound == REWARD_BOUND:
        request = replace(request, bound=bound)
    return _asked_changed(replace(state, response=response, request=request, error=""))


def _asked_changed(state: State) -> State:
    asked, explained, request = state.asked, state.run.asked, state.request
    note = state.note if state.costs is not None and state.costs.text == asked else ""
    state = replace(state, edited=explained is not None and asked != explained, note=note)
    chosen = request.target is not None or request.contrast is not None or request.at
    if asked == state.chosen_for or not chosen:
        return state
    return replace(state, request=without_target(request))
