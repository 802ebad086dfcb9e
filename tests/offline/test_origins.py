"""The page asks the origins that its owner named, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.offline.command.main import site
from scanner.offline.site.origins import checked_origins, page_with_origins
from support.places import PROJECT, WEB

PAGE = (WEB / "index.html").read_bytes()


def test_a_site_without_other_origins_has_the_page_as_it_is() -> None:
    """Without options the page is shipped byte for byte."""
    assert page_with_origins(PAGE, "trimmed", []) == PAGE


def test_an_origin_of_thumbnails_is_in_the_policy_and_at_the_scanner() -> None:
    """Each named origin may send pictures, and nothing else."""
    page = page_with_origins(PAGE, "trimmed", ["https://a.example", "https://b.example:8443"]).decode()
    assert "img-src 'self' blob: data: https://a.example https://b.example:8443;" in page
    assert '<image-scanner thumbnails-from="https://a.example https://b.example:8443" bundle=' in page
    assert page.count("a.example") == 2


def test_the_cdn_runtime_may_load_its_scripts() -> None:
    """A page whose Python comes from Pyodide's own host allows that host for scripts and their files."""
    page = page_with_origins(PAGE, "cdn", []).decode()
    assert "script-src 'self' 'wasm-unsafe-eval' https://cdn.jsdelivr.net;" in page
    assert "connect-src 'self' blob: data: https://cdn.jsdelivr.net;" in page


@pytest.mark.parametrize(
    "origin",
    [
        "img.example",
        "https://img.example/folder",
        "https://*",
        "*",
        "https:",
        "data:",
        "javascript:alert(1)",
        "https://a.example; script-src *",
        'https://a.example" onload="x',
        "https://user@a.example",
        "",
    ],
)
def test_what_is_no_origin_is_refused(origin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address, a wildcard or a policy is no origin: the command says so, and makes nothing."""
    assert site(["-o", str(tmp_path / "dist"), "--thumbnails-from", origin]) == 1
    assert "is no origin: expected scheme and host alone" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_origins_are_written_in_one_way() -> None:
    """Capitals and a slash at the end make no other origin."""
    assert checked_origins(["HTTPS://Img.Example/", "http://[::1]:8000"]) == [
        "https://img.example",
        "http://[::1]:8000",
    ]


def test_the_command_names_origins_that_the_page_would_not_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For thumbnails that lie elsewhere, the command says how many there are and which option allows them."""
    bundle = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))
    places = ["https://a.example/1.png", "//A.example/2.png", "http://b.example/3.png", "http://[", 5]
    for reference, place in zip(bundle["references"], places, strict=False):
        reference["thumbnail"] = place
    path = tmp_path / "references.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    arguments = ["-o", str(tmp_path / "dist"), "--bundle", str(path), "--thumbnails-from", "http://b.example"]
    assert site(arguments) == 0
    said = capsys.readouterr().err
    assert "thumbnails at https://a.example: 2." in said
    assert "--thumbnails-from https://a.example" in said
    assert "thumbnails at http://b.example" not in said
