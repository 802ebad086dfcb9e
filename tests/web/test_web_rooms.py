"""The rooms of web/ are a folder for each thread, with imports that go one way."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import pytest

from support.places import WEB

# The rooms from which the scripts of a room may import, besides their own. "" is web/ itself: the public addresses.
MAY_IMPORT = {
    "shared": set(),
    "python": {"shared"},
    "page": {"shared"},
    "element": {"page", "shared"},
    "": {"page", "element", "python", "shared"},
}
SCRIPTS = sorted(path for path in WEB.rglob("*.js") if "node_modules" not in path.parts)
PUBLIC = {
    "image-scanner.js",
    "image-scanner.module.js",
    "image-scanner-element.js",
    "worker.js",
    "service-worker.js",
    "strings.js",
}


def imported(script: Path) -> set[str]:
    """Returns the paths below web/ that a script imports, for running or for its types."""
    text = script.read_text(encoding="utf-8")
    found = re.findall(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"', text)
    folder = script.relative_to(WEB).parent.as_posix()
    return {posixpath.normpath(posixpath.join(folder, path)) for path in found}


def room(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(WEB).as_posix())
def test_a_script_imports_only_what_its_thread_has(script: Path) -> None:
    """No script of the page imports from the worker's room, or the other way round, and shared ones from neither."""
    own = room(script.relative_to(WEB).as_posix())
    for path in imported(script):
        assert (WEB / path).is_file(), path
        assert room(path) in MAY_IMPORT[own] | {own}, path


def test_only_public_addresses_lie_outside_the_rooms() -> None:
    """Scripts with a public address lie in web/ itself, and every other script in the room of its thread."""
    assert {path.name for path in SCRIPTS if path.parent == WEB} == PUBLIC
    assert {room(path.relative_to(WEB).as_posix()) for path in SCRIPTS} == set(MAY_IMPORT)


def test_worker_and_page_meet_in_the_protocol_alone() -> None:
    """The worker's script imports nothing of the page, and no module of the page imports the worker's."""
    assert everything_behind("worker.js") <= {"worker.js"} | below("python") | below("shared")
    for entry in ("image-scanner.module.js", "image-scanner-element.js", "page/demo-page.js"):
        assert not everything_behind(entry) & below("python"), entry


def below(folder: str) -> set[str]:
    return {path.relative_to(WEB).as_posix() for path in (WEB / folder).glob("*.js")}


def everything_behind(entry: str) -> set[str]:
    """Returns the entry and all scripts that it imports, directly or through others."""
    seen: set[str] = set()
    left = {entry}
    while left:
        path = left.pop()
        if path not in seen:
            seen.add(path)
            left |= imported(WEB / path)
    return seen


def test_every_room_is_type_checked_and_packed() -> None:
    """Every room is type-checked and in the npm package, so a new folder cannot be left out."""
    rooms = set(MAY_IMPORT) - {""}
    assert rooms <= set(json.loads((WEB / "tsconfig.json").read_text(encoding="utf-8"))["include"])
    assert rooms <= set(json.loads((WEB / "package.json").read_text(encoding="utf-8"))["files"])
