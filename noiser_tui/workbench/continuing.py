"""Asking for what the model writes after the prompt, and explaining it token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench.asking import run
from noiser_tui.workbench.continuation import Continuation, Step
from noiser_tui.workbench.engine import Continue
from noiser_tui.workbench.widgets.continuation_strip import ContinuationStrip

if TYPE_CHECKING:
    from noiser.events import NextToken
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.state import State

TOKENS = 20
"""Tokens that are written at most."""


def continue_prompt(app: Workbench) -> None:
    """Ask how the prompt goes on, once the editor has taken in what was typed before the key."""
    if app.desk.explanation is not None:
        app.call_after_typing(_begin, app)


def _begin(app: Workbench) -> None:
    """Ask, or go on, and give the keys to what comes: it is asked for to be walked."""
    there = app.state.continuation
    if there.left and (there.text, there.model) == (app.state.said, app.state.model_name):
        _ask(app, there.chosen, there.written, there.tokens)
    else:
        _ask(app, ())
    strip = app.view.query_one(ContinuationStrip)
    if app.state.continuation.job and strip.display:
        app.base.set_focus(strip)


def choose_written(app: Workbench) -> None:
    """Explain the token under the cursor of the continuation, or go on with another in its place."""
    app.view.query_one(ContinuationStrip).choose()


def to_prompt(app: Workbench) -> None:
    """Give the keys back to the prompt."""
    app.view.focus_first()


def go_another_way(app: Workbench, at: int, token: NextToken) -> None:
    """Continue with another token at one place, the ones before it as they are."""
    page = app.desk.explanation
    if page is not None:
        there = page.continuation
        _ask(app, (*there.ids[:at], token.id), there.written[:at])


def _ask(
    app: Workbench, chosen: tuple[int, ...], begun: tuple[Step, ...] = (), tokens: int = 0
) -> None:
    """Have so many tokens written, the `chosen` ones first, after those that are `begun`."""
    page = app.desk.explanation
    if page is None:
        return
    if not page.text.strip():
        app.refuse("The prompt is empty: type what is to be continued.")
    elif page.phase not in ("ready", "loading"):  # what loads is there by its turn
        app.refuse("The engine is at work: cancel (Esc) or wait, then continue the prompt.")
    elif page.measure is not None:
        app.refuse("A reward is asked about here: there is no next token to continue with.")
    else:
        tokens = tokens or TOKENS + len(chosen)
        ids = tuple(one.token.id for one in begun)
        job = app.engine.submit(
            Continue(page.said, tokens, chosen, ids, page.model_name),
            instead_of=page.continuation.job,
        )
        asked = Continuation(
            job, page.said, chosen, begun, model=page.model_name, tokens=tokens, begun=begun
        )
        app.show_page(replace(page, continuation=asked, error="", note=""))


def explain_written(app: Workbench, at: int) -> None:
    """Explain one of the tokens written against all that stands before it."""
    page = app.desk.explanation
    if page is None or not 0 <= at < len(page.continuation.written):
        return
    if page.asked != page.continuation.text:
        app.refuse("The prompt is another by now: continue it again (Alt+N).")
        return
    app.change_request(**asked_of(page, at))
    if page.run.prompt is None:
        run(app)


def asked_of(page: State, at: int) -> dict[str, str | int | None]:
    """What a request says for one token of a continuation: of the model's own, or of the way chosen."""
    continuation = page.continuation
    one = continuation.written[at]
    if at == 0:
        own = continuation.greedy_to(0)
        target = None if own else f"id:{one.token.id}"
        return {"target": target, "contrast": None, "generate": 0, "at": 0}
    if continuation.greedy_to(at):
        return {"target": None, "contrast": None, "generate": at + 1, "at": at + 1}
    return {"target": one.text, "contrast": None, "generate": 0, "at": at + 1}
