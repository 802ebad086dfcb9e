"""Runs the page's modules in Node, for tests that need no browser."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from support.places import WEB


def node(script: str) -> Any:
    """Returns what a script of Node, run in web/, prints as JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=WEB, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
