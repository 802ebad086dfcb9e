"""Ends a piece of work at a chosen moment: before or after it writes, syncs, renames or removes something.

Run as a program, this module imports the work once. Each line on its standard input asks for one more process that does
the work; each line on its standard output answers. `Killing` is the test's side.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from support.places import PROJECT

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink", "shutil.rmtree"}
"""Python's own audit events of calls that change a folder; each is raised before the call."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Outcome(NamedTuple):
    """How the work ended.

    Attributes:
        code: exit code; minus the signal's number, if the signal ended it.
        said: all that it printed.
        moments: names of the moments that it reached.
    """

    code: int
    said: str
    moments: list[str]


class Killing:
    """Does work in processes of its own, and ends each at a chosen moment."""

    def __init__(self, driver: subprocess.Popen[str], folder: Path) -> None:
        self._driver = driver
        self._folder = folder

    def run(self, work: str, arguments: list[Any], moment: int | None = None, number: int = signal.SIGKILL) -> Outcome:
        """Does the work, and sends it a signal at a moment, counted from 1; to the end where there is no moment.

        Moments are calls that change something below the folder of this object.
        """
        asked = {"work": work, "arguments": arguments, "moment": moment, "number": number, "below": str(self._folder)}
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps(asked) + "\n")
        self._driver.stdin.flush()
        return Outcome(**json.loads(self._driver.stdout.readline()))


@contextmanager
def killing(folder: Path) -> Iterator[Killing]:
    """Gives an object that ends work on files below a folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "support.killed"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT}{os.pathsep}{PROJECT / 'tests'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as driver:
        yield Killing(driver, folder)


def _drive() -> None:
    from scanner.offline.command.main import build_hashes
    from scanner.offline.command.main import site as make_site
    from scanner.offline.site.folder import write_folder

    def folder(arguments: list[Any]) -> int:
        write_folder(Path(arguments[0]), {path: text.encode() for path, text in arguments[1].items()})
        return 0

    work = {
        "build": build_hashes,
        "site": make_site,
        "folder": folder,
    }
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also in a shell's background, where it is ignored
    for line in sys.stdin:
        asked = json.loads(line)
        reached, reach = os.pipe()
        with tempfile.TemporaryFile() as said:
            process = os.fork()
            if not process:
                _do(work[asked["work"]], asked, said.fileno(), reach)
            os.close(reach)
            with open(reached, encoding="utf-8") as names:
                moments = names.read().split()
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            said.seek(0)
            outcome = Outcome(code, said.read().decode(errors="replace"), moments)
        print(json.dumps(outcome._asdict()), flush=True)


def _do(work: Callable[[list[Any]], int], asked: dict[str, Any], said: int, reach: int) -> None:
    """Does the work in this process, and ends the process."""
    from scanner.offline.site import folder

    count = 0

    def passing(name: str) -> None:
        nonlocal count
        count += 1
        os.write(reach, f"{name}\n".encode())
        if count == asked["moment"]:
            os.kill(os.getpid(), asked["number"])

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and not arguments[2] & WRITING:
            return
        if event in CHANGES or event == "open":
            path = arguments[0]
            # A folder is removed name by name, relative to the folder.
            if isinstance(path, str | Path) and str(path).startswith(asked["below"] if os.path.isabs(path) else ""):
                passing(event)

    def around(call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            passing(f"before-{name}")
            result = call(*arguments)
            passing(f"after-{name}")
            return result

        return called

    for stream in (1, 2):
        os.dup2(said, stream)
    os.fsync = around(os.fsync, "fsync")
    exchange = (lambda *_: False) if "without exchange" in asked["arguments"] else folder._exchange
    folder._exchange = around(exchange, "exchange")
    sys.addaudithook(listen)
    try:
        code = work(asked["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    _drive()
