"""Apps made of the files that a document prints, with the packed npm package installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from support.places import PROJECT, WEB

TOOLS = WEB / "node_modules" / ".bin"


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Runs a command and returns its output; a failure shows the output and the errors."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "ASTRO_TELEMETRY_DISABLED": "1", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def printed_files(document: str, heading: str) -> dict[str, str]:
    """Returns the files that a document prints below a heading: a line with the name, then the block of code."""
    text = (PROJECT / "docs" / document).read_text(encoding="utf-8")
    _, _, section = text.partition(f"{heading}\n")
    level = heading.split(" ", maxsplit=1)[0]
    section = re.split(rf"^#{{1,{len(level)}}} ", section, flags=re.M)[0]
    return dict(re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```", section, re.M | re.S))


def packed(folder: Path) -> Path:
    """Packs the npm package into a folder, and returns the archive that `npm publish` would send."""
    run("npm", "pack", "--silent", "--pack-destination", folder, folder=WEB)
    (archive,) = folder.glob("*.tgz")
    return archive


def with_package(archive: Path, folder: Path) -> Path:
    """Installs the archive and, as links to those of web/, the tools; returns the folder. Apps lie in folders below."""
    (folder / "package.json").write_text('{"name": "apps", "private": true, "type": "module"}', encoding="utf-8")
    run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", archive, folder=folder)
    modules = folder / "node_modules"
    for tool in (WEB / "node_modules").iterdir():
        if tool.name.startswith("@"):
            (modules / tool.name).mkdir(exist_ok=True)
            for each in tool.iterdir():
                (modules / tool.name / each.name).symlink_to(each)
        elif not tool.name.startswith("."):
            (modules / tool.name).symlink_to(tool)
    return folder


def write_app(folder: Path, files: dict[str, str], scanner: Path | None = None) -> Path:
    """Writes the files of an app, with the assembled site in its public folder, and returns the app's folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if scanner is not None:
        shutil.copytree(scanner, folder / "public" / "scanner", copy_function=os.link)  # 31 MB an app otherwise
    return folder
