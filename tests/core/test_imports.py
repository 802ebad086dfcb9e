"""Data flows one way: a module imports only modules before its own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import scanner

FOLDER = Path(scanner.__file__).parent
CORE = sorted(FOLDER.glob("*.py"))
BUNDLE = FOLDER.parent / "hashes" / "references.json"

# The order in which data passes through the modules. Each may import modules on lines above its own.
ORDER = [
    "lacking",
    "quoting",
    "starting",
    "errors",
    "files",
    "json_text",
    "limits",
    "pieces",
    "grey",
    "resample",
    "phash",
    "crops",
    "windows",
    "plain_shapes",
    "keypoints",
    "reference",
    "bundle",
    "keypoint_table",
    "matcher",
    "warp",
    "frame",
    "visible",
    "pose",
    "lines",
    "quadrilaterals",
    "three_sides",
    "refinement",
    "spread",
    "ranking",
    "fit",
    "overlap",
    "follow",
    "tracks",
    "race",
    "rivals",
    "search",
    "middle",
    "verdict",
    "all_in_sight",
    "catalogue",
    "parts",
    "memory",
    "partial",
    "candidates",
    "judging",
    "partial_search",
    "confirming",
    "votes",
    "in_turn",
    "noted",
    "stills",
    "all_in_stream",
    "pipeline",
    "too_near",
    "warm_up",
    "browser",
]


def imported(path: Path) -> set[str]:
    """Returns the modules that a file imports, relative ones with a leading dot."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level
            if node.module:
                names.add(prefix + node.module)
            else:
                names |= {prefix + alias.name for alias in node.names}
    return names


def test_the_core_imports_numpy_and_the_standard_library_only() -> None:
    """The core needs no Pillow, no scipy and no JavaScript: it runs unchanged in CPython and in the browser."""
    allowed = {"numpy", *sys.stdlib_module_names} - {"socket", "subprocess", "multiprocessing", "urllib", "threading"}
    for path in CORE:
        for name in imported(path):
            assert name.startswith(".") or name.split(".")[0] in allowed, f"{path.name} imports {name}"
            assert "offline" not in name, f"{path.name} imports {name}"


def test_every_core_module_is_in_the_order() -> None:
    """A new module has to take its place in the order."""
    assert {path.stem for path in CORE} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_what_comes_before_it(module: str) -> None:
    """A reader may read the core in order: no module needs a later one."""
    local = {name.lstrip(".") for name in imported(FOLDER / f"{module}.py") if name.startswith(".")}
    assert local <= set(ORDER[: ORDER.index(module)])


def test_importing_the_core_loads_neither_pillow_nor_the_offline_side() -> None:
    """A phone loads neither Pillow nor the offline side, nor slow modules of the standard library."""
    program = (
        "import sys, scanner, scanner.browser\n"
        "heavy = {'PIL', 'scipy', 'imagehash', 'scanner.offline', 'tempfile', 'asyncio', 'numpy.ma'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "[]"


def test_judging_frames_imports_nothing_more() -> None:
    """A scan needs no module that was not imported at the start, as a restored memory has no others."""
    program = (
        "import json, sys, numpy as np\n"
        "from scanner import browser\n"
        "browser.self_test()\n"
        "before = set(sys.modules)\n"
        f"bundle = json.loads(browser.open_bundle(open({str(BUNDLE)!r}).read()))['result']['bundle']\n"
        "opened = [json.loads(browser.open_scanner(bundle, memory))['result']['scanner'] for memory in (True, False)]\n"
        "for seed in range(3):\n"
        "    frame = (np.arange(120 * 160 * 4) ** 2 // (7 + seed) % 251).astype(np.uint8)\n"
        "    browser.frame_buffer(frame.size)[:] = frame\n"
        "    for handle in opened:\n"
        "        assert 'result' in json.loads(browser.scan_frame(handle, 160, 120, 0, 0, 160, 120))\n"
        "print(sorted(set(sys.modules) - before))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ast.literal_eval(result.stdout) == []
