"""Work beside the loop: no disk, terminal or network is waited for, by the keys or when leaving."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.message_pump import MessagePump

from noiser.errors import NoiserError

T = TypeVar("T")


def beside(
    asking: MessagePump,
    work: Callable[[], T],
    *,
    use: Callable[[T], object] | None = None,
    failed: Callable[[str], object],
) -> threading.Thread:
    """Do `work` in a thread of its own; the loop then gets what it gave, or why not in one sentence.

    `asking` is the app or the widget that wants to know: where it is gone by then, nobody is told. The
    thread is a daemon: who leaves may wait for it.
    """

    def run() -> None:
        try:
            made = work()
        except NoiserError as error:
            asking.call_later(partial(failed, str(error)))
        except OSError as error:
            what = error.strerror or str(error)
            asking.call_later(
                partial(failed, f"{what}: {error.filename}" if error.filename else what)
            )
        except Exception as error:  # whatever it is: who asked still waits for an answer
            logging.getLogger("noiser").exception("work beside the loop failed")
            asking.call_later(partial(failed, f"This is a bug in Noiser: {error!r}."))
        else:
            if use is not None:
                asking.call_later(partial(use, made))

    thread = threading.Thread(target=run, name="beside", daemon=True)
    thread.start()
    return thread
