"""`noiser explain --estimate`: what a run would cost, and no run."""

from __future__ import annotations

import json
from dataclasses import asdict

from noiser.chat import Chat
from noiser.export import forecast
from noiser.request import Request
from noiser_tui.cli.deliver import print_line
from noiser_tui.cli.fail import say
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.cli.progress import Progress


def estimate_one(
    asked: str | Chat,
    request: Request,
    choice: ModelChoice,
    *,
    memory: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Load the model, measure how fast it is on this prompt, and print what explaining would take."""
    with Progress(quiet=quiet) as progress:
        model = choice.load(progress)
        from noiser.estimator import estimate  # after loading: it imports torch

        found = estimate(model, asked, request, memory=memory)
    doubt = forecast.not_known(request)
    if not as_json:
        line = forecast.expected(found)
        print_line("\n".join(filter(None, [line[0].upper() + line[1:] + ".", doubt])))
        return
    if doubt and not quiet:
        say(doubt)
    print_line(json.dumps(asdict(found)))
