"""`noiser explain --jsonl`: many prompts, one record out per line, in order, as they come.

With `--devices` they are spread over several, a copy of the model on each; the output is the same.

A line is a JSON string, the prompt, or an object with "prompt", or the "messages" of a chat, and any
field of the request ("target", "contrast", "bound", "seed", …) that is to differ from the options;
other keys are the user's own and left alone. A line that fails gives {"format": "noiser/1",
"line": N, "error": "…"} in its place, so that outputs stay beside their inputs; empty lines are
passed over.
"""

from __future__ import annotations

import difflib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from noiser.chat import Chat, make_chat
from noiser.errors import Cancelled, NoiserError, unknown
from noiser.explanation import FORMAT, Explanation
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

_FIELDS = tuple(field.name for field in fields(Request))
_ALMOST = 0.8
"""A key this close to a field's name is a slip of the fingers, not a key of the user's own."""


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

            for (number, _), outcome in spread(models, _lines(stream), work, cancel=interrupted):
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


def read_line(line: bytes, request: Request) -> tuple[str | Chat, Request]:
    """The prompt or the chat of one line, and the request with the line's own fields."""
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NoiserError("this is not UTF-8 text.") from error
    except ValueError as error:
        raise NoiserError(f"this is not JSON: {error}.") from error
    except RecursionError:
        raise NoiserError("this is nested too deeply.") from None
    if isinstance(data, str):
        return data, request
    if isinstance(data, dict) and "messages" in data and "prompt" not in data:
        return make_chat(data), _own_request(data, request)
    if not isinstance(data, dict) or not isinstance(data.get("prompt"), str):
        raise NoiserError(
            'a line is a JSON string, or an object with "prompt" as a string or "messages" as a list.'
        )
    return data["prompt"], _own_request(data, request)


def _own_request(data: dict[str, Any], request: Request) -> Request:
    from pydantic import TypeAdapter, ValidationError

    for key in data:
        near = difflib.get_close_matches(key, _FIELDS, n=1, cutoff=_ALMOST)
        if near and key not in _FIELDS:
            raise unknown("key", key, _FIELDS)
    own = {key: value for key, value in data.items() if key in _FIELDS}
    if not own:
        return request
    try:
        # As JSON, because strict Python input would want a Request and not a dictionary.
        merged = json.dumps({**asdict(request), **own})
        return TypeAdapter(Request).validate_json(merged, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NoiserError(f"{where}: {first['msg']}.") from error


def _lines(stream: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _deliver(number: int, explanation: Explanation, *, quiet: bool) -> None:
    if not quiet:
        for text in warning_lines(explanation):
            say(f"line {number}: warning: {text}")
    print_record(explanation)


def _fail(number: int, error: Exception) -> None:
    told = sentence(error)
    say(f"line {number}: {told}")
    print_line(json.dumps({"format": FORMAT, "line": number, "error": told}))
