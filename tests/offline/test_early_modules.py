"""The scripts that a page and its worker name early."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scanner.offline.site.assemble import web_files
from scanner.offline.site.faults import SiteError
from scanner.offline.site.modules import module_graph, with_early_files, with_early_modules
from scanner.offline.site.reader import demo_page, no_page, reader_page
from scanner.offline.site.settings import Settings
from support.places import WEB as WEB_FOLDER

WEB = web_files(WEB_FOLDER)
PAGES = {"demo": demo_page(WEB), "reader": reader_page(WEB, Settings())}


def imported(path: str, script: bytes) -> set[str]:
    """Returns the paths of the modules that a script imports statically, found line by line."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", script.decode(), flags=re.DOTALL | re.MULTILINE)
    named = re.findall(r'(?:\bfrom|^import) "(\.[^"]+)";', code, re.MULTILINE)
    base = Path("/", path).parent
    return {str((base / each).resolve().relative_to("/")) for each in named}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_names_every_module_that_it_starts_with(page: str) -> None:
    """A page preloads its modules and all that they import, each once, and nothing else."""
    files = PAGES[page]
    html = with_early_modules(files)["index.html"].decode()
    named = re.findall(r'<link rel="modulepreload" fetchpriority="low" href="([^"]+)" />', html)
    assert len(set(named)) == len(named) > 50
    scripts = set(re.findall(r'<script type="module" src="([^"]+)">', html))
    assert set(named) == scripts | {each for path in named for each in imported(path, files[path])}


@pytest.mark.parametrize("files", [PAGES["demo"], no_page(WEB)], ids=["page", "no page"])
def test_the_worker_names_every_module_of_its_own(files: dict[str, bytes]) -> None:
    """The worker's script names every module that it needs, each once: no request waits for another module."""
    script = with_early_modules(files)["worker.js"].decode()
    [listed] = re.findall(r"^const MODULES = (.*);$", script, re.MULTILINE)
    named = [path.removeprefix("./") for path in json.loads(listed)]
    assert len(set(named)) == len(named) > 20
    assert "python/answering.js" in named
    assert {each for path in named for each in imported(path, files[path])} <= set(named)


def test_a_worker_without_the_lists_is_refused() -> None:
    """A worker's script without the lists that the builder fills is refused, with the line that is missing."""
    files = PAGES["demo"] | {"worker.js": b"postMessage({ hello: true });"}
    with pytest.raises(SiteError, match=r"the line `const MODULES = \[\];` once, found it 0 times"):
        with_early_modules(files)
    with pytest.raises(SiteError, match=r"const FILES = \[\];"):
        with_early_files(files, ["runtime/a.wasm"])


def test_a_module_without_imports_leads_nowhere() -> None:
    """Types that comments import, and imports on demand, are not fetched early."""
    script = b"""/** @typedef {import("./types.js").Type} Type */\nconst later = () => import("./later.js");\n"""
    assert module_graph({"a.js": script, "types.js": b"", "later.js": b""}, ["a.js"]) == ["a.js"]
