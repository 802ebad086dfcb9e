"""The package's types accept right programs and refuse wrong ones, in plain TypeScript and in four frameworks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from support.places import PROJECT, SUPPORT, WEB

PACKAGES = WEB / "node_modules"
PROGRAMS = SUPPORT / "typed"
EXPECTED = re.compile(r"(?://|<!--) error: (.*?)(?: -->)?$")
"""A comment at the end of a line that the compiler must refuse, with a part of the compiler's words."""

COMMON: dict[str, object] = {
    "strict": True,
    "noEmit": True,
    "target": "ES2022",
    "lib": ["ES2023", "DOM"],
    "types": [],
    "skipLibCheck": False,  # the package's declarations are checked, too
    "skipDefaultLibCheck": True,
    "noUncheckedSideEffectImports": True,
}
MODES: dict[str, dict[str, object]] = {
    "bundler": {"module": "ESNext", "moduleResolution": "bundler"},
    "node16": {"module": "node16", "moduleResolution": "node16"},
    "nodenext": {"module": "nodenext", "moduleResolution": "nodenext"},
}
STRICTEST: dict[str, object] = {
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noPropertyAccessFromIndexSignature": True,
}

# Each program, the one framework that its project has installed, and its compiler options.
PROJECTS: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "plain.ts": ({}, STRICTEST),
    "script.ts": ({}, STRICTEST),
    "react.tsx": ({"@types/react": "@types/react"}, {"jsx": "react-jsx"}),
    "react18.tsx": ({"@types/react": "types-react-18"}, {"jsx": "react-jsx"}),
    "preact.tsx": ({"preact": "preact"}, {"jsx": "react-jsx", "jsxImportSource": "preact"}),
    "solid.tsx": ({"solid-js": "solid-js"}, {"jsx": "preserve", "jsxImportSource": "solid-js"}),
    "vue.tsx": ({"vue": "vue"}, {"jsx": "preserve", "jsxImportSource": "vue"}),
    "vue-template.vue": ({"vue": "vue"}, {"jsx": "preserve"}),
}
DOCUMENTS = [PROJECT / "README.md", WEB / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
CHECKED = [
    *(("plain.ts", mode) for mode in MODES),
    *((name, mode) for name in PROJECTS for mode in ("bundler", "nodenext") if name.endswith((".tsx", "script.ts"))),
]

Complaints = list[tuple[int, str]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `npm install` would make of the package."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: it comes with Node, https://nodejs.org")
    folder = tmp_path_factory.mktemp("packed")
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder], cwd=WEB, check=True, timeout=180)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package"


def project(folder: Path, package: Path, name: str, mode: str) -> Path:
    """Makes the project of a program: the program, the package, and no framework but the program's own."""
    frameworks, options = PROJECTS[name]
    install(folder, package, frameworks, COMMON | MODES[mode] | options)
    shutil.copy(PROGRAMS / name, folder)
    return folder


def install(folder: Path, package: Path, frameworks: dict[str, str], options: dict[str, object]) -> None:
    """Makes an empty project with the package, frameworks and compiler options."""
    folder.mkdir()
    shutil.copytree(package, folder / "node_modules" / "phash-scanner")
    for installed, kept in frameworks.items():
        link = folder / "node_modules" / installed
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(PACKAGES / kept)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*"]}))


def checked(*folders: Path) -> dict[Path, list[dict[str, Any]]]:
    """Returns what the compiler says of the projects in the folders."""
    command = ["node", str(SUPPORT / "check_types.mjs"), str(WEB / "package.json"), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(folder): told for folder, told in json.loads(done.stdout).items()}


def assert_refused_as_expected(name: str, complaints: Complaints) -> None:
    """Asserts that the compiler refuses each line marked so, for the reason given there, and no other line."""
    expected = [
        (number, match[1])
        for number, line in enumerate((PROGRAMS / name).read_text(encoding="utf-8").splitlines(), start=1)
        if (match := EXPECTED.search(line))
    ]
    assert len(expected) >= (name == "script.ts" or 4)
    surprises = [one for one in complaints if one[0] not in dict(expected)]
    assert not surprises, f"{name}: right lines are refused, or the package's own declarations"
    for number, part in expected:
        told = [text for line, text in complaints if line == number]
        assert any(part in text for text in told), f"{name}:{number}: expected an error with {part!r}, found {told}"


@pytest.fixture(scope="module")
def complaints(package: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Complaints]:
    """What the compiler says of each program, by the program's name and the mode of resolution."""
    home = tmp_path_factory.mktemp("projects")
    folders = {(name, mode): project(home / f"{name}-{mode}", package, name, mode) for name, mode in CHECKED}
    told = checked(*folders.values())
    return {
        key: [
            (one["line"], one["text"]) if one["file"] == key[0] else (0, f"{one['file']}:{one['line']} {one['text']}")
            for one in told[folder]
        ]
        for key, folder in folders.items()
    }


@pytest.mark.parametrize(("name", "mode"), CHECKED)
def test_right_programs_compile_and_wrong_ones_do_not(
    complaints: dict[tuple[str, str], Complaints], name: str, mode: str
) -> None:
    """With one framework or none, right uses of the package compile, and an error names each slip."""
    assert_refused_as_expected(name, complaints[name, mode])


def test_typescript_in_the_documents_compiles(package: Path, tmp_path: Path) -> None:
    """Each snippet of TypeScript in the documents compiles in an app that has the package."""
    app = tmp_path / "app"
    install(app, package, {}, COMMON | MODES["bundler"] | STRICTEST)
    for document in DOCUMENTS:
        for number, code in enumerate(re.findall(r"```ts\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)):
            (app / f"{document.parent.name}-{document.stem}-{number}.ts").write_text(code, encoding="utf-8")
    assert len(list(app.glob("*.ts"))) > 1
    assert checked(app) == {app: []}


def test_a_template_of_vue_is_checked(package: Path, tmp_path: Path) -> None:
    """In a template of Vue, right attributes and listeners of the element pass vue-tsc, and slips are refused."""
    name = "vue-template.vue"
    folder = project(tmp_path / "app", package, name, "bundler")
    command = [str(PACKAGES / ".bin" / "vue-tsc"), "--noEmit", "--pretty", "false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    told = re.findall(r"^(\S+?)\((\d+),\d+\): error \w+: ((?:.*)(?:\n .*)*)", done.stdout, re.MULTILINE)
    assert told, done.stdout + done.stderr
    assert_refused_as_expected(name, [(int(line) if file == name else 0, text) for file, line, text in told])


@pytest.mark.parametrize("framework", ["react", "preact", "vue"])
def test_typed_names_reach_the_element(framework: str, reached: dict[str, dict[str, Any]]) -> None:
    """Attributes, properties and listeners, by the names that the types give them in a framework, reach the element."""
    told = reached[framework]
    assert told["attributes"] == {
        "assets": "/scanner/",
        "theme": "dark",
        "continuous": "",
        "open": "",
        "stop-when-hidden": "off",
        "thumbnails-from": "https://img.example",
        "zoom": "off",
        "view": "welcome",
        "state": "stopped",
    }
    assert told["start"] == "Los"
    assert told["heard"] == {name: f"{name} of {framework}" for name in ("match", "ready", "state", "view", "error")}


@pytest.fixture(scope="module")
def reached() -> dict[str, dict[str, Any]]:
    """What reaches the element under jsdom, by the framework that shows it."""
    command = ["node", str(SUPPORT / "frameworks_under_jsdom.mjs"), str(WEB)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told
