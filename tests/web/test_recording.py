"""A recording of what went wrong in a page is judged again at a desk, frame by frame, with equal verdicts."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from scanner.offline.command.main import main
from scanner.offline.replay.recording import Recording
from support.browsers import OpenBrowser
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA

BUNDLE = PROJECT / "hashes" / "references.json"

PAGE = r"""<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  globalThis.found = [];
  globalThis.frames = 0;
  globalThis.outcomes = new Set();
  globalThis.scanner = new ImageScanner(video, (result) => found.push(result), {
    bundle: "hashes/references.json",
    region: { width: 270, height: 270, top: 15 },
    maxScansPerSecond: 6, // so that 10 s fit into the memory of a recording
    onFrame: ({ outcome }) => {
      frames += 1;
      outcomes.add(outcome);
    },
  });
  globalThis.wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  globalThis.until = async (isSo) => {
    while (!isSo()) await wait(20);
  };
  globalThis.headOf = async (zip) => {
    const text = await zip.text();
    const start = text.indexOf('{\n "format"');
    return JSON.parse(text.slice(start, text.indexOf("\n}\n", start) + 3));
  };
  globalThis.bytesOf = async (blob) => {
    const reader = new FileReader();
    await new Promise((resolve) => Object.assign(reader, { onload: resolve }).readAsDataURL(blob));
    return reader.result.split(",")[1];
  };
</script>"""

# A wall, a picture in the scan region, a small one in a corner that takes a search, until each has been judged.
SHOW = """
    scanner.recording.keep(100); // the limit is the memory: a slow computer judges fewer frames a second
    const blank = document.createElement("canvas");
    scriptedCamera.picture = { image: Object.assign(blank, { naturalWidth: 4, naturalHeight: 3 }), share: 3 };
    await scanner.start();
    await until(() => outcomes.has("no_detail"));
    await scriptedCamera.show("album.png");
    await until(() => outcomes.has("match"));
    await scriptedCamera.show("queen.png", 0.45);
    scriptedCamera.rise = -0.26;
    outcomes.clear();
    await until(() => outcomes.has("no_match"));
    const judged = frames + 12;
    await until(() => frames >= judged);
"""


@pytest.fixture
def page(site: str, browser_with_camera: OpenBrowser) -> Page:
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.route("**/queen.png", lambda route: route.fulfill(path=PICTURES / "queen of hearts.png"))
    page.goto(site + "scan.html")
    page.wait_for_function("Boolean(globalThis.scanner)")
    return page


def saved(tmp_path: Path, encoded: str) -> Path:
    file = tmp_path / "recording.zip"
    file.write_bytes(base64.b64decode(encoded))
    return file


def replayed(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["replay", str(file), "--bundle", str(BUNDLE), "--json"])
    out, err = capsys.readouterr()
    assert err == ""
    return code, json.loads(out)


def test_a_recording_of_chromium_is_judged_again_with_equal_verdicts(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Frames with and without a match, too plain ones and ones with a search between get the browser's verdicts."""
    file = saved(tmp_path, page.evaluate(f"async () => {{ {SHOW} return bytesOf(await scanner.recording.toFile()) }}"))
    with Recording(file) as recording:
        frames = recording.frames
        facts = recording.facts
        pixels = recording.pixels(frames[-1])
    assert {frame.verdict.outcome for frame in frames} >= {"match", "no_match", "no_detail"}
    assert {frame.verdict.id for frame in frames} >= {None, "album"}
    assert any(frame.memory["search"] and frame.memory["search"]["pieces"] for frame in frames)
    assert pixels.shape == (480, 640, 3)
    assert facts["versions"]["numpy"]
    assert facts["versions"]["pyodide"]
    assert facts["build"]
    assert facts["device"]["userAgent"]
    assert {happening.get("state") for happening in facts["happenings"]} >= {"starting", "scanning"}
    code, told = replayed(file, capsys)
    assert [frame for frame in told["frames"] if frame["likeness"] not in ("equal", "rounded")] == []
    assert code == 0
    assert sum(told["counts"].values()) == len(frames) > 10


def test_a_recording_of_several_pictures_is_judged_again_with_equal_matches(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page with `multiple` records each match with its track; a picture that comes again has another track."""
    encoded = page.evaluate("""async () => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        const region = { width: 270, height: 270, top: 15 };
        const bundle = "hashes/references.json";
        let without = 0;
        const many = new ImageScanner(video, (result) => found.push(result), {
          bundle,
          region,
          multiple: true,
          maxScansPerSecond: 6,
          onFrame: ({ matches }) => (without = matches.length > 0 ? 0 : without + 1),
        });
        many.recording.keep(100);
        await scriptedCamera.show("album.png");
        await many.start();
        await until(() => found.length === 1);
        scriptedCamera.picture = null;
        await until(() => without > 8); // frames after which the worker forgets a picture
        await scriptedCamera.show("album.png");
        await until(() => found.length === 2);
        return bytesOf(await many.recording.toFile());
    }""")
    file = saved(tmp_path, encoded)
    with Recording(file) as recording:
        assert recording.most is not None
        tracks = {match.track for frame in recording.frames for match in frame.matches or ()}
        assert {match.id for frame in recording.frames for match in frame.matches or ()} == {"album"}
    assert len(tracks) == 2
    code, told = replayed(file, capsys)
    assert [frame for frame in told["frames"] if frame["likeness"] == "different"] == []
    assert code == 0


@pytest.mark.parametrize("multiple", ["false", "true"])
def test_a_recording_asked_for_while_a_picture_is_in_sight_is_judged_again(
    multiple: str, page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`record` in the middle of a scan begins anew, so that none of its frames needs one from before it."""
    encoded = page.evaluate(f"""async () => {{
        const {{ ImageScanner }} = await import("./image-scanner.module.js");
        const region = {{ width: 270, height: 270, top: 15 }};
        const options = {{ bundle: "hashes/references.json", region, multiple: {multiple}, maxScansPerSecond: 6 }};
        const other = new ImageScanner(video, (result) => found.push(result), options);
        await scriptedCamera.show("album.png");
        await other.start();
        await until(() => found.length > 0);
        return bytesOf(await other.record(4));
    }}""")
    code, told = replayed(saved(tmp_path, encoded), capsys)
    assert code == 0
    assert {frame["likeness"] for frame in told["frames"]} <= {"equal", "rounded"}
    assert any("match album" in frame["browser"] for frame in told["frames"])


def test_frames_of_a_search_begun_before_the_recording_are_judged_again_too(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last second of a long scan begins in the middle of a search, whose frame the file has as well."""
    encoded = page.evaluate("""async () => {
        scanner.recording.keep(1);
        await scriptedCamera.show("queen.png", 0.15); // too small to be found
        await scanner.start();
        for (;;) {
          await wait(200);
          const file = await scanner.recording.toFile();
          const [first, second] = (await headOf(file)).frames;
          if (second && first.number < second.number - 1) return bytesOf(file);
        }
    }""")
    file = saved(tmp_path, encoded)
    with Recording(file) as recording:
        frames = list(recording.frames)
    first = next(number for number, frame in enumerate(frames) if frame.memory is not None)
    searched = frames[:first]  # one, or two where both searches are under way
    assert all(frame.verdict is None for frame in searched)
    memory = frames[first].memory
    under_way = [memory[name]["frame"] for name in ("search", "middle") if memory.get(name)]
    assert {frame.number for frame in searched} <= set(under_way)
    assert searched[0].number < frames[first].number - 1
    code, told = replayed(file, capsys)
    assert code == 0
    judged = [frame["likeness"] for frame in told["frames"] if frame["likeness"] is not None]
    assert told["frames"][0]["likeness"] is None
    assert judged
    assert set(judged) <= {"equal", "rounded"}


def test_a_recording_names_no_person_and_no_address(page: Page, tmp_path: Path) -> None:
    """A camera's name may be a person's, and an address may hold a secret: neither is in the file."""
    text = page.evaluate("""async () => {
        history.replaceState(null, "", "?token=secret");
        scriptedCamera.devices = [{ deviceId: "device-7", label: "Anna's iPhone Camera", facingMode: "user" }];
        await scriptedCamera.show("album.png");
        await scanner.start();
        return (await scanner.record(1)).text();
    }""")
    assert '"facingMode": "user"' in text
    for secret in ("Anna", "device-7", "secret", "127.0.0.1", "localhost"):
        assert secret not in text


def test_an_error_in_a_recording_names_a_file_and_not_its_address(page: Page) -> None:
    """Folder, host and query of a file that fails to load may hold secrets: a recording has the name alone."""
    text = page.evaluate("""async () => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        const bundle = "secret-folder/none.json?token=secret";
        const other = new ImageScanner(video, () => {}, { bundle });
        const message = await other.load().catch((error) => error.message);
        await other.start().catch(() => {});
        const { happenings } = await headOf(await other.recording.toFile());
        const [said] = happenings.map(({ error }) => error).filter(Boolean);
        return [message, said];
    }""")
    message, said = text
    assert "secret-folder/none.json?token=secret" in message
    assert said.startswith("bundle-invalid: ")
    assert "none.json" in said
    for secret in ("secret", "token", "127.0.0.1", "localhost"):
        assert secret not in said


@pytest.mark.parametrize("seconds", ["undefined", "0", "-1", "11", "NaN", "Infinity", "'5'"])
def test_a_recording_of_a_time_that_cannot_be_meant_is_refused(seconds: str, page: Page) -> None:
    """`record` rejects with "invalid-argument" and names the value."""
    code, message = page.evaluate(f"scanner.record({seconds}).catch((error) => [error.code, error.message])")
    assert code == "invalid-argument"
    assert seconds.strip("'") in message


def test_a_scanner_that_scans_nothing_records_its_states(page: Page, tmp_path: Path) -> None:
    """A camera that does not open is shown too: the file has the error, and no frames."""
    file = saved(
        tmp_path,
        page.evaluate("""async () => {
            const recording = scanner.record(0.5);
            scriptedCamera.answers = ["NotAllowedError"];
            await scanner.start().catch(() => {});
            return bytesOf(await recording);
        }"""),
    )
    with Recording(file) as recording:
        assert recording.frames == ()
        said = [happening.get("error", "") for happening in recording.facts["happenings"]]
    assert any(error.startswith("permission-denied: ") for error in said)


def test_a_find_can_be_shown_as_the_camera_saw_it(page: Page) -> None:
    """`result.image()` is the picture found, upright and cut out; the result itself can still be cloned."""
    encoded, clone, size = page.evaluate("""async () => {
        await scriptedCamera.show("album.png", 0.6);
        await scanner.start();
        await until(() => found.length > 0);
        const [result] = found;
        const canvas = result.image();
        const blob = await new Promise((resolve) => canvas.toBlob(resolve));
        const clone = structuredClone(result);
        return [await bytesOf(blob), [clone.id, "image" in clone], [canvas.width, canvas.height]];
    }""")
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L"), np.float64)
    album = Image.open(PICTURES / "album.png").convert("L")
    expected = np.asarray(album.resize(size), np.float64)
    assert clone == ["album", False]
    assert size[0] / size[1] == pytest.approx(album.width / album.height, rel=0.06)
    assert size[1] == pytest.approx(0.6 * 480, rel=0.06)
    assert np.corrcoef(seen.ravel(), expected.ravel())[0, 1] > 0.9


def test_the_find_in_a_photo_can_be_shown_too(page: Page) -> None:
    """`scanImage` gives `image()` as well: the picture of a match, null where nothing was found."""
    size, nothing = page.evaluate("""async () => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        const bundle = "hashes/references.json";
        const match = await ImageScanner.scanImage("album.png", { bundle });
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").fillRect(0, 0, 300, 150);
        const missed = await ImageScanner.scanImage(canvas, { bundle });
        return [[match.image().width, match.image().height], missed.image()];
    }""")
    album = Image.open(PICTURES / "album.png")
    assert max(size) <= 640
    assert size[0] / size[1] == pytest.approx(album.width / album.height, rel=0.06)
    assert nothing is None


def test_a_find_in_a_photo_is_cut_out_only_for_those_who_ask(page: Page) -> None:
    """A large photo's find does not hold the page up: the picture is straightened in the call of `image()`."""
    made = page.evaluate("""async () => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        let made = 0;
        const Own = ImageData;
        globalThis.ImageData = class extends Own {
          constructor(...values) {
            super(...values);
            made++;
          }
        };
        const match = await ImageScanner.scanImage("album.png", { bundle: "hashes/references.json" });
        const before = made;
        match.image();
        return [match.id, before, made];
    }""")
    assert made == ["album", 0, 1]


def test_a_find_keeps_only_the_pixels_between_its_corners(page: Page) -> None:
    """A kept result holds the picture's part of the frame, and `image()` shows from it what the whole frame shows."""
    kept = page.evaluate("""async () => {
        const { cutOut, rectified } = await import("./page/rectified.js");
        const [width, height] = [64, 48];
        const pixels = Uint8Array.from({ length: 4 * width * height }, (_, index) => (index * 7919) % 251).buffer;
        const whole = { width, height, pixels };
        return [
          [[10.3, 8.6], [30.5, 9.5], [29.9, 25.2], [11, 24]],
          [[-5, -4.5], [20.2, 3], [22.7, 30.1], [-1, 28]], // beyond the frame
          [[40, 30], [70, 28], [80, 60], [41.5, 50]],
          [[0, 0], [64, 0], [64, 48], [0, 48]],
        ].map((corners) => {
          const cut = cutOut(whole, corners);
          const [own, other] = [rectified(whole, corners), rectified(cut.frame, cut.corners)];
          const farthest = own.data.reduce((most, value, at) => Math.max(most, Math.abs(value - other.data[at])), 0);
          const same = own.width === other.width && own.height === other.height;
          return [same, farthest, cut.frame.width, cut.frame.height];
        });
    }""")
    assert [same for same, *_ in kept] == [True] * 4
    assert max(farthest for _, farthest, *_ in kept) <= 1  # corners counted from elsewhere are rounded otherwise
    assert [size for _, _, *size in kept] == [[23, 18], [24, 31], [25, 21], [64, 48]]


ELEMENT = """<!doctype html><meta charset="utf-8"><body style="margin: 0; height: 90vh">
<script type="module" src="image-scanner-element.js"></script>
<image-scanner report continuous></image-scanner>"""


@pytest.fixture
def element(page: Page) -> Page:
    page.route("**/element.html", lambda route: route.fulfill(body=ELEMENT, content_type="text/html"))
    page.goto(page.url.replace("scan.html", "element.html"))
    page.evaluate("scriptedCamera.show('album.png', 0.5)")
    page.get_by_role("button", name="Start camera").click()
    page.wait_for_selector("image-scanner[view=scanning]")
    return page


def test_a_person_saves_a_report_after_reading_what_is_in_it(
    element: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The question names faces and what else the file holds; Save downloads it, and no request leaves the page."""
    element.wait_for_selector("image-scanner >> .outline polygon:not([points=''])", state="attached")
    sent: list[str] = []
    element.on("request", lambda request: sent.append(request.url))
    element.get_by_role("button", name="Report a problem").click()
    question = element.get_by_role("dialog")
    text = question.inner_text()
    assert "faces" in text
    assert "Nothing is sent" in text
    assert element.locator("image-scanner").get_attribute("view") == "paused"
    with element.expect_download() as started:
        question.get_by_role("button", name="Save").click()
    file = tmp_path / "report.zip"
    started.value.save_as(file)
    assert started.value.suggested_filename.startswith("scanner-report-")
    assert [address for address in sent if not address.startswith("blob:")] == []
    element.wait_for_selector("image-scanner[view=scanning]")
    code, told = replayed(file, capsys)
    assert code == 0
    assert any("match album" in frame["browser"] for frame in told["frames"])


def test_a_report_that_is_not_wanted_is_not_made(element: Page) -> None:
    """Cancel and Escape close the question and save nothing; scanning goes on, and the site learns of it."""
    for close in ("button", "key"):
        element.evaluate("void (globalThis.saved = document.querySelector('image-scanner').saveReport())")
        element.get_by_role("dialog").wait_for()
        if close == "button":
            element.get_by_role("button", name="Cancel").click()
        else:
            element.keyboard.press("Escape")
        assert element.evaluate("saved") is False
        element.wait_for_selector("image-scanner[view=scanning]")


def test_nothing_is_kept_unless_it_is_asked_for(element: Page) -> None:
    """Without the attribute `report` there is no button, and a report made by script holds no frames."""
    element.evaluate("document.querySelector('image-scanner').removeAttribute('report')")
    assert element.get_by_role("button", name="Report a problem").count() == 0
    element.wait_for_timeout(500)
    element.evaluate("void document.querySelector('image-scanner').saveReport()")
    assert "no pictures" in element.get_by_role("dialog").inner_text()


@pytest.mark.parametrize("from_state", ["starting", "suspended"])
def test_scanning_rests_also_where_it_begins_under_the_open_question(from_state: str, element: Page) -> None:
    """A camera that opens, or comes back, while the question is open is not scanned until the question is closed."""
    before = {
        "starting": "scanner.stop(); scriptedCamera.answers = ['late']; scanner.start();",
        "suspended": "scanner.stop(); await scanner.start(); scriptedCamera.unplug();",
    }[from_state]
    begun = element.evaluate(f"""async () => {{
        const scanner = document.querySelector("image-scanner");
        {before}
        const state = scanner.status.state;
        globalThis.saved = scanner.saveReport();
        return state;
    }}""")
    assert begun == from_state
    element.wait_for_selector("image-scanner[view=paused]")
    element.get_by_role("button", name="Cancel").click()
    assert element.evaluate("saved") is False
    element.wait_for_selector("image-scanner[view=scanning]")
