"""ImageScanner as a state machine (docs/state-machine.md), before phones that misbehave."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

TESTS = Path(__file__).parent
PICTURES = TESTS.parent / "reference_images"
SCRIPTED_CAMERA = (TESTS / "scripted_camera.js").read_text(encoding="utf-8")

PAGE = """<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  Object.assign(globalThis, { ImageScanner, found: [], failed: [], seen: [] });
  globalThis.make = (options = {}) => (globalThis.scanner = new ImageScanner(video, (result) => found.push(result), {
    region: { width: 270, height: 270, top: 15 },
    onState: ({ state, waiting }) => seen.push(waiting ? `${state}: ${waiting}` : state),
    onError: (error) => failed.push(error.code),
    ...options,
  }));
  make();
</script>"""


def open_page(browser_with_camera, site: str, before: str = "", **options: object) -> Page:
    page = browser_with_camera(None, service_workers="block", **options).new_page()
    page.add_init_script(SCRIPTED_CAMERA + before)
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/album.png", lambda route: route.fulfill(path=PICTURES / "album.png"))
    page.goto(site + "scan.html")
    page.wait_for_function("globalThis.scanner")
    return page


def until(page: Page, holds: str) -> None:
    page.wait_for_function(holds, timeout=60_000)


HIDE = """Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));"""

# How each state is reached, from a scanner that was just made.
REACH = {
    "stopped": "",
    "starting": "scriptedCamera.answers = ['never']; void scanner.start();",
    "scanning": "await scanner.start();",
    "paused": "await scanner.start(); scanner.pause();",
    "suspended": "await scanner.start();" + HIDE,
    "failed": "scriptedCamera.answers = ['NotAllowedError']; await scanner.start().catch(() => {});",
    "destroyed": "scanner.destroy();",
}


@pytest.mark.parametrize("state", REACH)
def test_every_method_may_be_called_in_every_state(state, site, browser_with_camera):
    """Nothing throws, nothing rejects but a start that fails, and after `stop()` no camera is on."""
    page = open_page(browser_with_camera, site)
    wrong = page.evaluate(
        """async ([state, reach]) => {
            const wrong = [];
            const calls = {
              load: [], pause: [], hasFlash: [], isFlashOn: [], toggleFlash: [], zoomRange: [], setZoom: [2],
              setRegion: [null], setCamera: ["user"], resume: [], start: [], stop: [], destroy: [],
            };
            for (const [name, args] of Object.entries(calls)) {
              if (globalThis.scanner) scanner.destroy();
              scriptedCamera.answers = ["ok"];
              delete document.hidden;
              make();
              await new Function(`return (async () => { ${reach} })()`)();
              if (scanner.state !== state) wrong.push(`${name}: reached ${scanner.state}`);
              try {
                const returned = scanner[name](...args);
                void [scanner.state, scanner.status, scanner.camera];
                // Who waits for a camera that never answers waits for ever; everything else settles.
                const patience = new Promise((resolve) => setTimeout(resolve, 300));
                await (state === "starting" ? Promise.race([returned, patience]) : returned);
              } catch (error) {
                if (state !== "failed" || error.code !== "permission-denied") wrong.push(`${name}: ${error.message}`);
              }
              scanner.stop();
              if (scriptedCamera.lit()) wrong.push(`${name}: the light stays on`);
              if (state === "destroyed" && scanner.state !== "destroyed") wrong.push(`${name}: ${scanner.state}`);
            }
            return wrong;
        }""",
        [state, REACH[state]],
    )
    assert wrong == []


@pytest.mark.parametrize("ending", ["stop", "destroy"])
def test_a_camera_that_opens_after_the_stop_is_closed_at_once(ending, site, browser_with_camera):
    """Stopped while the browser is still opening the camera: the light does not stay on, and `start()` resolves."""
    page = open_page(browser_with_camera, site)
    page.evaluate(f"""async () => {{
        scriptedCamera.answers = ["late"];
        const starting = scanner.start();
        await new Promise((resolve) => setTimeout(resolve, 200));
        scanner.{ending}();
        await starting;
        await new Promise((resolve) => setTimeout(resolve, 1500));
    }}""")
    assert page.evaluate("[scriptedCamera.streams.length, scriptedCamera.lit(), failed.length]") == [1, 0, 0]


def test_the_camera_opens_while_python_loads(site, browser_with_camera):
    """Neither waits for the other: the camera is asked for before the recogniser's files have come."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scriptedCamera.lit() === 1")
    assert page.evaluate("scanner.state") == "starting"
    until(page, "scanner.state === 'scanning'")


def test_repeat_reports_a_picture_on_every_frame(site, browser_with_camera):
    """`repeat: true` is for those who follow a picture: one result a frame, each with its own place."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scriptedCamera.show('album.png'); make({ repeat: true }); void scanner.start()")
    until(page, "found.length > 5")
    assert page.evaluate("[...new Set(found.map(({ id }) => id))]") == ["album"]
    assert page.evaluate("found.every(({ corners, frame }) => corners.length === 4 && frame.width === 640)")


def test_a_browser_that_never_answers_is_an_error_and_no_endless_wait(site, browser_with_camera):
    """Some in-app browsers never settle the question for the camera: after ten seconds that is said."""
    page = open_page(browser_with_camera, site, "scriptedCamera.permission = 'granted';")
    page.evaluate("scriptedCamera.answers = ['never']; void scanner.start()")
    page.wait_for_function("failed.length", timeout=15_000)
    assert page.evaluate("[failed, scanner.state]") == [["unsupported-browser"], "failed"]


NO_AUTOPLAY = """
    globalThis.tapped = false;
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      return tapped ? play.call(this) : Promise.reject(new DOMException("only after a tap", "NotAllowedError"));
    };
    Object.defineProperty(HTMLMediaElement.prototype, "autoplay", { set() {}, get: () => false });
"""


def test_a_phone_that_plays_video_only_after_a_tap_gets_one(site, browser_with_camera):
    """In Low Power Mode the status says so, and `start()` called from that tap goes on with the same camera."""
    page = open_page(browser_with_camera, site, NO_AUTOPLAY)
    page.evaluate("void scanner.start()")
    until(page, "scanner.status.waiting === 'tap'")
    page.evaluate("tapped = true; void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scriptedCamera.requests.length, scriptedCamera.lit(), failed.length]") == [1, 1, 0]


def test_a_camera_that_falls_silent_is_opened_again(site, browser_with_camera):
    """A call comes in, and the track is muted for good: after three seconds the camera is taken anew."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    page.evaluate("""() => {
        const [track] = scriptedCamera.streams[0].getTracks();
        Object.defineProperty(track, "muted", { value: true });
        track.dispatchEvent(new Event("mute"));
        return scriptedCamera.show("album.png");
    }""")
    until(page, "scriptedCamera.streams.length === 2 && scanner.state === 'scanning'")
    assert page.evaluate("[seen.includes('suspended'), scriptedCamera.lit()]") == [True, 1]


def test_a_camera_that_comes_back_by_itself_is_left_alone(site, browser_with_camera):
    """A moment of silence is no loss."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    page.evaluate("scriptedCamera.streams[0].getTracks()[0].dispatchEvent(new Event('mute'))")
    page.wait_for_timeout(3500)
    assert page.evaluate("[scriptedCamera.streams.length, seen.includes('suspended')]") == [1, False]


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.mark.parametrize(("agent", "constraints"), [(IPHONE, [{"advanced": [{"zoom": 2}]}]), (None, [])])
def test_an_iphone_zooms_in_so_that_near_pictures_are_sharp(agent, constraints, site, browser_with_camera):
    """Recent iPhones cannot focus near with the lens they open first; others are left as they are."""
    capable = "scriptedCamera.capabilities = { zoom: { min: 1, max: 4, step: 0.1 } };"
    page = open_page(browser_with_camera, site, capable, user_agent=agent)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("scriptedCamera.constraints") == constraints


def test_a_chosen_camera_is_opened_by_its_label_when_its_id_has_changed(site, browser_with_camera):
    """Ids change between visits; the label of the camera somebody chose still finds it."""
    two = """scriptedCamera.devices = [{ deviceId: "a1", label: "Rear", facingMode: "environment" },
        { deviceId: "b2", label: "Front", facingMode: "user" }];"""
    page = open_page(browser_with_camera, site, two)
    page.evaluate("make({ preferredCamera: 'Front' }); void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("scanner.camera") == {"id": "b2", "label": "Front", "facingMode": "user"}
    page.evaluate("scanner.setCamera('a1')")
    until(page, "scanner.camera?.id === 'a1'")
    assert page.evaluate("scriptedCamera.lit()") == 1
    assert page.evaluate("ImageScanner.listCameras()") == [
        {"id": "a1", "label": "Rear"},
        {"id": "b2", "label": "Front"},
    ]
    assert page.evaluate("ImageScanner.hasCamera()") is True
