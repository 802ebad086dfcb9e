"""The trimmed runtime runs everything the core needs, and is byte code of exactly its own Python."""

from __future__ import annotations

import ast
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from support.places import PROJECT, SUPPORT

CORE = sorted(path for path in (PROJECT / "scanner").glob("*.py"))

NUMPY_AT_WORK = """
import json
import numpy as np
values = np.arange(9.0).reshape(3, 3)
computed = [
    float(np.median(values)),
    int(np.bitwise_count(np.uint64(255))),
    float((values @ values).sum()),
    np.argsort(-values[0]).tolist(),
    float(np.linalg.norm(values)),
    float(np.ma.masked_less(values, 4).sum()),
]
json.dumps({"missing": [name for name in NAMES if not hasattr(np, name)], "computed": computed})
"""


def run_in_trimmed_python(site_folder: Path, program: Path) -> dict[str, object]:
    """Returns the output of a program in the site's Python, started under Node as the worker starts it."""
    command: list[str | Path] = [
        "node",
        SUPPORT / "trimmed_runtime.mjs",
        PROJECT / "web" / "python" / "site-packages.js",
        site_folder,
        program,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def test_every_module_that_ships_can_be_imported(site_folder: Path) -> None:
    """Every kept module of stdlib, numpy and core can be imported, as byte code of this Python."""
    answer = run_in_trimmed_python(site_folder, SUPPORT / "import_everything.py")
    assert answer["failures"] == {}
    core = {f"scanner.{path.stem}" for path in CORE if path.stem != "__init__"} | {"scanner"}
    assert core <= set(answer["imported"])  # type: ignore[call-overload]
    assert len(answer["imported"]) > 200  # type: ignore[arg-type]


def test_every_numpy_function_the_core_names_works(site_folder: Path, tmp_path: Path) -> None:
    """Each `np.something` in the core's sources is there, and median, sorting and bit counting compute."""
    names = set()
    for path in CORE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
                names.add(node.attr)
    assert {"uint8", "bitwise_count"} <= names
    program = tmp_path / "program.py"
    program.write_text(f"NAMES = {sorted(names)!r}\n{NUMPY_AT_WORK}", encoding="utf-8")
    answer = run_in_trimmed_python(site_folder, program)
    assert answer["missing"] == []
    assert answer["computed"] == [4.0, 8, 486.0, [2, 1, 0], pytest.approx(14.2828568), 30.0]


def test_the_core_computes_the_same_bits_as_here(site_folder: Path, tmp_path: Path) -> None:
    """The self test of a restored memory gives equal results in the trimmed Python and in this one."""
    from scanner.browser import self_test

    program = tmp_path / "program.py"
    program.write_text("import json\nfrom scanner.browser import self_test\njson.dumps({'said': self_test()})\n")
    assert run_in_trimmed_python(site_folder, program)["said"] == self_test()


def test_a_traceback_names_the_functions(site_folder: Path, tmp_path: Path) -> None:
    """An exception inside the library is printed with the names of its functions, though byte code has no lines."""
    program = tmp_path / "program.py"
    program.write_text(
        "import json, traceback\ntry:\n    json.loads('{')\nexcept ValueError:\n    said = traceback.format_exc()\n"
        "json.dumps({'said': said})\n"
    )
    said = str(run_in_trimmed_python(site_folder, program)["said"])
    assert "in raw_decode\n" in said
    assert said.endswith("(char 1)\n")


def test_nothing_ships_as_source_and_every_archive_is_stored(site_folder: Path) -> None:
    """Archives hold .pyc files only, not deflated: the host compresses them whole."""
    assets = json.loads((site_folder / "assets.json").read_text())
    for role in ("stdlib", "numpy", "core"):
        with zipfile.ZipFile(site_folder / assets["files"][role]["url"]) as archive:
            for entry in archive.infolist():
                assert entry.filename.endswith(".pyc"), entry.filename
                assert entry.compress_type == zipfile.ZIP_STORED


def test_the_first_visit_downloads_less_than_promised(site_folder: Path) -> None:
    """All that Python needs to start from the snapshot: at most 3.9 MB with brotli, 5.0 MB with gzip."""
    files = json.loads((site_folder / "assets.json").read_text())["files"]
    first = [role for role in files if role.startswith("hot-") or role in {"pyodide", "lock", "snapshot"}]
    sizes = {
        suffix: sum(_size(site_folder / files[role]["url"], suffix) for role in first) for suffix in (".br", ".gz")
    }
    assert sizes[".br"] <= 3_900_000
    assert sizes[".gz"] <= 5_000_000


def test_a_start_without_the_snapshot_downloads_less_than_promised(site_folder: Path) -> None:
    """All of Python, numpy and the core: at most 5.5 MB with brotli, 7.5 MB with gzip."""
    files = json.loads((site_folder / "assets.json").read_text())["files"]
    plain = [role for role in files if not role.startswith(("hot-", "cold-")) and role != "snapshot"]
    sizes = {
        suffix: sum(_size(site_folder / files[role]["url"], suffix) for role in plain) for suffix in (".br", ".gz")
    }
    assert sizes[".br"] <= 5_500_000
    assert sizes[".gz"] <= 7_500_000


def _size(path: Path, suffix: str) -> int:
    packed = path.with_name(path.name + suffix)
    return (packed if packed.exists() else path).stat().st_size
