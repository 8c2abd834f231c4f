"""The command line. Nothing is imported before `main`, so that even an early Ctrl+C ends in one line."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `noiser` with `arguments` (None: those of the process) and return its exit code."""
    try:
        from noiser_tui.cli.interrupt import watching

        with watching():
            from noiser_tui.cli.guard import run

            return run(arguments)
    except KeyboardInterrupt:  # before `run` could speak for itself
        import sys

        sys.stderr.write("noiser: interrupted.\n")
        exec("", {})  # as in `interrupt.forget`
        return 130
