"""All scanners of a page share one bundle, and each has a handle of its own."""

from __future__ import annotations

from playwright.sync_api import Page, Request

from support.browsers import OpenBrowser
from support.places import PICTURES, SCRIPTED_CAMERA


def bundles_asked_for(page: Page) -> list[str]:
    """Returns a list that grows with the address of every bundle that a page asks for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("references.json"):
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_camera_photos_and_gallery_share_one_bundle(site: str, browser_with_camera: OpenBrowser) -> None:
    """A page that scans, judges a photo and lists its pictures fetches the bundle once."""
    page = browser_with_camera(None, service_workers="block").new_page()
    asked = bundles_asked_for(page)
    page.add_init_script(SCRIPTED_CAMERA)
    page.goto(site)
    page.locator(".gallery img").first.wait_for()
    page.evaluate("void document.querySelector('image-scanner').start()")
    page.wait_for_function("document.querySelector('image-scanner').view === 'scanning'")
    page.set_input_files("input.file", PICTURES / "album.png")
    page.wait_for_function("document.querySelector('image-scanner').view === 'found'")
    assert page.evaluate("document.querySelectorAll('.gallery img').length") == len(list(PICTURES.glob("*.png")))
    assert asked == [site + "hashes/references.json"]


def test_a_bundle_is_let_go_of_with_its_last_scanner(site: str, browser_with_camera: OpenBrowser) -> None:
    """Two scanners share one bundle; once both are destroyed, a third scanner fetches the bundle anew."""
    page = browser_with_camera(None, service_workers="block").new_page()
    asked = bundles_asked_for(page)
    page.route("**/empty.html", lambda route: route.fulfill(body="<video id=video>", content_type="text/html"))
    page.goto(site + "empty.html")
    open_scanners = """async (count) => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        globalThis.scanners = Array.from({ length: count }, () => new ImageScanner(video, () => {}));
        await Promise.all(scanners.map((scanner) => scanner.load()));
    }"""
    page.evaluate(open_scanners, 2)
    assert len(asked) == 1
    page.evaluate("scanners[0].destroy()")
    page.evaluate("scanners[1].load()")
    assert len(asked) == 1
    page.evaluate("scanners[1].destroy()")
    page.evaluate(open_scanners, 1)
    assert len(asked) == 2


def test_a_scanner_never_speaks_through_the_handle_of_another(site: str, browser_with_camera: OpenBrowser) -> None:
    """After a worker broke, each scanner of the page, even a resting one, opens its own in the next worker."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.route("**/empty.html", lambda route: route.fulfill(body="<video id=video>", content_type="text/html"))
    page.goto(site + "empty.html")
    opened = page.evaluate("""async () => {
        const opened = [];
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, ...rest) {
          globalThis.worker = this;
          if (message.action === "openScanner") opened.push(message.action);
          return post.call(this, message, ...rest);
        };
        const { ImageScanner } = await import("./image-scanner.module.js");
        const [first, second] = [new ImageScanner(video, () => {}), new ImageScanner(video, () => {})];
        await Promise.all([first.load(), second.load()]);
        worker.dispatchEvent(new ErrorEvent("error", { message: "broken" }));
        await second.load();
        await first.load();
        return opened.length;
    }""")
    assert opened == 4
