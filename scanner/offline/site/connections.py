"""Accept connections and answer their requests, whatever comes in.

A visitor who sends half a request is dropped after some seconds. The number of connections stays below the process's
limit of open files, because a process without free files cannot open the files that it should send.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import InvalidURLError

from scanner.offline.site.answer import Answer, Report, plain_letters, text_answer

__all__ = ["accept_connections", "connection_limit"]

REQUEST_SECONDS = 5
"""Time for a whole request, counted from the connection's start or from the answer before."""
HANDSHAKE_SECONDS = 10
CLOSING_SECONDS = 0.5
"""Time for answers under way when the server ends."""

LONGEST_LINE_BYTES = 1 << 16
"""Room for the cookies that other programs have left in the browser for localhost."""

MOST_CONNECTIONS = 512
OTHER_FILES = 40
"""Files that the process needs for other things than connections: modules, the log, the sockets of the loop."""

TLS_HANDSHAKE = b"\x16"
"""First byte of every TLS connection."""


async def accept_connections(
    listener: socket.socket, answer: Answer, report: Report, tls: tuple[ssl.SSLContext, Answer] | None = None
) -> None:
    """Serves until cancelled.

    With `tls`, a pair of context and answer, the connections speak https. `answer` is for them; the answer of the pair
    is for connections without TLS.
    """
    loop = asyncio.get_running_loop()
    listener.setblocking(False)
    secure = web.Server(answer)
    plain = secure if tls is None else web.Server(tls[1])
    context = None if tls is None else tls[0]

    async def attend(visitor: socket.socket) -> None:
        try:
            encrypted = context is not None and await _first_byte(visitor) == TLS_HANDSHAKE
            _, connection = await loop.connect_accepted_socket(
                lambda: _Connection(secure if encrypted else plain, report),
                visitor,
                ssl=context if encrypted else None,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if encrypted else None,
            )
        except OSError:  # gone already, silent, or without trust in the certificate
            visitor.close()
            return
        await connection.lost.wait()

    open_connections: set[asyncio.Task[None]] = set()
    try:
        while True:
            while len(open_connections) >= connection_limit():
                await asyncio.wait(open_connections, return_when=asyncio.FIRST_COMPLETED)
            await _something_to_read(listener)
            try:
                visitor, _ = listener.accept()
            except BlockingIOError:  # gone already
                continue
            except OSError:  # others have used up the files of the process, or of the machine
                await asyncio.sleep(1)
                continue
            visitor.setblocking(False)
            task = loop.create_task(attend(visitor))
            open_connections.add(task)
            task.add_done_callback(open_connections.discard)
    finally:
        listener.close()
        await asyncio.gather(*(server.shutdown(CLOSING_SECONDS) for server in {secure, plain}))


def connection_limit() -> int:
    """Returns how many connections the process can hold now: each needs a socket, and a file to send."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_CONNECTIONS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(2, (files - OTHER_FILES) // 2))


class _Connection(web.RequestHandler):
    """One connection; `lost` is set at its end."""

    __slots__ = ("_begun", "_report", "lost")

    def __init__(self, server: web.Server, report: Report) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=REQUEST_SECONDS,
            lingering_time=REQUEST_SECONDS,
            max_line_size=LONGEST_LINE_BYTES,
            max_field_size=LONGEST_LINE_BYTES,
        )
        self.lost = asyncio.Event()
        self._report = report
        self._begun = b""

    def connection_lost(self, exc: BaseException | None) -> None:
        """Notes the end."""
        super().connection_lost(exc)
        self.lost.set()

    def data_received(self, data: bytes) -> None:
        """Keeps the first line, for the report about a request that is none."""
        self._begun = data[:200].partition(b"\n")[0].rstrip()
        super().data_received(data)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answers a request that is none with a sentence; only a fault of ours has a traceback."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return super().handle_error(request, status, exc, message)
        line = plain_letters(self._begun.decode("latin-1"))
        if isinstance(exc, InvalidURLError):
            words = line.split(" ")
            line = words[1] if len(words) > 1 else line
            answer = text_answer(HTTPStatus.NOT_FOUND, f"no file at {line}")
        else:
            answer = text_answer(HTTPStatus.BAD_REQUEST, "expected a request of HTTP/1.1, found otherwise")
        self._report(f"{answer.status} {line}")
        answer.force_close()
        return answer


async def _first_byte(visitor: socket.socket) -> bytes:
    """Returns the first byte that a visitor sends, and leaves it to be read; raises TimeoutError if none comes."""
    async with asyncio.timeout(REQUEST_SECONDS):
        await _something_to_read(visitor)
    return visitor.recv(1, socket.MSG_PEEK)


async def _something_to_read(source: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(source, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(source)
