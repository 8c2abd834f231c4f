"""A hub on loopback that serves folders and refuses as the real one does; it counts requests."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REFUSALS = {
    "gone/missing": (404, "RepoNotFound"),
    "closed/gated": (403, "GatedRepo"),
    "closed/unauthorised": (401, "GatedRepo"),
    "private/secret": (401, "RepoNotFound"),
    "busy/server": (503, ""),
}


@dataclass
class FakeHub:
    """Repositories by name, each a folder; `asked` lists 'METHOD /path' of every request."""

    folders: dict[str, Path]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    stops: dict[str, int] = field(default_factory=dict)
    """After so many bytes of a file with this in its path the hub is silent, until `goes_on`."""
    goes_on: threading.Event = field(default_factory=threading.Event)

    def about(self, repo: str) -> list[str]:
        return [line for line in self.asked if f"/{repo}/" in line or line.endswith(f"/{repo}")]


@contextmanager
def serve(folders: dict[str, Path]) -> Iterator[FakeHub]:
    hub = FakeHub(folders)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            path = unquote(self.path.partition("?")[0])
            hub.asked.append(f"{self.command} {path}")
            if path == "/mark":
                self.reply(200, {})
                return
            if "/dropped/line/" in path:
                self.close_connection = True
                self.connection.close()
                return
            for repo, (status, code) in REFUSALS.items():
                if repo in path:
                    self.reply(status, {"X-Error-Code": code} if code else {})
                    return
            parts = path.strip("/").split("/")
            if parts[:2] == ["api", "models"]:
                self.tell_about("/".join(parts[2:4]), parts[4:])
                return
            folder = hub.folders.get("/".join(parts[:2]))
            if folder is None or parts[2:3] != ["resolve"]:
                self.reply(
                    404, {"X-Error-Code": "RepoNotFound" if folder is None else "EntryNotFound"}
                )
            elif parts[3] not in ("main", COMMIT):
                self.reply(404, {"X-Error-Code": "RevisionNotFound"})
            elif not (folder / parts[4]).is_file():
                self.reply(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            else:
                data = (folder / parts[4]).read_bytes()
                etag = hashlib.sha256(data).hexdigest()
                self.reply(200, {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"'}, data)

        def tell_about(self, repo: str, rest: list[str]) -> None:
            folder = hub.folders.get(repo)
            if folder is None:
                self.reply(404, {"X-Error-Code": "RepoNotFound"})
            elif rest[:1] == ["tree"]:
                self.reply(404, {"X-Error-Code": "EntryNotFound"})
            else:
                files = [
                    {"rfilename": file.name, "size": file.stat().st_size}
                    for file in sorted(folder.iterdir())
                ]
                about = {"id": repo, "sha": COMMIT, "siblings": files, "tags": []}
                self.reply(200, {"Content-Type": "application/json"}, json.dumps(about).encode())

        def reply(self, status: int, headers: dict[str, str], data: bytes = b"") -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command == "GET":
                self.send(data)

        def send(self, data: bytes) -> None:
            stop = next((n for name, n in hub.stops.items() if name in self.path), len(data))
            try:
                self.wfile.write(data[:stop])
                if stop < len(data):
                    hub.goes_on.wait(60)
                    self.wfile.write(data[stop:])
            except OSError:  # nobody listens any more
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
