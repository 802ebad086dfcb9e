"""Visitors who send half requests, nonsense or nothing at all harm neither the server nor other visitors."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.offline.site import answer, connections
from scanner.offline.site.certificate import server_context
from scanner.offline.site.serve import serving
from support.asking import ask
from support.places import PROJECT

BUSY_SECONDS = 5
"""Time that a busy machine may take longer."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site, with a secret beside it."""
    site = tmp_path / "site"
    (site / "app").mkdir(parents=True)
    for page in (site, site / "app"):
        (page / "index.html").write_text("<!doctype html><title>hello</title>")
    (site / "a.js").write_text("a.js")
    (site / ".hidden").write_text("hidden secret")
    (tmp_path / "secret.txt").write_text("a secret")
    return site


@pytest.fixture
def base(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the served folder, whose server has little patience."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 1)
    with serving(folder) as address:
        yield address


def connect(base: str, said: bytes = b"") -> socket.socket:
    visitor = socket.create_connection(("127.0.0.1", urlsplit(base).port), timeout=30)
    visitor.sendall(said)
    return visitor


def said_by_the_server(visitor: socket.socket) -> bytes:
    """Returns all that the server sends until it hangs up."""
    heard = b""
    try:
        while piece := visitor.recv(1 << 16):
            heard += piece
    except ConnectionError:  # the server hangs up while the visitor still talks
        pass
    return heard


@pytest.mark.parametrize("said", [b"", b"GET ", b"GET /a.js HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_never_ends_a_request_is_dropped_and_others_are_served_meanwhile(folder: Path, said: bytes) -> None:
    """Two hundred half requests are dropped within seconds, though a letter comes now and then."""
    with serving(folder) as base, ExitStack() as stack:
        began = time.monotonic()
        visitors = [stack.enter_context(connect(base, said)) for _ in range(200)]
        assert ask(base, "/a.js")[1] == b"a.js"
        for visitor in visitors[:20] if said else []:
            visitor.sendall(b"b")
        assert [said_by_the_server(visitor) for visitor in visitors] == [b""] * 200
        assert time.monotonic() - began < connections.REQUEST_SECONDS + BUSY_SECONDS


def test_the_second_request_of_a_connection_has_no_more_time_than_the_first(base: str) -> None:
    """A visitor who was answered once, and then sends half a request, is dropped within seconds."""
    with connect(base, b"GET /a.js HTTP/1.1\r\nHost: x\r\n\r\nGET /a.js HT") as visitor:
        began = time.monotonic()
        assert said_by_the_server(visitor).endswith(b"\r\n\r\na.js")
        assert time.monotonic() - began < connections.REQUEST_SECONDS + BUSY_SECONDS


def test_half_a_handshake_is_dropped_too(folder: Path, tmp_path: Path) -> None:
    """Over https, a visitor who says nothing and one who begins a handshake are dropped within seconds."""
    context, _ = server_context(["localhost"], tmp_path / "kept")
    with serving(folder, tls=context) as base, connect(base) as silent, connect(base, b"\x16\x03\x01") as half:
        began = time.monotonic()
        assert said_by_the_server(silent) == b""
        said_by_the_server(half)
        assert time.monotonic() - began < connections.HANDSHAKE_SECONDS + BUSY_SECONDS


@pytest.mark.parametrize("secure", [False, True])
def test_who_asks_for_a_file_and_does_not_take_it_is_dropped(
    secure: bool, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download that stands still ends, and holds neither a connection nor a file for ever."""
    monkeypatch.setattr(answer, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(answer, "SLOWEST_BYTES_PER_SECOND", 1 << 30)
    (folder / "big.zip").write_bytes(bytes(50_000_000))
    context = server_context(["localhost"], tmp_path / "kept")[0] if secure else None
    with serving(folder, tls=context) as base, connect(base) as visitor:
        if secure:
            import ssl

            trusting = ssl.create_default_context(cafile=tmp_path / "kept" / "authority.pem")
            visitor = trusting.wrap_socket(visitor, server_hostname="localhost")  # noqa: PLW2901
        visitor.sendall(b"GET /big.zip HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(3)
        heard = 0
        try:
            while piece := visitor.recv(1 << 16):
                heard += len(piece)
        except OSError:
            pass
        assert 0 < heard < 50_000_000
        visitor.close()


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "TRACE", "DELETE", "CONNECT", "BREW"])
def test_only_reading_is_answered(base: str, method: str) -> None:
    """Any method but GET and HEAD is refused, with a sentence or as no method at all."""
    reply, body = ask(base, "/a.js", method)
    assert reply.status in {400, 405}
    if reply.status == 405:
        assert reply.headers["Allow"] == "GET, HEAD"
        assert body == f"expected GET or HEAD, found {method}\n".encode()


NONSENSE = {
    "nothing": b"\r\n\r\n",
    "bytes of no alphabet": bytes(range(256)),
    "handshake of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/0.9": b"GET /\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "star": b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /nothing HTTP/1.1\r\n\r\n",
    "odd host": b"GET /nothing HTTP/1.1\r\nHost: [::\r\n\r\n",
    "half an escape": b"GET /%e HTTP/1.1\r\nHost: x\r\n\r\n",
    "escapes that are no UTF-8": b"GET /%ff%fe%80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL escaped": b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute form": b"GET http://x/nothing HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute form that is none": b"GET http://[/nothing HTTP/1.1\r\nHost: x\r\n\r\n",
    "port that is none": b"GET http://x:99999999/nothing HTTP/1.1\r\nHost: x\r\n\r\n",
    "long line": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "deep address": b"GET /" + b"a/" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 5_000 + b"\r\n",
    "header without a colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "folded header": b"GET / HTTP/1.1\r\nX: a\r\n\tb\r\nHost: x\r\nHost: y\r\n\r\n",
    "two lengths": b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "length and pieces": b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "pieces that are none": b"GET /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_a_request_that_is_none_is_answered_or_dropped(
    said: bytes, base: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nonsense ends in an error for the visitor who sent it: no file, no traceback, and others are served."""
    with connect(base, said) as visitor:
        heard = said_by_the_server(visitor)
    assert not heard or heard.split(b" ", 2)[1] in {b"400", b"404", b"405"}
    assert b"secret" not in heard
    assert ask(base, "/a.js")[1] == b"a.js"
    assert capfd.readouterr().err == ""


WORDS = [
    *(b"GET", b"HEAD", b"POST", b"/", b"/a.js", b"..", b"%2e%2e", b"%00", b"\\", b"secret.txt", b".hidden", b"app"),
    *(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b"\r\n", b"\n", b" ", b"?", b"#", b":", b"http://", b"\xff", b"\0", b"%"),
    *(b"Host: x", b"Range: bytes=", b"-5", b"0-99999999999999999999", b"If-None-Match: ", b'"', b"*", b"W/"),
    *(b"If-Range: ", b"If-Modified-Since: ", b"Thu, 01 Jan 1970 00:00:00 GMT", b"Content-Length: ", b"-1", b"9" * 40),
    *(b"Transfer-Encoding: chunked", b"Accept-Encoding: br;q=", b"gzip", b"Connection: upgrade", b"Upgrade: websocket"),
    *(b"Expect: 100-continue", b"Cookie: " + b"a" * 3000, b"Connection: keep-alive"),
]
FRAMES = [
    (b"", b""),
    (b"GET ", b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    (b"GET /a.js HTTP/1.1\r\nHost: x\r\n", b"\r\nConnection: close\r\n\r\n"),
]


@pytest.mark.parametrize("seed", range(4))
def test_random_requests_bring_neither_secrets_nor_tracebacks(
    seed: int, base: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Four hundred random requests, alike on every machine, end in files of the site or in errors."""
    chosen = random.Random(seed)
    for _ in range(100):
        before, after = chosen.choice(FRAMES)
        said = before + b"".join(chosen.choices(WORDS, k=chosen.randrange(1, 8))) + after
        for _ in range(chosen.randrange(3)):
            place = chosen.randrange(len(said) + 1)
            said = said[:place] + chosen.randbytes(chosen.randrange(3)) + said[place + chosen.randrange(3) :]
        with connect(base, said) as visitor:
            visitor.shutdown(socket.SHUT_WR)
            heard = said_by_the_server(visitor)
        assert b"secret" not in re.sub(rb"no file at .*", b"", heard), said
        assert not heard or int(heard.split(b" ", 2)[1]) < 500, said
    assert ask(base, "/a.js")[1] == b"a.js"
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the time that a running process has used")
def test_visitors_cannot_use_up_the_files_of_the_process(folder: Path) -> None:
    """With a limit of 64 files and 100 visitors who never end their request, the server rests, then serves."""
    command = [sys.executable, "-m", "scanner.offline.serve", "--port", "0", str(folder)]
    limited = ["bash", "-c", 'ulimit -n 64; exec "$@"', "bash", *command]
    with (
        subprocess.Popen(limited, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        ExitStack() as stack,
    ):
        try:
            base = next(word for word in process.stdout.readline().split() if word.startswith("http://"))

            def seconds_used() -> float:
                facts = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
                return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")

            for _ in range(100):
                stack.enter_context(connect(base, b"GET / HT"))
            before = seconds_used()
            time.sleep(3)
            assert seconds_used() - before < 0.5
            stack.close()
            assert ask(base, "/a.js")[1] == b"a.js"
        finally:
            process.terminate()
        assert process.stderr.read() == ""


def test_links_out_of_the_site_are_not_followed_by_any_name(folder: Path) -> None:
    """Files, folders, pages of folders and compressed copies that are links to a place outside are not sent."""
    outside = folder.parent
    (folder / "file.txt").symlink_to(outside / "secret.txt")
    (folder / "folder").symlink_to(outside)
    (folder / "page").mkdir()
    (folder / "page" / "index.html").symlink_to(outside / "secret.txt")
    (folder / "itself").symlink_to("itself")
    for ending in ("br", "gz"):
        (folder / f"a.js.{ending}").symlink_to(outside / "secret.txt")
        (folder / f"app/index.html.{ending}").symlink_to("../../secret.txt")
    with serving(folder) as base:
        for path in (
            "/file.txt",
            "/folder/secret.txt",
            "/folder/",
            "/folder",
            "/page/",
            "/page",
            "/itself",
            "/itself/x",
        ):
            assert ask(base, path)[0].status == 404
        for path, expected in (("/a.js", b"a.js"), ("/app/", b"<!doctype html><title>hello</title>")):
            for encoding in ("br", "gzip", "br, gzip", "*"):
                reply, body = ask(base, path, Accept_Encoding=encoding)
                assert (reply.status, reply.headers["Content-Encoding"], body) == (200, None, expected)


def test_a_link_within_the_site_is_followed(folder: Path, base: str) -> None:
    """A link to another file of the site is as good as the file."""
    (folder / "link.js").symlink_to("a.js")
    assert ask(base, "/link.js")[1] == b"a.js"


def test_hidden_files_stay_hidden(folder: Path, base: str) -> None:
    """A name that begins with a dot is not served, except `.well-known`, where hosts have to answer for themselves."""
    (folder / ".git").mkdir()
    (folder / ".git" / "config").touch()
    (folder / ".well-known").mkdir()
    (folder / ".well-known" / "a.json").touch()
    for path in ("/.hidden", "/%2ehidden", "/.git/config", "/app/../.hidden", "/./.hidden"):
        assert ask(base, path)[0].status == 404
    assert ask(base, "/.well-known/a.json")[0].status == 200


def test_a_part_of_a_file_can_be_asked_for(base: str) -> None:
    """A range gets its bytes, one beyond the end is refused with the file's length."""
    reply, body = ask(base, "/a.js", Range="bytes=1-2")
    assert (reply.status, reply.headers["Content-Range"], body) == (206, "bytes 1-2/4", b".j")
    reply, _ = ask(base, "/a.js", Range="bytes=9-")
    assert (reply.status, reply.headers["Content-Range"]) == (416, "bytes */4")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_command_with_a_sentence(folder: Path, number: signal.Signals, code: int) -> None:
    """Ctrl-C and `kill` end the command at once, also while a visitor is connected, without a traceback."""
    command = [sys.executable, "-m", "scanner.offline.serve", "--port", "0", str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            base = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
            with connect(base, b"GET / HT"):
                process.send_signal(number)
                printed, fault = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, fault) == (code, "")
    assert "The scanner is no longer served." in printed
