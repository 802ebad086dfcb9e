"""How long the worker is busy with one frame, in Chromium: `python benchmarks/frames.py [--references 10 100]`.

The assembled site's own worker judges streams of 640 x 360 with a scan region of 360 x 360. A stream is eight frames of
a drawn cover in an ordinary or in a hasty hand. Half of the covers are enrolled. The other half are the worst case: a
cover that is not matched at once is fitted and searched for.

The table gives milliseconds from sending a frame to its answer; the page itself goes on meanwhile. The first streams
count as "first frames", as the browser is still compiling.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from scanner.offline import build_bundle  # noqa: E402
from scanner.offline.predict.simulated_hand import HARD, TYPICAL, Level, draw_background, draw_shot, hold_up  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402
from support.pictures import cover  # noqa: E402
from support.places import VISIT  # noqa: E402

HEIGHT, WIDTH = 360, 640
FRAMES = 8
WARMING_UP = 4  # streams

JUDGE = """async ([base, frames, width, height, perStream]) => {
  const { scanner, ask } = await startedWorker(base);
  const all = await (await fetch(base + "frames.bin")).arrayBuffer();
  const region = { left: (width - height) / 2, top: 0, width: height, height };
  const answers = [];
  for (let frame = 0; frame < frames; frame++) {
    if (frame % perStream === 0) await ask("reset", { scanner });
    const bytes = width * height * 4;
    const pixels = all.slice(frame * bytes, (frame + 1) * bytes);
    const began = performance.now();
    const { outcome, id } = await ask("scanFrame", { scanner, width, height, pixels, region }, [pixels]);
    answers.push([performance.now() - began, outcome, id]);
  }
  return answers;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--references", type=int, nargs="*", default=[10, 100])
    parser.add_argument("--streams", type=int, default=24, help="of each hand")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    print("| references | hand | median ms | 90th percentile | 95th | most | first frames, most |")
    print("|---|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for references in options.references:
            for hand in (TYPICAL, HARD):
                with tempfile.TemporaryDirectory() as folder:
                    site = Path(folder) / "site"
                    pictures = {f"cover {seed}": cover(seed, (480, 360)) for seed in range(references)}
                    bundle = Path(folder) / "references.json"
                    build_bundle(pictures, skip_bad=True).save(bundle)
                    assemble_site(site, bundle)
                    frames = [
                        frame
                        for number in range(options.streams + WARMING_UP)
                        for frame in stream(number // 2 if number % 2 else 5000 + number, number, hand)
                    ]
                    (site / "frames.bin").write_bytes(b"".join(frame.tobytes() for frame in frames))
                    page = browser.new_page()
                    with serving(site) as base:
                        page.goto(base + "licences/NOTICE.txt")
                        page.add_script_tag(path=VISIT)
                        answers = page.evaluate(JUDGE, [base, len(frames), WIDTH, HEIGHT, FRAMES])
                    page.close()
                times = [milliseconds for milliseconds, _, _ in answers]
                warm, rest = times[: WARMING_UP * FRAMES], times[WARMING_UP * FRAMES :]
                ninety, ninety_five = (np.percentile(rest, share) for share in (90, 95))
                print(
                    f"| {references} | {hand.name} | {statistics.median(rest):.0f} | {ninety:.0f} | {ninety_five:.0f} "
                    f"| {max(rest):.0f} | {max(warm):.0f} |",
                    flush=True,
                )
                named = {name for _, outcome, name in answers if outcome == "match"}
                print(json.dumps({"named": sorted(named)}), file=sys.stderr, flush=True)
        browser.close()


def stream(seed: int, number: int, hand: Level) -> list[np.ndarray]:
    """Returns the RGBA frames of one hold-up of a cover."""
    source = np.random.default_rng([number, seed])
    background = draw_background(source, (HEIGHT, WIDTH))
    shot = draw_shot(hand, source)
    frames = hold_up(
        cover(seed, (480, 360)), hand, source, frames=FRAMES, size=(HEIGHT, WIDTH), background=background, squash=False,
        shot=shot,
    )  # fmt: skip
    return [np.dstack([frame, np.full((HEIGHT, WIDTH), 255, np.uint8)]) for frame, _ in frames]


if __name__ == "__main__":
    main()
