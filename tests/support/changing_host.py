"""A static host whose content changes between visits, and whose network fails as real ones do."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOR_EVER = "public, max-age=31536000, immutable"

Answer = Callable[["_Handler", bytes], None]


class Host:
    """What a host serves at the moment; a test changes it between visits.

    Attributes:
        folders: folder of each site, by the path below which it lies, "/" at both ends.
        faults: how files are answered whose path ends in a key.
        network: "good"; "gone": every request ends in an error; "silent": requests are taken and never answered.
        asked: the path of each request.
    """

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders
        self.faults: dict[str, Answer] = {}
        self.network = "good"
        self.asked: list[str] = []
        self.base = ""

    def find(self, path: str) -> Path | None:
        """Returns the file of a path, from the deepest site that holds the path."""
        for prefix in sorted(self.folders, key=len, reverse=True):
            if path.startswith(prefix):
                rest = path.removeprefix(prefix)
                file = self.folders[prefix] / (rest + "index.html" if rest == "" or rest.endswith("/") else rest)
                return file if file.is_file() else None
        return None


class _Handler(http.server.BaseHTTPRequestHandler):
    host: Host

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.host.asked.append(path)
        if self.host.network == "silent":
            time.sleep(40)
        if self.host.network != "good":
            self.connection.close()
            self.close_connection = True
            return
        file = self.host.find(path)
        if file is None:
            self.send(404, "text/plain", b"no such file")
            return
        fault = next((fault for ending, fault in self.host.faults.items() if path.endswith(ending)), None)
        if fault:
            fault(self, file.read_bytes())
            return
        self.send(200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes())

    def send(self, status: int, content_type: str, body: bytes, cache: str = "no-cache", length: int = -1) -> None:
        """Sends an answer; `length` is what its head promises, by default the truth."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) if length < 0 else length))
        self.send_header("Cache-Control", cache)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def changing_host(folders: dict[str, Path]) -> Iterator[Host]:
    """Serves folders until the block ends."""
    host = Host(folders)

    class Handler(_Handler):
        pass

    Handler.host = host

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """Prints nothing: the test breaks connections on purpose."""

    with Server(("127.0.0.1", 0), Handler) as server:
        host.base = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()


def login_page(handler: _Handler, content: bytes) -> None:
    """Answers 200 with a page of its own, for ever, as the network of a hotel may."""
    handler.send(200, "text/html", b"<!doctype html><title>Log in</title>", cache=FOR_EVER)


def cut_off(handler: _Handler, content: bytes) -> None:
    """Sends half of the file as if it were all, for ever."""
    handler.send(200, _type_of(handler), content[: len(content) // 2], cache=FOR_EVER)


def other_bytes(handler: _Handler, content: bytes) -> None:
    """Sends as many bytes of the right type, one of them wrong, for ever."""
    handler.send(200, _type_of(handler), content[:-1] + bytes([content[-1] ^ 1]), cache=FOR_EVER)


def breaks_off(handler: _Handler, content: bytes) -> None:
    """Hangs up in the middle of the file."""
    handler.send(200, _type_of(handler), content[: len(content) // 2], length=len(content))
    handler.close_connection = True


def server_error(handler: _Handler, content: bytes) -> None:
    """Answers 500 with the right file, for ever."""
    handler.send(500, _type_of(handler), content, cache=FOR_EVER)


def slowly(handler: _Handler, content: bytes) -> None:
    """Sends the right file evenly over 12 seconds."""
    steps = 24
    size = len(content) // steps + 1
    handler.send(200, _type_of(handler), content[:size], length=len(content))
    for start in range(size, len(content), size):
        time.sleep(12 / steps)
        handler.wfile.write(content[start : start + size])


def held_back(until: threading.Event) -> Answer:
    """Returns an answer that sends the right file once an event has come."""

    def answer(handler: _Handler, content: bytes) -> None:
        until.wait(60)
        handler.send(200, _type_of(handler), content)

    return answer


def with_a_full_disk(handler: _Handler, content: bytes) -> None:
    """Sends the service worker into a browser that has no room left for its list of older pages."""
    script = b"""
        const put = Cache.prototype.put;
        Cache.prototype.put = function (key, answer) {
          if (!String(key).endsWith("?older-pages")) return put.call(this, key, answer);
          return Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));
        };
    """
    handler.send(200, _type_of(handler), script + content)


BAD_ANSWERS = (login_page, cut_off, other_bytes, breaks_off, server_error)


def _type_of(handler: _Handler) -> str:
    return TYPES.get(Path(urlsplit(handler.path).path).suffix, "application/octet-stream")
