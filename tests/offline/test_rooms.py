"""The offline side is five rooms, and their imports point one way."""

import ast
from pathlib import Path

import pytest

import scanner.offline

FOLDER = Path(scanner.offline.__file__).parent

MAY_IMPORT = {
    "enrol": {"enrol"},
    "predict": {"enrol", "predict"},
    "replay": {"enrol", "replay"},
    "site": {"enrol", "site"},
    "command": {"enrol", "predict", "replay", "site", "command"},
}
"""Room -> the rooms it may import; each may import the core as well."""

DOORS = {"serve.py", "site/__main__.py"}
"""Addresses of the command that lie outside its room, because people and scripts know them."""

MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Returns the modules that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: one way to name a module of ours, the whole name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_says_what_lives_in_it(room: str) -> None:
    """The docstring of a room tells a reader in a few lines what lives in it."""
    docstring = ast.get_docstring(ast.parse((FOLDER / room / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()) <= 5


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_the_core_and_the_rooms_below_its_own(module: str) -> None:
    """No module imports a room above its own, and only doors lie outside the rooms."""
    if module in DOORS:
        assert imported(FOLDER / module) - {"sys"} <= {
            f"scanner.offline.command.main.{name}" for name in ("serve", "site")
        }
        return
    room = module.split("/", maxsplit=1)[0]
    allowed = {"enrol"} if module == "__init__.py" else MAY_IMPORT[room]
    for name in imported(FOLDER / module):
        if name.startswith("scanner.offline."):
            assert name.split(".")[2] in allowed, f"{module} imports {name}"


def test_only_the_doors_and_the_command_start_anything() -> None:
    """No other module is a command of its own, hidden from `phash-scanner --help`."""
    started = {
        module for module in MODULES if '__name__ == "__main__"' in (FOLDER / module).read_text(encoding="utf-8")
    }
    assert started == DOORS
