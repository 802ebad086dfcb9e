"""https on the local network: pages from this computer may open a phone's camera."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from scanner.files import write_atomically
from scanner.offline.command.main import serve as main
from scanner.offline.command.serve import qr_code
from scanner.offline.site import certificate
from scanner.offline.site.certificate import server_context
from scanner.offline.site.serve import lan_address, serving
from support.places import PROJECT

NAMES = ["localhost", "127.0.0.1", "192.0.2.7"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site of one page."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><title>hello</title>")
    return site


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder that keeps certificates."""
    return tmp_path / "kept"


@pytest.fixture
def base(folder: Path, kept: Path) -> Iterator[str]:
    """The site's address, over https."""
    context, _ = server_context(NAMES, kept)
    with serving(folder, tls=context) as address:
        yield address


def ask(base: str, trusted: Path, path: str = "/", name: str = "localhost") -> tuple[int, bytes]:
    """Sends a request as a client that trusts the authority and insists on the name."""
    context = ssl.create_default_context(cafile=trusted)
    with socket.create_connection(("127.0.0.1", urlsplit(base).port), timeout=10) as plain:
        connection = http.client.HTTPConnection(name)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_that_trusts_the_authority_is_served_under_every_name(name: str, base: str, kept: Path) -> None:
    """A real handshake with every check on: the certificate is for this machine's names and addresses."""
    assert base.startswith("https://localhost:")
    status, body = ask(base, kept / "authority.pem", name=name)
    assert (status, body) == (200, b"<!doctype html><title>hello</title>")


def test_a_name_that_is_not_this_machine_is_refused(base: str, kept: Path) -> None:
    """The certificate vouches for nothing else."""
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(base, kept / "authority.pem", name="example.org")


def test_nobody_trusts_it_unasked(base: str, kept: Path) -> None:
    """Without the authority installed the handshake fails, and the server goes on serving others."""
    import trustme

    stranger = kept / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(base, stranger)
    assert ask(base, kept / "authority.pem")[0] == 200


def test_a_trusted_authority_can_sign_nothing_more(kept: Path) -> None:
    """The authority's key is on no disk; the only key kept is the server's, and only its owner may read the file."""
    server_context(NAMES, kept)
    pems = {path.name: path.read_bytes() for path in kept.iterdir()}
    assert [name for name, pem in pems.items() if b"PRIVATE KEY" in pem] == ["server.pem"]
    assert pems["server.pem"].count(b"BEGIN") == pems["server.pem"].count(b"BEGIN CERTIFICATE") + 1
    key = load_pem_private_key(pems["server.pem"], None)
    assert key.public_key() != x509.load_pem_x509_certificate(pems["authority.pem"]).public_key()
    if os.name == "posix":
        assert stat.S_IMODE((kept / "server.pem").stat().st_mode) == 0o600


def test_a_phone_that_was_told_to_trust_it_need_not_be_told_again(kept: Path) -> None:
    """The next start uses the same certificate; other addresses, a year gone by or a broken file make a new one."""

    def made(names: list[str] = NAMES) -> bytes:
        server_context(names, kept)
        return (kept / "server.pem").read_bytes()

    first = made()
    assert made() == first
    assert made([*reversed(NAMES)]) == first
    other = made(["localhost", "192.0.2.8"])
    assert other != first
    facts = kept / "names.json"
    for broken in ("", "[]", '{"names": 3}', facts.read_text().replace('"made": "20', '"made": "19')):
        facts.write_text(broken)
        again = made(["localhost", "192.0.2.8"])
        assert again != other
        other = again
    assert json.loads(facts.read_text())["names"] == ["192.0.2.8", "localhost"]
    (kept / "server.pem").write_bytes(other[:500])
    assert made(["localhost", "192.0.2.8"]).count(b"END") == other.count(b"END")


def test_a_host_that_cannot_be_one_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with what was expected, before a certificate is made for the host."""
    monkeypatch.setenv("IMAGE_SCANNER_CACHE", str(tmp_path / "cache"))
    assert main([str(folder), "--https", "--host", "a b", "--port", "0"]) == 1
    assert "--host 'a b': expected a name or an address" in capsys.readouterr().err


def test_a_place_where_no_certificate_can_be_kept_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1: the message names the folder, not the port, and how to choose another folder."""
    (tmp_path / "cache").touch()
    monkeypatch.setenv("IMAGE_SCANNER_CACHE", str(tmp_path / "cache"))
    assert main([str(folder), "--https", "--port", "0"]) == 1
    message = capsys.readouterr().err
    assert "expected a folder that can keep the certificate" in message
    assert "IMAGE_SCANNER_CACHE" in message


def test_phones_accept_how_long_it_holds(kept: Path) -> None:
    """A certificate of more than 825 days is refused by iPhones, whoever signed it."""
    server_context(NAMES, kept)
    certificate = x509.load_pem_x509_certificates((kept / "server.pem").read_bytes())[0]
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days < 825


def test_a_renewal_that_breaks_off_leaves_no_pair_that_does_not_fit(
    folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a broken-off renewal both files are made anew, as phones refuse a certificate of another authority."""
    server_context(NAMES, kept)
    write = write_atomically

    def interrupted(path: Path, content: bytes, **options: int) -> None:
        if path.name == "server.pem":
            raise KeyboardInterrupt
        write(path, content, **options)

    with monkeypatch.context() as patch:
        patch.setattr(certificate, "write_atomically", interrupted)
        with pytest.raises(KeyboardInterrupt):
            server_context(["localhost"], kept)
    context, authority = server_context(NAMES, kept)
    with serving(folder, tls=context) as address:
        assert ask(address, authority)[0] == 200


@pytest.mark.parametrize("name", ["authority.pem", "server.pem", "names.json"])
def test_files_of_two_runs_are_not_served_together(name: str, folder: Path, kept: Path, tmp_path: Path) -> None:
    """A file that another run has made is noticed at the start, and both certificates are made anew."""
    server_context(NAMES, kept)
    server_context(NAMES, tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, kept / name)
    context, authority = server_context(NAMES, kept)
    with serving(folder, tls=context) as address:
        assert ask(address, authority)[0] == 200


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_run_that_is_killed_between_two_files_leaves_no_pair_that_does_not_fit(
    writes: int, folder: Path, kept: Path
) -> None:
    """After a kill before the first, second or third file of a renewal, the next start has a pair that fits."""
    server_context(NAMES, kept)
    program = """if True:
        import os, sys
        from pathlib import Path
        from scanner.offline.site import certificate
        write, left = certificate.write_atomically, int(sys.argv[2])
        def killed(*arguments, **options):
            global left
            if left == 0:
                os.kill(os.getpid(), 9)
            left -= 1
            write(*arguments, **options)
        certificate.write_atomically = killed
        certificate.server_context(["localhost"], Path(sys.argv[1]))
    """
    ended = subprocess.run([sys.executable, "-c", program, str(kept), str(writes)], cwd=PROJECT, check=False)
    assert ended.returncode == -9
    for names in (["localhost"], NAMES):
        context, authority = server_context(names, kept)
        with serving(folder, tls=context) as address:
            assert ask(address, authority)[0] == 200


@pytest.mark.skipif(os.name != "posix", reason="permissions of other systems")
def test_a_key_is_never_readable_by_others(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the owner can read the key from its first byte on, also where a file with other permissions lies."""
    kept.mkdir()
    (kept / "server.pem").touch()
    (kept / "server.pem").chmod(0o644)
    seen = []
    replace = os.replace

    def watched(source: str, target: str) -> None:
        if str(target).endswith("server.pem"):
            seen.append(stat.S_IMODE(os.stat(source).st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    server_context(NAMES, kept)
    assert seen == [0o600]
    assert stat.S_IMODE((kept / "server.pem").stat().st_mode) == 0o600
    (kept / "server.pem").chmod(0o644)
    server_context(NAMES, kept)
    assert stat.S_IMODE((kept / "server.pem").stat().st_mode) == 0o600


def test_an_address_typed_without_https_leads_there(base: str) -> None:
    """A plain http request is answered with the https address."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(base).port, timeout=10)
    connection.request("GET", "/a?b", headers={"Host": "192.0.2.7:8000"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (307, "https://192.0.2.7:8000/a?b")
    connection.close()


def test_a_visitor_who_says_nothing_holds_up_nobody(base: str, kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A connection without a handshake, and one that breaks off, cost the others nothing and print nothing."""
    address = ("127.0.0.1", urlsplit(base).port)
    with socket.create_connection(address), socket.create_connection(address) as rude:
        rude.sendall(b"\x16\x03\x01\x00\x02xx")
        assert ask(base, kept / "authority.pem")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


def modules(text: str) -> np.ndarray:
    """Returns a code of half blocks as pixels, light ones 255."""
    rows = []
    for line in text.splitlines():
        rows.append([255 * (character in "█▀") for character in line])
        rows.append([255 * (character in "█▄") for character in line])
    return np.kron(np.array(rows, np.uint8), np.ones((4, 4), np.uint8))


@pytest.mark.parametrize("address", ["https://192.168.178.123:8000/", "https://10.0.0.1:65535/"])
def test_the_code_in_the_terminal_leads_to_the_address(address: str) -> None:
    """Another program reads the printed blocks as a QR code with exactly that address."""
    (read,) = zxingcpp.read_barcodes(modules(qr_code(address)))
    assert read.text == address


def test_the_command_prints_an_address_that_phones_reach_and_its_code(folder: Path, tmp_path: Path) -> None:
    """`--https` serves the local network, prints the address and its QR code, and names the authority to install."""
    command = [sys.executable, "-m", "scanner.offline.serve", "--https", "--port", "0", str(folder)]
    environment = {**os.environ, "IMAGE_SCANNER_CACHE": str(tmp_path / "cache"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, env=environment, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            base = next(word for word in process.stdout.readline().split() if word.startswith("https://"))
            printed = []
            for line in process.stdout:
                printed.append(line)
                if ".pem" in line:
                    break
            assert urlsplit(base).hostname == lan_address()
            (read,) = zxingcpp.read_barcodes(modules("".join(line for line in printed if set(line) <= set("█▀▄ \n"))))
            assert read.text == base
            authority = Path(printed[-1].split()[-1])
            assert ask(base, authority, name=lan_address())[0] == 200
        finally:
            process.terminate()


def test_without_the_packages_for_it_https_says_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 and the command that installs them, not a traceback."""
    monkeypatch.setenv("IMAGE_SCANNER_CACHE", str(tmp_path / "cache"))
    for package in ("trustme", "segno"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, package, None)
            assert main([str(folder), "--https", "--port", "0"]) == 1
        assert "pip install -e '.[https]'" in capsys.readouterr().err
        server_context(["localhost", "127.0.0.1", lan_address()], tmp_path / "cache" / "https")
