"""The hooks of .pre-commit-config.yaml demand of a commit what `make check` demands, and a short title."""

from __future__ import annotations

import re

import pytest

from support.places import PROJECT

HOOKS = (PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
ENTRIES = [entry.strip("'") for entry in re.findall(r"^ +entry: (.+)$", HOOKS, re.M)]


def test_a_commit_runs_every_command_of_make_check() -> None:
    """The hooks find every fault that `make check` finds, before the commit."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.M)
    assert recipe is not None
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    assert len(commands) >= 4
    assert ENTRIES[: len(commands)] == commands


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("x" * 72, False),
        ("x" * 73, True),
        ("Say why\n\n" + "y" * 100 + "\n", False),
        ("x" * 73 + "\n\nbody\n", True),
    ],
)
def test_a_long_commit_title_is_refused_and_a_long_body_is_not(message: str, refused: bool) -> None:
    """A title has at most 72 characters; the lines below it may have more."""
    # pre-commit searches the whole message where `args` has --multiline.
    found = re.search(ENTRIES[-1].encode(), message.encode(), re.MULTILINE | re.DOTALL)
    assert (found is not None) is refused
    assert "args: [--multiline]" in HOOKS
