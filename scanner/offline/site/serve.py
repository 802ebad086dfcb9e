"""Serve a folder on this machine, as a good static host does.

Right types, precompressed files where the browser takes them, long caching for `runtime/`, and permission for pages of
other origins to embed the scanner: docs/hosting.md lists these rules for other hosts.
"""

from __future__ import annotations

import email.utils
import http.server
import os
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

__all__ = ["TYPES", "SiteHandler", "SiteServer", "lan_address", "serving"]

# Written out, because a machine's own table is often wrong: a wrong type of .wasm makes Pyodide hang.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".whl": "application/zip",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".mp4": "video/mp4",
    ".txt": "text/plain; charset=utf-8",
}

# The first byte of every TLS connection.
TLS_HANDSHAKE = b"\x16"
HANDSHAKE_SECONDS = 10

# Encoding -> ending of the file beside the plain one (style.css.br), smallest first.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class SiteHandler(http.server.BaseHTTPRequestHandler):
    """Answers GET and HEAD for the files of one folder."""

    protocol_version = "HTTP/1.1"
    server_version = "image-scanner"
    server: SiteServer

    def do_GET(self) -> None:
        """Sends a file, or 304 when the browser has it already."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Sends the headers of GET, without the body."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing: a line for every file would hide the lines about failures, which `report` prints."""

    def _answer(self, with_body: bool) -> None:
        plain = self._find()
        if plain is None:
            self._send_missing(with_body)
            return
        if plain.is_dir():  # relative addresses in the page need the trailing slash
            query = urlsplit(self.path).query
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{self._address().rsplit('/', 1)[-1]}/{query and '?'}{query}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        encoding, path = self._choose_encoding(plain)
        try:
            opened = path.open("rb")
        except OSError:  # deleted meanwhile, or unreadable
            self._send_missing(with_body)
            return
        with opened as stream:
            facts = os.fstat(stream.fileno())
            tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
            unchanged = tag in self.headers.get("If-None-Match", "")
            self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", email.utils.formatdate(facts.st_mtime, usegmt=True))
            self._send_common_headers(plain)
            if not unchanged:
                self.send_header("Content-Type", TYPES.get(plain.suffix.lower(), "application/octet-stream"))
                self.send_header("Content-Length", str(facts.st_size))
                if encoding:
                    self.send_header("Content-Encoding", encoding)
            self.end_headers()
            if with_body and not unchanged:
                self._send_body(stream)

    def _address(self) -> str:
        """Returns the path of the request, as the client wrote it."""
        try:
            return urlsplit(self.path).path
        except ValueError:  # "http://[" is no address
            return self.path

    def _find(self) -> Path | None:
        """Returns the file or folder of the address, or None where the site has none."""
        folder, address = self.server.folder, self._address()
        try:
            path = (folder / unquote(address).lstrip("/")).resolve()
            if not path.is_relative_to(folder):
                return None
            if path.is_dir() and (path / "index.html").is_file():
                return path / "index.html" if address.endswith("/") else path
            return path if path.is_file() else None
        except (ValueError, OSError):  # a NUL, or a name longer than the file system takes
            return None

    def _choose_encoding(self, plain: Path) -> tuple[str, Path]:
        accepted = {}
        for item in self.headers.get("Accept-Encoding", "").split(","):
            name, _, quality = item.strip().partition(";")
            accepted[name.strip().lower()] = quality.replace(" ", "") not in {"q=0", "q=0.0"}
        for encoding, suffix in ENCODINGS:
            packed = plain.with_name(plain.name + suffix)
            if accepted.get(encoding) and packed.is_file():
                return encoding, packed
        return "", plain

    def _send_common_headers(self, plain: Path) -> None:
        immutable = plain.relative_to(self.server.folder).parts[0] == "runtime"
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if immutable else "no-cache")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header("X-Content-Type-Options", "nosniff")

    def _send_missing(self, with_body: bool) -> None:
        self.server.report(f"404 {ascii(self.path)[1:-1]}")  # a visitor's letters must not move the terminal's cursor
        self._send_text(HTTPStatus.NOT_FOUND, f"no file at {self._address()}\n", with_body)

    def _send_text(self, status: HTTPStatus, text: str, with_body: bool) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", TYPES[".txt"])
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def _send_body(self, stream: BinaryIO) -> None:
        try:
            while piece := stream.read(1 << 18):
                self.wfile.write(piece)
        except (BrokenPipeError, ConnectionResetError):  # the visitor left
            self.close_connection = True


class RedirectHandler(http.server.BaseHTTPRequestHandler):
    """Sends a browser that asks without https to the https address."""

    server: SiteServer

    def do_GET(self) -> None:
        """Redirects."""
        self.send_response(HTTPStatus.TEMPORARY_REDIRECT)
        self.send_header(
            "Location", f"https://{self.headers.get('Host', urlsplit(self.server.base).netloc)}{self.path}"
        )
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing: nothing went wrong."""


class SiteServer(http.server.ThreadingHTTPServer):
    """A server for one folder; `base` is its address, ending in a slash. With `tls` it speaks https."""

    daemon_threads = True
    request_queue_size = 128  # a browser opens many connections at once
    allow_reuse_address = os.name != "nt"  # on Windows it would share a port that is taken

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        verbose: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.verbose = verbose
        self.tls = tls
        super().__init__((host, port), SiteHandler)
        name = host
        if host == "127.0.0.1" or (host == "0.0.0.0" and not tls):
            name = "localhost"
        elif host == "0.0.0.0":
            name = lan_address()
        self.base = f"{'https' if tls else 'http'}://{name}:{self.server_port}/"

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Answers one connection, in its own thread: a slow handshake holds up nobody else."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        if request.recv(1, socket.MSG_PEEK) != TLS_HANDSHAKE:
            RedirectHandler(request, client_address, self)
            return
        with self.tls.wrap_socket(request, server_side=True) as secure:
            secure.settimeout(None)
            super().finish_request(secure, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Prints nothing where a browser has merely gone away; prints everything else."""
        # A browser that does not trust the certificate hangs up in the middle of the handshake.
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def report(self, text: str) -> None:
        """Prints one line about a request that failed, if the server is verbose."""
        if self.verbose:
            print(text, file=sys.stderr, flush=True)


def lan_address() -> str:
    """Returns the address at which others in the same network reach this machine, 127.0.0.1 without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documents; connecting a datagram socket sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


@contextmanager
def serving(folder: Path, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serves `folder` in a background thread, and gives the site's address; port 0 takes any free port."""
    with SiteServer(folder, host, port, tls=tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            server.shutdown()
            thread.join()
