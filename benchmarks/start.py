"""The time from opening a page until a frame is judged, beside an earlier build, stock Pyodide, OpenCV.js and MindAR.

    python -m benchmarks.start [--rounds 5] [--before FOLDER] [-o docs/start.md]

All programs run in Chromium on one machine, one after the other in each round. The tables give medians. The ratios are
the result; the times belong to this machine. Each visit has a browser process of its own, as a visitor's would have.

- first visit: on an empty profile; returning: on the profile of the first visit
- ready: Python runs, has hashed a picture (ours, in its self-test) and has the bundle open
- s of CPU: of all of the browser's processes, from the start of the worker until ready
- MB on the wire: received, compressed, for everything asked for until the first frame was judged; "gzip": from a copy
  of the site without brotli's files
- 10 Mbit/s: all connections share a line with 40 ms from question to answer
- 4x slower CPU: all of the browser gets a quarter of one core; left out if this user may make no cgroup
- page at 10 Mbit/s: the demo page with a camera of 640 x 480, from its opening on
- camera opens: the first frame comes after the 1.5 s that a camera takes to open
- photo: the first call of Python is a still
- before: a site folder of an earlier build, assembled from its own sources
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from benchmarks.quarter_core import quarter_of_a_core, slowed  # noqa: E402
from benchmarks.rivals import PROGRAMS, rival_sites  # noqa: E402
from benchmarks.slow_line import SlowLine, slow_line  # noqa: E402
from benchmarks.start_table import checked_document, replaced, tables  # noqa: E402
from benchmarks.visits import Visit, Wire, cpu_seconds, visiting  # noqa: E402
from scanner.files import write_atomically  # noqa: E402
from scanner.offline.predict.camera_video import y4m  # noqa: E402
from scanner.offline.predict.simulated_hand import draw_background  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402
from support.places import VISIT  # noqa: E402

CAMERA = (480, 640)  # height and width of a camera's picture
CAMERA_FRAMES = 20
SETTLE_SECONDS = 7  # what a visit brings or keeps after its first frames
IDLE_SECONDS = 0.03  # of CPU, in half a second
CAMERA_SECONDS = 1.5  # in which a camera opens
FRAME = [640, 360, 360]  # width and height of a frame, side of its scan region
LATER_FRAMES = 12

READY = """async ([base, memory]) => {
  const start = performance.now();
  globalThis.started = await startedWorker(base, { memory });
  return performance.now() - start;
}"""
# Returns the milliseconds from sending each frame to its answer.
JUDGE = """async ([count, [width, height, side]]) => {
  const { scanner, ask } = globalThis.started;
  const region = { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side };
  const times = [];
  for (let i = 0; i < count; i++) {
    const pixels = drawn(width, height);
    const began = performance.now();
    await ask("scanFrame", { scanner, width, height, pixels, region }, [pixels]);
    times.push(performance.now() - began);
  }
  return times;
}"""

# Notes when the page's worker has first answered with a verdict.
NOTE_FIRST_FRAME = """globalThis.Worker = class extends Worker {
  constructor(...parameters) {
    super(...parameters);
    this.addEventListener("message", ({ data }) => {
      if (data.result?.outcome !== undefined) globalThis.firstFrame ??= performance.now();
    });
  }
};"""


@dataclass(frozen=True)
class Condition:
    """What visits of one kind have in common."""

    name: str
    sites: tuple[str, ...] = ("stock", "before", "ours", *PROGRAMS)
    returns: bool = False
    slow_cpu: bool = False
    slow_network: bool = False
    gzip: bool = False
    whole_page: bool = False
    photo: bool = False
    opens_camera: bool = False
    later: int = 0


CONDITIONS = (
    Condition("unlimited", returns=True, later=LATER_FRAMES),
    Condition("gzip", gzip=True),
    Condition("10 Mbit/s", returns=True, slow_network=True),
    Condition("4x slower CPU", returns=True, slow_cpu=True),
    Condition("page at 10 Mbit/s", ("stock", "before", "ours"), slow_network=True, whole_page=True),
    Condition("camera opens", ("stock", "before", "ours"), opens_camera=True, later=LATER_FRAMES),
    Condition("photo", ("stock", "before", "ours"), photo=True, later=3),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="site folder of an earlier build")
    parser.add_argument("--only", nargs="*", choices=[each.name for each in CONDITIONS], help="measure less")
    parser.add_argument("--figures", type=Path, help="file that keeps each round's figures; later runs add to it")
    parser.add_argument("-o", "--output", type=checked_document, help="document to renew, for example docs/start.md")
    options = parser.parse_args()
    if options.before and not (options.before / "assets.json").is_file():
        parser.error(f"{options.before}: expected a site's folder, found no assets.json in it")
    visits = read_visits(options.figures)
    with ExitStack() as stack, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        playwright = stack.enter_context(sync_playwright())
        group = stack.enter_context(quarter_of_a_core())
        browsers = {False: options.chromium, True: slowed(options.chromium, group, folder) if group else None}
        sites = make_sites(folder, options.before) | rival_sites(playwright, options.chromium, folder)
        bases = {(name, False): stack.enter_context(serving(site)) for name, site in sites.items()}
        for name, site in sites.items():
            bases[name, True] = stack.enter_context(serving(without_brotli(site, folder / f"{name}-gzip")))
        for number in range(options.rounds):
            for condition in CONDITIONS:
                chromium = browsers[condition.slow_cpu]
                if chromium is None or (options.only and condition.name not in options.only):
                    continue
                for name in [name for name in condition.sites if name in sites]:
                    for visit in visits_of(playwright, chromium, name, bases[name, condition.gzip], condition, folder):
                        visits.append(visit)
                        tell(visit)
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr, flush=True)
            if options.figures:
                write_atomically(options.figures, json.dumps([asdict(visit) for visit in visits], indent=0).encode())
    table = tables(visits, reached=options.before is not None)
    print(table)
    if options.output:
        text = options.output.read_text(encoding="utf-8")
        write_atomically(options.output, replaced(text, table).encode())


def read_visits(figures: Path | None) -> list[Visit]:
    """Returns the visits that an earlier run has kept."""
    if figures is None or not figures.exists():
        return []
    return [Visit(**visit) for visit in json.loads(figures.read_text())]


def make_sites(folder: Path, before: Path | None) -> dict[str, Path]:
    """Returns the folders of the sites: ours, ours with stock Pyodide, and an earlier build's."""
    sites = {"stock": folder / "stock", "ours": folder / "ours"}
    assemble_site(sites["stock"], runtime="stock")
    assemble_site(sites["ours"])
    return sites | ({"before": before} if before else {})


def without_brotli(site: Path, folder: Path) -> Path:
    """Copies a site as a host has it that compresses with gzip only, and returns the copy."""
    return Path(shutil.copytree(site, folder, ignore=shutil.ignore_patterns("*.br")))


def visits_of(
    playwright: Playwright, chromium: str, site: str, base: str, condition: Condition, folder: Path
) -> Iterator[Visit]:
    """Gives the first visit to a site, and the returning one if the condition has one."""
    profile = tempfile.mkdtemp(dir=folder)
    camera = folder / "camera.y4m" if condition.whole_page else None
    if camera and not camera.exists():
        desk = draw_background(np.random.default_rng(1), CAMERA)
        camera.write_bytes(y4m([np.roll(desk, shift, axis=1) for shift in range(CAMERA_FRAMES)], CAMERA_FRAMES))
    with ExitStack() as stack:
        line = stack.enter_context(slow_line(base)) if condition.slow_network else None
        for returning in (False, True) if condition.returns else (False,):
            with visiting(playwright, chromium, profile, camera) as (context, page):
                if condition.whole_page and line:
                    yield visit_to_page(page, site, line, condition)
                    continue
                yield visit_to_worker(context, page, site, line.base if line else base, condition, returning)
                if condition.returns and not returning:
                    page.wait_for_timeout(1000 * SETTLE_SECONDS)


def visit_to_worker(
    context: BrowserContext, page: Page, site: str, base: str, condition: Condition, returning: bool
) -> Visit:
    """Starts a site's worker, or a rival's program, on a page that is open already, and has frames judged."""
    rival = PROGRAMS.get(site)
    page.goto(base + ("index.html" if rival else "licences/NOTICE.txt"))
    page.add_script_tag(path=VISIT)
    wait_for_the_browser(page)
    wire = Wire(context)
    before = cpu_seconds()
    ready = page.evaluate(rival, base) if rival else page.evaluate(READY, [base, not condition.photo])
    cpu = cpu_seconds() - before
    first, later = 0.0, 0.0
    if condition.opens_camera:
        page.wait_for_timeout(1000 * CAMERA_SECONDS)
    if not rival:
        (first,) = page.evaluate(JUDGE, [1, FRAME])
    asked = wire.asked()
    if not rival and condition.later:
        later = statistics.median(page.evaluate(JUDGE, [condition.later, FRAME]))
    page.wait_for_timeout(500)  # Chromium tells the sizes of what has come
    return Visit(
        site=site,
        condition=condition.name,
        returning=returning,
        ready=ready / 1000,
        cpu=cpu,
        judged=(ready + first) / 1000,
        wire=wire.received(asked),
        first=first,
        later=later,
    )


def wait_for_the_browser(page: Page) -> None:
    """Returns once the browser has started: when it hardly uses the processor any more, or after 20 s."""
    for _ in range(40):
        before = cpu_seconds()
        page.wait_for_timeout(500)
        if cpu_seconds() - before < IDLE_SECONDS:
            return
    print("The browser did not come to rest in 20 s: the next figures are too high.", file=sys.stderr, flush=True)


def visit_to_page(page: Page, site: str, line: SlowLine, condition: Condition) -> Visit:
    """Opens a site's demo page, whose visitor has allowed the camera, and waits for the first judged frame."""
    page.add_init_script(NOTE_FIRST_FRAME)
    received, before = line.received, cpu_seconds()
    page.goto(line.base, wait_until="commit")
    while (judged := page.evaluate("globalThis.firstFrame ?? null")) is None:
        page.wait_for_timeout(20)
    return Visit(
        site=site,
        condition=condition.name,
        returning=False,
        ready=judged / 1000,
        cpu=cpu_seconds() - before,
        judged=judged / 1000,
        wire=line.received - received,
    )


def tell(visit: Visit) -> None:
    """Prints a line about a visit."""
    kind = "returning" if visit.returning else "first visit"
    figures = f"{visit.ready:.2f} s, {visit.cpu:.2f} s CPU, {visit.wire / 1e6:.2f} MB"
    frames = f", frames {visit.first:.0f} and {visit.later:.0f} ms"
    print(f"{visit.condition}: {visit.site}, {kind}: {figures}{frames}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
