"""<image-scanner> finds, shows and tells pictures as its attributes ask."""

from __future__ import annotations

from itertools import groupby

from playwright.sync_api import Route

from support.browsers import OpenBrowser
from support.element_page import FILLS_THE_FRAME, open_page, wait_for


def test_permission_is_explained_before_it_is_asked(site: str, browser_with_camera: OpenBrowser) -> None:
    """The first page explains the camera, and the browser asks for it only after a tap."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").wait_for()
    assert page.evaluate("scriptedCamera.requests.length") == 0
    page.get_by_role("button", name="Start camera").click()
    page.wait_for_function("scriptedCamera.requests.length === 1")


def test_a_find_shows_title_distance_and_link_and_can_be_scanned_again(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A find shows its title, id, distance and address; one tap scans on."""
    page = open_page(browser_with_camera, site)
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert page.locator(".found .name").inner_text().startswith("Golden Hour")
    assert page.locator(".found .id").inner_text() == "album"
    assert page.locator(".found .distance").inner_text().endswith("of 144")
    assert page.locator(".found .follow").get_attribute("href") == "https://example.org/pictures/3"
    assert page.evaluate("events.filter(([type]) => type === 'match')") == [["match", "album"]]
    assert len(page.locator(".outline polygon").get_attribute("points").split()) == 4
    page.evaluate("scriptedCamera.picture = null")
    page.get_by_role("button", name="Scan again").click()
    wait_for(page, "scanning")


def test_the_outline_lies_on_the_picture(site: str, browser_with_camera: OpenBrowser) -> None:
    """The four corners drawn over the camera's picture lie on the corners of the find, within a few per cent."""
    page = open_page(browser_with_camera, site)
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    drawn = page.locator(".outline polygon").get_attribute("points")
    points = [tuple(map(float, point.split(","))) for point in drawn.split()]
    # A frame of 720 x 1280, shown with object-fit: cover in 360 x 740, has the scale 740 / 1280. The picture is 468
    # frame px large; its middle lies above the frame's middle by 4 % of the frame's height.
    half, middle = 468 * 740 / 1280 / 2, 370 - 0.04 * 740
    expected = [(180 + x * half, middle + y * half) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for (x, y), (across, down) in zip(points, expected, strict=True):
        assert abs(x - across) < 22
        assert abs(y - down) < 22


def test_it_speaks_japanese(site: str, browser_with_camera: OpenBrowser) -> None:
    """The element follows the page's language; a site may replace any word."""
    page = open_page(browser_with_camera, site, locale="ja-JP")
    page.get_by_role("button", name="カメラを起動").wait_for()
    page.evaluate("document.querySelector('image-scanner').strings = { start: 'はじめる' }")
    page.get_by_role("button", name="はじめる").wait_for()


def test_removed_from_the_page_it_leaves_no_camera_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element taken out of the document leaves no camera on; an element put back is a fresh scanner."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.evaluate("globalThis.element = document.querySelector('image-scanner'); element.remove()")
    assert page.evaluate("scriptedCamera.lit()") == 0
    page.evaluate("document.querySelector('main').prepend(element)")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    assert page.evaluate("scriptedCamera.lit()") == 1


def test_a_link_that_is_not_a_web_address_is_not_offered(site: str, browser_with_camera: OpenBrowser) -> None:
    """A bundle from elsewhere cannot make the page run script: the element follows only http and https addresses."""
    page = open_page(browser_with_camera, site, regular=False)

    def poisoned(route: Route) -> None:
        body = route.fetch().text().replace("https://example.org/pictures/3", "javascript:alert(1)")
        route.fulfill(body=body, content_type="application/json")

    page.route("**/poisoned.json", lambda route: route.fulfill(status=404))
    page.context.route("**/hashes/references.json*", poisoned)
    page.evaluate("document.querySelector('image-scanner').setAttribute('bundle', 'hashes/references.json?poisoned')")
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert page.locator(".found .follow").is_hidden()


def test_the_find_shows_the_sites_own_picture_of_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """The card shows the reference's `thumbnail`, an address relative to the bundle's."""
    page = open_page(browser_with_camera, site)
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    thumbnail = page.locator(".found img.thumbnail")
    assert thumbnail.is_visible()
    assert thumbnail.get_attribute("src") == site + "pictures/album.png"
    assert page.locator(".found canvas.thumbnail").is_hidden()


def test_a_missing_thumbnail_is_replaced_by_what_the_camera_saw(site: str, browser_with_camera: OpenBrowser) -> None:
    """The card shows no broken picture: without a thumbnail it shows the find cut from the camera's frame."""
    page = open_page(browser_with_camera, site)
    page.route("**/pictures/album.png", lambda route: route.fulfill(status=404))
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    page.locator(".found canvas.thumbnail").wait_for()
    assert page.locator(".found img.thumbnail").is_hidden()
    colours = page.evaluate("""() => {
        const canvas = document.querySelector("image-scanner").shadowRoot.querySelector("canvas.thumbnail");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert colours > 100


def test_open_follows_the_address_of_what_is_found(site: str, browser_with_camera: OpenBrowser) -> None:
    """With `open` the browser follows the find's address; `preventDefault()` keeps it on the page."""
    page = open_page(browser_with_camera, site)
    page.route("https://example.org/**", lambda route: route.fulfill(body="<h1>There</h1>", content_type="text/html"))
    page.evaluate("""() => {
        const element = document.querySelector("image-scanner");
        element.toggleAttribute("open", true);
        element.addEventListener("match", (event) => event.preventDefault(), { once: true });
    }""")
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    page.wait_for_timeout(300)
    assert page.url == site
    page.get_by_role("button", name="Scan again").click()
    page.wait_for_url("https://example.org/pictures/3")


def test_continuous_shows_what_is_in_sight_and_scans_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """With `continuous` the element names picture after picture without a tap; a card goes with its picture."""
    page = open_page(browser_with_camera, site)
    page.evaluate("document.querySelector('image-scanner').toggleAttribute('continuous', true)")
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    page.locator(".found .id").get_by_text("album").wait_for()
    page.locator('.outline polygon:not([points=""])').wait_for(state="attached")
    page.evaluate("scriptedCamera.show('pictures/film.png', 0.45)")
    page.locator(".found .id").get_by_text("film").wait_for()
    page.evaluate("scriptedCamera.picture = null")
    page.locator(".found").wait_for(state="hidden", timeout=15_000)
    # On a busy machine a picture may be out of sight for a moment, and is then reported again.
    named = page.evaluate("events.filter(([type]) => type === 'match').map(([, id]) => id)")
    assert [name for name, _ in groupby(named)] == ["album", "film"]
    assert page.evaluate("[document.querySelector('image-scanner').view, scriptedCamera.lit()]") == ["scanning", 1]


def test_autostart_asks_at_once(site: str, browser_with_camera: OpenBrowser) -> None:
    """With `autostart` the element asks for the camera at once, without the explaining page."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        document.querySelector("image-scanner").remove();
        document.querySelector("main").innerHTML = '<image-scanner autostart bundle="hashes/references.json">';
    }""")
    page.wait_for_function("scriptedCamera.requests.length === 1")
    wait_for(page, "scanning")


def test_another_bundle_can_be_set_while_it_runs(site: str, browser_with_camera: OpenBrowser) -> None:
    """A changed `bundle` attribute scans on with the new pictures; a wrong bundle is an error with its code."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.evaluate("document.querySelector('image-scanner').setAttribute('bundle', 'assets.json')")
    wait_for(page, "error")
    assert page.locator(".problem .code").text_content() == "bundle-invalid"
    page.evaluate("document.querySelector('image-scanner').setAttribute('bundle', 'hashes/references.json')")
    page.evaluate(FILLS_THE_FRAME)
    page.evaluate("void document.querySelector('image-scanner').start()")
    wait_for(page, "found")


def test_torch_and_camera_buttons_are_there_only_where_they_work(site: str, browser_with_camera: OpenBrowser) -> None:
    """A single camera without a torch shows neither button; where there is one it works and tells its state."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    light, change = page.locator("button.torch"), page.locator("button.switch")
    assert (light.is_visible(), change.is_visible()) == (False, False)
    page.evaluate("""() => {
        scriptedCamera.devices.push({ deviceId: "front", label: "Front", facingMode: "user" });
        scriptedCamera.devices[0].capabilities = { torch: true };
        document.querySelector("image-scanner").stop();
    }""")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.get_by_role("button", name="Light", pressed=False).click()
    page.get_by_role("button", name="Light", pressed=True).wait_for()
    assert page.evaluate("scriptedCamera.constraints.at(-1)") == {"advanced": [{"torch": True}]}
    page.get_by_role("button", name="Change camera").click()
    page.wait_for_function("document.querySelector('image-scanner').scanner.camera?.label === 'Front'")
    wait_for(page, "scanning")
    light.wait_for(state="hidden")  # it has none
    change.wait_for()
    assert page.evaluate("scriptedCamera.lit()") == 1
    page.reload()
    page.evaluate("""() => {
        scriptedCamera.devices.push({ deviceId: "anew", label: "Front", facingMode: "user" });
    }""")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    assert page.evaluate("document.querySelector('image-scanner').scanner.camera.label") == "Front"  # remembered


def test_the_front_camera_is_a_mirror_from_its_first_frame_and_the_other_never_is(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """The front camera's picture is mirrored from its first frame on; the rear camera's never is."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        scriptedCamera.devices.push({ deviceId: "front", label: "Front", facingMode: "user" });
        const element = document.querySelector("image-scanner");
        const video = element.shadowRoot.querySelector("video");
        globalThis.seen = [];
        const look = () => {
            const camera = element.view === "scanning" ? element.scanner.camera : null;
            if (camera) seen.push([camera.facingMode, video.classList.contains("mirrored")]);
            requestAnimationFrame(look);
        };
        look();
    }""")
    page.get_by_role("button", name="Start camera").click()
    for facing in ("user", "environment", "user"):
        wait_for(page, "scanning")
        page.get_by_role("button", name="Change camera").click()
        page.wait_for_function("(facing) => seen.at(-1)?.[0] === facing", arg=facing)
    wait_for(page, "scanning")
    seen = page.evaluate("seen")
    assert {(facing, mirrored) for facing, mirrored in seen} == {("user", True), ("environment", False)}


def test_theme_and_slots_are_the_sites(site: str, browser_with_camera: OpenBrowser) -> None:
    """`theme` overrules the visitor's scheme; the panels show the content that a site puts into their slots."""
    page = open_page(browser_with_camera, site, color_scheme="light")
    page.evaluate("""() => {
        const element = document.querySelector("image-scanner");
        element.setAttribute("theme", "dark");
        element.innerHTML = '<p slot="welcome">Ask at the desk</p><p slot="found">Room 3</p>';
    }""")
    assert page.get_by_text("Ask at the desk").is_visible()
    assert page.get_by_text("Room 3").is_hidden()
    ground = "getComputedStyle(document.querySelector('image-scanner')).backgroundColor"
    assert page.evaluate(ground) == "rgb(16, 32, 30)"
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert page.get_by_text("Room 3").is_visible()
    assert page.get_by_text("Ask at the desk").is_hidden()


def test_the_camera_attribute_changes_the_camera(site: str, browser_with_camera: OpenBrowser) -> None:
    """A `camera` attribute set during a scan changes to the other camera at once."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scriptedCamera.devices.push({ deviceId: 'front', label: 'Front', facingMode: 'user' })")
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.evaluate("document.querySelector('image-scanner').setAttribute('camera', 'Front')")
    page.wait_for_function("document.querySelector('image-scanner').scanner.camera?.label === 'Front'")
    wait_for(page, "scanning")
    assert page.evaluate("scriptedCamera.lit()") == 1


def test_ready_is_told_once_whenever_the_bundle_is_named(site: str, browser_with_camera: OpenBrowser) -> None:
    """A site that sets `bundle` on an element in the page hears one `ready` for the new bundle, without a start."""
    page = open_page(browser_with_camera, site)
    ready = page.evaluate("""() => new Promise((resolve) => {
        const element = document.createElement("image-scanner");
        let count = 0;
        element.addEventListener("ready", () => { count++; setTimeout(() => resolve(count), 500); });
        element.setAttribute("bundle", "nowhere.json");
        document.body.append(element);
        setTimeout(() => element.setAttribute("bundle", "hashes/references.json"), 300);
    })""")
    assert ready == 1


def test_a_tap_is_offered_where_a_phone_wants_one_on_coming_back(site: str, browser_with_camera: OpenBrowser) -> None:
    """In Low Power Mode the picture stands still after a visit to another tab, and one tap goes on."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "scanning")
    page.evaluate("""() => {
        const video = document.querySelector("image-scanner").shadowRoot.querySelector("video");
        Object.defineProperty(video, "autoplay", { set() {}, get: () => false });
        video.removeAttribute("autoplay");
        addEventListener("click", () => (globalThis.tapped = true), { capture: true });
        video.play = async () => {
          if (!globalThis.tapped) throw new DOMException("only after a tap", "NotAllowedError");
          delete video.play;
          return video.play();
        };
        for (const hidden of [true, false]) {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
    }""")
    wait_for(page, "tap")
    page.get_by_role("button", name="Tap to start").click()
    wait_for(page, "scanning")
