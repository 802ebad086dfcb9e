"""One sentence instead of a traceback, if a command is called with a Python that lacks a package.

Python imports `scanner` before it looks for a command inside, so a missing numpy shows here first.
"""

import os.path
import sys

__all__ = ["PACKAGES", "end_command", "lacking"]

PACKAGES = {
    "numpy": "numpy",
    "PIL": "pillow",
    "aiohttp": "aiohttp",
    "platformdirs": "platformdirs",
    "tqdm": "tqdm",
    "segno": "segno",
}
"""Modules that the commands need, each with the package that brings it."""

_COMMANDS = {"-m", "phash-scanner", "phash-scanner.exe", "build_hashes.py"}
"""First words of `sys.argv` while a command starts; "-m" while Python looks for the module to run."""


def end_command(error: ModuleNotFoundError) -> None:
    """Ends a starting command with exit code 1 if it lacks one of its packages; else does nothing."""
    if error.name in PACKAGES and os.path.basename(sys.argv[0] if sys.argv else "") in _COMMANDS:
        sys.exit(f"error: {lacking(error.name)}")


def lacking(module: str) -> str:
    """Returns a sentence with the packages expected, the Python found, the missing module and the command to run."""
    expected = "numpy and Pillow" if module in {"numpy", "PIL"} else f"numpy, Pillow and {PACKAGES[module]}"
    checkout = os.path.isfile(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Makefile"))
    install = f"`{sys.executable} -m pip install {PACKAGES[module]}`"
    cure = "`make bundle` once, then `. .venv/bin/activate`" if checkout else install
    return f"expected a Python that has {expected}, found {sys.executable}, which lacks {module}: run {cure}"
