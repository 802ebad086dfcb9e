"""What a page puts into the slot "overlay" lies on the picture in sight, and goes with it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.frame_times import LOOKS, assert_one_time_a_frame, assert_times_keep_up
from support.in_node import node
from support.places import PLAIN_PAGE
from support.scanner_page import open_body, until

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page with overlays</title>
<style>body { margin: 0 } button { transform: rotate(90deg); position: static } #any { background: #f0fa }</style>
<script type="module" src="image-scanner-element.js"></script>
<image-scanner id="scanner" style="height: 740px">
  <button slot="overlay" data-id="album" id="buy" style="opacity: .8">Buy</button>
  <video slot="overlay" data-id="whale" id="clip"></video>
  <div slot="overlay" id="any">Any other picture</div>
</image-scanner>
<script>
  const film = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
  film.getContext("2d").fillRect(0, 0, 80, 60);
  clip.srcObject = film.captureStream(10);
  clip.autoplay = false;
  globalThis.clicks = 0;
  buy.onclick = () => clicks++;
  globalThis.told = [];
  for (const type of ["match", "move", "lost"]) scanner.addEventListener(type, () => told.push(type));
  /** Moves the picture from side to side, by a hundredth of its height a frame. */
  globalThis.sway = () => setInterval(() => (scriptedCamera.aside = 0.06 * Math.sin(performance.now() / 250)), 30);
</script>"""


def open_overlays(browser_with_camera: OpenBrowser, site: str, **options: Any) -> Page:
    """Opens the page with three overlays on a phone, before a camera that shows an album, and starts to scan."""
    options = {"viewport": {"width": 360, "height": 740}, **options}
    page = open_body(browser_with_camera, site, PAGE, **options)
    page.evaluate("scriptedCamera.show('album.png', 0.5)")
    page.evaluate("void document.querySelector('#scanner').start()")
    page.locator("#buy[data-in-sight]").wait_for()
    return page


def truth(page: Page) -> list[float]:
    """Returns left, top, right and bottom of the drawn picture on the page, whose video covers the element."""
    return list(
        page.evaluate("""() => {
        const { image, share } = scriptedCamera.picture;
        const box = document.querySelector("#scanner").getBoundingClientRect();
        const scale = Math.max(box.width / 640, box.height / 480);
        const height = share * 480 * scale, width = (height * image.naturalWidth) / image.naturalHeight;
        const x = box.left + box.width / 2 + (scriptedCamera.aside ?? 0) * 640 * scale;
        const y = box.top + box.height / 2 + (scriptedCamera.rise ?? 0) * 480 * scale;
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    }""")
    )


def place(page: Page, selector: str) -> list[float]:
    """Returns left, top, right and bottom of an element on the page."""
    return list(
        page.evaluate(
            "(at) => (({ left, top, right, bottom }) => [left, top, right, bottom])"
            "(document.querySelector(at).getBoundingClientRect())",
            selector,
        )
    )


def assert_lies_on_picture(page: Page, pixels: float) -> None:
    """Fails if the button does not come to lie on the drawn picture within five seconds, to some pixels."""
    for _ in range(50):
        if place(page, "#buy") == pytest.approx(truth(page), abs=pixels):
            return
        page.wait_for_timeout(100)
    assert place(page, "#buy") == pytest.approx(truth(page), abs=pixels)


def test_an_overlay_lies_on_its_picture_follows_it_and_goes_with_it(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A button in the slot lies on its picture, follows it, can be tapped, and goes; a video plays while in sight."""
    page = open_overlays(browser_with_camera, site)
    assert page.locator("image-scanner[view=scanning]").count() == 1
    assert_lies_on_picture(page, 5)
    guide = "getComputedStyle(scanner.shadowRoot.querySelector('.guide')).opacity"
    until(page, f"{guide} === '0'")  # faded away: it would darken the overlay

    page.evaluate("""new Promise((resolve) => {
        const timer = setInterval(() => {
            scriptedCamera.rise = (scriptedCamera.rise ?? 0) - 0.004;
            if (scriptedCamera.rise < -0.1) resolve(clearInterval(timer));
        }, 60);
    })""")
    assert_lies_on_picture(page, 5)

    left, top, right, bottom = truth(page)
    page.mouse.click((left + right) / 2, (top + bottom) / 2)
    assert page.evaluate("[clicks, document.activeElement.id]") == [1, "buy"]
    assert page.evaluate("scanner.state") == "scanning"
    card = "scanner.shadowRoot.querySelector('.found').getBoundingClientRect().top"
    assert page.evaluate(card) > bottom - 60, "the card of the find leaves the overlay in sight"
    assert page.evaluate("[clip.inert, any.inert, clip.paused, getComputedStyle(any).visibility]") == [
        True,
        True,
        True,
        "hidden",
    ]

    page.evaluate("scriptedCamera.show('pictures/whale.png', 0.5).then(() => (scriptedCamera.rise = 0))")
    page.locator("#clip[data-in-sight]").wait_for()
    until(page, "!clip.paused && buy.inert")
    page.wait_for_timeout(500)
    assert place(page, "#clip") == pytest.approx(truth(page), abs=6)
    assert page.evaluate("[clip.muted, clip.playsInline, clip.inert, any.inert]") == [True, True, False, True]

    page.evaluate("""() => {
        scriptedCamera.picture = null;
        const since = performance.now();
        globalThis.gone = null;
        const timer = setInterval(() => {
            if (clip.inert) gone = performance.now() - since;
            if (clip.inert) clearInterval(timer);
        }, 20);
    }""")
    until(page, "gone")
    assert 400 < page.evaluate("gone") < 2500
    assert page.evaluate("clip.paused")
    until(page, f"{guide} === '1'")

    page.evaluate("scriptedCamera.show('pictures/lighthouse.png', 0.5)")
    page.locator("#any[data-in-sight]").wait_for()
    page.wait_for_timeout(500)
    assert place(page, "#any") == pytest.approx(truth(page), abs=6)
    page.evaluate("scanner.stop()")
    until(page, "any.inert")


def test_an_overlay_jumps_where_people_want_little_motion(site: str, browser_with_camera: OpenBrowser) -> None:
    """With prefers-reduced-motion an overlay takes each measured place at once, and does not glide or fade."""
    page = open_overlays(browser_with_camera, site, reduced_motion="reduce")
    assert page.evaluate("buy.getAnimations().length") == 0
    page.evaluate("""() => {
        sway();
        globalThis.places = 0;
        new MutationObserver((list) => (places += list.length)).observe(buy, { attributeFilter: ["style"] });
        told.length = 0;
    }""")
    until(page, "told.length >= 12")
    assert page.evaluate("places <= told.length + 1"), page.evaluate("[places, told]")
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate("places = told.length = 0")
    until(page, "told.length >= 12")
    assert page.evaluate("places > told.length + 1"), "a person who did not ask for little motion sees it glide"


def test_an_overlay_stays_on_its_picture_where_the_page_is_scrolled_and_zoomed(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """An overlay lies on its picture in a page that is scrolled and zoomed, as at other times."""
    page = open_overlays(browser_with_camera, site)
    page.evaluate("scanner.style.height = '500px'; document.body.style.padding = '300px 0 900px'; scrollTo(0, 200)")
    assert_lies_on_picture(page, 5)
    assert page.evaluate("scrollY") == 200
    page.evaluate("document.body.style.zoom = 1.3")
    assert_lies_on_picture(page, 6)


def test_the_card_of_a_find_leaves_an_overlay_in_sight_on_a_phone_held_sideways(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """On a phone held sideways the card lies beside the overlay, also on a picture that is wider than the guide."""
    page = open_overlays(browser_with_camera, site, viewport={"width": 740, "height": 360})
    page.evaluate("scanner.style.height = '360px'")
    page.evaluate("scriptedCamera.show('pictures/whale.png', 0.45)")
    page.locator("#clip[data-in-sight]").wait_for()
    page.wait_for_timeout(500)
    card = page.evaluate("scanner.shadowRoot.querySelector('.found').getBoundingClientRect().toJSON()")
    guide = page.evaluate("scanner.shadowRoot.querySelector('.guide').getBoundingClientRect().toJSON()")
    right = place(page, "#clip")[2]
    assert guide["right"] + 20 < right < card["left"]
    assert card["right"] <= 740
    assert card["bottom"] <= 360


def test_the_time_of_a_frame_is_one_however_late_the_page_reads_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """Every look at one frame of a video gives one time, and a later frame a later time."""
    page = open_body(browser_with_camera, site, "<!doctype html><title>A page with a video</title>")
    looks = page.evaluate(f"async () => {{ {LOOKS} }}")
    assert_times_keep_up(looks)
    assert_one_time_a_frame(looks)


def test_a_page_without_an_overlay_loads_no_script_of_overlays(site: str, browser_with_camera: OpenBrowser) -> None:
    """The scripts of overlays are loaded by pages that have one, and a first visit elsewhere stays as quick."""
    asked: list[str] = []
    page = browser_with_camera(None, service_workers="block").new_page()
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.route("**/own.html", lambda route: route.fulfill(body=PLAIN_PAGE, content_type="text/html"))
    page.goto(site + "own.html")
    page.locator("image-scanner[view=welcome]").wait_for()
    assert "overlay-slot.js" in asked
    assert "overlays.js" not in asked
    page.evaluate("""document.querySelector("image-scanner").insertAdjacentHTML(
        "beforeend", '<p slot="overlay">Late</p>')""")
    until(page, "performance.getEntriesByName(new URL('element/overlays.js', location).href).length")


MOTION = """
    import { OverlayMotion } from "./element/overlay-motion.js";
    const square = (x, y = 0) => [[x, y], [x + 200, y], [x + 200, y + 200], [x, y + 200]];
    const FRAME = 40, LATE = 30; // a fit every 40 ms, each told 30 ms after its frame was taken
    let seed = 1;
    const noise = () => ((seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5) * 0.5;
    const noisy = (corners) => corners.map(([x, y]) => [x + noise(), y + noise()]);
    const motion = new OverlayMotion(square(0), 0);
    const fit = (number, corners) => motion.heed(corners, number * FRAME, number * FRAME + LATE);
"""


def test_a_still_picture_keeps_its_overlay_still() -> None:
    """Noise of the fits of a still picture moves its overlay by much less than the noise, and seldom glides."""
    spread, raw, glides = node(f"""{MOTION}
        const xs = [], measured = [];
        let glides = 0;
        for (let number = 1; number < 200; number++) {{
            const corners = noisy(square(0));
            fit(number, corners);
            if (number < 20) continue;
            xs.push(motion.at(number * FRAME + LATE)[0][0]);
            measured.push(corners[0][0]);
            glides += motion.glides(number * FRAME + LATE) ? 1 : 0;
        }}
        const std = (all) => {{
            const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
            return Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length);
        }};
        console.log(JSON.stringify([std(xs), std(measured), glides]));
    """)
    assert spread < 0.7 * raw
    assert glides < 40


def test_an_overlay_keeps_up_with_a_picture_and_is_never_more_than_a_frame_ahead() -> None:
    """While a picture moves evenly its overlay is where the picture is; when it stops, so does the overlay."""
    lag, overshoot, later = node(f"""{MOTION}
        for (let number = 1; number <= 10; number++) fit(number, square(2 * number)); // 1 % of a side a frame
        const now = 10 * FRAME + LATE + 10;
        const lag = (2 * now) / FRAME - motion.at(now)[0][0];
        const overshoot = motion.at(1e6)[0][0] - 20;
        fit(11, square(20));
        fit(12, square(20));
        fit(13, square(20));
        console.log(JSON.stringify([lag, overshoot, motion.at(1e6)[0][0] - 20]));
    """)
    assert abs(lag) < 0.2
    assert overshoot <= 2 * (40 + 30) / 40 + 0.01
    assert abs(later) < 0.2


def test_an_overlay_is_hardly_carried_past_a_picture_that_comes_to_rest() -> None:
    """While a picture slows down over a quarter of a second, its overlay is at most 1 % of a side ahead of it."""
    ahead = node(f"""{MOTION}
        const SPEED = 2 / 33; // 1 % of a side a frame of the camera
        const place = (time) => {{
            const share = Math.min(Math.max((time - 1000) / 250, 0), 1);
            return SPEED * (Math.min(time, 1000) + 250 * (share - share ** 3 + share ** 4 / 2));
        }};
        let ahead = 0;
        for (let number = 1; number < 50; number++) {{
            fit(number, square(place(number * FRAME)));
            for (let late = LATE; late < LATE + FRAME; late += 5) {{
                const now = number * FRAME + late;
                ahead = Math.max(ahead, motion.at(now)[0][0] - place(now));
            }}
        }}
        console.log(JSON.stringify(ahead));
    """)
    assert 0 <= ahead < 2
