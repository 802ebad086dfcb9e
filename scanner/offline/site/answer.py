"""Answer one request with a file of the site, as a good static host does.

aiohttp reads requests, chooses precompressed files, and answers conditions and ranges. This module says which files the
site has, and with which headers a browser gets them: docs/hosting.md lists the headers for other hosts.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from scanner.offline.site.content_types import TYPES
from scanner.offline.site.hosts import FOR_EVER

__all__ = ["Answer", "Report", "file_answers", "plain_letters", "redirects_to_https", "text_answer"]

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Report = Callable[[str], None]

SLOWEST_BYTES_PER_SECOND = 32_000
"""A visitor who takes a file more slowly is gone, or wants to hold the connection for ever."""
PATIENCE_SECONDS = 20
"""Time for a file of any size; SLOWEST_BYTES_PER_SECOND allows more for a large one."""

MOST_LETTERS = 200
"""A message quotes no more letters of a visitor."""

NAMES = {"Server": "image-scanner", "Access-Control-Allow-Origin": "*"}
"""Headers of every answer, so that a page of another origin can read an error too."""


def file_answers(folder: Path, report: Report) -> Answer:
    """Returns the function that answers GET and HEAD for the files of `folder`, an absolute path without links.

    `report` gets a line for each request that failed.
    """

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return _wrong_method(request)
        address = _address(request.raw_path)
        found = _find(folder, address)
        if found is None:
            report(f"404 {plain_letters(request.raw_path)}")
            return text_answer(HTTPStatus.NOT_FOUND, f"no file at {plain_letters(address)}")
        if found.is_dir():  # relative addresses in the page need the trailing slash
            name, query = address.rsplit("/", 1)[-1], urlsplit(request.raw_path).query
            here = "./" if ":" in name else ""  # a colon would make a scheme of the name
            return _moved(HTTPStatus.MOVED_PERMANENTLY, f"{here}{name}/{query and '?'}{query}")
        return _SiteFile(found, report, {**NAMES, **_headers(folder, found)})

    return answer


def redirects_to_https(authority: str) -> Answer:
    """Returns the function that sends a browser on to the https address.

    `authority` is host and port for a request that names no host.
    """

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return _wrong_method(request)
        path = request.raw_path if request.raw_path.startswith("/") else "/"
        return _moved(HTTPStatus.TEMPORARY_REDIRECT, f"https://{request.headers.get(hdrs.HOST, authority)}{path}")

    return answer


def text_answer(status: HTTPStatus, text: str, **headers: str) -> web.Response:
    """Returns an answer of one line."""
    return web.Response(status=status, text=f"{text}\n", headers={**NAMES, **headers})


class _SiteFile(web.FileResponse):
    """A file of the site, or the precompressed file beside it."""

    def __init__(self, path: Path, report: Report, headers: dict[str, str]) -> None:
        super().__init__(path, headers=headers)
        self._seconds = PATIENCE_SECONDS + _size(path) / SLOWEST_BYTES_PER_SECOND
        self._report = report

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Sends the file, in a form that the browser takes."""
        try:
            async with asyncio.timeout(self._seconds):
                writer = await super().prepare(_with_encodings_taken(request))
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("the visitor does not take the file") from None
        if self.status >= HTTPStatus.BAD_REQUEST:  # deleted meanwhile, or unreadable
            self._report(f"{self.status} {plain_letters(request.raw_path)}")
        return writer


def _wrong_method(request: web.BaseRequest) -> web.Response:
    text = f"expected GET or HEAD, found {plain_letters(request.method)}"
    return text_answer(HTTPStatus.METHOD_NOT_ALLOWED, text, Allow="GET, HEAD")


def _moved(status: HTTPStatus, location: str) -> web.Response:
    return web.Response(status=status, headers={**NAMES, hdrs.LOCATION: location})


def plain_letters(text: str) -> str:
    """Returns foreign text cut, and in plain letters: a visitor's letters must not move the terminal's cursor."""
    return ascii(text)[1:-1][:MOST_LETTERS]


def _address(target: str) -> str:
    """Returns the path of a request's target, as the client wrote it."""
    if target.startswith("/"):  # "//host/path" is a path here, though urlsplit finds a host in it
        return re.split(r"[?#]", target, maxsplit=1)[0]
    try:
        return urlsplit(target).path
    except ValueError:  # "http://[" is no address
        return target


def _find(folder: Path, address: str) -> Path | None:
    """Returns the file or folder of the address, or None where the site has none."""
    if not address.startswith("/"):
        return None
    names = unquote(address)[1:].split("/")
    if names[-1] == "":
        names.pop()
    if not all(map(_may_be_asked_for, names)):
        return None
    try:
        path = folder.joinpath(*names).resolve()
        if not path.is_relative_to(folder):  # a link out of the folder
            return None
        if path.is_dir() and (path / "index.html").is_file():
            page = (path / "index.html").resolve()
            if not page.is_relative_to(folder):
                return None
            return page if address.endswith("/") else path
        return path if path.is_file() and not address.endswith("/") else None
    except (ValueError, OSError, RuntimeError):  # a NUL, a name that is too long, a link that leads to itself
        return None


def _may_be_asked_for(name: str) -> bool:
    """Returns whether a name in an address is an ordinary one: not hidden, and no way to another folder."""
    return bool(name) and (not name.startswith(".") or name == ".well-known") and "\\" not in name


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # deleted meanwhile: the answer will be a 404
        return 0


def _headers(folder: Path, path: Path) -> dict[str, str]:
    immutable = path.relative_to(folder).parts[0] == "runtime"
    return {
        "Cache-Control": FOR_EVER if immutable else "no-cache",
        "Content-Type": TYPES.get(PurePosixPath(path.name).suffix.lower(), "application/octet-stream"),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }


def _with_encodings_taken(request: web.BaseRequest) -> web.BaseRequest:
    """Returns the request with the encodings only that the browser takes: aiohttp does not read `br;q=0`."""
    taken = []
    for item in ",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, [])).split(","):
        name, _, quality = item.partition(";")
        if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality, re.IGNORECASE):
            taken.append(name.strip())
    headers = request.headers.copy()
    headers[hdrs.ACCEPT_ENCODING] = ", ".join(taken)
    return request.clone(headers=headers)
