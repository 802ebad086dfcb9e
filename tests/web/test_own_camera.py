"""A site may give the scanner its own constraints of the camera, or a MediaStream of its own."""

from __future__ import annotations

from typing import Any

import pytest

from support.browsers import OpenBrowser
from support.scanner_page import HIDE, SHOW, open_body, open_page, until

TWO = """scriptedCamera.devices = [{ deviceId: "a1", label: "Rear", facingMode: "environment" },
    { deviceId: "b2", label: "Front", facingMode: "user" }];"""
# The site's stream, as an app has one: a camera of the page that no scanner has opened.
OWN_STREAM = """globalThis.own = navigator.mediaDevices.getUserMedia({ video: true });
    own.then((stream) => (scriptedCamera.requests.length = 0, globalThis.track = stream.getTracks()[0]));"""


@pytest.mark.parametrize(
    ("constraints", "asked"),
    [
        (
            {"width": {"ideal": 800}, "frameRate": 10},
            {
                "facingMode": {"ideal": "environment"},
                "width": {"ideal": 800},
                "height": {"ideal": 1080},
                "frameRate": 10,
            },
        ),
        (
            {"deviceId": {"exact": "b2"}},
            {"deviceId": {"exact": "b2"}, "width": {"ideal": 1920}, "height": {"ideal": 1080}},
        ),
        (
            {"facingMode": "user"},
            {"facingMode": "user", "width": {"ideal": 1920}, "height": {"ideal": 1080}},
        ),
    ],
    ids=["size and rate", "one device", "facing"],
)
def test_own_constraints_take_the_place_of_the_scanners(
    constraints: dict[str, Any], asked: dict[str, Any], site: str, browser_with_camera: OpenBrowser
) -> None:
    """The browser is asked for the site's constraints, and for the scanner's own where the site has none."""
    page = open_page(browser_with_camera, site, TWO)
    page.evaluate("(constraints) => { make({ constraints }); return scanner.start(); }", constraints)
    assert page.evaluate("scriptedCamera.requests") == [{"audio": False, "video": asked}]


def test_a_camera_chosen_later_overrules_the_constraints(site: str, browser_with_camera: OpenBrowser) -> None:
    """`setCamera` opens the camera that it names, also where the constraints chose another, and keeps their size."""
    page = open_page(browser_with_camera, site, TWO)
    page.evaluate("make({ constraints: { deviceId: { exact: 'b2' }, width: 640 } }); scanner.start()")
    assert page.evaluate("scanner.camera.id") == "b2"
    page.evaluate("scanner.setCamera('a1')")
    assert page.evaluate("[scanner.camera.id, scriptedCamera.requests.at(-1).video.width]") == ["a1", 640]


def test_constraints_that_no_camera_meets_are_told(site: str, browser_with_camera: OpenBrowser) -> None:
    """Constraints that no camera meets end in `no-camera`, with words that name the option, and no other camera."""
    page = open_page(browser_with_camera, site, "scriptedCamera.answers = ['OverconstrainedError'];")
    said = page.evaluate("""() => {
        make({ constraints: { width: { exact: 9999 } } });
        return scanner.start().then(() => "", ({ code, message }) => `${code}: ${message}`);
    }""")
    assert said.startswith("no-camera: No camera of this device meets the option constraints.")
    assert page.evaluate("scriptedCamera.requests.every(({ video }) => video.width.exact === 9999)")


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("constraints: 'environment'", "environment"),
        ("constraints: []", "got"),
        ("constraints: { video: { width: 640 } }", '"video"'),
        ("constraints: { width: 'wide' }", 'width is "wide"'),
        ("constraints: { frameRate: { max: NaN } }", "frameRate"),
        ("stream: 'camera'", "camera"),
        ("stream: new MediaStream()", "without a video track"),
        ("stream: document.createElement('video')", "[object HTMLVideoElement]"),
    ],
)
def test_an_unusable_option_is_named(option: str, found: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """Unusable constraints and streams end in `invalid-argument`, which names the option and its value."""
    page = open_page(browser_with_camera, site)
    said = page.evaluate(f"""() => {{
        make({{ {option} }});
        return scanner.start().then(() => "", ({{ code, message }}) => `${{code}}: ${{message}}`);
    }}""")
    assert said.startswith(f"invalid-argument: The option {option.partition(':')[0]} takes ")
    assert found in said
    assert page.evaluate("[scanner.state, scriptedCamera.requests.length, failed]") == [
        "failed",
        0,
        ["invalid-argument"],
    ]


def test_an_own_stream_is_scanned_and_never_stopped(site: str, browser_with_camera: OpenBrowser) -> None:
    """A scanner names the picture in the site's stream, opens no camera, and leaves the stream running at every end."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    page.evaluate(
        "scriptedCamera.show('album.png'); own.then((stream) => { make({ stream }); return scanner.start(); })"
    )
    until(page, "found.length")
    assert page.evaluate("[found[0].id, scriptedCamera.requests.length]") == ["album", 0]
    page.evaluate(HIDE)
    assert page.evaluate("[scanner.state, track.readyState]") == ["suspended", "live"]
    page.evaluate(SHOW)
    until(page, "scanner.state === 'scanning'")
    page.evaluate("scanner.pause();" + HIDE + SHOW + "scanner.resume()")
    until(page, "scanner.state === 'scanning'")
    page.evaluate("scanner.stop()")
    assert page.evaluate("[track.readyState, video.srcObject]") == ["live", None]
    page.evaluate("scanner.start().then(() => scanner.destroy())")
    assert page.evaluate("[track.readyState, scriptedCamera.requests.length, failed]") == ["live", 0, []]


def test_a_stream_that_the_site_shows_itself_stays_in_its_video(site: str, browser_with_camera: OpenBrowser) -> None:
    """A stream that was in the video before the scan is in the video after it."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    kept = page.evaluate("""async () => {
        const stream = await own;
        video.srcObject = stream;
        make({ stream });
        await scanner.start();
        scanner.stop();
        return video.srcObject === stream && track.readyState;
    }""")
    assert kept == "live"


def test_an_own_stream_that_ends_is_a_lost_camera(site: str, browser_with_camera: OpenBrowser) -> None:
    """A stream whose video ends leads to `camera-lost`, with words about the stream, and opens no camera."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    page.evaluate("""own.then((stream) => {
        make({ stream, onError: ({ code, message }) => failed.push(code, message) });
        return scanner.start();
    })""")
    page.evaluate("track.stop()")
    until(page, "failed.length")
    code, message = page.evaluate("failed")
    assert (code, "option stream has ended" in message) == ("camera-lost", True)
    assert page.evaluate("[scanner.state, scriptedCamera.requests.length]") == ["failed", 0]


def test_an_own_stream_may_show_a_still_picture(site: str, browser_with_camera: OpenBrowser) -> None:
    """A stream of the site that sends no frames, because its picture does not change, is scanned on."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    page.evaluate("own.then((stream) => { make({ stream }); return scanner.start(); })")
    page.wait_for_timeout(500)
    page.evaluate("scriptedCamera.freeze()")
    page.wait_for_timeout(4500)
    assert page.evaluate("[scanner.state, seen.includes('suspended'), failed]") == ["scanning", False, []]


def test_an_own_stream_that_is_muted_for_a_while_is_scanned_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """A stream of the site that a phone call mutes for longer than 3 s is waited for, and not called lost."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    page.evaluate("own.then((stream) => { make({ stream }); return scanner.start(); })")
    page.evaluate("""() => {
        Object.defineProperty(track, "muted", { value: true, configurable: true });
        track.dispatchEvent(new Event("mute"));
    }""")
    page.wait_for_timeout(4500)
    assert page.evaluate("[scanner.state, seen.includes('suspended'), failed]") == ["scanning", False, []]


def test_a_scanner_of_a_stream_changes_no_camera(site: str, browser_with_camera: OpenBrowser) -> None:
    """`setCamera` on a scanner with a stream of the site says that it cannot, and the scan goes on."""
    page = open_page(browser_with_camera, site, OWN_STREAM)
    page.evaluate("own.then((stream) => { make({ stream }); return scanner.start(); })")
    said = page.evaluate("scanner.setCamera('user').catch(({ code, message }) => `${code}: ${message}`)")
    assert said.startswith("invalid-argument: setCamera")
    assert page.evaluate("[scanner.state, track.readyState, failed]") == ["scanning", "live", ["invalid-argument"]]


ELEMENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Scan</title>
<image-scanner style="display: block; width: 400px; height: 400px"></image-scanner>
<script>
  document.querySelector("image-scanner").constraints = { width: { ideal: 800 } };
</script>
<script type="module" src="image-scanner-element.js"></script>"""
THE = "document.querySelector('image-scanner')"


def test_the_element_takes_constraints_and_a_stream_as_properties(site: str, browser_with_camera: OpenBrowser) -> None:
    """The element uses constraints that were set before it was defined, and changes to a stream that is set later."""
    page = open_body(browser_with_camera, site, ELEMENT, TWO)
    page.wait_for_function("customElements.get('image-scanner') !== undefined")
    page.evaluate(f"{THE}.start()")
    assert page.evaluate("scriptedCamera.requests[0].video.width") == {"ideal": 800}
    page.locator("button.switch").wait_for()
    page.evaluate(OWN_STREAM + f"own.then((stream) => {{ {THE}.stream = stream; }})")
    until(page, f"{THE}.view === 'scanning'")
    assert page.evaluate(f"[scriptedCamera.requests.length, scriptedCamera.lit(), {THE}.scanner.camera.label]") == [
        0,
        1,
        "Rear",
    ]
    page.locator("button.switch").wait_for(state="hidden")
    page.evaluate("scriptedCamera.show('album.png', 0.55)")
    until(page, f"{THE}.view === 'found'")
    page.evaluate(f"{THE}.remove()")
    page.wait_for_timeout(100)
    assert page.evaluate("track.readyState") == "live"
