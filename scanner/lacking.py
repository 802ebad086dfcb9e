"""Say in a sentence which package a Python lacks, where a person has called a command and waits for an answer.

Python imports this package before it looks for a command inside it, so that a missing numpy is met here first.
"""

import os.path
import sys

__all__ = ["PACKAGES", "end_command", "lacking"]

PACKAGES = {"numpy": "numpy", "PIL": "pillow", "platformdirs": "platformdirs", "tqdm": "tqdm"}
"""Modules that the command needs -> the packages that bring them."""

_COMMANDS = {"-m", "phash-scanner", "phash-scanner.exe", "build_hashes.py"}
"""What `sys.argv` begins with while a command starts; "-m" stands there while Python looks for a module to run."""


def end_command(error: ModuleNotFoundError) -> None:
    """Ends a command that is starting, exit code 1, if it lacks one of its packages; else does nothing."""
    if error.name in PACKAGES and os.path.basename(sys.argv[0] if sys.argv else "") in _COMMANDS:
        sys.exit(f"error: {lacking(error.name)}")


def lacking(module: str) -> str:
    """Returns what was expected of this Python, what was found, and what to run."""
    expected = "numpy and Pillow" if module in {"numpy", "PIL"} else f"numpy, Pillow and {PACKAGES[module]}"
    checkout = os.path.isfile(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Makefile"))
    install = f"`{sys.executable} -m pip install {PACKAGES[module]}`"
    cure = "`make bundle` once, then `. .venv/bin/activate`" if checkout else install
    return f"expected a Python that has {expected}, found {sys.executable}, which lacks {module}: run {cure}"
