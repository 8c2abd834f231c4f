"""The program `noiser`, also as `python -m noiser_tui`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line and end the process at once.

    Taking torch apart in order costs 2 s after the answer stands there, and aborts where the
    engine's thread is still inside it. Everything was written and flushed by then.
    """
    from noiser_tui.cli import main

    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, full or not there
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
