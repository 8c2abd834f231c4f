"""A server on loopback that takes every question and never answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Silent:
    """Its address, whether it was asked, and the lines that it was asked by."""

    url: str
    was_asked: threading.Event = field(default_factory=threading.Event)
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def silent_server() -> Iterator[Silent]:
    """One that may also stand as a proxy; it hangs up at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Silent(f"http://127.0.0.1:{listening.getsockname()[1]}")
        held: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):  # it is closed
                while True:
                    one, _ = listening.accept()
                    held.append(one)
                    found.asked.append(one.recv(1000).partition(b"\r\n")[0])
                    found.was_asked.set()

        threading.Thread(target=serve, daemon=True).start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()
