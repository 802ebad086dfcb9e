"""A scanner chooses a camera, bears its losses and refusals, and reports a picture once."""

from __future__ import annotations

import pytest

from support.browsers import OpenBrowser
from support.places import SCRIPTED_CAMERA
from support.started_scanner import PAGE, open_page


def test_a_hidden_page_lets_go_of_the_camera_and_takes_it_back(site: str, browser_with_camera: OpenBrowser) -> None:
    """A switch to another tab turns the camera off; coming back scans on, without a tap."""
    page = open_page(browser_with_camera, site, regular=True)
    page.wait_for_function("scanner.state === 'scanning'")
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    assert page.evaluate("[scanner.state, scriptedCamera.lit()]") == ["suspended", 0]
    page.evaluate("scriptedCamera.show('album.png')")
    page.evaluate(hide, False)
    page.wait_for_function("found.length > 0")
    assert page.evaluate("[found[0].id, scriptedCamera.lit()]") == ["album", 1]


def test_a_lost_camera_is_taken_back(site: str, browser_with_camera: OpenBrowser) -> None:
    """The scanner opens a camera that ended by itself again, and scans on."""
    page = open_page(browser_with_camera, site, regular=True)
    page.wait_for_function("scanner.state === 'scanning'")
    page.evaluate("scriptedCamera.show('album.png').then(() => scriptedCamera.unplug())")
    page.wait_for_function("found.length > 0")
    assert page.evaluate("[scanner.state, scriptedCamera.streams.length, scriptedCamera.lit()]") == ["scanning", 2, 1]


def test_a_camera_that_stays_lost_is_an_error(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that stays lost ends, after a few attempts, in an error with its code."""
    page = open_page(browser_with_camera, site, regular=True)
    page.wait_for_function("scanner.state === 'scanning'")
    page.evaluate("scriptedCamera.answers = ['NotReadableError']; scriptedCamera.unplug()")
    page.wait_for_function("globalThis.failed")
    assert page.evaluate("failed.code") == "camera-lost"
    assert page.evaluate("scanner.state") == "failed"


def test_a_turned_phone_scans_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """A turned phone's frames change from wide to tall, and are judged in their new shape, unstretched."""
    page = open_page(browser_with_camera, site, regular=True)
    page.wait_for_function("scanner.state === 'scanning'")
    page.evaluate("""scriptedCamera.turn(); scanner.setRegion({ width: 200, height: 200 });
        scriptedCamera.show('album.png', 0.89)""")
    page.wait_for_function("found.length > 0")
    frame = page.evaluate("found[0].frame")
    assert (frame["width"], frame["height"]) == (480, 640)


def test_a_picture_is_reported_once_per_appearance(site: str, browser_with_camera: OpenBrowser) -> None:
    """A picture in sight is reported once, and once more after it was away for a while."""
    page = open_page(browser_with_camera, site, regular=True)
    page.evaluate("scriptedCamera.show('album.png')")
    page.wait_for_function("found.length > 0")
    page.wait_for_timeout(2500)
    assert page.evaluate("found.length") == 1
    page.evaluate("scriptedCamera.picture = null")
    page.wait_for_timeout(2500)
    page.evaluate("scriptedCamera.show('album.png')")
    page.wait_for_function("found.length > 1")
    page.evaluate("scriptedCamera.show('1.png')")  # another picture is another appearance, at once
    page.evaluate("scanner.setRegion({ width: 180, height: 270, top: 15 })")
    page.wait_for_function("found.length > 2")
    assert page.evaluate("found.map(({ id }) => id)") == ["album", "album", "1"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_methods_may_be_called_in_any_order(seed: int, site: str, browser_with_camera: OpenBrowser) -> None:
    """Two hundred random calls, from any state, throw nothing and leave no camera on."""
    page = open_page(browser_with_camera, site, regular=True)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    thrown = page.evaluate(
        """async (seed) => {
            const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
            const calls = ["start", "start", "pause", "resume", "stop", "hasFlash", "toggleFlash", "zoomRange", "turn"];
            const turn = () => scanner.setCamera(random() < 0.5 ? "user" : "environment");
            const thrown = [];
            for (let i = 0; i < 200; i++) {
              const name = calls[Math.floor(random() * calls.length)];
              try {
                const value = name === "turn" ? turn() : scanner[name]();
                value?.catch?.((error) => thrown.push(`${name}: ${error.message}`));
              } catch (error) { thrown.push(`${name} threw ${error.message}`); }
              if (random() < 0.4) await new Promise((resolve) => setTimeout(resolve, random() * 60));
            }
            scanner.stop();
            await new Promise((resolve) => setTimeout(resolve, 500));
            if (random() < 0.5) scanner.destroy();
            scanner.stop(); scanner.pause();
            return thrown;
        }""",
        seed,
    )
    assert thrown == []
    assert faults == []
    assert page.evaluate("scriptedCamera.lit()") == 0


def test_the_main_rear_lens_is_preferred_and_only_one_camera_is_open(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """An Android that opens its ultra-wide lens first is asked for the main lens, after the first one was closed."""
    page = browser_with_camera(None, regular=True, service_workers="block").new_page()
    page.add_init_script(
        SCRIPTED_CAMERA
        + """
        scriptedCamera.devices = [
          { deviceId: "wide", label: "camera2 2, facing back", facingMode: "environment" },
          { deviceId: "front", label: "camera2 1, facing front", facingMode: "user" },
          { deviceId: "main", label: "camera2 0, facing back", facingMode: "environment" },
        ];
        """
    )
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(site + "scan.html")
    page.wait_for_function("scanner.camera?.id === 'main'")
    assert page.evaluate("scriptedCamera.lit()") == 1


def test_torch_and_zoom_are_offered_only_where_the_camera_has_them(site: str, browser_with_camera: OpenBrowser) -> None:
    """`hasFlash` and `zoomRange` tell the camera's abilities; asking for a missing one answers no and never throws."""
    page = open_page(browser_with_camera, site, regular=True)
    page.wait_for_function("scanner.state === 'scanning'")
    assert page.evaluate(
        "Promise.all([scanner.hasFlash(), scanner.toggleFlash(), scanner.zoomRange(), scanner.setZoom(2)])"
    ) == [False, False, None, True]
    page.evaluate("scriptedCamera.capabilities = { torch: true, zoom: { min: 1, max: 4, step: 0.1 } }")
    assert page.evaluate("Promise.all([scanner.hasFlash(), scanner.toggleFlash()])") == [True, True]
    assert page.evaluate("scanner.zoomRange()") == {"min": 1, "max": 4, "step": 0.1}
    assert page.evaluate("scriptedCamera.constraints.at(-1)") == {"advanced": [{"torch": True}]}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("NotAllowedError", "permission-denied"),
        ("NotFoundError", "no-camera"),
        ("NotReadableError", "camera-in-use"),
        ("SecurityError", "permission-denied"),
    ],
)
def test_a_camera_that_refuses_is_an_error_with_its_code(
    answer: str, code: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A denied, an absent and a busy camera have codes of their own, and nobody is asked twice after a denial."""
    page = browser_with_camera(None, regular=True, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA + f"scriptedCamera.answers = ['{answer}'];")
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(site + "scan.html")
    page.wait_for_function("globalThis.failed")
    assert page.evaluate("failed.code") == code
    if code == "permission-denied":
        assert page.evaluate("scriptedCamera.requests.length") == 1


def test_a_camera_that_rejects_every_wish_is_asked_without(site: str, browser_with_camera: OpenBrowser) -> None:
    """A laptop that fails on facing mode and size gets a second request without them, and scans."""
    page = browser_with_camera(None, regular=True, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.answers = ['OverconstrainedError', 'ok'];")
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(site + "scan.html")
    page.wait_for_function("globalThis.failed || scanner.state === 'scanning'")
    assert page.evaluate("scanner.state") == "scanning"
    assert page.evaluate("scriptedCamera.requests.at(-1).video") is True
