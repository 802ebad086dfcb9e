"""How still an overlay lies, and how it keeps up, beside MindAR: `python -m benchmarks.overlay PICTURES [-o FILE]`.

PICTURES is a folder of real pictures, as `benchmarks.pictures` makes them. Six of them are enrolled in both programs;
MindAR's are compiled beforehand, as its users do. Chromium's fake camera plays a video of 640 x 480, 30 frames a
second, with the noise of a sensor. White and black squares at the top of each frame give its number, so the page can
read which frame is on the screen. Whenever the browser shows a frame, the page notes the overlay's corners with it:

- jitter: standard deviation of the overlay's corners on a still picture
- off by: median distance of the overlay's corners from the true ones of the frame on the screen
- lag: how far the overlay's middle is behind the true one, in steps of the picture, which moves 1 % of its side a frame
- updates: how many times a second a page is told new corners of a picture
"""

import argparse
import os
import statistics
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from playwright.sync_api import Page, Playwright, sync_playwright

from benchmarks.rivals import RIVALS, enrol_in_mindar, rival_site
from scanner.files import write_atomically
from scanner.offline import build_bundle
from scanner.offline.predict.camera_video import y4m
from scanner.offline.predict.simulated_hand import draw_background
from scanner.offline.site import assemble_site
from scanner.offline.site.serve import serving

WIDTH, HEIGHT = 640, 480
PER_SECOND = 30
NOISE = 2.5
"""Standard deviation of a frame's noise, in grey levels."""
SQUARE, BITS = 16, 9
"""Side of a square of a frame's number, in pixels, and how many squares there are."""
PICTURES = 6
SIDE = 400
"""Pixels along a side of an enrolled picture, which is a square."""
KIND = "photograph"
"""Word in the names of the pictures taken. Detailed photographs suit the feature points of MindAR."""
SETTLED = 20
"""Frames after a turn of the picture until its lag counts."""
MEASURED_SECONDS = 10
SWITCHES = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-accelerated-2d-canvas",
)
"""Of a Chromium without a graphics card. SwiftShader draws WebGL, which MindAR needs, and nothing else."""

# Reads the number of each frame that the browser shows, and notes the corners that an overlay has there.
LOOK = """
globalThis.watch = (video, cornersOf) => {
  const [SQUARE, BITS] = [16, 9]; // as below
  const canvas = new OffscreenCanvas(SQUARE * BITS, SQUARE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  globalThis.seen = [];
  globalThis.updates = [];
  const look = () => {
    video.requestVideoFrameCallback(look);
    context.drawImage(video, 0, 0, SQUARE * BITS, SQUARE, 0, 0, SQUARE * BITS, SQUARE);
    const { data } = context.getImageData(0, 0, SQUARE * BITS, SQUARE);
    let number = 0;
    for (let bit = 0; bit < BITS; bit++) {
      const middle = (SQUARE / 2) * SQUARE * BITS + bit * SQUARE + SQUARE / 2;
      number += data[4 * middle] > 128 ? 2 ** bit : 0;
    }
    // After the program's own drawing of this frame of the page.
    requestAnimationFrame(() => seen.push([number, cornersOf()]));
  };
  video.requestVideoFrameCallback(look);
};
"""

OURS = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Overlays</title>
<style>body {{ margin: 0 }} image-scanner {{ height: 100vh }} div {{ background: #f0f4 }}</style>
<script type="module" src="image-scanner-element.js"></script>
<image-scanner id="scanner" {multiple}>{overlays}</image-scanner>
<script>{look}
  globalThis.start = async () => {{
    await customElements.whenDefined("image-scanner");
    for (const type of ["match", "move"]) {{
      scanner.addEventListener(type, ({{ detail }}) => globalThis.updates?.push(detail.id));
    }}
    await scanner.start();
    const video = scanner.shadowRoot.querySelector("video");
    watch(video, () => {{
      const box = video.getBoundingClientRect();
      const scale = Math.max(box.width / 640, box.height / 480);
      const inFrame = ({{ x, y, w }}) => [
        (x / w - box.width / 2) / scale + 320,
        (y / w - box.height / 2) / scale + 240,
      ];
      const all = {{}};
      for (const overlay of scanner.querySelectorAll("[data-in-sight]")) {{
        const matrix = new DOMMatrix(getComputedStyle(overlay).transform);
        const [right, low] = [overlay.offsetWidth, overlay.offsetHeight];
        const corners = [[0, 0], [right, 0], [right, low], [0, low]];
        all[overlay.dataset.id] = corners.map(([x, y]) => inFrame(matrix.transformPoint(new DOMPoint(x, y))));
      }}
      return all;
    }});
  }};
</script>"""

MINDAR = """<!doctype html><html lang="en"><meta charset="utf-8"><title>MindAR</title>
<video id="video" width="640" height="480" muted playsinline></video>
<script type="module">{look}
  import "./mindar-image.prod.js";
  globalThis.start = async () => {{
    video.srcObject = await navigator.mediaDevices.getUserMedia({{ video: {{ width: 640, height: 480 }} }});
    await video.play();
    const all = {{}};
    const controller = new MINDAR.IMAGE.Controller({{
      inputWidth: 640,
      inputHeight: 480,
      maxTrack: {most},
      onUpdate: ({{ type, targetIndex, worldMatrix }}) => {{
        if (type !== "updateMatrix") return;
        delete all[targetIndex];
        if (!worldMatrix) return;
        globalThis.updates?.push(`${{targetIndex}}`);
        const view = new DOMMatrix(controller.getProjectionMatrix()).multiply(new DOMMatrix(worldMatrix));
        const [right, high] = dimensions[targetIndex];
        all[targetIndex] = [[0, high], [right, high], [right, 0], [0, 0]].map(([x, y]) => {{
          const point = view.transformPoint(new DOMPoint(x, y));
          return [320 * (1 + point.x / point.w), 240 * (1 - point.y / point.w)];
        }});
      }},
    }});
    const {{ dimensions }} = await controller.addImageTargets("target.mind");
    controller.dummyRun(video);
    controller.processVideo(video);
    watch(video, () => ({{ ...all }}));
  }};
</script>"""

TARGETS = """(await Promise.all([%s].map(async (address) => {
  const image = Object.assign(new Image(), { src: base + address });
  await image.decode();
  return image;
})))"""


@dataclass(frozen=True)
class Scene:
    """A video and its truth.

    Attributes:
        name: as in the report.
        frames: the video, each (480, 640, 3) uint8.
        corners: of each picture in each frame, (frames, pictures, 4, 2).
        step: way of the pictures from frame to frame along x, with its sign, (frames).
    """

    name: str
    frames: list[np.ndarray]
    corners: np.ndarray
    step: np.ndarray


@dataclass(frozen=True)
class Figures:
    """What one program did with one scene.

    Attributes:
        jitter: in pixels; nan while the pictures move.
        off: in pixels.
        lag: in frames; nan while the pictures are still.
        updates: a second; median of the pictures.
        shown: share of the pictures in the frames on the screen that had an overlay.
    """

    jitter: float
    off: float
    lag: float
    updates: float
    shown: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("-o", "--output", type=Path, help="file to write the report to")
    options = parser.parse_args()
    pictures = read_pictures(options.pictures)
    figures: dict[tuple[str, str], list[Figures]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playwright = stack.enter_context(sync_playwright())
        sites = make_sites(playwright, options.chromium, pictures, folder)
        bases = {name: stack.enter_context(serving(site)) for name, site in sites.items()}
        scenes = [
            draw("one, still", pictures[:1], side=300, moves=False),
            draw("one, moving", pictures[:1], side=300, moves=True),
            draw("six, moving", pictures, side=130, moves=True),
        ]
        for scene in scenes:
            (folder / f"{scene.name}.y4m").write_bytes(y4m(scene.frames, PER_SECOND))
        for number in range(options.rounds):
            for scene in scenes:
                for name, base in bases.items():
                    write_pages(sites[name], name, scene)
                    with before_a_video(playwright, options.chromium, folder / f"{scene.name}.y4m") as page:
                        page.goto(base + "overlay.html")
                        one = measured(page, scene)
                    figures.setdefault((name, scene.name), []).append(one)
                    print(number + 1, name, scene.name, one, file=sys.stderr, flush=True)
            report = as_report(figures, number + 1)
            print(report, flush=True)
            if options.output:
                write_atomically(options.output, report.encode())


def read_pictures(folder: Path) -> list[np.ndarray]:
    """Returns the middle squares of the six most detailed photographs of a folder."""
    chosen: list[tuple[float, np.ndarray]] = []
    for path in sorted(folder.glob(f"*{KIND}*")):
        with Image.open(path) as image:
            square = ImageOps.fit(image.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)
        small = np.asarray(square.convert("L").resize((128, 128), Image.Resampling.LANCZOS), float)
        detail = float(np.abs(np.diff(small, axis=0)).mean() + np.abs(np.diff(small, axis=1)).mean())
        chosen.append((detail, np.asarray(square)))
    if len(chosen) < PICTURES:
        raise SystemExit(
            f"{folder}: expected {PICTURES} pictures that are named *{KIND}*, found {len(chosen)}: name a folder that "
            "benchmarks.pictures made"
        )
    return [picture for _, picture in sorted(chosen, key=lambda one: -one[0])[:PICTURES]]


def draw(name: str, pictures: list[np.ndarray], *, side: int, moves: bool) -> Scene:
    """Returns a scene of pictures on a desk, in rows of three, which stay or go by 1 % of their side a frame."""
    rng = np.random.default_rng(13)
    desk = draw_background(rng, (HEIGHT, WIDTH), "desk")
    small, places = [], []
    columns = min(3, len(pictures))
    rows = -(-len(pictures) // columns)
    for number, picture in enumerate(pictures):
        aspect = picture.shape[1] / picture.shape[0]
        size = round(side * aspect**0.5), round(side / aspect**0.5)
        small.append(np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)))
        across = WIDTH / 2 + (number % columns - (columns - 1) / 2) * side * 1.25
        down = HEIGHT / 2 + SQUARE / 2 + (number // columns - (rows - 1) / 2) * side * 1.5
        places.append((across - size[0] / 2, down - size[1] / 2))
    room = [min(x, WIDTH - 1 - x - each.shape[1]) for (x, _), each in zip(places, small, strict=True)]
    reach = int(min(*room, 110) / (0.01 * side)) if moves else 10
    ways = [*range(-reach, reach), *range(reach, -reach, -1)]
    frames: list[np.ndarray] = []
    corners: list[list[Any]] = []
    for index, way in enumerate(ways):
        frame = desk.astype(float)
        corners.append([])
        for picture, (left, top) in zip(small, places, strict=True):
            x, y = round(left + (0.01 * side * way if moves else 0)), round(top)
            high, wide = picture.shape[:2]
            frame[y : y + high, x : x + wide] = picture
            corners[-1].append([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
        noisy = np.clip(np.rint(frame + rng.normal(0, NOISE, frame.shape)), 0, 255).astype(np.uint8)
        for bit in range(BITS):
            noisy[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 255 * (index >> bit & 1)
        frames.append(noisy)
    step = np.where(np.arange(len(ways)) <= 2 * reach, 1, -1) * (0.01 * side if moves else 0)
    return Scene(name, frames, np.array(corners, float), step)


def make_sites(playwright: Playwright, chromium: str, pictures: list[np.ndarray], folder: Path) -> dict[str, Path]:
    """Returns the folders to serve: our site and MindAR's, each with the pictures enrolled by their numbers."""
    build_bundle({str(number): picture for number, picture in enumerate(pictures)}).save(folder / "references.json")
    ours, mindar = folder / "ours", folder / "mindar"
    assemble_site(ours, folder / "references.json")
    rival_site(RIVALS["mindar"], mindar)
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(mindar / f"{number}.png")
    addresses = ", ".join(f'"{number}.png"' for number in range(len(pictures)))
    enrol_in_mindar(playwright, chromium, mindar, TARGETS % addresses)
    return {"ours": ours, "mindar": mindar}


def write_pages(site: Path, name: str, scene: Scene) -> None:
    """Writes the page that shows a scene's overlays by one of the programs."""
    number = scene.corners.shape[1]
    overlays = "".join(f'<div slot="overlay" data-id="{one}"></div>' for one in range(number))
    multiple = "multiple" if number > 1 else ""
    page = (
        OURS.format(overlays=overlays, multiple=multiple, look=LOOK)
        if name == "ours"
        else MINDAR.format(most=number, look=LOOK)
    )
    (site / "overlay.html").write_text(page, encoding="utf-8")


@contextmanager
def before_a_video(playwright: Playwright, chromium: str, video: Path) -> Iterator[Page]:
    """Opens a page of a browser whose camera plays a video."""
    browser = playwright.chromium.launch(
        executable_path=chromium,
        args=[
            *SWITCHES,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
        ],
    )
    try:
        yield browser.new_page(viewport={"width": 800, "height": 660})
    finally:
        browser.close()


def measured(page: Page, scene: Scene) -> Figures:
    """Returns the figures of a page that shows a scene, once every picture has its overlay."""
    number = scene.corners.shape[1]
    page.wait_for_function("!!globalThis.start")  # without !! Playwright would call the function
    page.evaluate("start()")
    try:
        page.wait_for_function(f"seen.length && Object.keys(seen.at(-1)[1]).length === {number}", timeout=30_000)
        page.wait_for_timeout(3000)
    except Exception:
        print("not every picture got its overlay within half a minute", file=sys.stderr, flush=True)
    page.evaluate("seen.length = updates.length = 0, globalThis.began = performance.now()")
    page.wait_for_timeout(1000 * MEASURED_SECONDS)
    seen, updates, milliseconds = page.evaluate("[seen, updates, performance.now() - began]")
    return figures_of(seen, Counter(updates), milliseconds / 1000, scene)


def figures_of(seen: list[Any], updates: Counter[str], seconds: float, scene: Scene) -> Figures:
    moves = bool(scene.step.any())
    number = scene.corners.shape[1]
    laid: dict[int, list[list[Any]]] = {one: [] for one in range(number)}
    off, lags, shown = [], [], 0.0
    for frame, all_corners in seen:
        shown += len(all_corners) / number
        for one, corners in all_corners.items():
            laid[int(one)].append(corners)
            errors = np.array(corners) - scene.corners[frame, int(one)]
            off.append(float(np.hypot(errors[:, 0], errors[:, 1]).mean()))
            steps = scene.step[max(frame - SETTLED, 0) : frame + 1]
            if moves and frame >= SETTLED and np.all(steps == steps[0]):
                lags.append(float(-errors[:, 0].mean() / steps[0]))
    nothing = float("nan")
    jitters = [float(np.std(corners, axis=0).mean()) for corners in laid.values() if len(corners) > 1]
    return Figures(
        jitter=statistics.median(jitters) if jitters and not moves else nothing,
        off=statistics.median(off) if off else nothing,
        lag=statistics.median(lags) if lags else nothing,
        updates=statistics.median(updates[str(one)] for one in range(number)) / seconds,
        shown=shown / max(len(seen), 1),
    )


def as_report(figures: dict[tuple[str, str], list[Figures]], rounds: int) -> str:
    names = {"ours": "**ours**", "mindar": "MindAR 1.2.5"}
    lines = [
        "# An overlay on its picture, beside MindAR",
        "",
        "| pictures | | jitter, px | off by, px | lag, frames | updates a second | pictures with an overlay |",
        "|---|---|---|---|---|---|---|",
    ]
    for (name, scene), all_figures in figures.items():

        def median(field: str, digits: int, all_figures: list[Figures] = all_figures) -> str:
            values = [value for one in all_figures if not np.isnan(value := getattr(one, field))]
            return f"{statistics.median(values):.{digits}f}" if values else ""

        shown = f"{100 * statistics.median(one.shown for one in all_figures):.0f} %"
        cells = [median("jitter", 3), median("off", 2), median("lag", 2), median("updates", 1), shown]
        lines.append(f"| {scene} | {names[name]} | " + " | ".join(cells) + " |")
    counted = "1 round" if rounds == 1 else f"{rounds} rounds"
    notes = (
        f"Medians of {counted} of {MEASURED_SECONDS} s, {time.strftime('%Y-%m-%d')}, Chromium on a machine with "
        f"{os.cpu_count()} cores and a load of {os.getloadavg()[1]:.0f} from this and other work. The videos have 30 "
        "frames a second; a moving picture goes 1 % of its side a frame. `benchmarks/overlay.py` says how each figure "
        "is taken. The machine has no graphics card: MindAR's WebGL runs on the CPU, by SwiftShader. With a graphics "
        "card MindAR is faster, so its lag and updates say nothing of a phone."
    )
    return "\n".join(lines) + f"\n\n{textwrap.fill(notes, 118)}\n"


if __name__ == "__main__":
    main()
