"""A server on loopback that plays a script of replies, good and bad, and notes what it was sent."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIST = "1. Paris\n2. Lyon\n3. Nice\n4. Lille\n5. Metz"

Play = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Faulty:
    """What the server plays next (the last one again and again), and what came.

    `at_once` counts the requests that have come and have no answer yet: an answer that is on its way
    counts no more, because who asked may have read it, and asked again, before the server's thread ends.
    """

    script: list[Play]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def good(text: str = LIST, tokens: int = 30) -> Play:
    message = {"role": "assistant", "content": text}
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": tokens - 10, "total_tokens": tokens},
    }
    return says(200, json.dumps(body))


def says(status: int, body: str, kind: str = "application/json", **headers: str) -> Play:
    def play(handler: BaseHTTPRequestHandler) -> None:
        data = body.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return play


def half_a_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"id": "1", "choices": [{"mess')


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def silent(seconds: float) -> Play:
    return lambda handler: time.sleep(seconds)


def held(until: threading.Event, then: Play) -> Play:
    """Silence until that is set, or for as long as no test should take."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        until.wait(60)
        then(handler)

    return play


def slow(seconds: float, then: Play) -> Play:
    def play(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(handler)

    return play


@contextmanager
def serving(*script: Play) -> Iterator[Faulty]:
    """The server, running until the block ends."""
    faulty = Faulty(list(script))

    class Handler(BaseHTTPRequestHandler):
        waiting = False

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with faulty.lock:
                faulty.bodies.append(json.loads(body))
                faulty.keys.append(self.headers.get("Authorization", ""))
                play = faulty.script.pop(0) if len(faulty.script) > 1 else faulty.script[0]
                self.waiting = True
                faulty.at_once += 1
                faulty.most_at_once = max(faulty.most_at_once, faulty.at_once)
            try:
                play(self)
            except OSError:  # the client has left, as it should
                pass
            finally:
                self.wait_no_more()
            self.close_connection = True

        def send_response(self, code: int, message: str | None = None) -> None:
            self.wait_no_more()
            super().send_response(code, message)

        def wait_no_more(self) -> None:
            with faulty.lock:
                faulty.at_once -= self.waiting
                self.waiting = False

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    faulty.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield faulty
    finally:
        server.shutdown()
        server.server_close()
