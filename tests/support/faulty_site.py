"""A server that fails as real hosts do: wrong types, missing files, lines that go dead."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.offline.site.serve import TYPES


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """A plain host of the standard library: right types, no compressed copies, every answer whole and anew."""

    protocol_version = "HTTP/1.1"
    extensions_map = TYPES

    def send_head(self) -> object:  # type: ignore[override]
        """Never answers 304: two builds of one second have one date."""
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing."""


Fault = Callable[[SiteHandler, bytes], None]


@contextmanager
def serving_with(folder: Path, faults: dict[str, Fault], headers: dict[str, str] | None = None) -> Iterator[str]:
    """Serves `folder`, with a fault for each file whose name ends in one of the keys, and extra headers for all."""
    served = str(folder)

    class Handler(SiteHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=served)  # type: ignore[arg-type]

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            fault = next((fault for ending, fault in faults.items() if path.endswith(ending)), None)
            if fault is None:
                super().do_GET()
                return
            fault(self, (folder / path.lstrip("/")).read_bytes())

        def end_headers(self) -> None:
            for name, value in (
                {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"} | (headers or {})
            ).items():
                self.send_header(name, value)
            super().end_headers()

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a line that went dead stays dead for a minute
    request_queue_size = 128  # a browser opens many connections at once

    def handle_error(self, request: object, client_address: object) -> None:
        """Prints nothing: a browser leaves a page whenever it likes."""


def _head(handler: SiteHandler, content_type: str, length: int, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def missing(handler: SiteHandler, content: bytes) -> None:
    """Answers 404."""
    _head(handler, "text/plain", 0, 404)


def hangs_up(handler: SiteHandler, content: bytes) -> None:
    """Answers nothing, as a line that is down."""
    handler.close_connection = True


def breaks_off(handler: SiteHandler, content: bytes) -> None:
    """Hangs up in the middle of the file."""
    _head(handler, "application/octet-stream", len(content))
    handler.wfile.write(content[: len(content) // 2])
    handler.close_connection = True


def overloaded(handler: SiteHandler, content: bytes) -> None:
    """Answers 503."""
    _head(handler, "text/plain", 0, 503)


def with_type(content_type: str) -> Fault:
    """Sends the right bytes with another type."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        _head(handler, content_type, len(content))
        handler.wfile.write(content)

    return fault


def web_page_instead(handler: SiteHandler, content: bytes) -> None:
    """Answers 200 with a page, as hosts of single-page sites do for every address."""
    body = b"<!doctype html><title>Home</title>"
    _head(handler, "text/html", len(body))
    handler.wfile.write(body)


def replaced_by(body: bytes, content_type: str = "application/json") -> Fault:
    """Sends other bytes."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        _head(handler, content_type, len(body))
        handler.wfile.write(body)

    return fault


def edited(*changes: tuple[str, str]) -> Fault:
    """Sends a script with pieces of its text replaced, each of which must be there once."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        text = content.decode()
        for old, new in changes:
            assert text.count(old) == 1, f"{handler.path} has {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        _head(handler, "text/javascript", len(text.encode()))
        handler.wfile.write(text.encode())

    return fault


def page_with(headers: dict[str, str], content: str) -> Fault:
    """Sends a page of the test's own, with headers that no other file has."""

    def fault(handler: SiteHandler, _: bytes) -> None:
        body = content.encode()
        handler.send_response(200)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return fault


def goes_dead(handler: SiteHandler, content: bytes) -> None:
    """Sends a third of the file, then nothing, and never hangs up."""
    _head(handler, "application/octet-stream", len(content))
    handler.wfile.write(content[: len(content) // 3])
    handler.wfile.flush()
    time.sleep(60)
    handler.close_connection = True


def held(gate: threading.Event) -> Fault:
    """Sends nothing until the gate is opened, then the whole file."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        gate.wait(60)
        kind = "application/json" if handler.path.endswith(".json") else "application/octet-stream"
        _head(handler, kind, len(content))
        handler.wfile.write(content)

    return fault


def slowly(seconds: float) -> Fault:
    """Sends the whole file evenly over a time."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        _head(handler, "application/octet-stream", len(content))
        steps = int(seconds * 4)
        size = len(content) // steps + 1
        for start in range(0, len(content), size):
            handler.wfile.write(content[start : start + size])
            handler.wfile.flush()
            time.sleep(seconds / steps)

    return fault
