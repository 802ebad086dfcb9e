"""ImageScanner keeps to its state machine (docs/state-machine.md) on phones that misbehave."""

from __future__ import annotations

from typing import Any

import pytest

from support.browsers import OpenBrowser
from support.scanner_page import HIDE, NO_AUTOPLAY, REACH, SHOW, open_page, until


@pytest.mark.parametrize("state", REACH)
def test_every_method_may_be_called_in_every_state(state: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """No method throws in any state; only a start that fails rejects; after `stop()` no camera is on."""
    page = open_page(browser_with_camera, site)
    wrong = page.evaluate(
        """async ([state, reach]) => {
            const wrong = [];
            const calls = {
              load: [], pause: [], hasFlash: [], isFlashOn: [], toggleFlash: [], zoomRange: [], setZoom: [2],
              hasZoom: [], getZoom: [],
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
def test_a_camera_that_opens_after_the_stop_is_closed_at_once(
    ending: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A scanner stopped while the browser opens the camera closes the camera at once, and `start()` resolves."""
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


def test_the_camera_opens_while_python_loads(site: str, browser_with_camera: OpenBrowser) -> None:
    """The scanner asks for the camera before the recogniser's files have come."""
    page = open_page(browser_with_camera, site, regular=False)
    page.evaluate("void scanner.start()")
    until(page, "scriptedCamera.lit() === 1")
    assert page.evaluate("scanner.state") == "starting"
    until(page, "scanner.state === 'scanning'")


def test_repeat_reports_a_picture_on_every_frame(site: str, browser_with_camera: OpenBrowser) -> None:
    """With `repeat: true` a picture in sight gives one result per frame, each with its own corners."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scriptedCamera.show('album.png'); make({ repeat: true }); void scanner.start()")
    until(page, "found.length > 5")
    assert page.evaluate("[...new Set(found.map(({ id }) => id))]") == ["album"]
    assert page.evaluate("found.every(({ corners, frame }) => corners.length === 4 && frame.width === 640)")


def test_a_browser_that_never_answers_is_an_error_and_no_endless_wait(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A browser that never settles the question for the camera leads to an error after ten seconds."""
    page = open_page(browser_with_camera, site, "scriptedCamera.permission = 'granted';")
    page.evaluate("scriptedCamera.answers = ['never']; void scanner.start()")
    page.wait_for_function("failed.length", timeout=15_000)
    assert page.evaluate("[failed, scanner.state]") == [["unsupported-browser"], "failed"]


def test_a_phone_that_plays_video_only_after_a_tap_gets_one(site: str, browser_with_camera: OpenBrowser) -> None:
    """In Low Power Mode the status asks for a tap, and `start()` called from the tap goes on with the open camera."""
    page = open_page(browser_with_camera, site, NO_AUTOPLAY)
    page.evaluate("void scanner.start()")
    until(page, "scanner.status.waiting === 'tap'")
    page.evaluate("tapped = true; void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scriptedCamera.requests.length, scriptedCamera.lit(), failed.length]") == [1, 1, 0]


def test_a_camera_that_falls_silent_is_opened_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera muted for good, by a call that comes in, is opened again after three seconds."""
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


def test_a_camera_that_comes_back_by_itself_is_left_alone(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that is muted for a moment only is not opened again."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    page.evaluate("scriptedCamera.streams[0].getTracks()[0].dispatchEvent(new Event('mute'))")
    page.wait_for_timeout(3500)
    assert page.evaluate("[scriptedCamera.streams.length, seen.includes('suspended')]") == [1, False]


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.mark.parametrize(("agent", "constraints"), [(IPHONE, [{"advanced": [{"zoom": 2}]}]), (None, [])])
def test_an_iphone_zooms_in_so_that_near_pictures_are_sharp(
    agent: str | None, constraints: list[Any], site: str, browser_with_camera: OpenBrowser
) -> None:
    """An iPhone, whose first lens cannot focus near, gets zoom 2; other phones keep their zoom."""
    capable = "scriptedCamera.capabilities = { zoom: { min: 1, max: 4, step: 0.1 } };"
    page = open_page(browser_with_camera, site, capable, user_agent=agent)
    page.evaluate("void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("scriptedCamera.constraints") == constraints


def test_a_chosen_camera_is_opened_by_its_label_when_its_id_has_changed(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A chosen camera whose id has changed between visits is still found by its label."""
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


def test_a_stop_at_any_moment_leaves_no_light_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """A stop after any step of the start switches the camera off."""
    page = open_page(browser_with_camera, site)
    left_on = page.evaluate("""async () => {
        await scanner.load();
        const open = navigator.mediaDevices.getUserMedia;
        const left = [];
        for (let steps = 0; steps < 40; steps++) {
          navigator.mediaDevices.getUserMedia = async (wish) => {
            const stream = await open(wish);
            (async () => {
              for (let step = 0; step < steps; step++) await null;
              scanner.stop();
            })();
            return stream;
          };
          await scanner.start();
          if (scriptedCamera.lit()) left.push(steps);
          scriptedCamera.streams.forEach((stream) => stream.getTracks().forEach((track) => track.stop()));
        }
        return left;
    }""")
    assert left_on == []


def test_a_page_hidden_while_the_camera_opens_gets_it_only_when_shown(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A page left before the start was done, or while the camera was coming back, has no camera on until shown."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['late'];")
    page.evaluate("void scanner.start()")
    until(page, "scriptedCamera.requests.length === 1")
    page.evaluate(HIDE)
    until(page, "scanner.state === 'suspended'")
    assert page.evaluate("scriptedCamera.lit()") == 0
    page.evaluate(SHOW)
    until(page, "scriptedCamera.requests.length === 2")
    page.evaluate(HIDE)
    page.wait_for_timeout(1500)
    assert page.evaluate("[scanner.state, scriptedCamera.lit()]") == ["suspended", 0]
    page.evaluate(SHOW)
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scriptedCamera.lit(), failed.length]") == [1, 0]


def test_tabs_switched_to_and_fro_leave_one_camera_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """Every return to a tab asks for the camera, and only the last one's stays open."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scanner.start()")
    page.evaluate("scriptedCamera.answers = ['late']")
    for _ in range(3):
        page.evaluate(HIDE)
        page.evaluate(SHOW)
        page.wait_for_timeout(100)
    until(page, "scanner.state === 'scanning'")
    page.wait_for_timeout(1500)
    assert page.evaluate("[scanner.state, scriptedCamera.lit()]") == ["scanning", 1]


@pytest.mark.parametrize("loss", ["scriptedCamera.unplug()", HIDE + SHOW])
def test_a_paused_scanner_stays_paused_when_its_camera_goes(
    loss: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A paused scanner whose camera goes, or whose tab is hidden, stays paused and opens the camera on going on."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scanner.start().then(() => scanner.pause())")
    page.evaluate(loss)
    page.wait_for_timeout(1000)
    assert page.evaluate("[scanner.state, scriptedCamera.lit(), scriptedCamera.requests.length]") == ["paused", 0, 1]
    page.evaluate("scanner.resume()")
    assert page.evaluate("[scanner.state, scriptedCamera.lit(), scriptedCamera.requests.length]") == ["scanning", 1, 2]


def test_a_phone_that_wants_a_tap_again_when_it_comes_back_gets_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """After a hidden tab in Low Power Mode the status asks for another tap, which goes on."""
    page = open_page(browser_with_camera, site, NO_AUTOPLAY + "tapped = true;")
    page.evaluate("scanner.start()")
    page.evaluate("tapped = false;" + HIDE + SHOW)
    until(page, "scanner.status.waiting === 'tap'")
    page.evaluate("tapped = true; void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scanner.status.waiting, scriptedCamera.lit(), failed.length]") == [None, 1, 0]


def test_a_camera_that_ends_while_python_loads_is_opened_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that ends while Python loads is opened again before the scan begins."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scriptedCamera.lit() === 1")
    page.evaluate("scriptedCamera.unplug()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scriptedCamera.streams.length, scriptedCamera.lit(), failed.length]") == [2, 1, 0]


def test_a_camera_that_shows_nothing_is_an_error_and_no_endless_wait(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A camera that never shows a frame leads to an error after ten seconds, and is switched off."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        navigator.mediaDevices.getUserMedia = async () => {
          globalThis.track = new MediaStreamTrackGenerator({ kind: "video" });
          return new MediaStream([track]);
        };
        void scanner.start();
    }""")
    page.wait_for_function("failed.length", timeout=30_000)
    assert page.evaluate("[failed, scanner.state, track.readyState]") == [["camera-in-use"], "failed", "ended"]


def test_a_fault_in_the_sites_own_function_stops_nothing(site: str, browser_with_camera: OpenBrowser) -> None:
    """An error thrown by a site's listener reaches the console, and the scanner scans on."""
    page = open_page(browser_with_camera, site)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(error.message))
    page.evaluate("""() => {
        globalThis.judged = 0;
        const fault = (name) => () => { throw new Error(name); };
        make({ onState: fault("in onState"), onFrame: () => { judged++; fault("in onFrame")(); } });
        return scanner.start();
    }""")
    until(page, "judged > 3")
    page.evaluate("scanner.stop()")
    assert page.evaluate("[scanner.state, scriptedCamera.lit(), failed.length]") == ["stopped", 0, 0]
    assert set(thrown) == {"in onState", "in onFrame"}


def test_a_change_of_camera_that_fails_is_told_once(site: str, browser_with_camera: OpenBrowser) -> None:
    """A site with an `onError` is told once of a failed `setCamera`, and need not catch its rejection."""
    page = open_page(browser_with_camera, site)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(error.message))
    page.evaluate("scanner.start()")
    page.evaluate("scriptedCamera.answers = ['NotAllowedError']; void scanner.setCamera('user')")
    until(page, "failed.length")
    page.wait_for_timeout(300)
    assert (page.evaluate("failed"), thrown) == (["permission-denied"], [])


@pytest.mark.parametrize("nothing", ["null", "undefined", "document.body", "document.createElement('audio')"])
def test_what_is_no_video_is_refused_at_once(nothing: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """An argument that is no <video>, such as a mistyped id's null, is an error at once, not an endless wait."""
    page = open_page(browser_with_camera, site)
    told = page.evaluate(f"""async () => {{
        const {{ imageScannerStart }} = await import("./image-scanner.module.js");
        const message = (error) => error.message;
        const made = (() => {{ try {{ return new ImageScanner({nothing}, () => {{}}).state; }}
          catch (error) {{ return message(error); }} }})();
        return [made, await imageScannerStart(200, 200, 0, {nothing}, null).catch(message)];
    }}""")
    assert all("needs a <video> element" in message for message in told)
    assert page.evaluate("scriptedCamera.requests.length") == 0


def test_a_camera_chosen_on_an_earlier_visit_is_found_before_cameras_have_names(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """An iPhone names its cameras after the permission: the chosen camera is then opened, and the first one closed."""
    two = """scriptedCamera.devices = [{ deviceId: "a1", label: "Rear", facingMode: "environment" },
        { deviceId: "b2", label: "Front", facingMode: "user" }]; scriptedCamera.named = false;"""
    page = open_page(browser_with_camera, site, two)
    page.evaluate("make({ preferredCamera: 'Front' }); void scanner.start()")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[scanner.camera.label, scriptedCamera.lit()]") == ["Front", 1]


def test_who_holds_still_is_not_told_to(site: str, browser_with_camera: OpenBrowser) -> None:
    """Scan regions of different brightness that take turns do not count as movement."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 450 });
        const context = canvas.getContext("2d");
        for (let i = 0; i < 9000; i++) {
          context.fillStyle = `hsl(${i * 47} 60% ${i % 3 ? 12 : 30}%)`;
          context.fillRect((i * 83) % 300, (i * 131) % 450, 7, 5);
        }
        globalThis.hints = new Set();
        const regions = [[270, 270], [186, 270], [270, 186]];
        make({
          region: regions.map(([width, height]) => ({ width, height })),
          onState: ({ hint }) => hint && hints.add(hint),
        });
        return scriptedCamera.show(canvas.toDataURL(), 0.9).then(() => scanner.start());
    }""")
    until(page, "hints.size > 0")
    page.wait_for_timeout(5500)
    assert page.evaluate("hints.has('steady')") is False
