"""The script tag gives the 2022 library's call and the ImageScanner class to pages of our own and of other origins."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from scanner import FrameScanner, HashBundle
from scanner.offline.predict.simulated_hand import draw_background
from support.browsers import OpenBrowser
from support.faulty_site import serving_with
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA

# A video of 400 x 300 shows all of the scripted camera's 640 x 480; a square picture in it is 270 CSS px large.
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin: 0">
<script src="{site}image-scanner.js"></script>
<video id="video" autoplay playsinline muted style="width: 400px; height: 300px"></video>
<canvas id="frame" hidden></canvas>"""


@pytest.fixture
def host(tmp_path: Path, site: str) -> Iterator[str]:
    """Address of another origin that embeds the scanner under the strictest policy that the docs promise to suffice."""
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE.format(site=site), encoding="utf-8")
    shutil.copy(PICTURES / "album.png", folder / "album.png")
    origin = site.rstrip("/")
    policy = (
        f"default-src 'self'; script-src 'wasm-unsafe-eval' {origin}; worker-src blob:; connect-src {origin}; "
        "img-src 'self' data:; style-src 'unsafe-inline'"
    )
    with serving_with(folder, {}, headers={"Content-Security-Policy": policy}) as address:
        yield address


def tag_page(context: BrowserContext, site: str) -> Page:
    page = context.new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.route("**/tag.html", lambda route: route.fulfill(body=PAGE.format(site=""), content_type="text/html"))
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.goto(site + "tag.html")
    return page


def test_a_host_whose_policy_forbids_the_downloads_is_told(
    tmp_path: Path, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A page of another origin without the site in connect-src learns which address to add there."""
    (tmp_path / "index.html").write_text(PAGE.format(site=site), encoding="utf-8")
    origin = site.rstrip("/")
    policy = f"default-src 'self'; script-src 'wasm-unsafe-eval' 'unsafe-eval' {origin}; worker-src blob:"
    with serving_with(tmp_path, {}, headers={"Content-Security-Policy": policy}) as address:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(SCRIPTED_CAMERA)
        page.goto(address)
        told = page.evaluate("imageScannerStart(270, 270, 15, video, frame).catch((error) => error.message)")
    assert f"Add {origin} to connect-src" in told
    assert "could not be fetched" in told


@pytest.fixture
def page(browser_with_camera: OpenBrowser, site: str) -> Page:
    """A page of the site's own origin with the script tag and a scripted camera that shows nothing yet."""
    return tag_page(browser_with_camera(None, service_workers="block"), site)


@pytest.fixture(scope="module")
def stills_page(shared_browser: Browser, site: str) -> Iterator[Page]:
    """A page of the site's own origin that all tests of stills share: its Python starts once, with the first test."""
    context = shared_browser.new_context(service_workers="block")
    yield tag_page(context, site)
    context.close()


CALL = """async ([width, height, top]) => {
  try { return { id: await imageScannerStart(width, height, top, video, frame), lit: scriptedCamera.lit() }; }
  catch (error) { return { code: error.code, isError: error instanceof Error, lit: scriptedCamera.lit() }; }
}"""
WHOLE_PICTURE = [270, 270, 15]


def test_the_2022_call_resolves_with_the_id_and_the_camera_light_goes_off(page: Page) -> None:
    """`imageScannerStart(width, height, top, video, canvas)` gives the first id, once, and releases the camera."""
    page.evaluate("scriptedCamera.show('album.png')")
    assert page.evaluate(CALL, WHOLE_PICTURE) == {"id": "album", "lit": 0}
    assert page.evaluate("video.srcObject") is None
    assert page.evaluate("frame.width") == 640  # frames were drawn on the page's own canvas


def test_a_picture_outside_the_scan_region_is_found_too(page: Page) -> None:
    """A region that shows only a quarter of the picture still finds it, because the rest of the frame is searched."""
    page.evaluate("scriptedCamera.show('album.png')")
    page.evaluate(f"void (globalThis.call = ({CALL})([120, 60, 0]))")
    assert page.evaluate("call") == {"id": "album", "lit": 0}


def test_stopping_rejects_with_aborted_and_switches_the_camera_off(page: Page) -> None:
    """`imageScannerStop()` at any moment rejects the promise and switches the camera off."""
    page.evaluate(f"void (globalThis.call = ({CALL})({WHOLE_PICTURE}))")
    page.wait_for_function("scriptedCamera.lit() === 1")
    page.evaluate("imageScannerStop()")
    assert page.evaluate("call") == {"code": "aborted", "isError": True, "lit": 0}


def test_stopping_at_once_leaves_no_camera_on(page: Page) -> None:
    """A stop in the same breath as the start, before any script has arrived, ends with the camera off."""
    page.evaluate(f"globalThis.call = ({CALL})({WHOLE_PICTURE}); imageScannerStop()")
    assert page.evaluate("call") == {"code": "aborted", "isError": True, "lit": 0}
    page.wait_for_timeout(1000)
    assert page.evaluate("scriptedCamera.lit()") == 0


def test_a_second_call_takes_over_from_the_first(page: Page) -> None:
    """A second call aborts the first and keeps exactly one camera open."""
    page.evaluate(f"globalThis.first = ({CALL})({WHOLE_PICTURE}); void (globalThis.second = ({CALL})({WHOLE_PICTURE}))")
    assert page.evaluate("first.then(({ code }) => code)") == "aborted"
    page.evaluate("scriptedCamera.show('album.png')")
    assert page.evaluate("second") == {"id": "album", "lit": 0}


def test_a_denied_camera_rejects_with_a_code_and_is_not_asked_for_again(page: Page) -> None:
    """A person who denies the camera is asked once, and the site gets one error with a code."""
    page.evaluate("scriptedCamera.answers = ['NotAllowedError']")
    assert page.evaluate(CALL, WHOLE_PICTURE) == {"code": "permission-denied", "isError": True, "lit": 0}
    assert page.evaluate("scriptedCamera.requests.length") == 1


REJECTED = "imageScannerStart%s.then((id) => ['found', id], ({ code, message }) => [code, message])"
NEVER = "new Promise((resolve) => setTimeout(resolve, 30_000, ['never', '']))"
WRONG_CALLS = {
    "(-5, 0, 0, video, frame)": ("a number of CSS px above 0, such as 200, as width", "got -5"),
    "(200, 0, 0, video, frame)": ("a number of CSS px above 0, such as 200, as height", "got 0"),
    "('a', 200, 100, video, frame)": ("a number of CSS px above 0, such as 200, as width", 'got the string "a"'),
    "(200, NaN, 100, video, frame)": ("as height", "got NaN"),
    "(200, 200, undefined, video, frame)": (
        "a number of CSS px from the video's top, such as 100, as top",
        "got undefined",
    ),
    "(200, 200, Infinity, video, frame)": (
        "a number of CSS px from the video's top, such as 100, as top",
        "got Infinity",
    ),
    "(200, 200, 100, 'video', frame)": ("needs a <video> element", 'got the string "video"'),
    "(200, 200, 100, document.body, frame)": ("needs a <video> element", "got a <body> element"),
    "(200, 200, 100, video, 'frame')": ("needs a <canvas> element", 'got the string "frame"'),
    "()": ("as width", "got undefined"),
}


@pytest.mark.parametrize("call", WRONG_CALLS)
def test_a_wrong_argument_is_named_before_anybody_is_asked_for_the_camera(call: str, page: Page) -> None:
    """A wrong argument is an error that names the argument, its value and the allowed values, and starts nothing."""
    code, message = page.evaluate(f"Promise.race([{REJECTED % call}, {NEVER}])")
    assert code == "invalid-argument"
    for words in WRONG_CALLS[call]:
        assert words in message
    assert page.evaluate("scriptedCamera.requests.length") == 0


def test_a_wrong_call_leaves_the_one_before_alone(page: Page) -> None:
    """A call with a wrong argument does not stop the call before it."""
    page.evaluate("scriptedCamera.show('album.png')")
    page.evaluate(f"void (globalThis.call = ({CALL})({WHOLE_PICTURE}))")
    page.wait_for_function("scriptedCamera.lit() === 1")
    assert page.evaluate("imageScannerStart(-5, 0, 0, video, frame).catch(({ code }) => code)") == "invalid-argument"
    assert page.evaluate("call") == {"id": "album", "lit": 0}


@pytest.mark.parametrize("top", [5000, 300, -270])
def test_a_region_outside_the_video_is_an_error(top: int, page: Page) -> None:
    """A region outside the video is an error that says where a region may begin, and nothing is scanned instead."""
    page.evaluate("scriptedCamera.show('album.png')")
    call = f"(270, 270, {top}, video, frame)"
    code, message = page.evaluate(f"Promise.race([{REJECTED % call}, {NEVER}])")
    assert code == "invalid-argument"
    assert page.evaluate("scriptedCamera.lit()") == 0
    assert f"given {top} as top" in message
    assert "more than -270 and less than 300 CSS px" in message


def test_a_video_that_gets_its_size_from_the_camera_is_measured_then(page: Page) -> None:
    """A region is held against the video's 480 px with the camera on, not against the 150 px before."""
    page.evaluate("video.removeAttribute('style'); scriptedCamera.show('album.png', 0.5)")
    assert page.evaluate("video.clientHeight") < 200
    assert page.evaluate(CALL, [200, 200, 250]) == {"id": "album", "lit": 0}


def test_a_page_on_another_origin_with_a_strict_policy_can_use_the_script_tag(
    host: str, browser_with_camera: OpenBrowser
) -> None:
    """A strict page of another origin needs only the tag: worker, Python and bundle come from the site's origin."""
    page = browser_with_camera(None).new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.goto(host)
    page.evaluate("scriptedCamera.show('album.png')")
    assert page.evaluate(CALL, WHOLE_PICTURE) == {"id": "album", "lit": 0}


def test_the_class_from_the_script_tag_can_be_used_before_its_module_has_arrived(page: Page) -> None:
    """`new ImageScanner` works right after the tag: it keeps the calls in order and gives the module's results."""
    page.evaluate("scriptedCamera.show('album.png')")
    result = page.evaluate("""() => new Promise((resolve, reject) => {
        const scanner = new ImageScanner(video, (result) => resolve({ ...result, lit: scriptedCamera.lit() }), {
          region: { width: 270, height: 270, top: 15 }, onError: reject,
        });
        scanner.pause(); scanner.stop(); scanner.start();
    })""")
    assert result["id"] == "album"
    assert 0 <= result["distance"] < 25
    assert len(result["corners"]) == 4
    assert result["reference"]["title"].startswith("Golden Hour")
    assert result["lit"] == 1  # the class keeps scanning until told otherwise


def test_a_still_picture_can_be_judged_without_a_camera(page: Page) -> None:
    """`ImageScanner.scanImage` judges a still picture without a camera; "not found" is a value, not an error."""
    found = page.evaluate("ImageScanner.scanImage('album.png')")
    assert (found["outcome"], found["id"]) == ("match", "album")
    nothing = page.evaluate("""() => {
        const plain = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
        plain.getContext("2d").fillRect(0, 0, 300, 300);
        return ImageScanner.scanImage(plain);
    }""")
    assert (nothing["outcome"], nothing["id"]) == ("no_detail", None)
    assert page.evaluate("scriptedCamera.requests.length") == 0


SOURCES = {
    "an address": "'album.png'",
    "a URL": "new URL('album.png', location.href)",
    "a file": "new File([blob], 'album.png', { type: 'image/png' })",
    "a blob": "blob",
    "an image": "image",
    "an image that has not come yet": "Object.assign(new Image(), { src: 'album.png?late' })",
    "a canvas": "canvas",
    "a bitmap": "createImageBitmap(blob)",
    "a video": "playing",
    "pixels": "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)",
    "an offscreen canvas": "(() => { const off = new OffscreenCanvas(canvas.width, canvas.height); "
    "off.getContext('2d').drawImage(canvas, 0, 0); return off; })()",
    "a video frame": "new VideoFrame(canvas, { timestamp: 0 })",
    "an image of another window": "other.document.adoptNode(image)",
    "a canvas of another window": "(() => { const there = other.document.createElement('canvas'); "
    "[there.width, there.height] = [canvas.width, canvas.height]; "
    "there.getContext('2d').drawImage(canvas, 0, 0); return there; })()",
    "a file of another window": "new other.File([blob], 'album.png', { type: 'image/png' })",
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_still_picture_may_come_as(source: str, stills_page: Page) -> None:
    """`scanImage` judges every kind of source with all its pixels, and leaves the source intact."""
    stills_page.route("**/album.png?late", lambda route: route.fulfill(path=PICTURES / "album.png"))
    found = stills_page.evaluate(
        """async (source) => {
            const image = Object.assign(new Image(), { src: "album.png" });
            await image.decode();
            const blob = await (await fetch("album.png")).blob();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            canvas.getContext("2d").drawImage(image, 0, 0);
            const playing = Object.assign(document.createElement("video"), { muted: true });
            playing.srcObject = canvas.captureStream(10);
            if (source === "playing") await playing.play();
            const other = document.body.appendChild(document.createElement("iframe")).contentWindow;
            const given = await new Function("image", "blob", "canvas", "playing", "other", `return ${source}`)(
              image, blob, canvas, playing, other);
            const { id, frame } = await ImageScanner.scanImage(given);
            const whole = frame.width === image.naturalWidth && frame.height === image.naturalHeight;
            return { id, whole, kept: given === playing || given.width !== 0 };
        }""",
        SOURCES[source],
    )
    assert found == {"id": "album", "whole": True, "kept": True}


UNREADABLE = {
    "no picture": "new Blob(['words'], { type: 'image/png' })",
    "an address without one": "'nowhere.png'",
    "an image without one": "new Image()",
    "a video that shows nothing yet": "document.createElement('video')",
    "an empty canvas": "Object.assign(document.createElement('canvas'), { width: 0 })",
    "an image of another site": "foreign",
}


@pytest.mark.parametrize("source", UNREADABLE)
def test_a_still_picture_that_cannot_be_read_is_an_error_with_a_code(source: str, stills_page: Page, host: str) -> None:
    """A picture that cannot be read is an error with a code, in words that blame the picture."""
    stills_page.route(f"{host}album.png", lambda route: route.fulfill(path=PICTURES / "album.png", headers={}))
    error = stills_page.evaluate(
        """async ([source, address]) => {
            const foreign = Object.assign(new Image(), { src: address });
            await foreign.decode();
            const given = new Function("foreign", `return ${source}`)(foreign);
            return ImageScanner.scanImage(given).catch(({ code, message }) => ({ code, message }));
        }""",
        [UNREADABLE[source], host + "album.png"],
    )
    assert error["code"] == "runtime-failed"
    assert error["message"].startswith("The picture could not be read")


SMALL_IN_LARGE = """async ([name, width, height, shown]) => {
    const image = Object.assign(new Image(), { src: name });
    await image.decode();
    const photo = Object.assign(document.createElement("canvas"), { width, height });
    const context = photo.getContext("2d");
    context.fillStyle = "#8a8478";
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0.175 * width, 0.17 * height, shown, shown);
    const { id, frame, corners } = await ImageScanner.scanImage(photo);
    return { id, frame, left: corners && Math.min(...corners.map(([x]) => x)) / frame.width };
}"""


@pytest.mark.parametrize("name", ["album", "whale"])
def test_a_picture_that_fills_a_fifth_of_a_large_photo_is_found(name: str, page: Page) -> None:
    """A photo of 12 megapixels is judged with all its pixels, so a picture that fills a fifth of it is found."""
    page.route("**/whale.png", lambda route: route.fulfill(path=PICTURES / "whale.png"))
    found = page.evaluate(SMALL_IN_LARGE, [f"{name}.png", 4000, 3000, 800])
    assert (found["id"], found["frame"]) == (name, {"width": 4000, "height": 3000})
    assert found["left"] == pytest.approx(0.175, abs=0.01)


def stills() -> list[Image.Image]:
    """Photos of three kinds: a small picture on a desk, a tilted one, and none."""
    desk = Image.fromarray(draw_background(np.random.default_rng(3), (900, 1200), "desk"))
    picture = Image.open(PICTURES / "lighthouse.png").convert("RGB")
    small, tilted = desk.copy(), desk.copy()
    small.paste(picture.resize((160, 240)), (900, 560))
    tilted.paste(picture.resize((320, 480)).rotate(25, expand=True), (200, 150))
    return [small, tilted, desk]


def test_a_still_has_one_answer(page: Page) -> None:
    """The page's `scanImage` and Python's `FrameScanner(memory=False).scan` give one verdict for one photo's pixels."""
    scanner = FrameScanner(HashBundle.load(PROJECT / "hashes" / "references.json"), memory=False)
    named, picture_sides = [], (240, 480)
    for photo in stills():
        buffer = io.BytesIO()
        photo.save(buffer, "PNG")
        data = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
        here, there = scanner.scan(np.asarray(photo)), page.evaluate("(data) => ImageScanner.scanImage(data)", data)
        given = {key: there[key] for key in ("outcome", "id", "distance", "margin")}
        assert given == {key: getattr(here, key) for key in given}
        assert (there["corners"] is None) == (here.corners is None)
        if here.corners is not None:
            # Both fit in float32, and other libraries add up in another order.
            assert np.abs(np.array(there["corners"]) - np.array(here.corners)).max() < 0.02 * min(picture_sides)
        named.append(here.id)
    assert named == ["lighthouse", "lighthouse", None]


def test_a_photo_that_no_phones_canvas_holds_is_reduced_first(page: Page) -> None:
    """A photo of 27 megapixels is first reduced to 16; the corners are in pixels of the reduced photo."""
    found = page.evaluate(SMALL_IN_LARGE, ["album.png", 6000, 4500, 3000])
    assert found["id"] == "album"
    assert found["frame"]["width"] * found["frame"]["height"] <= 4096 * 4096
    assert found["frame"]["width"] / found["frame"]["height"] == pytest.approx(4 / 3, abs=0.001)
    assert found["left"] == pytest.approx(0.175, abs=0.01)


def test_a_scanner_tells_its_status_before_its_module_has_arrived(page: Page) -> None:
    """The script tag's stand-in has, key by key, the status of a new scanner."""
    early, late = page.evaluate("""async () => {
        const scanner = new ImageScanner(video, () => {});
        const early = scanner.status;
        await scanner.hasFlash();
        return [early, scanner.status];
    }""")
    assert early == late
    assert early["state"] == "stopped"
