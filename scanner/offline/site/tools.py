"""Run programs of others, such as node, npm and pip, within a time and never longer than the command itself."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["run_tool"]

LEASH = Path(__file__).with_name("leash.py")

_HELD = "import runpy, sys; runpy.run_path(sys.argv[1])['hold'](sys.argv[2:])"

SHOWN_CHARACTERS = 500
"""The last part of a tool's output that its error quotes: tools end with the reason."""


def run_tool(command: Sequence[str | Path], folder: Path, *, seconds: float, shown: bool = False) -> None:
    """Runs a program in `folder`, where its temporary files lie too.

    The program ends when the time is over and when this command ends, by a signal too.

    Args:
        command: the program and its arguments.
        folder: working folder of the program.
        seconds: longest time.
        shown: the program's output, such as a progress bar, goes to stderr.

    Raises:
        OSError: the program failed or took too long; the message quotes the end of its output.
    """
    name = Path(command[0]).name
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))}
    with tempfile.TemporaryFile(dir=folder) as output:
        leash = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _HELD, LEASH, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=sys.stderr if shown else output,
            stderr=sys.stderr if shown else output,
        )
        assert leash.stdin is not None
        try:
            code = leash.wait(seconds)
        except subprocess.TimeoutExpired:
            raise OSError(f"{name} took longer than {seconds:g} seconds") from None
        finally:
            leash.stdin.close()  # ends the program
            leash.wait()
        if code != 0:
            output.seek(max(0, output.seek(0, os.SEEK_END) - SHOWN_CHARACTERS))
            said = output.read().decode(errors="replace").strip()
            message = " / ".join(said.splitlines()[-5:]) or ("see above" if shown else "it said nothing")
            raise OSError(f"{name} failed with exit code {code}: {message}")
