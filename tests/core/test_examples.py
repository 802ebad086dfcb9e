"""The examples in the core's docstrings are true."""

import doctest
import importlib

import pytest

from support.places import PROJECT

PATHS = sorted((PROJECT / "scanner").glob("[a-z]*.py"))
TELLING = [path.stem for path in PATHS if ">>>" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("module", TELLING)
def test_the_examples_of_a_module_give_what_they_say(module: str) -> None:
    """Every example prints the line below it."""
    assert doctest.testmod(importlib.import_module(f"scanner.{module}")).failed == 0
