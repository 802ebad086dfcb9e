"""CPython and Pyodide give equal bits, so that a phone's hashes meet a bundle built on a desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright

from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import EASY, HARD, TYPICAL, Shot, draw_background, photograph, simulate
from support.pictures import cover, every_kind, natural

PER_KIND = 90  # of 7 kinds: 630 pictures

# Runs in both interpreters, word for word. Input: the bytes of all pictures, one after the other, and their shapes.
PROGRAM = """
import numpy as np
from scanner.crops import query_thumbnails, reference_square, reference_thumbnails
from scanner.grey import to_grey
from scanner.phash import hash_thumbnails, pack, perceptual_hash

def hashes_of(data, shapes):
    pictures = np.frombuffer(data, np.uint8)
    answers = []
    for shape in shapes:
        size = int(np.prod(shape))
        picture, pictures = pictures[:size].reshape(shape), pictures[size:]
        grey = to_grey(picture)
        height, width = grey.shape
        region = (width // 10, height // 10, width - width // 5, height - height // 5)
        packed = [pack(perceptual_hash(picture)), pack(hash_thumbnails(query_thumbnails(grey, region)))]
        if len(answers) % 5 == 0:
            packed.append(pack(hash_thumbnails(reference_thumbnails(reference_square(grey)))))
        answers.append("".join(each.tobytes().hex() for each in packed))
    return answers
"""


@lru_cache
def pictures() -> tuple[list[str], list[np.ndarray]]:
    named = every_kind(PER_KIND)
    named += [(f"colour {seed}", cover(seed)) for seed in range(20)]
    named += [("large", natural(1, 500)), ("tall", natural(2, 400)[:, :40]), ("one pixel large", natural(3)[:1, :1])]
    return [name for name, _ in named], [np.ascontiguousarray(picture) for _, picture in named]


@pytest.fixture(scope="session")
def pyodide_page(site: str, playwright: Playwright, chromium_path: str) -> Iterator[Page]:
    """A page of the site in which the site's own Python runs, started as the worker starts it."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(site + "assets.json")
    page.evaluate(
        """async () => {
            const { startPython } = await import("./python/runtime.js");
            const base = new URL("./", location.href).href;
            globalThis.core = await startPython(base, () => {}, false);
            globalThis.builtin = (name) => core.__builtins__.get(name);
        }"""
    )
    yield page
    browser.close()


def in_pyodide(page: Page, program: str, function: str, data: bytes, argument: object) -> list:
    """Runs `function(data, argument)` of a Python program in the page; returns its answer, passed through JSON."""
    page.route("**/test-data.bin", lambda route: route.fulfill(body=data, content_type="application/octet-stream"))
    answer = page.evaluate(
        """async ([program, name, argument]) => {
            const data = new Uint8Array(await (await fetch("test-data.bin", { cache: "no-store" })).arrayBuffer());
            const array = core.frame_buffer(data.length);
            const buffer = array.getBuffer("u8");
            buffer.data.set(data);
            buffer.release();
            const scope = builtin("dict")();
            builtin("exec")(program + "\\nimport json", scope);
            scope.set("data", array.tobytes());
            scope.set("argument", argument);
            return builtin("eval")(`json.dumps(${name}(data, json.loads(argument)))`, scope);
        }""",
        [program, function, json.dumps(argument)],
    )
    page.unroute("**/test-data.bin")
    return json.loads(answer)


def on_both_sides(page: Page, program: str, function: str, data: bytes, argument: object) -> tuple[list, list]:
    """Returns the answers of a function of a Python program, here and in the page, computed side by side."""

    def here() -> list:
        namespace: dict = {}
        exec(program, namespace)
        return namespace[function](data, argument)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(here)
        there = in_pyodide(page, program, function, data, argument)
        return answer.result(), there


def test_pyodide_and_cpython_give_equal_bits_for_every_kind_of_picture(pyodide_page: Page) -> None:
    """No bit of over 600 pictures differs: natural, drawn, flat, banded, symmetric, noise, single pixels."""
    names, arrays = pictures()
    assert len(names) >= 600
    data, shapes = b"".join(array.tobytes() for array in arrays), [array.shape for array in arrays]
    here, there = on_both_sides(pyodide_page, PROGRAM, "hashes_of", data, shapes)
    assert len(here) == len(there) == len(names)
    assert [name for name, ours, theirs in zip(names, here, there, strict=True) if ours != theirs] == []


# Runs the whole way to a verdict. Input: a bundle's text, then frames of one size, one after the other.
VERDICTS = """
import numpy as np
from scanner import FrameScanner, HashBundle

def verdicts_of(data, sizes):
    text, height, width = sizes
    scanner = FrameScanner(HashBundle.from_json(bytes(data[:text])), memory=False)
    frames = np.frombuffer(data[text:], np.uint8).reshape(-1, height, width, 3)
    return [[verdict.outcome, verdict.id, verdict.distance] for verdict in map(scanner.scan, frames)]
"""


def frames_to_judge(references: dict[str, np.ndarray]) -> list[np.ndarray]:
    """200 frames: references in easy, typical and hard hands, anywhere in the frame, cut off, and other pictures.

    Some 30 frames are searched to the end, which takes most of the time.
    """
    rng = np.random.default_rng(6)
    size = (240, 320)
    pictures = list(references.values())
    frames = []
    for round_ in range(15):
        level = (EASY, TYPICAL, EASY, TYPICAL, HARD)[round_ % 5]
        frames += [simulate(picture, level, rng, size=size)[0] for picture in pictures]
    for picture in pictures[:8]:
        shot = Shot(zoom=0.6, tilt=rng.uniform(0, 360), shift_x=rng.uniform(-0.1, 0.1), noise=2, seed=3)
        frames.append(photograph(picture, shot, size, draw_background(rng, size), squash=False)[0])
    for picture in pictures[:4]:
        cut_off = Shot(zoom=0.85, shift_x=0.62, noise=2, seed=4)
        frames.append(photograph(picture, cut_off, size, draw_background(rng, size), squash=False)[0])
    frames += [simulate(cover(500 + seed), TYPICAL, rng, size=size)[0] for seed in range(4)]
    frames += [draw_background(rng, size) for _ in range(4)]
    return frames


def test_pyodide_and_cpython_give_the_same_verdicts(pyodide_page: Page) -> None:
    """Both interpreters give 200 frames equal outcomes and ids, named by crops, by a fit, by a search or not at all."""
    references = {f"cover {seed}": cover(seed, (300, 220)) for seed in range(12)}
    text = build_bundle(references).to_json().encode()
    frames = frames_to_judge(references)
    assert len(frames) == 200
    data, sizes = text + b"".join(frame.tobytes() for frame in frames), [len(text), *frames[0].shape[:2]]
    here, there = on_both_sides(pyodide_page, VERDICTS, "verdicts_of", data, sizes)
    assert [verdict[:2] for verdict in there] == [verdict[:2] for verdict in here]
    assert {outcome for outcome, _, _ in here} >= {"match", "no_match"}
    assert sum(outcome == "match" for outcome, _, _ in here) >= 120
    apart = [abs(ours[2] - theirs[2]) for ours, theirs in zip(here, there, strict=True) if ours[2] is not None]
    assert max(apart) <= 6


# Names all pictures in sight. Input: a bundle's text, then frames of one size, one after the other.
ALL_IN_SIGHT = """
import numpy as np
from scanner import FrameScanner, HashBundle

def all_in_sight_of(data, sizes):
    text, height, width = sizes
    scanner = FrameScanner(HashBundle.from_json(bytes(data[:text])), memory=False)
    frames = np.frombuffer(data[text:], np.uint8).reshape(-1, height, width, 3)
    return [[[found.id, found.corners] for found in scanner.scan_all(frame)] for frame in frames]
"""


def test_pyodide_and_cpython_name_the_same_pictures_in_sight(pyodide_page: Page) -> None:
    """Both interpreters name and outline the nine cards of a page, two copies of a cover, and nothing on a desk."""
    references = {f"cover {seed}": cover(seed, (300, 225)) for seed in range(12)}
    names = list(references)
    page = np.full((480, 640, 3), (52, 56, 64), np.uint8)
    frames = [page.copy(), page.copy(), draw_background(np.random.default_rng(8), (480, 640))]
    for number, name in enumerate(names[:9]):
        top, left = 12 + 158 * (number // 3), 142 + 128 * (number % 3)
        frames[0][top : top + 144, left : left + 108] = resized(references[name], 108, 144)
    for left in (60, 420):
        frames[1][180:320, left : left + 105] = resized(references[names[10]], 105, 140)
    text = build_bundle(references).to_json().encode()
    data, sizes = text + b"".join(frame.tobytes() for frame in frames), [len(text), 480, 640]
    here, there = on_both_sides(pyodide_page, ALL_IN_SIGHT, "all_in_sight_of", data, sizes)
    assert [sorted(name for name, _ in frame) for frame in here] == [sorted(names[:9]), [names[10]] * 2, []]
    for ours, theirs in zip(here, there, strict=True):
        assert [name for name, _ in theirs] == [name for name, _ in ours]
        for (_, outline), (_, other) in zip(ours, theirs, strict=True):
            assert np.abs(np.array(outline) - np.array(other)).max() < 2


def resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))
