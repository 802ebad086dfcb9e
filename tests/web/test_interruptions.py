"""A scanner whose video others pause, empty or cut off goes on by itself, or says that it does not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.scanner_page import NO_AUTOPLAY, open_page, until


def open_scanning(browser_with_camera: OpenBrowser, site: str, before: str = "") -> Page:
    """Opens a page whose scanner scans."""
    page = open_page(browser_with_camera, site, before)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    return page


# Keeps every worker that the page makes, counts judged frames, and hides the tab.
WORKERS = """
    globalThis.workers = [];
    const Real = globalThis.Worker;
    globalThis.Worker = class extends Real {
        constructor(...args) {
            super(...args);
            workers.push(this);
            this.addEventListener("message", ({ data }) => data.result?.outcome && globalThis.judged++);
        }
    };
    globalThis.hide = (hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    };
"""

INTERRUPTIONS = {
    "paused by another script, an alert or a media key": "video.pause()",
    "paused again after it went on": "video.pause(); setTimeout(() => video.pause(), 700)",
    "loaded anew": "video.load()",
    "loaded anew without autoplay": "video.autoplay = false; video.load()",
    "emptied": "video.srcObject = null",
    "given another stream": "video.srcObject = document.createElement('canvas').captureStream()",
    "its track switched off": "video.srcObject.getTracks()[0].enabled = false",
    "taken out of the document": "video.remove()",
    "moved in the document": "document.body.append(video)",
    "its camera stopped by another script": "scriptedCamera.streams[0].getTracks()[0].stop()",
    "its track removed": "globalThis.removed = video.srcObject.getTracks()[0]; video.srcObject.removeTrack(removed)",
}


@pytest.mark.parametrize("interruption", INTERRUPTIONS.values(), ids=INTERRUPTIONS)
def test_an_interrupted_video_plays_on_by_itself(
    interruption: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A video that others have interrupted plays on, and the scanner names the picture that is shown next."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate(f"{interruption}; void scriptedCamera.show('album.png')")
    until(page, "found.length")
    assert page.evaluate("[found[0].id, scanner.state, video.paused, failed]") == ["album", "scanning", False, []]
    assert page.evaluate("video.srcObject === scriptedCamera.streams.at(-1) && scriptedCamera.lit() === 1")
    assert page.evaluate("globalThis.removed?.readyState ?? 'ended'") == "ended"


@pytest.mark.parametrize(
    "interruption",
    ["video.pause()", "video.srcObject = null; video.pause()", "scriptedCamera.streams[0].getTracks()[0].stop()"],
)
def test_start_gets_a_standing_scan_going_at_once(
    interruption: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """`start()` called while scanning plays an interrupted video within the call, as a tap's handler needs it."""
    page = open_scanning(browser_with_camera, site)
    going = page.evaluate(f"""() => {{
        {interruption};
        void scanner.start();
        return (!video.paused && video.srcObject === scriptedCamera.streams[0]) || scanner.state === "suspended";
    }}""")
    assert going
    until(page, "scanner.state === 'scanning' && scriptedCamera.lit() === 1")


def test_a_video_that_may_not_play_on_asks_for_a_tap(site: str, browser_with_camera: OpenBrowser) -> None:
    """Where the browser lets a paused video play only after a tap, the status asks for the tap, which goes on."""
    page = open_page(browser_with_camera, site, NO_AUTOPLAY + "tapped = true;")
    page.evaluate("scanner.start()")
    page.evaluate("tapped = false; video.pause()")
    until(page, "scanner.status.waiting === 'tap'")
    page.evaluate("tapped = true; void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scanner.status.waiting, video.paused, scriptedCamera.requests.length]") == [None, False, 1]


def test_a_camera_that_goes_away_before_the_tap_is_opened_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """Where the camera goes away while the status asks for a tap, the tap opens it again."""
    page = open_page(browser_with_camera, site, NO_AUTOPLAY + "tapped = true;")
    page.evaluate("scanner.start()")
    page.evaluate("tapped = false; video.pause()")
    until(page, "scanner.status.waiting === 'tap'")
    page.evaluate("scriptedCamera.unplug(); tapped = true; void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scriptedCamera.lit(), video.paused, scriptedCamera.requests.length]") == [1, False, 2]


def test_a_scan_goes_on_after_the_worker_broke_meanwhile(site: str, browser_with_camera: OpenBrowser) -> None:
    """A scanner whose page is hidden, or which is paused, goes on with a fresh worker if its worker broke meanwhile."""
    page = open_scanning(browser_with_camera, site, WORKERS)
    for rest, go_on in (("hide(true)", "hide(false)"), ("scanner.pause()", "void scanner.start()")):
        page.evaluate(rest)
        page.wait_for_timeout(1000)  # no frame is under way any more
        page.evaluate("workers.at(-1).dispatchEvent(new ErrorEvent('error', { message: 'broken by the test' }))")
        page.evaluate(go_on)
        until(page, "scanner.state === 'scanning'")
        page.evaluate("globalThis.judged = 0")
        until(page, "judged > 0")
    assert page.evaluate("[workers.length, failed]") == [3, []]


def test_whoever_pauses_again_and_again_is_not_fought(site: str, browser_with_camera: OpenBrowser) -> None:
    """A video that is paused whenever it plays gets a tap to ask for after a few tries, and goes on from the tap."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate("""() => {
        globalThis.pauses = 0;
        globalThis.against = () => { pauses++; video.pause(); };
        video.addEventListener("play", against);
        video.pause();
    }""")
    until(page, "scanner.status.waiting === 'tap'")
    page.wait_for_timeout(1000)
    assert page.evaluate("pauses") < 10
    page.evaluate("video.removeEventListener('play', against); void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[video.paused, failed]") == [False, []]


def test_the_scanners_own_pause_is_left_alone(site: str, browser_with_camera: OpenBrowser) -> None:
    """A video that `scanner.pause()` paused stays paused."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate("scanner.pause()")
    page.wait_for_timeout(4000)
    assert page.evaluate("[scanner.state, video.paused, scriptedCamera.streams.length]") == ["paused", True, 1]


def test_a_camera_that_sends_no_more_frames_is_opened_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that is live and sends no frame for three seconds is opened again, and the scan goes on."""
    page = open_scanning(browser_with_camera, site)
    page.wait_for_timeout(500)
    page.evaluate("scriptedCamera.freeze(); void scriptedCamera.show('album.png')")
    until(page, "found.length")
    assert page.evaluate("[scriptedCamera.streams.length, scriptedCamera.lit(), failed]") == [2, 1, []]


def test_a_camera_that_never_sends_frames_for_long_is_told(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that freezes after every attempt to get it back ends in `camera-lost`, with the light off."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate("setInterval(() => scriptedCamera.freeze(), 500)")
    until(page, "failed.length")
    assert page.evaluate("[failed, scanner.state, scriptedCamera.lit()]") == [["camera-lost"], "failed", 0]


def test_a_camera_that_another_script_always_stops_is_told(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that ends soon after every opening ends in `camera-lost`, and is not opened for ever."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate("setInterval(() => scriptedCamera.streams.at(-1).getTracks()[0].stop(), 100)")
    until(page, "failed.length")
    assert page.evaluate("[failed, scanner.state, scriptedCamera.lit()]") == [["camera-lost"], "failed", 0]


NOT_LOST = {
    "display: none": "video.style.display = 'none'",
    "scrolled away": "document.body.style.paddingBottom = '5000px'; scrollTo(0, 4000)",
    "no element of the document": "video.remove()",
    "a page that stood still": "const end = performance.now() + 5000; while (performance.now() < end);",
}


@pytest.mark.parametrize("look", NOT_LOST.values(), ids=NOT_LOST)
def test_a_video_out_of_sight_is_not_taken_for_a_lost_camera(
    look: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A video that people cannot see, and a page that stood still, lose no camera."""
    page = open_scanning(browser_with_camera, site)
    page.evaluate(look)
    page.wait_for_timeout(4500)
    page.evaluate("scriptedCamera.show('album.png')")
    until(page, "found.length")
    assert page.evaluate("[scriptedCamera.streams.length, seen.includes('suspended'), failed]") == [1, False, []]
