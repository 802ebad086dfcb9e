"""A site takes pages and files of one's own along, and assembling deletes nothing that it has not made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scanner.offline.command.main import site as main
from scanner.offline.site.folder import write_folder
from scanner.offline.site.hosts import host_files
from scanner.offline.site.made import LIST, list_of, refuse_to_delete
from scanner.offline.site.own import own_files, placed


def build_of(site: Path) -> dict[str, dict[str, str]]:
    """Returns the build that the service worker of a site holds."""
    script = (site / "service-worker.js").read_text(encoding="utf-8")
    build = next(line for line in script.splitlines() if line.startswith("const BUILD = "))
    return json.loads(build.removeprefix("const BUILD = ").removesuffix(";"))


def assembled(site: Path, *options: str) -> int:
    return main(["-o", str(site), "--runtime", "cdn", *options])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of pages of one's own: a front page, an imprint with its style, a film, and what hosts ask for."""
    folder = tmp_path / "own"
    texts = {
        "index.html": "<!doctype html><title>Ours</title>",
        "imprint.html": "<!doctype html><title>Imprint</title><p>" + "Our house, our street. " * 40,
        "looks/ours.css": "p { color: navy }",
        "Größe.txt": "groß",
        ".well-known/security.txt": "Contact: mailto:us@example.org",
        ".env": "PASSWORD=secret",
        ".git/config": "[core]",
        ".DS_Store": "leavings",
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "film.mp4").write_bytes(bytes(600_000))
    return folder


def test_own_pages_and_files_are_in_the_site(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Own files keep their names, index.html is one's own and that is said; hidden files stay out and are named."""
    site = tmp_path / "dist"
    assert assembled(site, "--own", str(own)) == 0
    for name in ("index.html", "imprint.html", "looks/ours.css", "Größe.txt", ".well-known/security.txt", "film.mp4"):
        assert (site / name).read_bytes() == (own / name).read_bytes()
    told = capsys.readouterr()
    assert "own files in the place of the page's: index.html\n" in told.out
    assert "own file .env: expected a file to publish, found a hidden one, which is left out" in told.err
    assert "own file .git/: " in told.err
    assert not {".env", ".git", ".DS_Store"} & {path.name for path in site.iterdir()}
    assert (site / "imprint.html.br").is_file()


def test_own_pages_are_kept_for_visits_without_a_network(own: Path, tmp_path: Path) -> None:
    """A first visit keeps own pages with their styles; a film is kept when somebody first sees it."""
    site = tmp_path / "dist"
    assert assembled(site, "--own", str(own)) == 0
    build = build_of(site)
    assert {"index.html", "imprint.html", "looks/ours.css"} <= set(build["kept"])
    assert {"film.mp4", "Größe.txt"} <= set(build["later"])
    assert not [path for path in (*build["kept"], *build["later"]) if path.startswith(".")]


CLASHES = {
    "worker.js": "the scanner's own file",
    "hashes/references.json": "the scanner's own file",
    "assets.json": "the scanner's own file",
    "Worker.js": "the scanner's own file",
    "Index.html": "write index.html to replace the page's",
    "worker.js.gz": "the site makes compressed files itself",
    "style.css.br": "the site makes compressed files itself",
    "page": "a file in the place of a folder",
    "worker.js/more.txt": "a file in the place of a folder",
    "runtime/mine.js": "browsers keep runtime/ for ever",
}
"""Path of an own file -> words of the sentence that says why it cannot be added."""


def test_a_clash_with_the_scanners_own_files_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An own file in the place of the scanner's is refused by its name, and the old site stays."""
    site = tmp_path / "dist"
    assert assembled(site) == 0
    before = {path: path.stat().st_ino for path in site.rglob("*")}
    folder = tmp_path / "own"
    for path in ("worker.js", "page/mine.js", "hashes/references.json"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("mine")
    assert assembled(site, "--own", str(folder)) == 1
    told = capsys.readouterr().err
    assert "worker.js (the scanner's own file)" in told
    assert "hashes/references.json (the scanner's own file)" in told
    assert "page/mine.js" not in told
    assert {path: path.stat().st_ino for path in site.rglob("*")} == before


@pytest.mark.parametrize("path", CLASHES)
def test_every_kind_of_clash_is_refused(path: str) -> None:
    """Names that differ in case only, compressed forms, folders and the kept-for-ever runtime count as clashes."""
    scanner = {"worker.js": b"", "index.html": b"", "style.css": b"", "hashes/references.json": b"", "page/a.js": b""}
    with pytest.raises(ValueError, match=r"own files: expected names that the scanner does not use") as caught:
        placed(scanner, {path: b"mine"})
    assert f"{path} ({CLASHES[path]}" in str(caught.value)


def test_a_folder_that_holds_more_than_files_is_refused(own: Path, tmp_path: Path) -> None:
    """Links that lead out of the folder, and a folder inside the site's, are named; nothing outside is published."""
    (tmp_path / "secret.txt").write_text("a password")
    (own / "link.txt").symlink_to("../secret.txt")
    (own / "up").symlink_to("..")
    (own / "near.txt").symlink_to("Größe.txt")
    with pytest.raises(ValueError, match=r"link\.txt") as caught:
        own_files(own, tmp_path / "dist")
    assert "up (a link that leads out of the folder" in str(caught.value)
    assert "near.txt" not in str(caught.value)
    with pytest.raises(ValueError, match="found one inside the other"):
        own_files(own, own / "dist")
    with pytest.raises(ValueError, match="found none"):
        own_files(tmp_path / "nowhere", tmp_path / "dist")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own pages in a folder that cannot be read are never missing in silence, nor deleted with the old site."""
    site = tmp_path / "dist"
    write_folder(site, {"a": b"", LIST: list_of({"a": b""})})
    for top in (tmp_path / "own", site):
        top.mkdir(exist_ok=True)
        monkeypatch.chdir(top)
        for _ in range(20):  # a path longer than the system takes: even its owner cannot read it by its name
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        Path("imprint.html").write_text("Imprint")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"ddd \(a folder that cannot be read: File name too long\)"):
        own_files(tmp_path / "own", site)
    with pytest.raises(ValueError, match=r"ddd \(a folder that cannot be read\)"):
        refuse_to_delete(site)


def test_assembling_again_stops_at_files_that_it_has_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page put into dist/, and a file of dist/ that was edited, are named and stay; nothing is changed."""
    site = tmp_path / "dist"
    assert assembled(site) == 0
    (site / "imprint.html").write_text("weeks of work")
    (site / "style.css").write_text("p { color: navy }")
    (site / ".DS_Store").write_text("leavings of a system")
    before = {path: path.stat().st_ino for path in site.rglob("*")}
    assert assembled(site) == 1
    told = capsys.readouterr().err
    assert "expected only files that phash-scanner made, found imprint.html (not made here), " in told
    assert "style.css (changed since)" in told
    assert ".DS_Store" not in told
    cure = (
        "move a file that was not made here into own/ (or the folder that --own names); delete a changed file, or move"
    )
    assert cure in told
    assert {path: path.stat().st_ino for path in site.rglob("*")} == before
    (site / "imprint.html").unlink()
    (site / "style.css").unlink()
    assert assembled(site) == 0
    assert (site / "style.css").read_text() != "p { color: navy }"


def test_a_file_that_comes_while_the_site_is_assembled_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page saved into dist/ during the seconds of assembling is not deleted."""
    from scanner.offline.site import assemble

    site = tmp_path / "dist"
    assert assembled(site) == 0
    real = assemble.site_files

    def slow(*arguments: object, **options: object) -> object:
        (site / "late.html").write_text("just saved")
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(assemble, "site_files", slow)
    assert assembled(site) == 1
    assert "late.html (not made here)" in capsys.readouterr().err
    assert (site / "late.html").read_text() == "just saved"


def test_the_site_of_an_older_version_is_known_by_its_service_worker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A site without a list is replaced if its service worker lists all of its files; another file stops it."""
    site = tmp_path / "dist"
    assert assembled(site) == 0
    for path in (LIST, *host_files()):  # earlier versions made none of these
        (site / path).unlink()
    (site / "imprint.html").write_text("weeks of work")
    assert assembled(site) == 1
    assert "found imprint.html (not made here): " in capsys.readouterr().err
    (site / "imprint.html").unlink()
    assert assembled(site) == 0
    assert (site / LIST).is_file()


def test_a_folder_that_does_not_say_who_made_it_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with an assets.json but no list of files, or a damaged list, may hold anybody's work."""
    site = tmp_path / "dist"
    for files in ({"assets.json": b"{}", "page.html": b"mine"}, {LIST: b"{", "assets.json": b"{}"}):
        write_folder(site, files)
        assert assembled(site) == 1
        assert "no list of what phash-scanner made" in capsys.readouterr().err
        assert sorted(os.listdir(site)) == sorted(files)


def test_own_rules_for_a_host_take_the_place_of_the_sites(tmp_path: Path) -> None:
    """A publisher's own `.htaccess` and `_headers` are in the site as they were written."""
    own = tmp_path / "own"
    own.mkdir()
    for name in (".htaccess", "_headers"):
        (own / name).write_text(f"# {name} of the publisher\n", encoding="utf-8")
    assert assembled(tmp_path / "dist", "--own", str(own)) == 0
    for name in (".htaccess", "_headers"):
        assert (tmp_path / "dist" / name).read_text(encoding="utf-8") == f"# {name} of the publisher\n"


def test_an_own_front_page_says_which_settings_it_puts_out_of_use(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an own index.html, the settings that the page would show are named; those of other files are not."""
    words = {"title": "Ours", "links": {"Imprint": "imprint.html"}, "scripts": [], "colours": "navy", "sheet": "Look"}
    (tmp_path / "site.json").write_text(json.dumps(words), encoding="utf-8")
    settings = ["--config", str(tmp_path / "site.json")]
    assert assembled(tmp_path / "dist", "--own", str(own), *settings) == 0
    told = capsys.readouterr().err
    assert "own file index.html replaces the page: title, links of the settings are not used" in told
    (own / "index.html").unlink()
    assert assembled(tmp_path / "dist", "--own", str(own), *settings) == 0
    assert "replaces the page" not in capsys.readouterr().err


def test_own_scripts_are_part_of_the_page(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that site.json names runs on the page, also without a network; a missing one is a fault."""
    (own / "index.html").unlink()
    (own / "looks" / "Zähler.js").write_text("globalThis.counting = true;", encoding="utf-8")
    config, site = tmp_path / "site.json", tmp_path / "dist"
    config.write_text('{"title": "Ours", "scripts": ["own/looks/Zähler.js"]}', encoding="utf-8")
    assert assembled(site, "--own", str(own), "--config", str(config)) == 0
    page = (site / "index.html").read_text(encoding="utf-8")
    assert '<script type="module" src="looks/Z%C3%A4hler.js"></script>' in page
    assert "looks/Zähler.js" in build_of(site)["kept"]
    before = page
    config.write_text('{"title": "New", "scripts": ["looks/Zaehler.js"]}', encoding="utf-8")
    assert assembled(site, "--own", str(own), "--config", str(config)) == 1
    assert "found 'looks/Zaehler.js', which is not there: write 'looks/Zähler.js'" in capsys.readouterr().err
    assert assembled(site, "--config", str(config)) == 1
    assert "which is not there: add it to own/ (or the folder that --own names)" in capsys.readouterr().err
    assert (site / "index.html").read_text(encoding="utf-8") == before
