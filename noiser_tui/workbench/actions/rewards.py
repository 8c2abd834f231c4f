"""A response to the prompt, and what a reward model's number for it rests on."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_HERE = "!modal && document == 'explanation'"

action(
    "reward",
    "Explain a response's reward",
    "ctrl+k r",
    when=_HERE,
    help="By a reward model: which tokens of prompt and response raise or lower it",
)(later("response_room:explain"))

action(
    "response",
    "Set the response",
    "ctrl+k e",
    when=_HERE,
    help="What is responded to the prompt, for a reward model to judge",
)(later("response_room:ask_response"))

action(
    "against",
    "Set the other response",
    "ctrl+k o",
    when=f"{_HERE} && responded",
    help="Explain the margin over it; empty for the reward alone",
)(later("response_room:ask_other"))

action(
    "no_response",
    "No response",
    "ctrl+k n",
    when=f"{_HERE} && responded",
    help="The prompt alone is asked about again",
)(later("response_room:let_go"))
