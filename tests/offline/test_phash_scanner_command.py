"""`phash-scanner` is one command for everything done offline, `python build_hashes.py` included."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline import build_bundle
from scanner.offline.command.main import SUBCOMMANDS, main
from support.pictures import cover
from support.places import PROJECT


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pictures away from the repository, as the current folder."""
    (tmp_path / "covers").mkdir()
    for seed, name in enumerate(("one", "two")):
        Image.fromarray(cover(seed)).save(tmp_path / "covers" / f"{name}.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_names_every_subcommand_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """`phash-scanner --help`, the first thing that a newcomer reads, names each subcommand and its purpose."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for name, summary in SUBCOMMANDS.items():
        assert f"{name} {summary}" in told


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_each_subcommand_explains_itself_under_its_own_name(
    subcommand: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage and examples name a command that the user can type."""
    with pytest.raises(SystemExit) as ended:
        main([subcommand, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.startswith(f"usage: phash-scanner {subcommand} ")
    assert "build_hashes.py" not in told
    assert "python -m" not in told


@pytest.mark.parametrize("arguments", [[], ["bild"], ["--nonsense"]])
def test_a_word_that_is_no_subcommand_is_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, with the usage."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: phash-scanner " in capsys.readouterr().err


def test_build_is_what_build_hashes_does(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both commands give equal bytes, an equal report and an equal exit code."""
    assert main(["build", "covers", "-o", "mine.json"]) == 0
    told = capsys.readouterr().out
    mine = (away / "mine.json").read_bytes()
    done = subprocess.run(
        [sys.executable, PROJECT / "build_hashes.py", "covers", "-o", "mine.json"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    assert (done.stdout, (away / "mine.json").read_bytes()) == (told, mine)


def test_check_says_whether_the_bundle_is_up_to_date_and_which_command_mends_it(
    away: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0 or 1, and nothing is written; the user can run the recommended command."""
    main(["build", "covers", "--quiet"])
    before = (away / "hashes" / "references.json").read_bytes()
    assert main(["check", "covers"]) == 0
    assert capsys.readouterr().out == "hashes/references.json is up to date with covers\n"
    (away / "covers" / "two.png").rename(away / "covers" / "three.png")
    assert main(["check", "covers", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["added"] == ["three"]
    assert main(["check", "covers"]) == 1
    told = capsys.readouterr().out
    assert "to bring it up to date: phash-scanner build covers -o hashes/references.json --threshold 25\n" in told
    assert (away / "hashes" / "references.json").read_bytes() == before


def test_report_writes_a_page_and_nothing_else(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the page is added to the folder, and it recommends a command that the user can run."""
    assert main(["report", "covers", "page.html", "-o", "mine.json", "--threshold", "9"]) == 0
    assert {path.name for path in away.iterdir()} == {"covers", "page.html"}
    page = (away / "page.html").read_text(encoding="utf-8")
    assert "<code>phash-scanner build covers -o mine.json --threshold " in page
    assert capsys.readouterr().out == "page.html: what to expect of 2 pictures with threshold 9\n"


def test_pictures_at_fault_end_a_report_too(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, every fault on stderr, no page."""
    (away / "covers" / "empty.png").touch()
    assert main(["report", "covers", "page.html"]) == 1
    assert "empty.png" in capsys.readouterr().err
    assert not (away / "page.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "covers", "page"], "end the name with .html"),
        (["report", "covers", "covers/one.png/page.html"], "expected a place that can be written to"),
        (["check", "nowhere"], "expected a folder of pictures, found nothing of that name: nowhere"),
        (["check", "covers", "--report", "page.html"], "--report"),
        (["demo", "--port", "70000"], "expected 0 to 65535"),
        (["demo", "--folder", "covers"], "expected a folder for the demo, found one with other things in it"),
    ],
)
def test_wrong_usage_is_named(
    away: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 with what was expected; no file of the user is touched."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in away.rglob("*")) == ["covers", "one.png", "two.png"]


def test_site_and_serve_count_from_the_current_folder(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bundle and site lie below the current folder, not in the repository that may hold the code."""
    assert main(["serve"]) == 1
    assert "no index.html in dist: make the site with `phash-scanner site`" in capsys.readouterr().err
    assert main(["site", "--runtime", "cdn"]) == 1
    assert "hashes/references.json is missing: make it with `phash-scanner build`" in capsys.readouterr().err
    main(["build", "covers", "--quiet"])
    assert main(["site", "--runtime", "cdn"]) == 0
    assert capsys.readouterr().out.endswith("Next: phash-scanner serve\n")
    assert HashBundle.load(away / "dist" / "hashes" / "references.json").ids == ("one", "two")
    assert main(["site", "--runtime", "cdn", "-o", "my site"]) == 0
    assert capsys.readouterr().out.endswith("Next: phash-scanner serve 'my site'\n")


def test_the_repositorys_demo_pictures_come_along_when_its_own_bundle_is_named_by_a_short_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the repository `phash-scanner site` makes the site that `python -m scanner.offline.site` makes."""
    monkeypatch.chdir(PROJECT)
    assert main(["site", "--runtime", "cdn", "-o", str(tmp_path / "made")]) == 0
    shown = {path.name for path in (tmp_path / "made" / "pictures").glob("*.png")}
    assert shown == {path.name for path in (PROJECT / "reference_images").glob("*.png")}


def test_a_picture_folder_gives_the_same_bundle_by_command_and_by_call(away: Path) -> None:
    """The command gives the bundle that `build_bundle` returns."""
    main(["build", "covers", "-o", "mine.json", "--quiet"])
    assert (away / "mine.json").read_text(encoding="utf-8") == build_bundle("covers").to_json()
