"""Around every command: whatever happens ends as an exit code and at most one sentence."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from noiser_tui.cli import window
from noiser_tui.cli.fail import FAILED, Interrupted, fail, say
from noiser_tui.cli.interrupt import INTERRUPTED, forget, interrupted


def run(arguments: Sequence[str] | None) -> int:
    """Run the command line and return the exit code."""
    with _streams_there():
        if isinstance(sys.stdout, io.TextIOWrapper):  # where a letter cannot be shown, help shows ?
            sys.stdout.reconfigure(errors="replace")
        try:
            code = _run(arguments)
        except BaseException as error:  # noqa: BLE001  # the last place: it becomes a sentence
            code = _ended(error)
        if interrupted.is_set() and code != INTERRUPTED:  # the interrupt was swallowed on its way
            code = fail(Interrupted())
        if code == INTERRUPTED:
            forget()
        return code


def _run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    if window.is_all(given):
        return window.open_plain()
    from typer.main import get_command

    from noiser_tui.cli.app import app
    from noiser_tui.cli.defaults import read_defaults

    result = get_command(app).main(
        arguments, prog_name="noiser", standalone_mode=False, default_map=read_defaults(given)
    )
    sys.stdout.flush()
    code = result if isinstance(result, int) else 0
    if code == INTERRUPTED:  # typer makes this of KeyboardInterrupt
        raise Interrupted
    return code


def _ended(error: BaseException) -> int:
    if interrupted.is_set() and not isinstance(error, Interrupted):
        return fail(Interrupted())
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        _abandon_stdout()  # whoever read it left, as `head` does: that is no error worth a word
        return FAILED
    if isinstance(
        error, OSError
    ):  # a full disk under stdout, say; at its end Python would try again
        _abandon_stdout()
        return fail(error)
    from typer import TyperException

    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        hint = f" (see {context.command_path} --help)" if context is not None else ""
        message = error.format_message().rstrip(".")
        if message.startswith("No such command"):  # a prompt without `explain`, most likely
            hint = "; to explain a text: noiser explain TEXT"
        say(f"{message}{hint}.")
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else FAILED
    return fail(error)


def _abandon_stdout() -> None:
    """Let what is still buffered go nowhere when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


@contextmanager
def _streams_there() -> Iterator[None]:
    """Streams that were closed before we began (`>&-`) are None: write what goes there nowhere."""
    kept = sys.stdout, sys.stderr
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout, sys.stderr = kept[0] or nowhere, kept[1] or nowhere
        try:
            yield
        finally:
            sys.stdout, sys.stderr = kept
