"""The memory of a page while it scans, and its growth: `python -m benchmarks.memory [--minutes 10] [--site FOLDER]`.

A page of the assembled site, with the demo's ten references, scans Chromium's own moving test picture (1920 x 1080)
without a pause. The figures are of the page's process, which runs the worker too, from /proc. The first figure is
memory of the process alone. The second is memory shared with the camera and the compositor: without a graphics card,
every picture on its way.

No driver is attached to the browser, because Chromium's developer tools keep a copy of every file that comes in. The
page sends its number of judged frames to this program.

The first line is an empty page. The last line gives median, least and most of all samples, and the growth of a line
fitted through the samples of the second half.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.visits import processes_below  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402

SAMPLE_SECONDS = 10
PAGE = """<!doctype html><meta charset="utf-8"><title>Memory</title>
<video muted playsinline style="width: 360px"></video>
<script type="module">
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const { ImageScanner } = await import("./image-scanner.module.js");
  let judged = 0;
  const options = { repeat: true, onFrame: () => judged++ };
  const scanner = new ImageScanner(document.querySelector("video"), () => {}, options);
  setInterval(() => navigator.sendBeacon("REPORTS", String(judged)), 1000);
  await scanner.start();
</script>"""
SWITCHES = (
    *("--headless", "--no-sandbox", "--no-first-run"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="site that is assembled already, to compare builds")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        site = folder / "dist"
        if options.site:
            shutil.copytree(options.site, site)
        else:
            assemble_site(site)
        with reports() as (address, judged), serving(site) as base:
            (site / "memory.html").write_text(PAGE.replace("REPORTS", address))
            command = [options.chromium, *SWITCHES, f"--user-data-dir={folder / 'profile'}", base + "memory.html"]
            browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                tell(samples(browser.pid, judged, options.minutes))
            finally:
                browser.terminate()
                browser.wait()


@contextmanager
def reports() -> Iterator[tuple[str, list[int]]]:
    """Listens to the page; gives its address, and the numbers of judged frames as they come."""
    judged: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            judged.append(int(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", judged
    finally:
        server.shutdown()


def samples(browser: int, judged: list[int], minutes: float) -> list[tuple[float, float]]:
    """Returns minute and MB of each sample.

    Raises:
        RuntimeError: the page has judged no frame within a minute.
    """
    time.sleep(4)
    print("empty page               {:6.1f} MB, shared {:6.1f} MB".format(*largest_page(browser)), flush=True)
    start = time.monotonic()
    taken: list[tuple[float, float]] = []
    while (now := (time.monotonic() - start) / 60) < minutes:
        time.sleep(SAMPLE_SECONDS)
        if now > 1 and not judged:
            raise RuntimeError("expected judged frames from the page, found none in a minute: open the site by hand")
        own, shared = largest_page(browser)
        taken.append((now + SAMPLE_SECONDS / 60, own))
        frames = judged[-1] if judged else 0
        print(f"{taken[-1][0]:4.1f} min {frames:6d} frames {own:6.1f} MB, shared {shared:6.1f} MB", flush=True)
    return taken


def tell(taken: list[tuple[float, float]]) -> None:
    """Prints the last line."""
    times, sizes = zip(*taken, strict=True)
    half = len(taken) // 2
    growth = statistics.linear_regression(times[half:], sizes[half:]).slope if len(taken) - half > 2 else 0.0
    print(f"median {statistics.median(sizes):.0f} MB, {min(sizes):.0f} to {max(sizes):.0f}; {growth:+.1f} MB a minute")


def largest_page(browser: int) -> tuple[float, float]:
    """Returns the memory of a browser's largest page, as `memory_of` gives it. The browser is a process's number."""
    commands = {process: Path(f"/proc/{process}/cmdline").read_bytes() for process in processes_below(browser)}
    pages = [process for process, command in commands.items() if b"--type=renderer" in command]
    return max((memory_of(page) for page in pages), default=(0.0, 0.0))


def memory_of(process: int) -> tuple[float, float]:
    """Returns the memory that a process has written to, in MB: its own, and the part shared with other processes."""
    own = shared = 0
    passed_on = False
    for line in Path(f"/proc/{process}/smaps").read_text().splitlines():
        field, value, *_ = line.split()
        if not field.endswith(":"):
            passed_on = "shared-memory" in line
        elif field == "Private_Dirty:":
            own, shared = (own, shared + int(value)) if passed_on else (own + int(value), shared)
    return own / 1000, shared / 1000


if __name__ == "__main__":
    main()
