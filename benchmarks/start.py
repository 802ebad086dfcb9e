"""The time from opening a page until it hashes pictures, beside stock Pyodide, OpenCV.js and MindAR.

    python benchmarks/start.py [--rounds 3] [-o docs/start.md]

All programs run in Chromium on one machine, one after the other in each round. The table gives medians. The ratios are
the result; the times belong to this machine. Each visit has a browser process of its own, as a visitor's would have.

- first visit: on an empty profile
- returning: on the profile of the first visit
- 4x slower CPU: all of the browser gets a quarter of one core, if this user may make a cgroup. Otherwise Chromium slows
  the page's main thread, and Python runs there, since Chromium slows no worker
- 10 Mbit/s: with 40 ms latency, by Chromium's own network throttling, which reaches workers
- ready: Python runs, has hashed a picture (ours, in its self test) and has the bundle open
- CPU: of all of the browser's processes, from the start of the worker until ready
- bytes: sent over the wire, compressed

OpenCV.js is ready when ORB has described one frame. MindAR is ready when it has looked for one picture, compiled
beforehand, in one frame. Without a graphics card MindAR is slower than it could be: its WebGL runs on the CPU.
"""

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from scanner.files import write_atomically  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.archive import compressed_siblings  # noqa: E402
from scanner.offline.site.runtime import cache_folder  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402

VISIT = PROJECT / "tests" / "support" / "visit.js"
RIVALS = {"opencv": "@techstark/opencv-js@4.5.2", "mindar": "mind-ar@1.2.5"}
MEGABIT = 1_000_000 / 8
SETTLE_SECONDS = 7  # the snapshot is written some seconds after the first frame

BLANK = "<!doctype html><title>blank</title>"

# Each program measures itself from the start of its script until it is ready, in milliseconds.
IN_WORKER = "async (base) => (await visit(base, { scan: false })).stages.loaded"
ON_MAIN_THREAD = """async (base) => {
  const start = performance.now();
  const { startPython } = await import(base + "python/runtime.js");
  const python = await startPython(base, () => {});
  python.self_test();
  return performance.now() - start;
}"""
OPENCV = """async (base) => {
  const start = performance.now();
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: base + "opencv.js", onerror: reject });
    script.onload = resolve;
    document.head.append(script);
  });
  const cv = globalThis.cv; // never awaited: it has a `then` that gives itself
  await new Promise((resolve) => (cv.Mat ? resolve() : (cv.onRuntimeInitialized = () => resolve())));
  const frame = new cv.Mat(240, 240, cv.CV_8UC1);
  frame.data.forEach((_, i) => (frame.data[i] = (i * i + (i >> 3)) % 256));
  new cv.ORB().detectAndCompute(frame, new cv.Mat(), new cv.KeyPointVector(), new cv.Mat());
  return performance.now() - start;
}"""
DRAW = """(size) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d");
  for (let i = 0; i < 90; i++) {
    context.fillStyle = `hsl(${i * 47} 80% ${20 + (i % 7) * 10}%)`;
    context.fillRect((i * 53) % size, (i * 91) % size, 10 + (i % 5) * 9, 10 + (i % 4) * 8);
  }
  return canvas;
}"""
MINDAR_COMPILE = """async (base) => {
  await import(base + "mindar-image.prod.js");
  const compiler = new MINDAR.IMAGE.Compiler();
  await compiler.compileImageTargets(%s, () => {});
  return btoa(new Uint8Array(compiler.exportData()).reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""
MINDAR = f"""async (base) => {{
  const start = performance.now();
  await import(base + "mindar-image.prod.js");
  const controller = new MINDAR.IMAGE.Controller({{ inputWidth: 240, inputHeight: 240 }});
  const target = await (await fetch(base + "target.mind")).arrayBuffer();
  controller.addImageTargetsFromBuffer(target);
  await controller.detect(({DRAW})(240));
  return performance.now() - start;
}}"""


@dataclass(frozen=True)
class Condition:
    """The network and the CPU of a visit."""

    name: str
    slower_cpu: float = 1.0
    slow_network: bool = False


CONDITIONS = (
    Condition("unlimited"),
    Condition("10 Mbit/s", slow_network=True),
    Condition("4x slower CPU", slower_cpu=4.0),
)

# Folders of Linux for groups of processes: version 2, then version 1. Short periods keep every pause short.
GROUPS = (
    (Path("/sys/fs/cgroup/image-scanner-benchmark"), {"cpu.max": "5000 20000"}),
    (
        Path("/sys/fs/cgroup/cpu/image-scanner-benchmark"),
        {"cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "5000"},
    ),
)


@contextmanager
def quarter_of_a_core() -> Iterator[Path | None]:
    """Yields the file of a group of processes that share a quarter of one core; None if this user may make no group.

    A process whose number is written to the file joins the group, and so do the processes that it starts.
    """
    for folder, limits in GROUPS:
        try:
            folder.mkdir(exist_ok=True)
            for name, value in limits.items():
                with (folder / name).open("r+") as limit:  # fails unless the kernel has made the file
                    limit.write(value)
        except OSError:
            with suppress(OSError):
                folder.rmdir()
            continue
        try:
            yield folder / "cgroup.procs"
        finally:
            with suppress(OSError):
                folder.rmdir()
        return
    yield None


def slowed(chromium: str, group: Path, folder: Path) -> str:
    """Returns a program that starts Chromium within a group."""
    program = folder / "chromium-slowed"
    program.write_text(f'#!/bin/sh\necho $$ > "{group}"\nexec "{chromium}" "$@"\n')
    program.chmod(0o755)
    return str(program)


@dataclass
class Figures:
    """The seconds, CPU seconds and bytes of one kind of visit, for each round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wire: list[int] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("-o", "--output", type=Path, help="file to write the table to, for example docs/start.md")
    options = parser.parse_args()
    figures: dict[tuple[str, str], Figures] = {}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        playwright = stack.enter_context(sync_playwright())
        group = stack.enter_context(quarter_of_a_core())
        slow_chromium = slowed(options.chromium, group, Path(folder)) if group else None
        print(f"4x slower CPU: {SLOWED[group is not None]}", file=sys.stderr, flush=True)
        bases = {name: stack.enter_context(serving(path)) for name, path in make_sites(Path(folder)).items()}
        prepare_mindar(playwright, options.chromium, bases["mindar"], Path(folder) / "mindar")
        for number in range(options.rounds):
            for condition in CONDITIONS:
                measure_round(playwright, options.chromium, slow_chromium, bases, condition, figures)
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr, flush=True)
        gzipped = gzip_megabytes(Path(folder) / "ours")
    table = as_table(figures, options.rounds, SLOWED[group is not None], gzipped)
    print(table)
    if options.output:
        write_atomically(options.output, replaced(options.output, table).encode())


def make_sites(folder: Path) -> dict[str, Path]:
    """Returns the folders to serve: our site, our site with stock Pyodide, and each rival's files."""
    sites = {"ours": folder / "ours", "stock": folder / "stock"}
    assemble_site(sites["ours"])
    assemble_site(sites["stock"], runtime="stock")
    for name, package in RIVALS.items():
        sites[name] = rival_site(package, folder / name)
    return sites


def rival_site(package: str, folder: Path) -> Path:
    """Writes the scripts of an npm package, and a blank page, to a new folder, and returns it."""
    with tempfile.TemporaryDirectory() as packed_folder:
        subprocess.run(["npm", "pack", package, "--silent"], cwd=packed_folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(packed_folder).glob("*.tgz")
        files = {"index.html": BLANK.encode()}
        with tarfile.open(archive) as packed:
            for member in packed.getmembers():
                stream = packed.extractfile(member)
                if "/dist/" in member.name and member.name.endswith(".js") and stream:
                    files[Path(member.name).name] = stream.read()
    wanted = {k: v for k, v in files.items() if not k.startswith(("mindar-face", "mindar-image-"))}
    write(folder, wanted | compressed_siblings(wanted, cache_folder()))
    return folder


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def prepare_mindar(playwright: Playwright, chromium: str, base: str, folder: Path) -> None:
    """Compiles MindAR's picture, as its users do before anybody visits."""
    with visiting(playwright, chromium, tempfile.mkdtemp(), Condition("")) as (_, page):
        page.goto(base)
        compiled = page.evaluate(MINDAR_COMPILE % f"[({DRAW})(240)]", base)
        (folder / "target.mind").write_bytes(base64.b64decode(compiled))


SLOWED = {
    True: "all of the browser has a quarter of one core",
    False: "the page's main thread is slowed down, and Python runs there",
}


def gzip_megabytes(site: Path) -> float:
    """Returns the megabytes that a first visit downloads from a host that has gzip only."""
    files = json.loads((site / "assets.json").read_text())["files"].values()
    paths = [site / file["url"] for file in files]
    zipped = [path.with_name(path.name + ".gz") for path in paths]
    return (
        sum((small if small.exists() else path).stat().st_size for small, path in zip(zipped, paths, strict=True)) / 1e6
    )


def measure_round(
    playwright: Playwright,
    chromium: str,
    slow_chromium: str | None,
    bases: dict[str, str],
    condition: Condition,
    figures: dict[tuple[str, str], Figures],
) -> None:
    slow = condition.slower_cpu != 1
    python = ON_MAIN_THREAD if slow and not slow_chromium else IN_WORKER
    if slow and slow_chromium:
        chromium, condition = slow_chromium, replace(condition, slower_cpu=1.0)
    programs = {"stock": python, "ours": python, "opencv": OPENCV, "mindar": MINDAR}
    for name, program in programs.items():
        profile = tempfile.mkdtemp()
        for visit in ("first visit", "returning"):
            row = figures.setdefault((f"{name}, {visit}", condition.name), Figures())
            measure_visit(playwright, chromium, profile, bases[name], program, condition, row)
            print(f"{condition.name}: {name}, {visit}: {row.wall[-1]:.1f} s", file=sys.stderr, flush=True)


def measure_visit(
    playwright: Playwright,
    chromium: str,
    profile: str,
    base: str,
    program: str,
    condition: Condition,
    figures: Figures,
) -> None:
    with visiting(playwright, chromium, profile, condition) as (context, page):
        page.goto(base + ("index.html" if program in {OPENCV, MINDAR} else "licences/NOTICE.txt"))
        page.add_script_tag(path=VISIT)
        page.wait_for_timeout(1000)  # the browser itself has started
        wire: list[int] = []
        context.on("requestfinished", lambda request: wire.append(bytes_of(request)))
        before = cpu_seconds()
        figures.wall.append(page.evaluate(program, base) / 1000)
        figures.cpu.append(cpu_seconds() - before)
        page.wait_for_timeout(1000 * (SETTLE_SECONDS if program in {IN_WORKER, ON_MAIN_THREAD} else 1))
        figures.wire.append(sum(wire))


@contextmanager
def visiting(
    playwright: Playwright, chromium: str, profile: str, condition: Condition
) -> Iterator[tuple[BrowserContext, Page]]:
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    )
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        if condition.slow_network:
            session.send("Network.enable")
            limits = {"latency": 40, "downloadThroughput": 10 * MEGABIT, "uploadThroughput": 10 * MEGABIT}
            session.send("Network.emulateNetworkConditions", {"offline": False, **limits})
        if condition.slower_cpu != 1:
            session.send("Emulation.setCPUThrottlingRate", {"rate": condition.slower_cpu})
        yield context, page
    finally:
        context.close()


def bytes_of(request: Any) -> int:
    try:
        sizes = request.sizes()
    except Exception:  # the page closed before Chromium could say
        return 0
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def cpu_seconds() -> float:
    """Returns the CPU seconds of all processes that this one started, added up, from /proc."""
    children: dict[int, list[tuple[int, float]]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                numbers = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            ticks = int(numbers[11]) + int(numbers[12])
            children.setdefault(int(numbers[1]), []).append((int(entry.name), ticks / 100))

    def below(process: int) -> float:
        return sum(seconds + below(child) for child, seconds in children.get(process, []))

    return below(os.getpid())


def as_table(figures: dict[tuple[str, str], Figures], rounds: int, slow: str, gzipped: float) -> str:
    names = {"stock": "stock Pyodide", "ours": "**ours**", "opencv": "OpenCV.js 4.5.2", "mindar": "MindAR 1.2.5"}
    stock = statistics.median(figures["stock, first visit", "unlimited"].cpu)
    lines = [
        "| | MB on the wire | s CPU | of stock | s until ready | s at 10 Mbit/s | s with 4x slower CPU |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in dict.fromkeys(key for key, _ in figures):
        name, _, visit = row.partition(", ")
        plain = figures[row, "unlimited"]
        cpu = statistics.median(plain.cpu)
        walls = [statistics.median(figures[row, condition.name].wall) for condition in CONDITIONS]
        cells = [f"{statistics.median(plain.wire) / 1e6:.2f}", f"{cpu:.2f}", f"{cpu / stock:.2f}"]
        lines.append(f"| {names[name]}, {visit} | " + " | ".join(cells + [f"{wall:.1f}" for wall in walls]) + " |")
    when = time.strftime("%Y-%m-%d")
    notes = (
        f"Medians of {rounds} rounds, Chromium on a {os.cpu_count()}-core machine, {when}. On the wire: brotli; a host "
        f"with gzip only sends {gzipped:.1f} MB for our first visit. 4x slower CPU: {slow}."
    )
    return "\n".join(lines) + f"\n\n{textwrap.fill(notes, 118)}\n"


def replaced(path: Path, table: str) -> str:
    """Returns the page with the table between its two marks renewed."""
    text = path.read_text(encoding="utf-8")
    head, start, rest = text.partition("<!-- figures -->\n")
    _, end, tail = rest.partition("<!-- end of figures -->")
    if not (start and end):
        raise SystemExit(
            f"{path}: expected the marks <!-- figures --> and <!-- end of figures -->, found none: add both"
        )
    return f"{head}{start}{table}{end}{tail}"


if __name__ == "__main__":
    main()
