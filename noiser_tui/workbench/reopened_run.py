"""A run that was kept, shown as if it had been made now."""

from __future__ import annotations

import math
from dataclasses import replace

from noiser.errors import WrongUse
from noiser.events import Bracket, SearchNarrowed
from noiser.explanation import Explanation
from noiser.methods import get_method
from noiser.reopened import inside_of, members_of, prompt_of, request_of
from noiser.request import Request
from noiser.units import unit_text
from noiser_tui.workbench.chat_form import ChatForm, form_of, last_said
from noiser_tui.workbench.kept_tabs import LOST, STOPPED, UNFINISHED
from noiser_tui.workbench.response_form import Responded, ResponseForm, responded_in
from noiser_tui.workbench.run import Run, shown
from noiser_tui.workbench.state import State


def run_of(explanation: Explanation) -> Run:
    """The run that ended with this explanation, as far as the record tells; of several targets all."""
    outcome = "done" if explanation.complete else "cancelled"
    responded = responded_in(explanation)
    if explanation.complete and explanation.continuation:
        steps = explanation.steps_explained
        ones = [_one(replace(one, continuation=()), outcome) for one in steps]
        done = tuple(replace(one, responded=responded) for one in ones)
        return shown(replace(done[0], done=done), 0)
    return replace(_one(explanation, outcome), responded=responded)


def page_of(explanation: Explanation, blank: State) -> State:
    """A page like `blank` that shows a run, asked for as it was."""
    run = run_of(explanation)
    messages, text, response = explanation.messages, run.text or "", ResponseForm()
    if (asked := run.responded) is not None:
        response = ResponseForm(asked.response, asked.against)
        text = last_said(asked.prompt)
        messages = () if isinstance(asked.prompt, str) else asked.prompt.messages
    form, text = form_of(messages) if messages else (ChatForm(), text)
    request = _request(explanation, here=made_here(explanation, blank.model_name))
    page = replace(blank, text=text, chat=form, response=response, request=request, before=request)
    alone = not (explanation.continuation or explanation.finished)
    page = replace(page, run=replace(run, asked_with=request if alone else None))
    return replace(page, chosen_for=page.asked)


def put_back(page: State, explanation: Explanation) -> State:
    """A page of the last session with what was found then; what was typed since stays."""
    run, at = run_of(explanation), page.run.at
    asked = page.asked
    if isinstance(asked, Responded) and run.responded == replace(asked, against=""):
        # of a margin that was ended in its first text the record has that alone
        run = run if explanation.complete else replace(run, responded=asked)
    run = shown(run, at) if at < len(run.done) else run
    run = replace(run, asked_with=page.run.asked_with)
    if page.run.why:  # what there was of a run that failed
        outcome = run.outcome if explanation.complete else page.run.outcome
        run = replace(run, outcome=outcome, why=page.run.why)
    begun = replace(page, run=run).begun is not None
    if page.note == UNFINISHED and not begun:
        page = replace(page, note=LOST)
    elif begun and not page.note:
        page = replace(page, note=STOPPED)
    target = page.request.target or page.request.contrast
    chosen_for = page.asked if target else page.chosen_for
    return replace(page, run=run, edited=page.asked != run.asked, chosen_for=chosen_for)


def made_here(explanation: Explanation, model_name: str) -> bool:
    """Whether the model of this name made it."""
    return explanation.model.get("name") == model_name


def _one(explanation: Explanation, outcome: str) -> Run:
    prompt = prompt_of(explanation)
    units = tuple(tuple(range(one.first, one.last + 1)) for one in explanation.units)
    zoom = explanation.zoom
    return Run(
        prompt=prompt,
        granularity=explanation.granularity,
        joint=explanation.aggregate == "joint",
        units=units,
        names={one[0]: unit_text(prompt.text, prompt.tokens, one) for one in units},
        inside=0 if zoom is None else len(zoom.units),
        target=explanation.target,
        next_tokens=explanation.next_tokens,
        search=_search(explanation),
        raw={i: one.raw for i, one in enumerate(explanation.tokens) if one.raw is not None},
        work=explanation.work,
        explanation=explanation,
        warnings=explanation.warnings,
        outcome=outcome,
    )


def _search(explanation: Explanation) -> SearchNarrowed | None:
    """Where the search ended: that inside the units where some were looked into."""
    zoom = explanation.zoom
    if zoom is not None:
        alphas = {i: explanation.tokens[i].alpha for i in inside_of(explanation)}
        leaders = zoom.leaders
    else:
        whole = {one.first: one.alpha for one in explanation.units}
        joint = bool(whole) and explanation.aggregate == "joint"
        alphas = {
            i: whole[i] if joint else explanation.tokens[i].alpha for i in members_of(explanation)
        }
        leaders = explanation.leaders
    brackets = {
        i: Bracket(*alpha, out_at=_out_at(*alpha, explanation.steps))
        for i, alpha in alphas.items()
        if alpha is not None
    }
    known = tuple(i for i in leaders if i in brackets)
    if not brackets:
        return None
    steps = explanation.steps
    return SearchNarrowed(steps, steps, brackets, known, known, explanation.work)


def _out_at(low: float, high: float, steps: int) -> int | None:
    """The step after which a bracket was left alone, that of its finer end; None: halved to the last."""
    halved = round(-math.log2(high - low)) if high > low else steps
    if halved >= steps:
        return None
    tried = max(end.as_integer_ratio()[1].bit_length() - 1 for end in (low, high))
    return min(max(1, tried), steps)


def _request(explanation: Explanation, *, here: bool) -> Request:
    """How it was asked for; ids of another vocabulary are put as their texts."""
    request = request_or_default(explanation)
    if explanation.explains not in ("token", "answer"):
        return request
    if explanation.continuation and not explanation.whole:
        return replace(request, generate=len(explanation.continuation) + 1)
    if explanation.reference:
        return request
    target, contrast, likely = explanation.target, explanation.contrast, explanation.next_tokens
    chosen = None
    if explanation.whole:
        chosen = target.text
    elif not likely or likely[0].id != target.id:
        chosen = f"id:{target.id}" if here else target.text
    against = None
    if contrast is not None:
        against = f"id:{contrast.id}" if here else contrast.text
    return replace(request, target=chosen, contrast=against)


def request_or_default(explanation: Explanation) -> Request:
    """The options of a run; the default ones where a record of another program has its own."""
    try:
        request = request_of(explanation)
        own = get_method(explanation.method).options
        return replace(request, **{k: v for k, v in explanation.options.items() if k in own})  # type: ignore[arg-type]
    except WrongUse:
        return Request()
