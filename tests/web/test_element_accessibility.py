"""<image-scanner> can be used by keyboard and heard by screen readers, and breaks no rule of accessibility."""

from __future__ import annotations

from typing import Any

import pytest

from support.browsers import OpenBrowser
from support.element_page import ELEMENT, FILLS_THE_FRAME, open_page, wait_for
from support.places import ICON, WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


def test_it_can_be_used_by_keyboard_alone(site: str, browser_with_camera: OpenBrowser) -> None:
    """The keyboard alone starts the scanner and scans again; the focus is never lost behind the find."""
    page = open_page(browser_with_camera, site)
    page.get_by_role("button", name="Start camera").wait_for()
    page.evaluate(FILLS_THE_FRAME)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for(page, "found")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('image-scanner').view !== 'found' || events.length > 2")


def test_what_happens_is_said_aloud(site: str, browser_with_camera: OpenBrowser) -> None:
    """Screen readers hear the find: its name appears in a `role=status` that was in the page before."""
    page = open_page(browser_with_camera, site)
    status = page.locator(".spoken[role=status]").last
    assert status.inner_text() == ""
    page.evaluate(FILLS_THE_FRAME)
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "found")
    assert status.inner_text().startswith("Found: Golden Hour")


def test_who_wants_less_motion_gets_none(site: str, browser_with_camera: OpenBrowser) -> None:
    """With `prefers-reduced-motion` nothing in the element is animated while it scans."""
    moving = "document.querySelector('image-scanner').shadowRoot.getAnimations().length"
    for motion, expected in (("reduce", False), ("no-preference", True)):
        page = open_page(browser_with_camera, site, reduced_motion=motion)
        page.get_by_role("button", name="Start camera").click()
        wait_for(page, "scanning")
        assert (page.evaluate(moving) > 0) is expected


def test_errors_and_misses_are_said_aloud(site: str, browser_with_camera: OpenBrowser) -> None:
    """Screen readers hear errors and misses with their remedies, too, and the focus goes to them."""
    page = open_page(
        browser_with_camera, site, "scriptedCamera.answers = ['NotReadableError', 'NotReadableError', 'ok'];"
    )
    status = page.locator(".spoken[role=status]").last
    focused = "document.querySelector('image-scanner').shadowRoot.activeElement?.getAttribute('aria-labelledby')"
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, "error")
    assert status.inner_text().startswith("The camera is busy. Another app")
    assert page.evaluate(focused) == "problem-title"
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "scanning")
    assert status.inner_text() == "Fit the picture into the frame"
    page.set_input_files("input.file", ICON)
    wait_for(page, "missed")
    page.wait_for_function(f"{focused} === 'missed-title'")
    assert status.inner_text().startswith("Not recognised. ")


NO_AUTOPLAY = """
    HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("only after a tap", "NotAllowedError"));
    Object.defineProperty(HTMLMediaElement.prototype, "autoplay", { set() {}, get: () => false });
    addEventListener("DOMContentLoaded", () => customElements.whenDefined("image-scanner").then(() =>
      document.querySelector("image-scanner").shadowRoot.querySelector("video").removeAttribute("autoplay")));
"""
# The way to each view: script before the page loads, the picture in sight, script once the page scans.
VIEWS = {
    "welcome": ("", ""),
    "asking": ("scriptedCamera.answers = ['never'];", ""),
    "tap": (NO_AUTOPLAY, ""),
    "loading": ("", ""),
    "scanning": ("scriptedCamera.capabilities = { torch: true };", ""),
    "paused": ("", f"{ELEMENT}.pause()"),
    "suspended": ("", "scriptedCamera.answers = ['never']; scriptedCamera.unplug()"),
    "found": ("", f"{FILLS_THE_FRAME}.then(() => 0)"),
    "error": ("scriptedCamera.answers = ['NotAllowedError'];", ""),
    "checking": ("", "photo"),
    "missed": ("", "photo"),
    # Views of above with other contents.
    "loading, a camera": ("", f"scriptedCamera.answers = ['never']; void {ELEMENT}.scanner.setCamera('user')"),
    "scanning, with a find": ("", f"{ELEMENT}.toggleAttribute('continuous', true); {FILLS_THE_FRAME}.then(() => 0)"),
    "error, a file": ("", f"void {ELEMENT}.scanPhoto(new Blob(['none']))"),
}


# The dark views are in Japanese, because the rules hold for every language.
LANGUAGES: dict[Any, str] = {"light": "en-GB", "dark": "ja-JP"}
PASSING = {"loading", "checking"}  # views that pass by themselves: each scheme needs a page of its own
SCHEMES = [
    (view, schemes)
    for view in VIEWS
    for schemes in ((["light"], ["dark"]) if view.partition(", ")[0] in PASSING else (["light", "dark"],))
]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm --prefix web install")
@pytest.mark.parametrize(("view", "schemes"), SCHEMES, ids=lambda value: value if isinstance(value, str) else value[0])
def test_no_accessibility_rule_is_broken(
    view: str, schemes: list[str], site: str, browser_with_camera: OpenBrowser
) -> None:
    """No view breaks a rule of axe-core, light or dark."""
    before, then = VIEWS[view]
    look = {
        "color_scheme": schemes[0],
        "locale": LANGUAGES[schemes[0]],
        "bypass_csp": True,
    }  # axe is written into the page
    regular = view.partition(", ")[0] not in PASSING
    page = open_page(browser_with_camera, site, before, regular=regular, reduced_motion="reduce", **look)
    page.locator("button.start").wait_for()
    page.add_script_tag(path=AXE)
    if view == "loading":
        page.route("**/python-memory.wasm", lambda route: None)  # never comes: a start is over before axe has begun
        page.reload()
        page.add_script_tag(path=AXE)
    if then == "photo":
        page.set_input_files("input.file", ICON)
    elif view != "welcome":
        page.locator("button.start").click()
    if then and then != "photo":
        wait_for(page, "scanning")
        page.evaluate(then)
    view, _, detail = view.partition(", ")
    wait_for(page, view)
    if detail == "with a find":
        page.locator(".found").wait_for()
    for scheme in schemes:
        page.emulate_media(
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        page.evaluate(f"{ELEMENT}.lang = '{LANGUAGES[scheme]}'")
        violations, seen = page.evaluate(
            f"""() => axe.run().then(({{ violations }}) =>
                 [violations.map(({{ id, nodes }}) => [id, nodes[0].html]), {ELEMENT}.view])"""
        )
        assert violations == [], scheme
        if view not in PASSING:
            assert seen == view
