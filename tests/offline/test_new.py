"""Somebody who starts from nothing gets a folder, and a page from the folder, with one command each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scanner import HashBundle
from scanner.offline.command.main import main
from scanner.offline.site import assemble
from scanner.offline.site.hosts import host_files
from scanner.offline.site.settings import KEYS
from support.places import PICTURES, PROJECT


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new folder, seen from the folder above it."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my-scanner"]) == 0
    return tmp_path / "my-scanner"


def test_a_new_folder_becomes_a_page_with_one_command(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`publish` in a new folder makes a page for readers, with titles, thumbnails and the files for hosts."""
    assert main(["publish", "my-scanner"]) == 0
    told = capsys.readouterr()
    assert "warning" not in told.err
    assert "phash-scanner serve my-scanner/dist" in told.out
    site = started / "dist"
    references = HashBundle.load(site / "hashes" / "references.json").references
    titles = json.loads((started / "pictures" / "references.json").read_text(encoding="utf-8"))
    assert {reference.id: reference.fields["title"] for reference in references} == {
        name: fields["title"] for name, fields in titles.items()
    }
    for reference in references:
        thumbnail = site / "hashes" / str(reference.fields["thumbnail"])
        assert 0 < thumbnail.stat().st_size <= 20_000
    settings = json.loads((started / "site.json").read_text(encoding="utf-8"))
    page = (site / "index.html").read_text(encoding="utf-8")
    assert settings["title"] in page
    assert settings["lead"].replace("'", "&#x27;") in page
    for path in host_files():
        assert (site / path).is_file()


def test_ones_own_pictures_pages_and_words_take_the_place_of_the_samples(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an exchange of pictures, settings and own pages, `publish` in the folder makes the page anew."""
    for sample in (started / "pictures").glob("*.png"):
        sample.unlink()
    shutil.copy(PICTURES / "album.png", started / "pictures" / "album.png")
    (started / "pictures" / "references.json").write_text('{"album": {"title": "Golden Hour"}}', encoding="utf-8")
    (started / "site.json").write_text('{"title": "Records", "language": "de"}', encoding="utf-8")
    (started / "own").mkdir()
    (started / "own" / "imprint.html").write_text("<title>Imprint</title>", encoding="utf-8")
    monkeypatch.chdir(started)
    for _ in range(2):  # and again, over its own site
        assert main(["publish"]) == 0
    assert HashBundle.load(started / "dist" / "hashes" / "references.json").ids == ("album",)
    page = (started / "dist" / "index.html").read_text(encoding="utf-8")
    assert "<title>Records</title>" in page
    assert '<html lang="de">' in page
    assert (started / "dist" / "imprint.html").is_file()


@pytest.mark.parametrize("kind", ["a folder", "a file", "a broken link"])
def test_what_is_there_already_stays_as_it_is(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`new` makes no folder where anything has the name, and says so."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "my-scanner"
    if kind == "a folder":
        place.mkdir()
    elif kind == "a file":
        place.write_text("years of work", encoding="utf-8")
    else:
        place.symlink_to("nowhere")
    with pytest.raises(SystemExit) as end:
        main(["new", "my-scanner"])
    assert end.value.code == 2
    assert "expected a name that is free, found a " in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["my-scanner"]
    assert kind != "a file" or place.read_text(encoding="utf-8") == "years of work"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`new` below a file ends with a sentence and exit code 2."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["new", str(tmp_path / "file" / "my-scanner")]) == 2
    assert "expected a folder that can be made, found otherwise (" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["pictures", "site.json"])
def test_publish_elsewhere_says_how_to_begin(missing: str, started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`publish` in a folder that lacks a part writes nothing, names the part, and names the command that helps."""
    place = started / missing
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(SystemExit) as end:
        main(["publish", "my-scanner"])
    assert end.value.code == 2
    named = {"pictures": "folder pictures/"}.get(missing, missing)
    assert re.search(f"found no {named} in it: .*`phash-scanner new FOLDER`", capsys.readouterr().err)
    assert not (started / "hashes").exists()
    assert not (started / "dist").exists()


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [("site.json", '{"titel": "Records"}', "is 'title' meant?"), ("pictures/empty.png", "", "empty.png")],
)
def test_a_fault_in_the_folder_stops_publish_before_the_page(
    file: str, text: str, told: str, started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged picture or a misspelt setting ends `publish` with exit code 1, and the fault is named."""
    (started / file).write_text(text, encoding="utf-8")
    assert main(["publish", "my-scanner"]) == 1
    assert told in capsys.readouterr().err
    assert not (started / "dist").exists()


def test_a_plain_folder_of_pictures_is_told_where_to_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`publish` of a folder with pictures and nothing else counts them, and says how to begin."""
    monkeypatch.chdir(tmp_path)
    Path("Meine Umschläge").mkdir()
    for name in ("album", "whale"):
        shutil.copy(PICTURES / f"{name}.png", "Meine Umschläge")
    with pytest.raises(SystemExit) as end:
        main(["publish", "Meine Umschläge"])
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert "found no folder pictures/ and no site.json in it, but 2 pictures: make a folder with" in told
    with pytest.raises(SystemExit):
        main(["publish", "My covers"])
    assert "My covers: expected a folder that `phash-scanner new` made, found nothing" in capsys.readouterr().err


def test_publish_names_the_faults_of_pictures_ids_fields_and_settings_at_once(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One call of `publish` names every mistake in the folder, and writes nothing."""
    (started / "site.json").write_text('{"titel": "Records"}', encoding="utf-8")
    (started / "pictures" / "empty.png").touch()
    fields = {"whael": {}, "lighthouse": {"url": "example.org/sea"}}
    (started / "pictures" / "references.json").write_text(json.dumps(fields), encoding="utf-8")
    assert main(["publish", "my-scanner"]) == 1
    told = capsys.readouterr().err
    for words in ("is 'title' meant?", "empty.png: expected", "is 'whale' meant?", 'write "https://example.org/sea"'):
        assert words in told
    assert not (started / "hashes").exists()
    assert not (started / "dist").exists()


def test_publish_leaves_out_pictures_at_fault_on_request(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`publish` takes the option that its faults recommend, and makes the page of the other pictures."""
    (started / "pictures" / "empty.png").touch()
    assert main(["publish", "my-scanner"]) == 1
    assert "the other 2 pictures are good: add --skip-bad" in capsys.readouterr().err.splitlines()[-1]
    assert main(["publish", "my-scanner", "--skip-bad"]) == 0
    assert "empty.png: expected" in capsys.readouterr().err
    references = HashBundle.load(started / "dist" / "hashes" / "references.json")
    assert references.ids == ("lighthouse", "whale")


def test_an_interruption_of_publish_says_that_the_bundle_is_written(
    started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while the page is assembled names the bundle, which is new by then, once; the page is not there."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(assemble, "write_folder", interrupted)
    assert main(["publish", "my-scanner"]) == 130
    assert "interrupted: my-scanner/hashes/references.json is written, whole\n" in capsys.readouterr().err
    assert not (started / "dist").exists()


def test_the_help_in_the_folder_names_commands_and_files_that_exist(started: Path) -> None:
    """Each command of the new folder's README.txt explains itself, each file is there, and no setting is left out."""
    text = (started / "README.txt").read_text(encoding="utf-8")
    for subcommand in set(re.findall(r"^phash-scanner (\w+)", text, re.M)):
        with pytest.raises(SystemExit) as end:
            main([subcommand, "--help"])
        assert end.value.code == 0
    assert [key for key in KEYS if not re.search(rf"\b{key}\b", text)] == []
    named = re.findall(r"^(\S+)  ", text, re.M)
    assert {"pictures/", "pictures/references.json", "site.json"} <= set(named)
    assert all((started / name).exists() for name in named if name not in {"own/", "phash-scanner"})


def blocks(document: str) -> list[str]:
    """Returns the blocks of commands in a document."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    return re.findall(r"^```(?:sh|powershell)\n(.*?)^```", text, re.M | re.S)


@pytest.mark.parametrize("document", ["README.md", "docs/publish.md"])
def test_the_commands_of_the_documents_lead_to_a_page(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the document, typed one after the other, lead to the page that the last one serves."""
    (commands,) = (block for block in blocks(document) if block.startswith("phash-scanner new"))
    monkeypatch.chdir(tmp_path)
    *lines, last = (line.partition("#")[0].split() for line in commands.splitlines())
    for words in lines:
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
        else:
            assert words[0] == "phash-scanner"
            assert main(words[1:]) == 0
    assert last[:2] == ["phash-scanner", "serve"]
    assert Path("dist", "index.html").is_file()


@pytest.mark.skipif(not shutil.which("rsync"), reason="needs rsync")
def test_the_upload_with_rsync_changes_the_lists_of_files_last(tmp_path: Path) -> None:
    """The document's lines copy the whole site, and a reader meets the new list of files when all others are there."""
    (commands,) = (block for block in blocks("docs/publish.md") if block.startswith("host="))
    host, *lines = commands.splitlines()
    assert re.fullmatch(r"host=\S+:\S+/", host)
    lists = {"assets.json", "service-worker.js"}
    paths = {*lists, ".htaccess", "index.html", "runtime/.htaccess", "runtime/core.wasm", "hashes/references.json"}
    for path in paths:
        (tmp_path / "dist" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / path).write_text(path, encoding="utf-8")
    copied = []
    for line in lines:
        subprocess.run(line, shell=True, check=True, cwd=tmp_path, env={**os.environ, "host": f"{tmp_path}/scan/"})
        there = (path for path in (tmp_path / "scan").rglob("*") if path.is_file())
        copied.append({path.relative_to(tmp_path / "scan").as_posix() for path in there})
    assert copied == [{"runtime/.htaccess", "runtime/core.wasm"}, paths - lists, paths]


def test_windows_is_set_up_with_the_same_commands() -> None:
    """The commands for Windows are those for other systems, with the names that Windows gives to Python and folders."""
    linux, windows = (block for block in blocks("docs/publish.md") if "-m venv" in block)
    translated = (
        linux.replace("python3 ", "py ").replace(". scanner-env/bin/", "scanner-env/Scripts/").replace("/", "\\")
    )
    assert windows == translated
