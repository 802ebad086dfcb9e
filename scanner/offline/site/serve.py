"""Serve a folder on this machine, as a good static host does."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanner.offline.site.answer import file_answers, redirects_to_https
from scanner.offline.site.connections import accept_connections
from scanner.offline.site.content_types import TYPES

__all__ = ["TYPES", "SiteServer", "lan_address", "serving"]

WAITING_CONNECTIONS = 128
"""A browser opens many connections at once."""
LOOKING_SECONDS = 0.1
"""Time until the server notices that it should end."""


class SiteServer:
    """A server for one folder; `base` is its address, ending in a slash. With `tls` it speaks https.

    A visitor can connect as soon as the server is made, and is answered while `serve_forever` runs.

    Raises:
        OSError: this machine cannot listen on `host` and `port`.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        verbose: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._folder = folder.resolve()
        self._verbose = verbose
        self._tls = tls
        self._ended = threading.Event()
        self._listener = socket.create_server((host, port), backlog=WAITING_CONNECTIONS)
        self.server_port: int = self._listener.getsockname()[1]
        name = host
        if host == "127.0.0.1" or (host == "0.0.0.0" and not tls):
            name = "localhost"
        elif host == "0.0.0.0":
            name = lan_address()
        self._authority = f"{name}:{self.server_port}"
        self.base = f"{'https' if tls else 'http'}://{self._authority}/"

    def __enter__(self) -> SiteServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.close()

    def serve_forever(self) -> None:
        """Answers requests until `shutdown` is called, from a signal handler or from another thread."""
        # Of the selector kind on every system: the loop of Windows cannot wait for a first byte and leave it unread.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._serve())

    def shutdown(self) -> None:
        """Ends `serve_forever`, now or as soon as it begins."""
        self._ended.set()

    def report(self, text: str) -> None:
        """Prints one line about a request that failed, if the server is verbose."""
        if self._verbose:
            print(text, file=sys.stderr, flush=True)

    async def _serve(self) -> None:
        answer = file_answers(self._folder, self.report)
        tls = (self._tls, redirects_to_https(self._authority)) if self._tls else None
        accepting = asyncio.create_task(accept_connections(self._listener, answer, self.report, tls))
        # Looks again and again: on Windows a signal is noticed only when the loop wakes up.
        while not (self._ended.is_set() or accepting.done()):
            await asyncio.wait({accepting}, timeout=LOOKING_SECONDS)
        accepting.cancel()
        with suppress(asyncio.CancelledError):
            await accepting


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
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            server.shutdown()
            thread.join()
