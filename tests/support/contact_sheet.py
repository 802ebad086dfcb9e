"""Screenshots of every state of the page, side by side, to be looked at.

Usage: python -m tests.support.contact_sheet [-o contact_sheet] [--size 360x740 ...] [--state found ...]
       [--dark] [--lang ja]

Writes one PNG for each size: all states in a row, each as people see it, before a scripted camera.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scanner.offline.site import assemble_site
from scanner.offline.site.serve import serving

from .places import ICON, PICTURES, SCRIPTED_CAMERA

SIZES = ("360x740", "390x844", "320x568", "740x360", "844x390", "768x1024", "1440x900")
IN_APP = "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 Instagram"
GAP = 16

State = Callable[[Page], None]
Scheme = Literal["light", "dark"]


def start(page: Page) -> None:
    page.evaluate("void document.querySelector('image-scanner').start()")


def wait_for(page: Page, view: str) -> None:
    page.wait_for_function("(view) => document.querySelector('image-scanner').view === view", arg=view)


def started_into(view: str, before: str = "") -> State:
    def reach(page: Page) -> None:
        page.evaluate(before)
        start(page)
        wait_for(page, view)

    return reach


def hint(page: Page) -> None:
    started_into("scanning")(page)
    page.wait_for_function("document.querySelector('image-scanner').status.hint")


def found(page: Page) -> None:
    share = "innerHeight > innerWidth ? 0.36 : 0.5"
    page.evaluate(f"scriptedCamera.show('lighthouse.png', {share}).then(() => (scriptedCamera.rise = -0.035))")
    started_into("found")(page)


def continuous(page: Page) -> None:
    page.evaluate("document.querySelector('image-scanner').toggleAttribute('continuous', true)")
    page.evaluate("scriptedCamera.show('lighthouse.png', 0.36).then(() => (scriptedCamera.rise = -0.035))")
    started_into("scanning")(page)
    page.locator(".found").wait_for(timeout=60_000)


def missed(page: Page) -> None:
    page.set_input_files("input.file", ICON)
    wait_for(page, "missed")


def checking(page: Page) -> None:
    page.set_input_files("input.file", PICTURES / "lighthouse.png")
    wait_for(page, "checking")
    page.evaluate("document.querySelector('image-scanner').shadowRoot.querySelector('img.still').decode()")


def photo_found(page: Page) -> None:
    page.set_input_files("input.file", PICTURES / "lighthouse.png")
    wait_for(page, "found")


def unreadable(page: Page) -> None:
    page.set_input_files("input.file", {"name": "a.heic", "mimeType": "image/heic", "buffer": b"not a picture"})
    wait_for(page, "error")


def opening(page: Page) -> None:
    started_into("scanning")(page)
    page.evaluate("""() => {
        scriptedCamera.answers = ["never"];
        void document.querySelector("image-scanner").scanner.setCamera("user");
    }""")


def tools(page: Page) -> None:
    page.evaluate("""() => {
        scriptedCamera.devices.push({ deviceId: "front", label: "camera2 1, facing front", facingMode: "user" });
        scriptedCamera.capabilities = { torch: true };
    }""")
    started_into("scanning")(page)
    page.get_by_role("button", name="Light").or_(page.get_by_role("button", name="ライト")).click()


def tap(page: Page) -> None:
    page.evaluate("""() => {
        HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("", "NotAllowedError"));
        Object.defineProperty(HTMLMediaElement.prototype, "autoplay", { set() {}, get: () => false });
        document.querySelector("image-scanner").shadowRoot.querySelector("video").removeAttribute("autoplay");
    }""")
    started_into("tap")(page)


def update(page: Page) -> None:
    page.evaluate("document.querySelector('.update').hidden = false")


def below(page: Page) -> None:
    page.wait_for_timeout(1500)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")


def lost(page: Page) -> None:
    started_into("scanning")(page)
    page.evaluate("scriptedCamera.answers = ['never']; scriptedCamera.unplug()")
    wait_for(page, "suspended")


def paused(page: Page) -> None:
    started_into("scanning")(page)
    page.evaluate("document.querySelector('image-scanner').pause()")
    wait_for(page, "paused")


def refuses(name: str) -> State:
    return started_into("error", f"scriptedCamera.answers = ['{name}']")


def fails_with(code: str) -> State:
    def reach(page: Page) -> None:
        page.evaluate(f"""import("./shared/errors.js").then(({{ ScannerError }}) => {{
            const error = new ScannerError("{code}", "as for a screenshot");
            navigator.mediaDevices.getUserMedia = () => Promise.reject(error);
            document.querySelector("image-scanner").start();
        }})""")
        wait_for(page, "error")

    return reach


STATES: dict[str, State] = {
    "welcome": lambda page: page.wait_for_timeout(300),
    "asking": started_into("asking", "scriptedCamera.answers = ['never']"),
    "loading": started_into("loading"),
    "opening": opening,
    "scanning": started_into("scanning"),
    "tools": tools,
    "hint": hint,
    "found": found,
    "continuous": continuous,
    "checking": checking,
    "photo found": photo_found,
    "missed": missed,
    "unreadable": unreadable,
    "tap": tap,
    "paused": paused,
    "lost": lost,
    "denied": refuses("NotAllowedError"),
    "no camera": refuses("NotFoundError"),
    "busy": refuses("NotReadableError"),
    "insecure": fails_with("insecure-context"),
    "unsupported": fails_with("unsupported-browser"),
    "runtime": fails_with("runtime-failed"),
    "bundle": fails_with("bundle-invalid"),
    "in-app": refuses("NotAllowedError"),
    "update": update,
    "below": below,
}


def photograph(browser: Browser, site: str, size: tuple[int, int], name: str, scheme: Scheme, lang: str) -> Image.Image:
    """Returns the page in one state."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale=lang,
        service_workers="block",
        bypass_csp=True,  # Playwright's own waiting needs eval
        user_agent=IN_APP if name == "in-app" else None,
    )
    try:
        page = context.new_page()
        camera = "[720, 1280]" if size[1] > size[0] else "[1280, 720]"
        page.add_init_script(f"{SCRIPTED_CAMERA}scriptedCamera.size = {camera};")
        page.route("**/lighthouse.png", lambda route: route.fulfill(path=PICTURES / "lighthouse.png"))
        page.goto(site)
        STATES[name](page)
        page.wait_for_timeout(500)
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    finally:
        context.close()


def side_by_side(pictures: list[Image.Image], columns: int) -> Image.Image:
    """Returns the pictures, all of one size, as a table."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), "#777")
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        sheet.paste(picture, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    return sheet


def main() -> None:
    """Writes the sheets."""
    parser = argparse.ArgumentParser(description="Screenshots of every state of the page.")
    parser.add_argument("-o", "--output", type=Path, default=Path("contact_sheet"))
    parser.add_argument("--size", nargs="+", default=SIZES)
    parser.add_argument("--state", nargs="+", choices=STATES, default=STATES, metavar="STATE")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--lang", default="en")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    scheme: Scheme = "dark" if options.dark else "light"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        assemble_site(Path(folder) / "dist")
        browser = driver.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        with serving(Path(folder) / "dist") as site:
            for text in options.size:
                width, height = map(int, text.split("x"))
                pictures = [
                    photograph(browser, site, (width, height), name, scheme, options.lang) for name in options.state
                ]
                path = options.output / f"{text}-{scheme}-{options.lang}.png"
                side_by_side(pictures, 6 if width < 700 else 4).save(path)
                print(path)
        browser.close()


if __name__ == "__main__":
    main()
