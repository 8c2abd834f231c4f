"""The command line. Nothing is imported before `main`, so that even an early Ctrl+C ends in one line."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `noiser` with `arguments` (None: those of the process) and return its exit code."""
    try:
        from noiser_tui.cli.guard import run

        return run(arguments)
    except KeyboardInterrupt:  # while the little that `run` needs was still being imported
        import sys

        print("noiser: interrupted.", file=sys.stderr)  # noqa: T201
        return 130
