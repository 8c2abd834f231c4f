"""What is asked about a prompt: run it, and choose how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench.actions.registry import action, later

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

_HERE = "!modal && document == 'explanation'"

action(
    "run",
    "Explain the prompt",
    "f5",
    when=_HERE,
    short="Explain",
    help="Find the words the target hangs on",
)(later("asking:run"))

action(
    "cancel",
    "Cancel",
    "escape",
    "shift+f5",
    when="!modal && ((running && document != 'prompts') || (loading && !running))",
    short="Cancel",
    help="Stop the run, what it has stays; or the model that is loading",
    priority=False,
)(later("asking:cancel"))

action("estimate", "Estimate cost", "ctrl+t", when=_HERE, help="How long explaining would take")(
    later("asking:estimate")
)

action(
    "method",
    "Choose the method",
    "f2",
    when=_HERE,
    args=True,
    short="Method",
    help="How importance is measured",
)(later("choosing:method"))

action(
    "bound",
    "Choose the bound",
    "f3",
    when=_HERE,
    args=True,
    short="Bound",
    help="Which noise scale is used for scoring",
)(later("choosing:bound"))

action(
    "norm",
    "Choose the norm",
    "f4",
    when=_HERE,
    args=True,
    short="Norm",
    help="What the noise is divided by",
)(later("choosing:norm"))

action(
    "target",
    "Choose the target",
    "f6",
    when=_HERE,
    args=True,
    short="Target",
    help="Which next token is explained",
)(later("choosing:target"))

action(
    "contrast",
    "Choose a contrast",
    "f7",
    when=_HERE,
    args=True,
    short="Versus",
    help="Explain the target against another",
)(later("choosing:contrast"))

action(
    "continue_prompt",
    "Continue the prompt",
    "alt+n",
    when=_HERE,
    help="What the model writes next: the arrows walk it, Enter explains a token, Esc goes back",
)(later("continuing:continue_prompt"))

action(
    "choose_written",
    "Explain the token of the continuation",
    "enter",
    when="!modal && focus == 'strip'",
    short="This token",
    help="Or go on with the other one that the cursor is on",
    priority=False,
)(later("continuing:choose_written"))

action(
    "leave_written",
    "Back from the continuation to the prompt",
    "escape",
    when=f"{_HERE} && focus == 'strip' && !running && !loading && (!replaying || zen)",
    short="Back",
    priority=False,
)(later("continuing:to_prompt"))

action(
    "contrast_this",
    "Hold the target against this token",
    "c",
    when="!modal && focus == 'next'",
    help="In the list of next tokens; Enter makes it the target",
    priority=False,
)(later("inspecting:contrast_pointed"))

action(
    "granularity",
    "Explain by token, word, sentence or line",
    "ctrl+g",
    when=_HERE,
    args=True,
    help="What gets its noise together, for long prompts",
)(later("choosing:granularity"))

action(
    "zoom",
    "Look into the strongest of them",
    "ctrl+l",
    when=_HERE,
    args=True,
    help="How many words, sentences or lines are explained token by token",
)(later("choosing:zoom"))

action(
    "mark_span",
    "Mark the selection as one unit",
    "alt+u",
    when=_HERE,
    help="Or the word at the cursor; once more takes the mark away",
)(later("marking:mark"))

action(
    "options",
    "All options of the explanation",
    "shift+f2",
    "alt+q",
    when=_HERE,
    help="Every one with its value and what it is, changed in one go",
)(later("options_room:options"))

action(
    "more_draws",
    "More draws: four times as many",
    "ctrl+r",
    when=f"{_HERE} && focus != 'side'",
    help="Surer scores: only the new draws run, at the scale found",
)(later("adding:add_draws"))

action(
    "draws_in_all",
    "More draws …",
    "ctrl+k d",
    when=f"{_HERE} && explained",
    help="As many in all as you say; only the new ones run",
)(later("adding:ask_draws"))


@action(
    "seed",
    "Draw other noise (next seed)",
    "ctrl+k a",
    when=_HERE,
    help="The same search, other draws",
)
def seed(app: Workbench) -> None:
    """Draw other noise."""
    if app.desk.explanation is not None:
        app.change_request(seed=app.desk.explanation.request.seed + 1)


@action(
    "specials",
    "Noise on special tokens on or off",
    "ctrl+k b",
    when=_HERE,
    help="Include or exclude BOS, chat templates and the like",
)
def specials(app: Workbench) -> None:
    """Put noise on special tokens, or leave them out."""
    if app.desk.explanation is not None:
        now = app.desk.explanation.request.specials
        app.change_request(specials="exclude" if now == "include" else "include")


action(
    "chat",
    "Read the prompt as a chat: on or off",
    "ctrl+k c",
    when=_HERE,
    help="The text is what the user says, in the model's own chat template",
)(later("chat_room:toggle"))

action(
    "chat_system",
    "System message of the chat",
    "ctrl+k y",
    when=_HERE,
    help="What the system says before the user; the prompt is a chat then",
)(later("chat_room:ask_system"))

action("model", "Choose the model", "ctrl+k m", help="Built-in, cached or any other", args=True)(
    later("choosing:model")
)
