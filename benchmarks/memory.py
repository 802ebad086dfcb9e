"""The memory of a page while it scans, and its growth: `python benchmarks/memory.py [--minutes 10] [--site FOLDER]`.

A page of the assembled site, with the demo's ten references, scans Chromium's own moving test picture (1920 x 1080)
without a pause. The figures are of the page's process, which runs the worker too, from /proc. The first figure is
memory of the process alone. The second is memory shared with the camera and the compositor: without a graphics card,
every picture on its way.

The first line is an empty page. The last line gives median, least and most of all samples, and the growth of a line
fitted through the samples of the second half.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402

SCAN = """async (base) => {
  const { ImageScanner } = await import(base + "image-scanner.module.js");
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
  video.style.width = "360px";
  document.body.append(video);
  globalThis.judged = 0;
  globalThis.scanner = new ImageScanner(video, () => {}, { repeat: true, onFrame: () => globalThis.judged++ });
  await globalThis.scanner.start();
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="site that is assembled already, to compare builds")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    switches = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = options.site or Path(folder) / "dist"
        if not options.site:
            assemble_site(site)
        browser = playwright.chromium.launch(executable_path=options.chromium, args=switches)
        with serving(site) as base:
            page = browser.new_context(permissions=["camera"]).new_page()
            page.goto(base + "licences/NOTICE.txt")
            page.wait_for_timeout(2000)
            session = browser.new_browser_cdp_session()
            print("empty page               {:6.1f} MB, shared {:6.1f} MB".format(*megabytes(session)), flush=True)
            page.evaluate(SCAN, base)
            start = time.monotonic()
            samples: list[tuple[float, float]] = []
            while (minutes := (time.monotonic() - start) / 60) < options.minutes:
                page.wait_for_timeout(10_000)
                judged = page.evaluate("judged")
                own, shared = megabytes(session)
                samples.append((minutes + 1 / 6, own))
                print(
                    f"{samples[-1][0]:4.1f} min {judged:6d} frames {own:6.1f} MB, shared {shared:6.1f} MB", flush=True
                )
        times, sizes = zip(*samples, strict=True)
        half = len(samples) // 2
        growth = statistics.linear_regression(times[half:], sizes[half:]).slope if len(samples) - half > 2 else 0.0
        print(
            f"median {statistics.median(sizes):.0f} MB, {min(sizes):.0f} to {max(sizes):.0f}; {growth:+.1f} MB a minute"
        )
        browser.close()


def megabytes(session: object) -> tuple[float, float]:
    """Returns the memory of the largest renderer process in MB: its own, and the part shared with other processes."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]  # type: ignore[attr-defined]
    sizes = [(0.0, 0.0)]
    for process in processes:
        if process["type"] != "renderer":
            continue
        own = shared = 0
        passed_on = False
        for line in Path(f"/proc/{process['id']}/smaps").read_text().splitlines():
            field, value, *_ = line.split()
            if not field.endswith(":"):
                passed_on = "shared-memory" in line
            elif field == "Private_Dirty:":
                own, shared = (own, shared + int(value)) if passed_on else (own + int(value), shared)
        sizes.append((own / 1000, shared / 1000))
    return max(sizes)


if __name__ == "__main__":
    main()
