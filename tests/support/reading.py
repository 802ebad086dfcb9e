"""Enrol picture files in a process of its own, which a decoder may crash, and measure it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.places import PROJECT, SUPPORT

__all__ = ["outcomes"]


def outcomes(folder: Path) -> list[dict[str, Any]]:
    """Enrols the files of a folder in a process of its own, and returns a report of each."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1"}
    program = [sys.executable, str(SUPPORT / "read_pictures.py"), str(folder)]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=400, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"{lines[-1:]} ended the process: {done.stderr[-2000:]}"
    assert done.stderr == ""
    return [line for line in lines if "seconds" in line]
