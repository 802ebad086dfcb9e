"""A slow line to a server of this machine, for browsers in benchmarks.

A relay stands between browser and server. All connections share the line, as those of a phone do, whichever thread or
worker opened them. Chromium's own throttling would leave out a page's service worker.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

PIECE = 4096
"""Bytes that one connection sends before the next one may."""

LATENESS = 0.01
"""Seconds of unused line that are made up for: this thread wakes up late."""


class SlowLine:
    """A relay to a server, with a limit of bytes a second towards the browser, and a delay.

    Attributes:
        base: address of the server as seen through the line.
        received: bytes that have reached the browser.
    """

    def __init__(self, base: str, bytes_per_second: float, round_trip: float) -> None:
        self.received = 0
        self._server = urlsplit(base)
        self._bytes_per_second = bytes_per_second
        self._delay = round_trip / 2
        self._free_at = 0.0
        self.base = ""

    async def listen(self) -> asyncio.Server:
        """Returns the relay, which listens on a free port; `base` is known then."""
        relay = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        port = relay.sockets[0].getsockname()[1]
        self.base = urlunsplit(self._server._replace(netloc=f"localhost:{port}"))
        return relay

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._delay)  # the connection is made over the line too
        with suppress(OSError, asyncio.IncompleteReadError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            await asyncio.gather(
                self._carry(reader, server_writer, limited=False), self._carry(server_reader, writer, limited=True)
            )

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, limited: bool) -> None:
        """Carries bytes one way until the sender hangs up."""
        clock = asyncio.get_running_loop().time
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                arrives, piece = await under_way.get()
                await asyncio.sleep(arrives - clock())
                if not piece:
                    break
                if limited:
                    self.received += len(piece)
                writer.write(piece)
                await writer.drain()
            writer.close()

        delivering = asyncio.create_task(deliver())
        try:
            while piece := await reader.read(PIECE):
                if limited:
                    self._free_at = max(clock() - LATENESS, self._free_at) + len(piece) / self._bytes_per_second
                    await asyncio.sleep(self._free_at - clock())
                under_way.put_nowait((clock() + self._delay, piece))
        finally:
            under_way.put_nowait((clock() + self._delay, b""))
            with suppress(OSError):  # the other side has hung up
                await delivering


@contextmanager
def slow_line(base: str, megabits: float = 10, round_trip: float = 0.04) -> Iterator[SlowLine]:
    """Gives a slow line to the server at `base`, of megabits a second, and seconds from a question to its answer."""
    line = SlowLine(base, megabits * 1e6 / 8, round_trip)
    ready, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        async with await line.listen():
            ready.set()
            while not ended.is_set():
                await asyncio.sleep(0.05)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield line
    finally:
        ended.set()
        thread.join()
