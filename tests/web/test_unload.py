"""ImageScanner.unload() ends Python in a page, whatever its scanners do, and the next call loads Python anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.scanner_page import HIDE, REACH, SHOW, open_body, open_page, until

GREY = "new ImageData(new Uint8ClampedArray(64 * 64 * 4).fill(127), 64)"


def worker_count(page: Page, number: int) -> bool:
    """Whether the page has so many workers, as the browser counts them, within five seconds."""
    for _ in range(50):
        if len(page.workers) == number:
            return True
        page.wait_for_timeout(100)
    return False


def test_unload_works_in_every_state(site: str, browser_with_camera: OpenBrowser) -> None:
    """In every state `unload` stops a scanner that runs, leaves no camera on and no worker, and raises no error."""
    page = open_page(browser_with_camera, site)
    for state, reach in REACH.items():
        after = page.evaluate(
            """async (reach) => {
                if (globalThis.scanner) scanner.destroy();
                scriptedCamera.answers = ["ok"];
                delete document.hidden;
                make();
                await new Function(`return (async () => { ${reach} })()`)();
                const before = scanner.state;
                failed.length = 0;
                await ImageScanner.unload();
                await new Promise((resolve) => setTimeout(resolve, 50));
                return [before, scanner.state, scriptedCamera.lit(), failed];
            }""",
            reach,
        )
        kept = state if state in {"failed", "destroyed"} else "stopped"
        assert after == [state, kept, 0, []]
        assert worker_count(page, 0), state


def test_a_scanner_scans_again_after_unload(site: str, browser_with_camera: OpenBrowser) -> None:
    """A scanner that was scanning at `unload` starts again with a new worker, and names the picture in sight."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scanner.start()")
    assert worker_count(page, 1)
    page.evaluate("void scriptedCamera.show('album.png'); ImageScanner.unload()")
    assert worker_count(page, 0)
    page.evaluate("void scanner.start()")
    until(page, "found.length")
    assert page.evaluate("[found[0].id, scanner.state, failed]") == ["album", "scanning", []]
    assert worker_count(page, 1)


@pytest.mark.parametrize("moment", ["await null", "await wait(30)", "await wait(600)"])
def test_unload_while_python_loads(moment: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """While Python loads, `unload` ends it: calls under way reject or resolve, and calls after it load anew."""
    page = open_page(browser_with_camera, site)
    told = page.evaluate(f"""async () => {{
        const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
        const code = (promise) => promise.then(() => "done", (error) => error.code);
        const second = new ImageScanner(document.createElement("video"), () => {{}});
        const calls = [scanner.start(), second.load(), ImageScanner.scanImage({GREY})].map(code);
        {moment};
        await ImageScanner.unload();
        const again = code(ImageScanner.scanImage({GREY}));
        return [await Promise.all(calls), await again, scanner.state, scriptedCamera.lit(), failed];
    }}""")
    assert told == [["done", "aborted", "aborted"], "done", "stopped", 0, []]
    assert worker_count(page, 1)


def test_unload_ends_the_worker_of_one_site_alone(site: str, browser_with_camera: OpenBrowser) -> None:
    """`unload({ assets })` ends the worker of these assets; a scanner of other assets scans on."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scanner.start()")
    page.evaluate("ImageScanner.unload({ assets: './elsewhere/' })")
    page.wait_for_timeout(300)
    assert page.evaluate("scanner.state") == "scanning"
    assert worker_count(page, 1)
    page.evaluate("ImageScanner.unload({ assets: '.' })")
    assert worker_count(page, 0)
    assert page.evaluate("scanner.state") == "stopped"


def test_the_single_call_ends_at_unload(site: str, browser_with_camera: OpenBrowser) -> None:
    """`imageScannerStart` rejects with "aborted" at `unload`, with the camera off."""
    body = """<video id="video" style="width: 400px; height: 300px"></video><script src="image-scanner.js"></script>"""
    page = open_body(browser_with_camera, site, body)
    told = page.evaluate("""async () => {
        const call = imageScannerStart(200, 200, 50, video).then(() => "found", ({ code }) => code);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await ImageScanner.unload();
        return [await call, scriptedCamera.lit()];
    }""")
    assert told == ["aborted", 0]


def test_an_element_shows_its_welcome_after_unload(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element that scans or judges a photograph at `unload` shows its welcome, and can start again."""
    body = """<!doctype html><html lang="en"><script type="module" src="image-scanner-element.js"></script>
        <image-scanner id="scanner" style="display: block; width: 400px; height: 400px"></image-scanner>"""
    page = open_body(browser_with_camera, site, body)
    page.wait_for_function("scanner.view")
    page.evaluate("""async () => {
        globalThis.errors = [];
        addEventListener("error", (event) => errors.push(String(event.detail?.code ?? event.message)));
        Object.assign(globalThis, await import("./image-scanner.module.js"));
        const photo = scanner.scanPhoto(await (await fetch("album.png")).blob());
        await ImageScanner.unload();
        await photo;
    }""")
    assert page.evaluate("[scanner.view, scanner.getAttribute('state'), errors]") == ["welcome", "stopped", []]
    page.evaluate("void scanner.start()")
    until(page, "scanner.view === 'scanning'")
    page.evaluate("ImageScanner.unload()")
    assert page.evaluate("[scanner.view, scanner.status.state, scriptedCamera.lit(), errors]") == [
        "welcome",
        "stopped",
        0,
        [],
    ]


def test_a_page_hidden_at_unload_stays_stopped_when_shown(site: str, browser_with_camera: OpenBrowser) -> None:
    """A scanner suspended in a hidden tab at `unload` is stopped, and opens no camera when the tab is shown."""
    page = open_page(browser_with_camera, site)
    page.evaluate("scanner.start()")
    page.evaluate(HIDE)
    page.evaluate("ImageScanner.unload()")
    page.evaluate(SHOW)
    page.wait_for_timeout(300)
    assert page.evaluate("[scanner.state, scriptedCamera.lit()]") == ["stopped", 0]
    assert worker_count(page, 0)
