"""OpenCV.js and MindAR, as pages that look at one frame: what our start is compared with.

OpenCV.js is ready when ORB has described one frame. MindAR is ready when it has looked for one picture, compiled
beforehand, in one frame. Without a graphics card MindAR is slower than it could be: its WebGL runs on the CPU.
"""

from __future__ import annotations

import base64
import subprocess
import tarfile
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright

from benchmarks.visits import visiting
from scanner.offline.site.archive import compressed_siblings
from scanner.offline.site.runtime import cache_folder
from scanner.offline.site.serve import serving

RIVALS = {"opencv": "@techstark/opencv-js@4.5.2", "mindar": "mind-ar@1.2.5"}
BLANK = "<!doctype html><title>blank</title>"

# Each measures itself from the start of its script until it is ready, in milliseconds.
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
PROGRAMS = {"opencv": OPENCV, "mindar": MINDAR}


def rival_sites(playwright: Playwright, chromium: str, folder: Path) -> dict[str, Path]:
    """Writes the files of each rival to a folder below `folder`, and returns these folders."""
    sites = {name: rival_site(package, folder / name) for name, package in RIVALS.items()}
    enrol_in_mindar(playwright, chromium, sites["mindar"], f"[({DRAW})(240)]")
    return sites


def enrol_in_mindar(playwright: Playwright, chromium: str, site: Path, pictures: str) -> None:
    """Writes `target.mind` to MindAR's site, as its users do before anybody visits.

    Args:
        playwright: drives the browser that compiles the pictures.
        chromium: the browser's program.
        site: folder with MindAR's script.
        pictures: an expression of JavaScript, evaluated on a page of the site: a list of images or canvases.
    """
    with (
        tempfile.TemporaryDirectory() as profile,
        serving(site) as base,
        visiting(playwright, chromium, profile) as (_, page),
    ):
        page.goto(base)
        compiled = page.evaluate(MINDAR_COMPILE % pictures, base)
    (site / "target.mind").write_bytes(base64.b64decode(compiled))


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
    folder.mkdir()
    for name, content in {**wanted, **compressed_siblings(wanted, cache_folder())}.items():
        (folder / name).write_bytes(content)
    return folder
