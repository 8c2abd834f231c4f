"""`noiser explain --jsonl`: many prompts, one record out per line, in order, as they come.

With `--devices` they are spread over several, a copy of the model on each; the output is the same.

What a line may be is told by `noiser.prompt_lines`. A line that fails gives {"format": "noiser/1",
"line": N, "error": "…"} in its place, so that outputs stay beside their inputs.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from noiser.errors import Cancelled
from noiser.explanation import FORMAT, Explanation
from noiser.prompt_lines import numbered_lines, read_line
from noiser.request import Request
from noiser_tui.cli.deliver import print_line, print_record, warning_lines
from noiser_tui.cli.fail import FAILED, Interrupted, say, sentence
from noiser_tui.cli.interrupt import interrupted
from noiser_tui.cli.lanes import Lanes
from noiser_tui.cli.model_choice import ModelChoice
from noiser_tui.cli.progress import Progress
from noiser_tui.cli.prompts import opened

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


def explain_many(
    source: str, request: Request, choice: ModelChoice, *, quiet: bool, memory: str | None = None
) -> int:
    """Explain every line of `source`; the exit code is 1 when any of them failed."""
    done = failed = 0
    try:
        with Progress(quiet=quiet) as progress, opened(source) as stream:
            models = choice.load_each(progress)
            from noiser.explainer import explain  # after loading: it imports torch
            from noiser.spread import spread

            lanes = Lanes(progress, models)

            def work(
                model: LanguageModel, line: tuple[int, bytes], stop: threading.Event
            ) -> Explanation:
                prompt, own = read_line(line[1], request)
                with lanes.at(model, line[0]) as emit:
                    return explain(model, prompt, own, cancel=stop, emit=emit, memory=memory)

            for (number, _), outcome in spread(
                models, numbered_lines(stream), work, cancel=interrupted
            ):
                with lanes.off():
                    if isinstance(outcome, Exception):
                        failed += 1
                        _fail(number, outcome)
                    else:
                        done += 1
                        _deliver(number, outcome, quiet=quiet)
    except (KeyboardInterrupt, Cancelled):
        were = "prompt was" if done == 1 else "prompts were"
        raise Interrupted(f"interrupted; {done} {were} explained.") from None
    if failed and not quiet:
        say(f"{failed} of {done + failed} lines failed.")
    return FAILED if failed else 0


def _deliver(number: int, explanation: Explanation, *, quiet: bool) -> None:
    if not quiet:
        for text in warning_lines(explanation):
            say(f"line {number}: warning: {text}")
    print_record(explanation)


def _fail(number: int, error: Exception) -> None:
    told = sentence(error)
    say(f"line {number}: {told}")
    print_line(json.dumps({"format": FORMAT, "line": number, "error": told}))
