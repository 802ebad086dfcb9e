"""The scanner works in pages of strict sites, or says what keeps it from working."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.engines import running_firefox
from support.faulty_site import (
    Fault,
    SiteHandler,
    breaks_off,
    hangs_up,
    missing,
    overloaded,
    page_with,
    serving_with,
    slowly,
    with_type,
)
from support.places import PICTURES, PLAIN_PAGE, SCRIPTED_CAMERA

LISTEN = """
    globalThis.told = [];
    addEventListener("match", ({ detail }) => told.push(detail.id));
    addEventListener("error", ({ detail }) => detail && told.push(`${detail.code}: ${detail.message}`));
"""
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
SANDBOXED = '<iframe sandbox="allow-scripts" allow="camera *" src="%sindex.html" style="height: 700px"></iframe>'

STRICT: dict[str, dict[str, str]] = {
    "cross-origin isolated": ISOLATED,
    "with an embedder policy alone": {"Cross-Origin-Embedder-Policy": "require-corp"},
    "with Trusted Types": {"Content-Security-Policy": "require-trusted-types-for 'script'"},
    "with Trusted Types and our policy": {
        "Content-Security-Policy": "require-trusted-types-for 'script'; trusted-types image-scanner"
    },
    "without inline styles": {"Content-Security-Policy": "style-src 'self'; img-src 'self'"},
    "that allows only blobs as workers": {"Content-Security-Policy": "worker-src blob:"},
}


def photo(name: str) -> bytes:
    return (PICTURES / f"{name}.png").read_bytes()


def shows(page: Page, frame: Any, answer: str) -> None:
    """Waits for the first match or error: a page of a strict site forbids `wait_for_function`."""
    for _ in range(300):
        if told := frame.evaluate("told"):
            assert told == [answer]
            return
        page.wait_for_timeout(200)
    pytest.fail("neither a match nor an error came")


@pytest.mark.parametrize("headers", STRICT.values(), ids=list(STRICT))
def test_a_photo_is_recognised_in_a_page(
    headers: dict[str, str], site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """The element works in a page with strict headers, although the site's other files have none of them."""
    with serving_with(site_folder, {"index.html": page_with(headers, PLAIN_PAGE)}) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(LISTEN)
        page.goto(base + "index.html")
        page.locator(".welcome .photo").wait_for()
        page.set_input_files("input.file", PICTURES / "album.png")
        shows(page, page, "album")
        assert page.locator(".found .id").inner_text() == "album"


def test_a_sandboxed_frame_has_camera_and_photos(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """In a sandboxed frame, whose page has no origin and no storage, camera and photos work."""
    with serving_with(site_folder, {"index.html": page_with({}, PLAIN_PAGE)}) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(SCRIPTED_CAMERA + LISTEN)
        page.route("**/outer.html", lambda route: route.fulfill(body=SANDBOXED % base, content_type="text/html"))
        page.goto(base + "outer.html")
        frame = page.frames[1]
        assert frame.evaluate("self.origin") == "null"
        frame.locator("input.file").wait_for(state="attached")
        frame.set_input_files("input.file", PICTURES / "lighthouse.png")
        shows(page, frame, "lighthouse")
        frame.evaluate("told.length = 0; void scanner.start()")
        frame.wait_for_function("scanner.view === 'scanning'")
        assert frame.evaluate("[told, scriptedCamera.lit()]") == [[], 1]


def test_a_fault_of_the_page_sends_nobody_to_the_browsers_settings(
    site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Where the page's own header forbids the camera, the visitor reads that the site is at fault; a photo works."""
    with serving_with(site_folder, {"index.html": page_with({"Permissions-Policy": "camera=()"}, PLAIN_PAGE)}) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(LISTEN)
        page.goto(base + "index.html")
        page.get_by_role("button", name="Start camera").click()
        page.get_by_role("heading", name="This page is not set up for the scanner").wait_for()
        assert page.locator(".problem-text").inner_text().startswith("This is the site's mistake, not yours.")
        assert "Permissions-Policy" in (page.locator(".message").text_content() or "")
        page.evaluate("told.length = 0")
        page.set_input_files("input.file", PICTURES / "album.png")
        shows(page, page, "album")


def after(seconds: float, fault: Fault) -> Fault:
    """Lets the browser wait for an answer."""

    def answer(handler: SiteHandler, content: bytes) -> None:
        time.sleep(seconds)
        fault(handler, content)

    return answer


@pytest.mark.parametrize("fault", [hangs_up, breaks_off, overloaded], ids=lambda fault: fault.__name__)
def test_a_line_that_fails_is_not_called_a_broken_collection(
    fault: Fault, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """A visitor whose line or host fails under the bundle is told to try again, which works once the line is back."""
    faults = {"index.html": page_with({}, PLAIN_PAGE), "references.json": fault}
    with serving_with(site_folder, faults) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(SCRIPTED_CAMERA)
        page.goto(base + "index.html")
        page.get_by_role("button", name="Start camera").click()
        page.get_by_role("heading", name="The collection could not be loaded").wait_for()
        assert page.locator(".problem-text").inner_text() == "Check the connection and try again."
        assert page.locator(".code").text_content() == "bundle-invalid"
        del faults["references.json"]
        page.get_by_role("button", name="Try again").click()
        page.wait_for_function("scanner.view === 'scanning'")


def test_no_progress_is_shown_after_the_bundle_has_failed(site_folder: Path, browser_with_camera: OpenBrowser) -> None:
    """A bundle that fails ends the progress at once, although Python is still on its way, and it stays ended."""
    faults = {"index.html": page_with({}, PLAIN_PAGE), "references.json": after(1, missing), ".wasm": slowly(4)}
    with serving_with(site_folder, faults) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script("""
            globalThis.loads = [];
            addEventListener("state", ({ detail }) => loads.push(detail.loading !== null));
        """)
        page.goto(base + "index.html")
        page.wait_for_function("loads.at(-1) === false")
        page.wait_for_timeout(4000)
        assert page.evaluate("[loads.indexOf(false) === loads.length - 1, scanner.status.loading]") == [True, None]
        assert not page.locator(".loading").is_visible()


def test_a_line_to_another_origin_that_fails_is_told_at_once(
    site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Where another origin's host hangs up while Python loads, the visitor reads of it at once, not after the stall."""
    body = PLAIN_PAGE.replace("<image-scanner", '<image-scanner assets="ASSETS"')
    late_script = after(1, with_type("text/javascript"))
    lines = {"python-memory.wasm": hangs_up, "python_stdlib.zip": hangs_up, "pyodide.asm.mjs": late_script}
    with serving_with(site_folder, lines) as assets:
        faults = {"index.html": page_with({}, body.replace("ASSETS", assets))}
        with serving_with(site_folder, faults) as base:
            page = browser_with_camera(None, service_workers="block").new_page()
            page.add_init_script(SCRIPTED_CAMERA)
            page.goto(base + "index.html")
            page.get_by_role("button", name="Start camera").click()
            page.get_by_role("heading", name="The recogniser did not start").wait_for(timeout=10_000)
            assert "could not be fetched" in (page.locator(".message").text_content() or "")


def test_a_video_of_another_window_can_be_scanned(site: str, browser_with_camera: OpenBrowser) -> None:
    """The class and the call take a video and a canvas of a frame of the page, whose classes are other classes."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.route("**/plain.html", lambda route: route.fulfill(body="<iframe></iframe>", content_type="text/html"))
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.goto(site + "plain.html")
    found = page.evaluate("""async () => {
        const { ImageScanner, imageScannerStart } = await import("./image-scanner.module.js");
        const there = frames[0].document;
        const video = there.body.appendChild(there.createElement("video"));
        Object.assign(video.style, { width: "400px", height: "300px" });
        await scriptedCamera.show("album.png");
        const id = await imageScannerStart(270, 270, 15, video, there.createElement("canvas"));
        const again = await new Promise((resolve, reject) => {
          const found = ({ id }) => resolve([id, scanner.destroy()]);
          const scanner = new ImageScanner(video, found, { onError: reject });
          scanner.start();
        });
        return [video instanceof HTMLVideoElement, id, again[0]];
    }""")
    assert found == [False, "album", "album"]


ERRORS = """
    globalThis.heard = { window: [], listeners: [] };
    onerror = (...told) => void heard.window.push([told.length, String(told[0])]);
    addEventListener("error", (event) => heard.listeners.push(["window", event.detail?.code ?? event.message]));
    document.addEventListener("error", ({ detail }) => heard.listeners.push(["document", detail?.code]));
"""


@pytest.mark.parametrize("place", ["document.body", "in a shadow tree"])
def test_an_error_event_is_no_uncaught_error_of_the_page(
    place: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A visitor's no reaches every listener around the element, and never error trackers at `window.onerror`."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA + ERRORS + "scriptedCamera.answers = ['NotAllowedError'];")
    page.route("**/plain.html", lambda route: route.fulfill(body="<p>A page", content_type="text/html"))
    page.goto(site + "plain.html")
    heard = page.evaluate(
        """async (place) => {
            await import("./image-scanner-element.js");
            const host = document.body.appendChild(document.createElement("div"));
            const root = place === "document.body" ? document.body : host.attachShadow({ mode: "closed" });
            const element = root.appendChild(document.createElement("image-scanner"));
            element.addEventListener("error", () => { throw new Error("a fault of a listener"); });
            await element.start();
            const before = onerror;
            setTimeout(() => { throw new Error("later"); });
            await new Promise((resolve) => setTimeout(resolve, 50));
            return { ...heard, kept: onerror === before };
        }""",
        place,
    )
    codes = [each for each in heard["listeners"] if each[1] == "permission-denied"]
    assert codes == [["document", "permission-denied"], ["window", "permission-denied"]]
    # Errors of a listener and of the page itself are heard as ever, in their five arguments.
    assert [(count, text.rsplit(": ", 1)[-1]) for count, text in heard["window"]] == [
        (5, "a fault of a listener"),
        (5, "later"),
    ]
    assert heard["kept"]


def test_a_browser_that_hides_pixels_is_named(site: str, tmp_path: Path) -> None:
    """Where Firefox hands out noise for pixels, photo and camera end in an error that says so, not in a miss."""
    try:
        with running_firefox(tmp_path, 'user_pref("privacy.resistFingerprinting", true);') as firefox:
            firefox.open(site)
            told = firefox.run("""
                const element = document.querySelector("image-scanner");
                await customElements.whenDefined("image-scanner");
                const codes = [];
                element.addEventListener("error", ({ detail }) => codes.push(detail.code));
                await element.scanPhoto(await (await fetch("icons/icon-512.png")).blob());
                const title = element.shadowRoot.querySelector(".problem-title").textContent;
                const failed = new Promise((resolve) => element.addEventListener("error", resolve));
                element.start();
                await failed;
                return { codes, title, view: element.view };
            """)
    except LookupError:
        pytest.skip("no Firefox here: apt-get install firefox-esr")
    assert told == {
        "codes": ["pixels-blocked", "pixels-blocked"],
        "title": "Your browser hides pictures from this page",
        "view": "error",
    }


def test_a_faint_noise_in_pixels_does_no_harm(site: str, browser_with_camera: OpenBrowser) -> None:
    """A browser that changes the last bit of some pixels, as Brave does, recognises pictures as ever."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script("""
        const read = CanvasRenderingContext2D.prototype.getImageData;
        CanvasRenderingContext2D.prototype.getImageData = function (...box) {
          const image = read.apply(this, box);
          for (let at = 0; at < image.data.length; at += 7) image.data[at] ^= 1;
          return image;
        };
    """)
    page.goto(site)
    page.set_input_files("input.file", PICTURES / "album.png")
    page.get_by_role("heading", name="album").or_(page.locator(".found .id", has_text="album")).first.wait_for()


CLOSED = {"Access-Control-Allow-Origin": "https://somebody-else.example"}
BOTH = """<!doctype html><html lang="en"><meta charset="utf-8">
<script type="module" src="image-scanner-element.js"></script><video id="video"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  const far = `http://127.0.0.1:${location.port}/`;
  const addresses = { assets: far, bundle: `${far}hashes/references.json` };
  const part = location.hash.slice(1);
  const options = { [part]: addresses[part] };
  const told = new Promise((resolve) => {
    new ImageScanner(video, () => {}, { ...options, onError: resolve }).start();
  });
  const element = Object.assign(document.createElement("image-scanner"), options, { className: "tall" });
  document.body.append(element);
  const fired = new Promise((resolve) => element.addEventListener("error", ({ detail }) => resolve(detail)));
  setTimeout(() => element.start(), 1500);
  const plain = ({ code, message, words }) => [code, message, words];
  globalThis.both = Promise.all([told, fired]).then((errors) => errors.map(plain));
</script>"""


@pytest.mark.parametrize(("part", "code"), [("assets", "runtime-failed"), ("bundle", "bundle-invalid")])
def test_a_host_that_allows_no_other_origin_is_named_by_class_and_element(
    part: str, code: str, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Class and element name a host without Access-Control-Allow-Origin in equal words, and blame no connection."""
    with serving_with(site_folder, {"index.html": page_with({}, BOTH)}, CLOSED) as base:
        page = browser_with_camera(None, service_workers="block").new_page()
        page.add_init_script(SCRIPTED_CAMERA)
        console: list[str] = []
        page.on("console", lambda message: console.append(message.text))
        page.goto(base + f"index.html#{part}")
        page.wait_for_function("globalThis.both")
        of_class, of_element = page.evaluate("both")
        assert of_class == of_element
        assert of_class[0] == code
        assert "sends no Access-Control-Allow-Origin" in of_class[1]
        assert of_class[2] == "site-fault"
        page.get_by_role("heading", name="This page is not set up for the scanner").wait_for()
        # The site's author reads it before anybody presses the button.
        assert f"<image-scanner> is not ready: {of_class[1]}" in console
