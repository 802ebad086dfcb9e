"""The local server does what a good static host does, and nothing else."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.offline.command.main import serve as main
from scanner.offline.site.serve import SiteServer, serving
from support.asking import ask
from support.places import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site, with a secret beside it."""
    site = tmp_path / "site"
    (site / "runtime" / "0123456789ab").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><title>hello</title>")
    (site / "empty").mkdir()
    wasm = site / "runtime" / "0123456789ab" / "python.wasm"
    wasm.write_bytes(b"\0asm" * 1000)
    wasm.with_name("python.wasm.gz").write_bytes(gzip.compress(wasm.read_bytes()))
    wasm.with_name("python.wasm.br").write_bytes(b"pretend brotli")
    for name in ("a.mjs", "a.js", "a.json", "a.zip", "a.whl", "a.webmanifest", "a.css", "ü ö.svg"):
        (site / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    return site


@pytest.fixture
def base(folder: Path) -> Iterator[str]:
    """The address of the served folder."""
    with serving(folder) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/a.mjs", "text/javascript; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/a.json", "application/json"),
        ("/a.zip", "application/zip"),
        ("/a.whl", "application/zip"),
        ("/a.css", "text/css; charset=utf-8"),
        ("/a.webmanifest", "application/manifest+json"),
        ("/runtime/0123456789ab/python.wasm", "application/wasm"),
        ("/%C3%BC%20%C3%B6.svg?query", "image/svg+xml"),
    ],
)
def test_every_kind_of_file_has_its_type(base: str, path: str, expected: str) -> None:
    """A browser refuses a script or WebAssembly of another type."""
    answer, body = ask(base, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == expected
    assert len(body) == int(answer.headers["Content-Length"])


def test_a_browser_gets_the_smallest_form_it_takes(base: str) -> None:
    """Brotli before gzip before plain, always with the plain file's type."""
    path = "/runtime/0123456789ab/python.wasm"
    expected = {"gzip, deflate, br": "br", "gzip": "gzip", "": None, "br;q=0, gzip": "gzip", "identity": None}
    for accepted, encoding in expected.items():
        answer, _ = ask(base, path, Accept_Encoding=accepted)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Content-Type"] == "application/wasm"
        assert answer.headers["Vary"] == "Accept-Encoding"
    _, body = ask(base, path, Accept_Encoding="gzip")
    assert gzip.decompress(body) == b"\0asm" * 1000


def test_only_what_carries_its_checksum_in_its_address_is_kept_for_ever(base: str) -> None:
    """Files below runtime/ are kept for a year; all others are revalidated each time: 304 when unchanged."""
    answer, _ = ask(base, "/runtime/0123456789ab/python.wasm")
    assert "immutable" in answer.headers["Cache-Control"]
    first, _ = ask(base, "/a.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again, body = ask(base, "/a.js", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")


def test_a_changed_file_is_sent_again(base: str, folder: Path) -> None:
    """The ETag of the old content does not match the new content."""
    first, _ = ask(base, "/a.js")
    (folder / "a.js").write_text("changed")
    again, body = ask(base, "/a.js", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (200, b"changed")


def test_pages_of_other_origins_may_embed_it(base: str) -> None:
    """Every answer, a 404 too, may be read from another origin."""
    for path in ("/a.js", "/nothing"):
        answer, _ = ask(base, path)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/runtime/../../secret.txt",
        "/..%2fsecret.txt",
        "//../secret.txt",
        "/empty/",
        "/runtime/",
        "/%00",
        "/nothing.js",
        "/" + "a" * 5000,
    ],
)
def test_nothing_but_the_files_of_the_site_is_served(base: str, path: str) -> None:
    """An address out of the folder, of a folder without a page, or of nothing at all is a 404."""
    answer, body = ask(base, path)
    assert answer.status == 404
    assert b"secret" not in body or b"no file at" in body


def test_a_link_out_of_the_site_is_not_followed(base: str, folder: Path) -> None:
    """A symbolic link to a file outside the site is a 404."""
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    assert ask(base, "/link.txt")[0].status == 404


def test_a_folder_is_sent_on_to_its_page_with_the_question(base: str, folder: Path) -> None:
    """`app?x` leads to `app/?x`, because addresses in a page are relative to the page."""
    (folder / "app").mkdir()
    (folder / "app" / "index.html").touch()
    for asked, sent in (("/app", "app/"), ("/app?x=1&y", "app/?x=1&y")):
        answer, _ = ask(base, asked)
        assert (answer.status, answer.headers["Location"]) == (301, sent)
    assert ask(base, "/app/?x=1")[0].status == 200


def test_a_file_that_goes_away_meanwhile_is_a_404(
    base: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that is gone at the moment of sending is a 404, without a traceback in the terminal."""

    def gone(path: Path, mode: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(Path, "open", gone)
    assert ask(base, "/a.js")[0].status == 404
    assert capfd.readouterr().err == ""


def test_what_visitors_ask_for_is_told_in_plain_letters(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The line about a missing file cannot move the terminal's cursor."""
    with SiteServer(folder, verbose=True) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as visitor:
            visitor.sendall(b"GET /\x1b[2J\xe9 HTTP/1.0\r\n\r\n")
            while visitor.recv(1000):
                pass
        server.shutdown()
        thread.join()
    assert capfd.readouterr().err == "404 /\\x1b[2J\\xe9\n"


def test_an_address_that_is_none_is_a_404(base: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A malformed address is answered with 404, without a traceback."""
    with socket.create_connection(("127.0.0.1", urlsplit(base).port), timeout=10) as visitor:
        visitor.sendall(b"GET http://[ HTTP/1.0\r\n\r\n")
        assert visitor.recv(1000).split(b" ")[1] == b"404"
    assert capfd.readouterr().err == ""


def test_head_says_what_get_would(base: str) -> None:
    """HEAD has the headers of GET, and no body."""
    answer, body = ask(base, "/a.js", "HEAD")
    assert (answer.status, body, answer.headers["Content-Length"]) == (200, b"", "4")


def test_one_slow_visitor_does_not_hold_up_the_others(base: str) -> None:
    """Requests are answered side by side."""
    with socket.create_connection(("127.0.0.1", urlsplit(base).port)) as idle:
        idle.sendall(b"GET /a.js HTTP/1.1\r\nHost: x\r\n")  # and never the end
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: ask(base, "/a.js")[1], range(100)))
    assert answers == [b"a.js"] * 100


def test_a_taken_port_is_named_with_a_way_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, the port and another one to try."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert main([str(folder), "--port", str(port)]) == 1
    message = capsys.readouterr().err
    assert f"port {port} is taken" in message
    assert "--port" in message


def test_a_folder_without_a_site_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and the command to run."""
    assert main([str(tmp_path)]) == 1
    assert "scanner.offline.site" in capsys.readouterr().err


def test_help_says_which_folder_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    """The help explains DIR, with its default."""
    with pytest.raises(SystemExit):
        main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "DIR the site, as scanner.offline.site made it (dist beside the program)" in told


def test_a_host_that_is_not_this_machine_is_named_with_a_way_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, and which options to change."""
    assert main([str(folder), "--host", "192.0.2.1", "--port", "0"]) == 1
    message = capsys.readouterr().err
    assert "cannot listen on 192.0.2.1:0" in message
    assert "choose another with --host or --port" in message


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "x"], ["--unknown"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """Wrong usage exits 2, as in every command of the project."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_the_command_prints_the_address_it_answers_at(folder: Path) -> None:
    """The command prints its free port, and serves there until it is stopped."""
    command = [sys.executable, "-m", "scanner.offline.serve", "--port", "0", str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            base = next(word for word in line.split() if word.startswith("http://"))
            assert ask(base, "/a.js")[1] == b"a.js"
        finally:
            process.terminate()


def test_a_python_without_the_server_is_told_what_to_run(folder: Path, tmp_path: Path) -> None:
    """Exit 1 and one sentence that names the missing package, as for every other package of the command."""
    (tmp_path / "aiohttp.py").write_text("raise ModuleNotFoundError('No module', name='aiohttp')")
    done = subprocess.run(
        [sys.executable, "-m", "scanner.offline.serve", str(folder)],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "expected a Python that has numpy, Pillow and aiohttp, found" in done.stderr
