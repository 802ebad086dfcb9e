"""CPython and Pyodide give equal bits, so that a phone's hashes meet a bundle built on a desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright

from scanner import FrameScanner, HashBundle, Reference, enrol
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import EASY, HARD, TYPICAL, Shot, draw_background, photograph, simulate
from support.hard_frames import GUIDE, drawing, held, shown, without_border
from support.held_up import picture_of
from support.moving import Camera, on_a_table
from support.pictures import cover, every_kind, natural
from support.places import PROJECT

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


# The site's own Python in a worker, started as the site's worker starts it. Runs a function of a Python program.
WORKER = """
    const { startPython } = await import(`${BASE}python/runtime.js`);
    const core = await startPython(BASE, () => {}, SNAPSHOTS);
    const builtin = (name) => core.__builtins__.get(name);
    const run = ({ program, name, data, argument }) => {
      const array = core.frame_buffer(data.length);
      const buffer = array.getBuffer("u8");
      buffer.data.set(data);
      buffer.release();
      const scope = builtin("dict")();
      builtin("exec")(`${program}\\nimport json`, scope);
      scope.set("data", array.tobytes());
      scope.set("argument", argument);
      return builtin("eval")(`json.dumps(${name}(data, json.loads(argument)))`, scope);
    };
    onmessage = ({ data: question }) => {
      try {
        postMessage({ answer: run(question) });
      } catch (error) {
        postMessage({ error: error.message });
      }
    };
    const came = () => performance.getEntriesByType("resource").filter(({ responseEnd }) => responseEnd > 0);
    while (!came().some(({ name }) => name === BASE + LAST)) await new Promise((resolve) => setTimeout(resolve, 100));
    postMessage({ answer: came().map(({ name }) => name.slice(BASE.length)) });
"""


@pytest.fixture(scope="session")
def pyodide_page(site: str, site_folder: Path, playwright: Playwright, chromium_path: str) -> Iterator[Page]:
    """A page of the site in which the site's own Python runs, started from the shipped snapshot as for a visitor."""
    with page_with_python(site, site_folder, playwright, chromium_path, snapshots=True) as page:
        yield page


@pytest.fixture(scope="session")
def plain_page(site: str, site_folder: Path, playwright: Playwright, chromium_path: str) -> Iterator[Page]:
    """A page of the site in which the site's own Python runs, started plainly."""
    with page_with_python(site, site_folder, playwright, chromium_path, snapshots=False) as page:
        yield page


@contextmanager
def page_with_python(
    site: str, folder: Path, playwright: Playwright, chromium_path: str, *, snapshots: bool
) -> Iterator[Page]:
    """Gives a page whose worker has Python and all of its files."""
    files = {role: file["url"] for role, file in json.loads((folder / "assets.json").read_text())["files"].items()}
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(site + "assets.json")
    names = f"const BASE = {site!r}, SNAPSHOTS = {json.dumps(snapshots)}, LAST = {files['core']!r};"
    fetched = page.evaluate(
        """async (source) => {
            const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const worker = new Worker(address, { type: "module" });
            const answer = () => new Promise((resolve, reject) => {
              worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.answer));
              worker.onerror = ({ message }) => reject(new Error(message));
            });
            globalThis.ask = (question) => {
              const answered = answer();
              worker.postMessage(question, [question.data.buffer]);
              return answered;
            };
            return answer();
        }""",
        names + WORKER,
    )
    assert (files["snapshot"] in fetched) == snapshots
    assert (files["wasm"] in fetched) != snapshots
    yield page
    browser.close()


def in_pyodide(page: Page, program: str, function: str, data: bytes, argument: object) -> list:
    """Runs `function(data, argument)` of a Python program in the page; returns its answer, passed through JSON."""
    page.route("**/test-data.bin", lambda route: route.fulfill(body=data, content_type="application/octet-stream"))
    answer = page.evaluate(
        """async ([program, name, argument]) => {
            const data = new Uint8Array(await (await fetch("test-data.bin", { cache: "no-store" })).arrayBuffer());
            return ask({ program, name, data, argument });
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


@pytest.mark.parametrize("start", ["pyodide_page", "plain_page"])
def test_pyodide_and_cpython_give_equal_bits_for_every_kind_of_picture(
    start: str, request: pytest.FixtureRequest
) -> None:
    """No bit of over 600 pictures differs: natural, drawn, flat, banded, symmetric, noise, single pixels."""
    page: Page = request.getfixturevalue(start)
    names, arrays = pictures()
    assert len(names) >= 600
    data, shapes = b"".join(array.tobytes() for array in arrays), [array.shape for array in arrays]
    here, there = on_both_sides(page, PROGRAM, "hashes_of", data, shapes)
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


# Judges stills and streams of every stage. Input: a bundle's text, then frames; and the frames' shapes, the scan
# region, whether they are a stream, and whether all pictures in sight are asked for.
STAGES = """
import numpy as np
from scanner import FrameScanner, HashBundle

def judged(data, argument):
    text, shapes, region, stream, several = argument
    bundle = HashBundle.from_json(bytes(data[:text]))
    # All of a search in one frame, however slow the interpreter is: else its speed decides on the frame of a match.
    scanner = FrameScanner(bundle, memory=stream, search_seconds=600)
    left, answers = np.frombuffer(data[text:], np.uint8), []
    for shape in shapes:
        frame, left = left[: int(np.prod(shape))].reshape(shape), left[int(np.prod(shape)) :]
        found = scanner.scan_all(frame, region) if several else [scanner.scan(frame, region)]
        answers.append([[each.outcome, each.id, each.track, each.corners] for each in found])
    return answers
"""


def assert_judged_alike(
    page: Page,
    bundle: HashBundle,
    frames: list[np.ndarray],
    region: tuple[int, int, int, int] | None = None,
    *,
    stream: bool = False,
    several: bool = False,
) -> list[list[str | None]]:
    """Asserts that both interpreters judge frames alike; returns the names in each frame."""
    text = bundle.to_json().encode()
    data = text + b"".join(np.ascontiguousarray(frame).tobytes() for frame in frames)
    argument = [len(text), [frame.shape for frame in frames], region, stream, several]
    here, there = on_both_sides(page, STAGES, "judged", data, argument)
    assert [[found[:3] for found in frame] for frame in there] == [[found[:3] for found in frame] for frame in here]
    for ours, theirs in zip(here, there, strict=True):
        for (*_, outline), (*_, other) in zip(ours, theirs, strict=True):
            assert (outline is None) == (other is None)
            if outline is not None:
                assert np.abs(np.array(outline) - np.array(other)).max() < 2
    return [[name for _, name, *_ in frame] for frame in here]


@pytest.fixture(scope="module")
def drawings() -> HashBundle:
    return HashBundle(enrol(f"drawing {seed}", drawing(seed)) for seed in range(12))


@pytest.fixture(scope="module")
def demo() -> HashBundle:
    return HashBundle.load(PROJECT / "hashes" / "references.json")


def test_both_name_a_still_by_keypoints_alone(pyodide_page: Page, drawings: HashBundle) -> None:
    """A picture that goes beyond every edge of a still, found by its keypoints alone, gets one verdict in both."""
    frames = [without_border(drawing(10), 25, 1.5), without_border(drawing(4), -40, 1.5)]
    scanner = FrameScanner(
        HashBundle(Reference(each.id, each.hashes, each.windows, each.fields) for each in drawings.references),
        memory=False,
    )
    assert {scanner.scan(frame).id for frame in frames} == {None}  # keypoints are needed
    assert assert_judged_alike(pyodide_page, drawings, frames) == [["drawing 10"], ["drawing 4"]]


def test_both_name_a_still_that_is_cut_off(pyodide_page: Page, demo: HashBundle) -> None:
    """Pictures of which the frame's edge cuts off much have one name and one outline beyond the edge in both."""
    whale, coffee = shown("whale", 1.0, 0.0, 0.0)[:, :360], shown("café", 1.0, 0.0, 0.0)[170:]
    assert assert_judged_alike(pyodide_page, demo, [whale]) == [["whale"]]
    assert assert_judged_alike(pyodide_page, demo, [coffee], several=True) == [["café"]]


def test_both_name_a_picture_in_the_middle_in_the_same_frame(pyodide_page: Page, demo: HashBundle) -> None:
    """A picture held up in the middle at a third of the guide's size gets its name in one frame of a stream in both."""
    frames = held(picture_of("album"), 0.35, 1, EASY)
    named = assert_judged_alike(pyodide_page, demo, frames, GUIDE, stream=True)
    assert {name for (name,) in named} - {None} == {"album"}


def test_both_name_a_picture_that_a_stream_cuts_off_in_the_same_frame(pyodide_page: Page, demo: HashBundle) -> None:
    """A picture a third of which lies beyond the edge of a stream gets its name in one frame in both."""
    frames = [shown("lighthouse", 1.0, 0.0, -0.35)] * 4
    named = assert_judged_alike(pyodide_page, demo, frames, GUIDE, stream=True)
    assert {name for (name,) in named} - {None} == {"lighthouse"}


def test_both_follow_several_pictures_by_the_same_tracks(pyodide_page: Page) -> None:
    """Three pictures on a table before a moving camera have the same tracks, in the same frames, in both."""
    pictures = {f"picture {seed}": natural(seed, 256) for seed in range(8)}
    camera = Camera(on_a_table([pictures[f"picture {number}"] for number in (1, 3, 5)], height=150), step=0.01)
    frames = [camera.frame() for _ in range(8)]
    named = assert_judged_alike(pyodide_page, build_bundle(pictures), frames, stream=True, several=True)
    assert sorted(str(name) for name in named[-1]) == ["picture 1", "picture 3", "picture 5"]


def resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))
