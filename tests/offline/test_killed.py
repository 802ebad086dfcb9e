"""Whenever a command is ended, old files are whole or new ones are, and nothing stays behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanner.offline.site.folder import recover_folder
from support.killed import Killing, killing
from support.pictures import cover
from support.places import PROJECT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs Unix processes and signals")

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]

ENDS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "ended by a signal")}


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Killing]:
    with killing(tmp_path) as ends:
        yield ends


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_bundle_is_old_or_new_whenever_its_build_is_ended(
    ending: Killing, tmp_path: Path, number: signal.Signals
) -> None:
    """At every moment of a build, the bundle is whole; a sentence says whether it is new; the next build clears up."""
    images, bundle = tmp_path / "images", tmp_path / "out" / "b.json"
    images.mkdir()
    Image.fromarray(cover(0)).save(images / "one.png")
    arguments = [str(images), "-o", str(bundle), "--jobs", "1"]
    texts = []
    for seed in (1, 2):
        Image.fromarray(cover(seed)).save(images / "two.png")
        ended = ending.run("build", arguments)
        assert ended.code == 0, ended.said
        texts.append(bundle.read_bytes())
    for moment in range(1, len(ended.moments) + 1):
        old, new = texts if moment % 2 else reversed(texts)
        bundle.write_bytes(old)
        Image.fromarray(cover(2 if moment % 2 else 1)).save(images / "two.png")
        ended = ending.run("build", arguments, moment, number)
        found = bundle.read_bytes()
        assert found in (old, new), ended
        assert "Traceback" not in ended.said
        if number in ENDS:
            code, how = ENDS[number]
            assert ended.code == code
            written = f"{bundle} is written, whole" if found == new else "nothing was written"
            assert f"{how}: {written}\n" in ended.said
            assert [path.name for path in bundle.parent.iterdir()] == ["b.json"]
    assert ending.run("build", arguments).code == 0
    assert [path.name for path in bundle.parent.iterdir()] == ["b.json"]


@pytest.mark.parametrize("way", ["at once", "without exchange"])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_folder_is_old_or_new_whenever_its_exchange_is_ended(
    ending: Killing, tmp_path: Path, number: signal.Signals, way: str
) -> None:
    """At every moment, the site's folder is whole, and the next run clears up.

    Systems without an exchange of folders may need the next run to find the old folder again.
    """
    output = tmp_path / "dist"
    folders = [{"a": "old", "deep/b": "old"}, {"a": "new", "deep/c": "new"}]
    wholes = [{path: text.encode() for path, text in files.items()} for files in folders]
    assert ending.run("folder", [str(output), folders[0]]).code == 0
    moments = ending.run("folder", [str(output), folders[1], way]).moments
    assert "before-exchange" in moments
    for moment in range(1, len(moments) + 1):
        ended = ending.run("folder", [str(output), folders[moment % 2], way], moment, number)
        if way == "without exchange":
            recover_folder(output)
        assert contents(output) in wholes, ended
    assert ending.run("folder", [str(output), folders[0]]).code == 0
    assert contents(output) == wholes[0]
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_a_site_is_old_or_new_whenever_its_assembly_is_ended(
    ending: Killing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At moments of an assembly, around the exchange and elsewhere, the site is whole; the next run clears up."""
    site = tmp_path / "dist"
    bundle = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))
    commands, wholes = [], []
    for number in (1, 2):
        bundle["threshold"] = number
        (tmp_path / f"{number}.json").write_text(json.dumps(bundle), encoding="utf-8")
        commands.append(["-o", str(site), "--runtime", "cdn", "--bundle", str(tmp_path / f"{number}.json")])
        ended = ending.run("site", commands[-1])
        assert ended.code == 0, ended.said
        wholes.append(contents(site))
    exchanged = ended.moments.index("before-exchange") + 1
    chosen = random.Random(0)
    for turn, signal_sent in enumerate([*SIGNALS, *SIGNALS, *SIGNALS]):
        moment = chosen.randrange(1, len(ended.moments)) if turn < 3 else exchanged + (turn - 3) // 3 * 2 - 1
        done = ending.run("site", commands[turn % 2], moment, signal_sent)
        found = contents(site)
        assert found in wholes, (moment, ended.moments[moment - 1])
        assert "Traceback" not in done.said
        if signal_sent in ENDS:
            assert done.code == ENDS[signal_sent][0]
    assert ending.run("site", commands[0]).code == 0
    assert contents(site) == wholes[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.json", "2.json", "dist"]


NUMPY = "import os, signal; os.kill(os.getpid(), signal.{name})"


@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize(
    "words", [["build_hashes.py"], ["-m", "scanner.offline.site"], ["-m", "scanner.offline.serve"]]
)
def test_a_command_that_is_ended_while_it_starts_says_so(
    tmp_path: Path, words: list[str], name: str, code: int
) -> None:
    """Ctrl-C and `kill` in the first moments give their exit code and a few words, not a traceback."""
    (tmp_path / "numpy.py").write_text(NUMPY.format(name=name))
    done = subprocess.run(
        [sys.executable, *words],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr in {"interrupted\n", "ended by a signal\n"}


def alive(process: int) -> bool:
    """Returns whether a process runs; one that has ended and is not yet collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *descendants(child))]


def all_gone(processes: list[int], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while any(alive(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
@pytest.mark.parametrize("pause", [0, 0.5])
def test_the_processes_of_a_build_end_with_it_however_it_is_killed(tmp_path: Path, pause: float) -> None:
    """After `kill -9`, or when memory runs out, no process of the command runs on."""
    images = tmp_path / "images"
    images.mkdir()
    Image.fromarray(cover(0, (300, 400))).save(images / "0.png")
    for number in range(1, 600):
        os.link(images / "0.png", images / f"{number}.png")
    words = map(str, [PROJECT / "build_hashes.py", images, "-o", tmp_path / "b.json", "--jobs", "2"])
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL) as started:
        children: list[int] = []
        while len(children) < 2:
            assert started.poll() is None
            children = descendants(started.pid)
        time.sleep(pause)
        started.kill()
    assert all_gone(children)


NODE = """#!{python}
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("tool", ["node", "npm"])
def test_the_programs_that_a_site_needs_end_with_the_command(tmp_path: Path, number: signal.Signals, tool: str) -> None:
    """Node and npm, and programs that they start, end with the command, and the next run clears their folder away."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / tool
    program.write_text(NODE.format(python=sys.executable))
    program.chmod(0o755)
    cache = tmp_path / "cache"
    cache.mkdir()
    if tool == "node":
        from scanner.offline.site.runtime import cache_folder

        for path in (path for path in cache_folder().iterdir() if path.is_file()):
            shutil.copy(path, cache)
    environment = {
        **os.environ,
        "IMAGE_SCANNER_CACHE": str(cache),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "scanner.offline.site", "-o", tmp_path / "dist"],
        cwd=PROJECT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        processes: list[int] = []
        while len(processes) < 3:  # the one that holds the tool, the tool, and the program that the tool has started
            assert started.poll() is None
            time.sleep(0.05)
            processes = descendants(started.pid)
        assert [path for path in cache.iterdir() if path.is_dir() and path.suffix == ".tmp"]
        started.send_signal(number)
        told = started.communicate(timeout=60)[1]
    assert "Traceback" not in told
    if number in ENDS:
        assert started.returncode == ENDS[number][0]
        assert f"{ENDS[number][1]}: nothing was written\n" in told
    assert all_gone(processes)
    program.write_text("#!/bin/sh\nexit 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "scanner.offline.site", "-o", tmp_path / "dist"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [path for path in cache.rglob("*") if path.suffix == ".tmp"] == []


def test_a_demo_that_was_killed_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    """After `kill -9` the demo's temporary folder is left; the next demo removes it, and its own at its end."""
    program = "import sys; from scanner.offline.command.main import main; sys.exit(main(['demo', '--port', '0']))"
    for number, code in ((signal.SIGKILL, -9), (signal.SIGTERM, 143)):
        with subprocess.Popen(
            [sys.executable, "-u", "-c", program],
            cwd=PROJECT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        ) as started:
            assert started.stdout is not None
            while "http://" not in started.stdout.readline():
                assert started.poll() is None
            assert len(list(tmp_path.iterdir())) == 1
            started.send_signal(number)
            assert started.wait(60) == code
    assert list(tmp_path.iterdir()) == []
