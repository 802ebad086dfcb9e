"""`python build_hashes.py`: its bundle, its messages and its exit codes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline import build_bundle
from support.pictures import cover
from support.places import PROJECT

LONG_NAME = "a" * 300
"""A name longer than file systems take."""


def command(*arguments: object) -> list[str]:
    return [sys.executable, str(PROJECT / "build_hashes.py"), *map(str, arguments)]


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user would, from any folder."""
    return subprocess.run(command(*arguments), cwd=cwd, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder with three pictures."""
    folder = tmp_path / "images"
    folder.mkdir()
    for seed, name in enumerate(("1", "two words", "さくら")):
        Image.fromarray(cover(seed)).save(folder / f"{name}.png")
    return folder


def many(folder: Path, count: int) -> Path:
    """A folder with enough pictures for several processes."""
    folder.mkdir()
    for seed in range(count):
        Image.fromarray(cover(seed, (60, 50))).save(folder / f"{seed}.png")
    return folder


def test_it_writes_the_bundle_and_says_what_is_in_it(images: Path, tmp_path: Path) -> None:
    """Exit 0: the bundle is there, the report is on stdout, and stderr is silent when it is no terminal."""
    bundle = tmp_path / "new" / "folder" / "bundle.json"
    done = run(images, "-o", bundle, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert HashBundle.load(bundle).to_json() == build_bundle(images).to_json() == bundle.read_text(encoding="utf-8")
    assert f"3 references, {bundle.stat().st_size:,} bytes, threshold 25" in done.stdout


def test_without_arguments_it_takes_the_projects_folders(images: Path, tmp_path: Path) -> None:
    """reference_images/ becomes hashes/references.json below the current folder."""
    images.rename(tmp_path / "reference_images")
    assert run(cwd=tmp_path).returncode == 0
    assert len(HashBundle.load(tmp_path / "hashes" / "references.json")) == 3


@pytest.mark.parametrize("parameters", ["as they are", "of another version"])
def test_a_bundle_of_other_pictures_is_replaced_only_by_a_folder_that_is_named(
    images: Path, tmp_path: Path, parameters: str
) -> None:
    """Exit 2 where no folder is named and an id would be lost: the id is named, and the bundle stays."""
    run(images, "-o", "hashes/references.json", cwd=tmp_path)
    bundle = tmp_path / "hashes" / "references.json"
    if parameters == "of another version":
        bundle.write_text(bundle.read_text(encoding="utf-8").replace('"phash"', '"older"'), encoding="utf-8")
    mine = bundle.read_bytes()
    images.rename(tmp_path / "reference_images")
    (tmp_path / "reference_images" / "two words.png").rename(tmp_path / "reference_images" / "three.png")
    done = run("--report", "report.html", cwd=tmp_path)
    assert (done.returncode, done.stdout, bundle.read_bytes()) == (2, "", mine)
    assert "found 'two words' in it: name the folder of its pictures, or reference_images to replace it" in done.stderr
    assert not (tmp_path / "report.html").exists()
    assert run("reference_images", cwd=tmp_path).returncode == 0
    assert "three" in HashBundle.load(bundle).ids


def test_the_committed_demo_bundle_is_up_to_date() -> None:
    """The command makes the project's bundle from the project's pictures."""
    done = run("--check", cwd=PROJECT)
    assert (done.returncode, done.stdout) == (0, "hashes/references.json is up to date with reference_images\n")


def test_the_number_of_processes_does_not_change_a_byte(tmp_path: Path) -> None:
    """Two runs, and one or two processes, write the same bytes."""
    images = many(tmp_path / "images", 33)
    texts = set()
    for number, jobs in enumerate((1, 2, 2)):
        bundle = tmp_path / f"{number}.json"
        assert run(images, "-o", bundle, "--jobs", jobs, "--quiet").returncode == 0
        texts.add(bundle.read_bytes())
    assert len(texts) == 1


def test_the_report_as_json_has_everything(images: Path, tmp_path: Path) -> None:
    """--json prints one object: size, flattest pictures, alike pairs, skipped files, faults."""
    shutil.copy(images / "1.png", images / "1 again.png")
    (images / "notes.txt").touch()
    (images / "empty.png").touch()
    bundle = tmp_path / "bundle.json"
    done = run(images, "-o", bundle, "--json", "--skip-bad", "--threshold", 20)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["written"] is True
    assert report["bundle"] == bundle.as_posix()
    assert report["bytes"] == bundle.stat().st_size
    assert (report["references"], report["threshold"]) == (4, 20)
    assert report["alike"] == [{"ids": ["1", "1 again"], "distance": 0, "turned": 0}]
    assert {entry["id"] for entry in report["flattest"]} == {"1", "1 again", "two words", "さくら"}
    assert ["notes.txt" in note for note in report["skipped"]] == [True]
    assert ["empty.png" in fault for fault in report["faults"]] == [True]


def test_alike_pictures_are_reported_to_people(images: Path, tmp_path: Path) -> None:
    """The report names two equal pictures, what becomes of them, and the cure; both are hopeless."""
    shutil.copy(images / "1.png", images / "copy.png")
    done = run(images, "-o", tmp_path / "b.json")
    assert "  '1' and 'copy': the scanner names neither: leave all but one out, or change them visibly\n" in done.stdout
    assert done.stderr.count("is hopeless: looks equal to another picture here: leave one out") == 2


def test_a_picture_enrolled_in_two_turns_is_reported_too(images: Path, tmp_path: Path) -> None:
    """The report names a picture and its turned copy, and that each has to be held straight."""
    Image.open(images / "1.png").transpose(Image.Transpose.ROTATE_270).save(images / "on its side.png")
    told = run(images, "-o", tmp_path / "b.json").stdout
    assert (
        "  '1' and 'on its side': each is another, turned, and the scanner names each only when held straight" in told
    )


def test_many_alike_pictures_are_one_line_for_people_and_pairs_for_programs(images: Path, tmp_path: Path) -> None:
    """Fourteen equal pictures are one group, of which ten are named; --json has every pair and every name."""
    for number in range(13):
        shutil.copy(images / "1.png", images / f"copy {number:02}.png")
    told = run(images, "-o", tmp_path / "b.json").stdout
    (line,) = (line for line in told.splitlines() if line.startswith("  '1', 'copy 00'"))
    assert "'copy 08' and 4 more: the scanner names none of them" in line
    report = json.loads(run(images, "-o", tmp_path / "b.json", "--json").stdout)
    assert len(report["alike"]) == 14 * 13 // 2
    (group,) = report["groups"]
    assert len(group["ids"]) == 14
    assert set(group["fates"].values()) == {"never"}


def test_quiet_prints_nothing(images: Path, tmp_path: Path) -> None:
    """--quiet leaves nothing to read when all is well."""
    done = run(images, "-o", tmp_path / "b.json", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bad_pictures_are_all_named_and_nothing_is_written(images: Path, tmp_path: Path) -> None:
    """Exit 1: each fault on its own line of stderr, and the way on; nothing on stdout, the old bundle untouched."""
    (images / "empty.png").touch()
    (images / "words.jpg").write_text("hello")
    Image.new("L", (40, 40), 128).save(images / "flat.png")
    Image.fromarray(cover(5)).save(images / "1.bmp")
    bundle = tmp_path / "bundle.json"
    bundle.write_text("the old one")
    done = run(images, "-o", bundle)
    assert (done.returncode, done.stdout) == (1, "")
    *lines, last = done.stderr.splitlines()
    assert len(lines) == 4
    assert last == "the other 2 pictures are good: add --skip-bad to leave out the pictures at fault"
    for name in ("empty.png", "words.jpg", "flat.png", "1.bmp"):
        assert any(name in line for line in lines)
    assert bundle.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle.json", "images"]


def test_a_fault_stays_on_its_line_whatever_the_file_is_called(images: Path, tmp_path: Path) -> None:
    """Line ends and terminal controls in a name are shown as escapes, on stderr and in the report."""
    (images / "two\nlines\x1b[31m.png").touch()
    (images / "two\nlines\x1b[31m.txt").touch()
    shutil.copy(images / "1.png", images / "1\r.png")
    shown = "two\\nlines\\x1b[31m"
    done = run(images, "-o", tmp_path / "b.json", "--skip-bad")
    assert [f"{shown}.png" in line for line in done.stderr.splitlines()] == [True, False, False]
    assert done.stderr.splitlines()[2].startswith("forecast: '1\\r' is hopeless: ")
    assert f"{shown}.txt: not a picture" in done.stdout
    assert "'1' and '1\\r': the scanner names neither" in done.stdout


def test_bad_pictures_are_told_as_json_too(images: Path, tmp_path: Path) -> None:
    """With --json a program reads the faults on stdout."""
    (images / "empty.png").touch()
    done = run(images, "-o", tmp_path / "b.json", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["written"]) == (1, False)
    assert "empty.png" in report["faults"][0]
    report = json.loads(run(images, "-o", tmp_path / "b.json", "--json", "--check").stdout)
    assert report["up_to_date"] is False
    assert "empty.png" in report["faults"][0]


def test_json_is_json_on_a_console_of_few_letters(images: Path, tmp_path: Path) -> None:
    """Ids that the console cannot show come as escapes that every reader of JSON undoes."""
    for name in ("é", "🐋"):
        shutil.copy(images / "1.png", images / f"{name}.png")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    told = subprocess.run(
        command(images, "-o", tmp_path / "b.json", "--json"),
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    assert {entry["id"] for entry in json.loads(told.stdout)["flattest"]} >= {"é", "🐋", "さくら"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix pipes")
@pytest.mark.parametrize("option", ["--json", "--check", "--skip-bad"])
def test_a_reader_that_has_seen_enough_is_no_error(images: Path, tmp_path: Path, option: str) -> None:
    """`... | head` ends in silence with the exit code that shells know, and the bundle is written."""
    bundle = tmp_path / "b.json"
    with subprocess.Popen(
        command(images, "-o", bundle, option), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        started.stdout.close()
        assert started.stderr is not None
        assert started.stderr.read() == b""
    assert started.returncode == 141
    assert bundle.exists() == (option != "--check")


def test_fields_that_look_like_a_mistake_are_warned_of(images: Path, tmp_path: Path) -> None:
    """Exit 0: picture, field, what was found and what to write, on stderr and in --json; silent with --quiet."""
    (images / "references.json").write_text('{"さくら": {"url": "example.org/shop", "Title": "A"}}', encoding="utf-8")
    bundle = tmp_path / "b.json"
    done = run(images, "-o", bundle, "--json")
    told = json.loads(done.stdout)["warnings"]
    assert done.returncode == 0
    assert [f"warning: {text}" for text in told] == done.stderr.splitlines()
    assert "references.json: picture 'さくら', field 'url': expected" in told[0]
    assert 'write "https://example.org/shop"' in told[0]
    assert "field 'Title'" in told[1]
    assert HashBundle.load(bundle).references[2].fields == {"url": "example.org/shop", "Title": "A", "aspect": 0.75}
    assert json.loads(run(images, "-o", bundle, "--json", "--check").stdout)["warnings"] == told
    assert run(images, "-o", bundle, "--quiet").stderr == ""


def test_bad_pictures_can_be_left_out(images: Path, tmp_path: Path) -> None:
    """Exit 0 with --skip-bad: the good ones are written, the bad one is still named."""
    (images / "empty.png").touch()
    done = run(images, "-o", tmp_path / "b.json", "--skip-bad")
    assert done.returncode == 0
    assert "empty.png" in done.stderr
    assert "found 4 files: 3 pictures, 1 at fault;" in done.stdout
    assert len(HashBundle.load(tmp_path / "b.json")) == 3


@pytest.mark.parametrize("option", ["--quiet", "--skip-bad", "--check"])
def test_a_folder_without_pictures_is_a_fault(tmp_path: Path, option: str) -> None:
    """Exit 1: an empty bundle is of no use to anybody."""
    done = run(tmp_path, "-o", tmp_path / "b.json", option)
    assert done.returncode == 1
    assert "expected at least one picture, found none" in done.stderr
    assert not (tmp_path / "b.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threshold", "0"], "from 1 to 144, found '0'"),
        (["--threshold", "145"], "from 1 to 144, found '145'"),
        (["--threshold", "many"], "found 'many'"),
        (["--jobs", "0"], "found '0'"),
        (["--nonsense"], "--nonsense"),
        (["--thresh", "20"], "--thresh"),
        (["one", "two"], "two"),
        (["missing"], "expected a folder of pictures, found nothing of that name: missing"),
        (["images/1.png"], "expected a folder of pictures, found a file"),
        (["images", "-o", "images"], "expected a file to write, found a folder"),
        (["images", "-o", "images/references.json"], "write the bundle elsewhere"),
        (["images", "-o", "images/1.png/bundle.json"], "1.png"),
        (["images", "-o", "new/"], "found a folder: new/: add a file name"),
        (["images", "-o", "images/1.png"], "found a picture's name"),
        (["images", "-o", LONG_NAME], "name another place"),
        ([LONG_NAME], "found nothing of that name"),
        (["images", "--report", "b.json"], "end the name with .html"),
        (["images", "--report", "images/1.png/page.html"], "1.png"),
        (["images", "--report", "page.html", "--check"], "found both"),
        (["images", "--report", "page.html", "-o", "page.html"], "found page.html for both"),
    ],
)
def test_wrong_usage_is_told_apart_from_bad_pictures(images: Path, arguments: list[str], message: str) -> None:
    """Exit 2, with what was expected."""
    done = run(*arguments, cwd=images.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert Image.open(images / "1.png").size


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("option", ["-o", "--report"])
def test_a_device_is_never_replaced_by_a_file(images: Path, tmp_path: Path, option: str) -> None:
    """Exit 2: a bundle written to /dev/null leaves /dev/null in place."""
    device = tmp_path / "device.html"
    os.mkfifo(device)
    done = run(images, "-o", tmp_path / "b.json", option, device)
    assert done.returncode == 2
    assert "found a device" in done.stderr
    assert device.is_fifo()


def test_help_shows_examples() -> None:
    """--help explains the command by examples."""
    done = run("--help")
    assert done.returncode == 0
    for word in ("examples:", "--skip-bad", "--check", "exit codes: 0", "references.json"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ([PROJECT / "build_hashes.py"], "numpy"),
        ([PROJECT / "build_hashes.py"], "PIL"),
        (["-m", "scanner.offline.site"], "numpy"),
        (["-m", "scanner.offline.site"], "PIL"),
        (["-m", "scanner.offline.serve"], "numpy"),
        (["-m", "scanner.offline.serve"], "PIL"),
    ],
)
def test_a_python_that_is_not_set_up_is_told_what_to_run(tmp_path: Path, words: list[object], missing: str) -> None:
    """Exit 1 and one sentence: what was expected, which Python was found, and what to run."""
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('No module', name={missing!r})")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"}
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"expected a Python that has numpy and Pillow, found {sys.executable}, which lacks {missing}" in done.stderr
    assert "run `make bundle` once, then `. .venv/bin/activate`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("missing", ["tqdm", "platformdirs"])
def test_numpy_and_pillow_are_enough_where_no_bar_is_drawn(images: Path, tmp_path: Path, missing: str) -> None:
    """Exit 0: a checkout in which nothing is installed builds bundles."""
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('No module', name={missing!r})")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run(command(images, "-o", tmp_path / "b.json"), env=environment, timeout=120, check=True)


def test_a_python_without_a_package_of_the_site_is_told_what_to_run(tmp_path: Path) -> None:
    """Exit 1 and one sentence, as for numpy and Pillow."""
    (tmp_path / "platformdirs.py").write_text("raise ModuleNotFoundError('No module', name='platformdirs')")
    done = subprocess.run(
        [sys.executable, "-m", "scanner.offline.site", "-o", tmp_path / "site"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "expected a Python that has numpy, Pillow and platformdirs, found" in done.stderr


# --check


def test_check_agrees_with_a_fresh_bundle_however_it_is_formatted(images: Path, tmp_path: Path) -> None:
    """Exit 0 for equal content, even if another program has rewritten the file's blanks."""
    bundle = tmp_path / "b.json"
    run(images, "-o", bundle)
    assert run(images, "-o", bundle, "--check").returncode == 0
    bundle.write_text(json.dumps(json.loads(bundle.read_text(encoding="utf-8")), indent=1))
    assert run(images, "-o", bundle, "--check").returncode == 0


def test_check_says_what_differs_and_writes_nothing(images: Path, tmp_path: Path) -> None:
    """Exit 1: added, removed and changed pictures, other fields and another threshold are named."""
    bundle = tmp_path / "b.json"
    run(images, "-o", bundle)
    before = bundle.read_bytes()
    (images / "1.png").rename(images / "one.png")
    Image.fromarray(cover(9)).save(images / "two words.png")
    (images / "references.json").write_text('{"さくら": {"title": "cherry"}}', encoding="utf-8")
    report = json.loads(run(images, "-o", bundle, "--check", "--json", "--threshold", 20).stdout)
    assert report["up_to_date"] is False
    assert (report["added"], report["removed"], report["changed"]) == (["one"], ["1"], ["two words"])
    assert report["other fields"] == ["さくら"]
    assert report["threshold"] == "25 in the bundle, 20 asked for"
    told = run(images, "-o", bundle, "--check")
    assert told.returncode == 1
    assert "out of date" in told.stdout
    assert f"to bring it up to date: python build_hashes.py {images} -o {bundle} --threshold 25\n" in told.stdout
    assert bundle.read_bytes() == before


def test_check_says_that_an_older_builder_made_the_bundle(images: Path, tmp_path: Path) -> None:
    """A bundle without its pictures' aspects is read, is out of date, and the reason is named; building mends it."""
    bundle = tmp_path / "b.json"
    run(images, "-o", bundle)
    whole = bundle.read_bytes()
    document = json.loads(whole)
    ids = [reference["id"] for reference in document["references"] if reference.pop("aspect")]
    bundle.write_text(json.dumps(document), encoding="utf-8")
    assert len(HashBundle.load(bundle)) == len(ids)
    report = json.loads(run(images, "-o", bundle, "--check", "--json").stdout)
    assert report["without aspect"] == ids
    assert "other fields" not in report
    assert "an older builder, which kept no aspect" in run(images, "-o", bundle, "--check").stdout
    run(images, "-o", bundle)
    assert bundle.read_bytes() == whole


def test_check_tells_true_from_1(images: Path, tmp_path: Path) -> None:
    """A field that Python calls equal and JSON does not is a difference."""
    fields = images / "references.json"
    fields.write_text('{"1": {"new": true}}')
    run(images, "-o", tmp_path / "b.json")
    fields.write_text('{"1": {"new": 1}}')
    report = json.loads(run(images, "-o", tmp_path / "b.json", "--check", "--json").stdout)
    assert report["other fields"] == ["1"]


@pytest.mark.parametrize("text", [None, "{", '{"format": "something else"}'])
def test_check_of_a_missing_or_damaged_bundle_says_so(images: Path, tmp_path: Path, text: str | None) -> None:
    """Exit 1, and the reason is named."""
    bundle = tmp_path / "b.json"
    if text is not None:
        bundle.write_text(text)
    done = run(images, "-o", bundle, "--check")
    assert done.returncode == 1
    assert "b.json: " in done.stdout
    assert bundle.exists() == (text is not None)


def test_check_is_silent_when_quiet(images: Path, tmp_path: Path) -> None:
    """--check --quiet prints nothing: a script reads the exit code."""
    done = run(images, "-o", tmp_path / "b.json", "--check", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


# At a terminal.


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
def test_a_terminal_shows_progress(images: Path, tmp_path: Path) -> None:
    """The bar counts the pictures and is gone at the end; a pipe never sees it."""
    import pty

    leader, follower = pty.openpty()
    done = subprocess.run(
        command(images, "-o", tmp_path / "b.json"), stdout=subprocess.PIPE, stderr=follower, timeout=120, check=True
    )
    os.close(follower)
    read = b""
    with suppress(OSError):  # how Linux says that there is no more
        while part := os.read(leader, 10_000):
            read += part
    os.close(leader)
    shown = read.decode()
    assert "3 of 3 pictures" in shown
    assert shown.endswith("\r")
    assert shown.split("\r")[-2].replace("\x1b[K", "").strip() == ""
    assert b"pictures," not in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_leaves_the_old_bundle(tmp_path: Path, jobs: int) -> None:
    """Ctrl-C ends the command, with its processes, at once and in a sentence; nothing is written."""
    images = tmp_path / "images"
    images.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), np.uint8)
    Image.fromarray(noise).save(images / "0.png", compress_level=1)
    for number in range(1, 400):
        os.link(images / "0.png", images / f"{number}.png")
    bundle = tmp_path / "b.json"
    bundle.write_text("the old one")
    started = subprocess.Popen(
        command(images, "-o", bundle, "--jobs", jobs),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(3)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to the command and its processes
    _, told = started.communicate(timeout=60)
    assert started.returncode == 130
    assert told == "interrupted: nothing was written\n"
    assert bundle.read_text() == "the old one"


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
@pytest.mark.usefixtures("heard_ctrl_c")
def test_interrupting_the_report_leaves_the_old_bundle_too(tmp_path: Path) -> None:
    """Ctrl-C during the prediction leaves the old bundle, so that "nothing was written" is true."""
    bundle = tmp_path / "b.json"
    bundle.write_text("the old one")
    started = subprocess.Popen(
        command(many(tmp_path / "images", 30), "-o", bundle, "--report", tmp_path / "report.html"),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    # Forecasts of weak pictures come first.
    assert any("a simulated hand holds up 30 pictures" in line for line in started.stderr)
    time.sleep(1)
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=60)
    assert (started.returncode, told) == (130, "interrupted: nothing was written\n")
    assert bundle.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "images"]


def started_with_processes(*arguments: object, before: str = "") -> tuple[subprocess.Popen[str], list[int]]:
    """The command at work in two processes, and their numbers; the command runs the Python program `before` first."""
    program = f"{before}\nimport runpy, sys\nrunpy.run_path(sys.argv.pop(1), run_name='__main__')"
    started = subprocess.Popen(
        [sys.executable, "-c", program, *command(*arguments, "--jobs", 2)[1:]],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    children: list[str] = []
    while len(children) < 2:
        assert started.poll() is None
        time.sleep(0.05)
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
    return started, [int(child) for child in children]


PROCESSES_START_SLOWLY = "import os, time; os.register_at_fork(after_in_child=lambda: time.sleep(2))"

PAUSES_AFTER_KILLING = """
import os, time
from multiprocessing.process import BaseProcess
def pausing(end, here=os.getpid()):
    return lambda process: (end(process), os.getpid() == here and time.sleep(0.5))
BaseProcess.terminate, BaseProcess.kill = pausing(BaseProcess.terminate), pausing(BaseProcess.kill)
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
@pytest.mark.parametrize("before", [PROCESSES_START_SLOWLY, PAUSES_AFTER_KILLING, ""], ids=["start", "end", "quick"])
@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (signal.SIGTERM, 143, "ended by a signal: nothing was written\n"),
        (signal.SIGINT, 130, "interrupted: nothing was written\n"),
    ],
    ids=["kill", "Ctrl-C"],
)
@pytest.mark.usefixtures("heard_ctrl_c")
def test_a_killed_run_leaves_no_process_behind(
    tmp_path: Path, number: signal.Signals, code: int, sentence: str, before: str
) -> None:
    """`kill`, `timeout` and Ctrl-C end the command and its processes, on a busy machine too; nothing is written."""
    images = many(tmp_path / "images", 600)
    started, children = started_with_processes(images, "-o", tmp_path / "b.json", before=before)
    if not before:
        time.sleep(0.5)
    started.send_signal(number)
    assert started.communicate(timeout=60)[1] == sentence
    assert started.returncode == code
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert not (tmp_path / "b.json").exists()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
@pytest.mark.usefixtures("heard_ctrl_c")
def test_interrupting_a_report_ends_at_once_on_a_busy_machine(tmp_path: Path) -> None:
    """Ctrl-C ends the command at once, even if its processes are gone before the executor is shut down."""
    images = many(tmp_path / "images", 30)
    places = ("-o", tmp_path / "b.json", "--report", tmp_path / "report.html")
    started, _ = started_with_processes(images, *places, before=PAUSES_AFTER_KILLING)
    assert started.stderr is not None
    # Forecasts of weak pictures come first.
    assert any("a simulated hand holds up 30 pictures" in line for line in started.stderr)
    time.sleep(1)
    started.send_signal(signal.SIGINT)
    assert started.communicate(timeout=60)[1] == "interrupted: nothing was written\n"
    assert started.returncode == 130


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
def test_a_process_that_is_killed_ends_the_run_in_a_sentence(tmp_path: Path) -> None:
    """The command says in a sentence that a machine short of memory ended a process, and writes no bundle."""
    started, children = started_with_processes(many(tmp_path / "images", 600), "-o", tmp_path / "b.json")
    os.kill(children[0], signal.SIGKILL)
    _, told = started.communicate(timeout=60)
    assert started.returncode == 1
    assert told == "a process was ended from outside, most often for want of memory: try --jobs 1\n"
    assert not (tmp_path / "b.json").exists()


def test_what_the_report_will_do_and_how_long_is_said_before(tmp_path: Path) -> None:
    """The time is on stderr, terminal or not, with the number of processes; --quiet says nothing; pages are equal."""
    images = many(tmp_path / "images", 2)
    page = tmp_path / "report.html"
    pages = []
    for jobs, told in ((1, "about 10 seconds with 1 process"), (2, "about 10 seconds with 2 processes")):
        done = run(images, "-o", tmp_path / "b.json", "--report", page, "--jobs", jobs)
        assert f"{page}: a simulated hand holds up 2 pictures 60 times, {told}\n" in done.stderr
        pages.append(page.read_bytes())
    assert pages[0] == pages[1]
    assert run(images, "-o", tmp_path / "b.json", "--report", page, "--quiet").stderr == ""


def test_the_report_is_one_page_that_needs_nothing_else(tmp_path: Path) -> None:
    """--report writes a page with every picture and its prediction inside, and no address to load from."""
    page = tmp_path / "new" / "report.html"
    other = tmp_path / "new" / "report.html.tmp"
    other.parent.mkdir()
    other.write_text("somebody's own")
    images = many(tmp_path / "images", 2)
    Image.fromarray(cover(7)).save(images / "odd.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    done = run(images, "-o", tmp_path / "b.json", "--report", page, "--threshold", 9)
    assert done.returncode == 0
    assert other.read_text() == "somebody's own"
    html = page.read_text(encoding="utf-8")
    assert f"<code>python build_hashes.py {images} -o {tmp_path / 'b.json'} --threshold " in html
    assert html.count("data:image/") >= 3
    assert "http" not in html.replace("http://www.w3.org", "")
    assert run(tmp_path / "images", "-o", tmp_path / "b.json", "--check", "--report", page).returncode == 2
