"""A scanner that is moved in the document goes on; one that cannot be seen lets go of the camera."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.places import WEB
from support.scanner_page import OWN_VIDEO, open_body, until

ELEMENT = """<image-scanner id="scanner" style="display: block; width: 400px; height: 400px"></image-scanner>"""
PAGE = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Scan</title>
<script type="module" src="image-scanner-element.js"></script>
<style>body {{ margin: 0 }}</style>
<script>
  globalThis.events = [];
  for (const type of ["ready", "match", "error"]) addEventListener(type, (event) => events.push(type));
</script>
<div id="first">{ELEMENT}</div><div id="second"><p>Second</p></div>"""
THE = "document.querySelector('image-scanner')"
FILLS_THE_GUIDE = "scriptedCamera.show('album.png', 0.55)"


def open_element(browser_with_camera: OpenBrowser, site: str, body: str = PAGE, before: str = "") -> Page:
    """Opens a page with the element in its first part."""
    page = open_body(browser_with_camera, site, body, before, viewport={"width": 500, "height": 600})
    page.wait_for_function("customElements.get('image-scanner') !== undefined")
    return page


def scan(page: Page) -> None:
    page.evaluate(f"void {THE}.start()")
    until(page, f"{THE}.view === 'scanning'")


MOVES = {
    "append": "second.append(element)",
    "insertBefore": "second.insertBefore(element, second.firstChild)",
    "moveBefore": "second.moveBefore(element, null)",
    "wrapped": "const box = document.createElement('div'); element.replaceWith(box); box.append(element)",
    "its parent moved": "second.append(first)",
    "put into a fragment and back": """
        const fragment = document.createDocumentFragment();
        fragment.append(element, document.createElement("p"));
        second.replaceChildren(fragment)""",
    "kept while a new body comes, as by Turbo": """
        const body = document.createElement("body");
        const place = body.appendChild(document.createElement("meta"));
        document.documentElement.replaceChild(body, document.body);
        await null;
        element.replaceWith(element.cloneNode(true));
        place.replaceWith(element)""",
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_an_element_that_is_moved_goes_on_scanning(move: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """An element moved in the document scans on with the camera it has, and names the picture that is shown next."""
    page = open_element(browser_with_camera, site)
    scan(page)
    page.evaluate(f"""async () => {{
        const [element, first, second] = ["scanner", "first", "second"].map((id) => document.getElementById(id));
        {move};
    }}""")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{THE}.view, scriptedCamera.lit(), scriptedCamera.requests.length]") == ["scanning", 1, 1]
    page.evaluate(FILLS_THE_GUIDE)
    until(page, f"{THE}.view === 'found'")
    assert page.evaluate("events") == ["ready", "match"]


@pytest.mark.parametrize("move", ["append", "moveBefore"])
def test_an_element_that_is_moved_keeps_its_find(move: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """A find that is on show when the element is moved stays on show."""
    page = open_element(browser_with_camera, site)
    scan(page)
    page.evaluate(FILLS_THE_GUIDE)
    until(page, f"{THE}.view === 'found'")
    page.evaluate(f"{THE}.parentNode.nextElementSibling.{move}({THE}, null)")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{THE}.view, {THE}.getAttribute('view')]") == ["found", "found"]
    assert page.locator(".found .id").inner_text() == "album"
    assert page.locator(".outline polygon").get_attribute("points")


def test_an_element_that_starts_by_itself_does_so_once(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element with `autostart` that a person has paused stays paused when it is moved."""
    page = open_element(browser_with_camera, site, PAGE.replace("<image-scanner", "<image-scanner autostart"))
    until(page, f"{THE}.view === 'scanning'")
    page.evaluate(f"{THE}.pause(); document.getElementById('second').append({THE})")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{THE}.view, scriptedCamera.requests.length]") == ["paused", 1]


LIBRARIES = {
    "idiomorph": ("idiomorph/dist/idiomorph.js", "Idiomorph.morph(document.body, html, { morphStyle: 'innerHTML' })"),
    "morphdom": ("morphdom/dist/morphdom-umd.js", "morphdom(document.body, `<body>${html}</body>`)"),
    "htmx, morph": (
        "htmx.org/dist/htmx.js",
        "await htmx.swap({ target: document.body, text: html, swap: 'innerMorph' })",
    ),
    "htmx, preserve": (
        "htmx.org/dist/htmx.js",
        "await htmx.swap({ target: document.body, text: html, swap: 'innerHTML' })",
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_morph_of_the_page_lets_the_element_scan_on(
    library: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A page that a library changes into the server's next one keeps the element scanning, with `view` and `state`."""
    path, morph = LIBRARIES[library]
    script = WEB / "node_modules" / path
    if not script.is_file():
        pytest.skip(f"{path} is not installed: npm --prefix web install")
    page = open_element(browser_with_camera, site, PAGE.replace("<image-scanner", "<image-scanner hx-preserve"))
    page.add_script_tag(path=script)
    scan(page)
    html = f'<p>News</p><div id="second"><p>Second</p></div><div id="first">{ELEMENT}</div>'
    html = html.replace("<image-scanner", '<image-scanner hx-preserve class="new"')
    page.evaluate(f"async (html) => {{ globalThis.before = {THE}; {morph}; }}", html)
    page.get_by_text("News").wait_for()
    page.wait_for_timeout(500)
    attributes = f"[{THE}.getAttribute('view'), {THE}.getAttribute('state')]"
    assert page.evaluate(f"[{THE} === before, {THE}.view, ...{attributes}]") == [True] + ["scanning"] * 3
    assert page.evaluate("[scriptedCamera.lit(), scriptedCamera.requests.length]") == [1, 1]
    page.evaluate(FILLS_THE_GUIDE)
    until(page, f"{THE}.view === 'found'")


def test_a_permanent_element_survives_a_visit_of_turbo(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element that Turbo keeps through a visit to another page scans on there."""
    script = WEB / "node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js"
    if not script.is_file():
        pytest.skip("@hotwired/turbo is not installed: npm --prefix web install")
    body = PAGE.replace("<image-scanner", "<image-scanner data-turbo-permanent")
    page = open_element(browser_with_camera, site, body)
    page.route("**/next.html", lambda route: route.fulfill(body=body + "<p>Next</p>", content_type="text/html"))
    page.add_script_tag(path=script)
    scan(page)
    page.evaluate(f"globalThis.before = {THE}; Turbo.visit('next.html')")
    page.get_by_text("Next").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate(f"[{THE} === before, {THE}.view]") == [True, "scanning"]
    assert page.evaluate("[scriptedCamera.lit(), scriptedCamera.requests.length]") == [1, 1]


def test_attributes_set_to_what_they_were_change_nothing(site: str, browser_with_camera: OpenBrowser) -> None:
    """Attributes that a morph writes anew with equal values leave the scan alone, and `state` comes back."""
    page = open_element(
        browser_with_camera, site, PAGE.replace("<image-scanner", '<image-scanner bundle="hashes/references.json"')
    )
    scan(page)
    page.evaluate(f"""() => {{
        for (const {{ name, value }} of [...{THE}.attributes]) {THE}.setAttribute(name, value);
        {THE}.setAttribute("state", "welcome");
        {THE}.replaceChildren();
    }}""")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{THE}.view, {THE}.getAttribute('view')]") == ["scanning", "scanning"]
    assert page.evaluate("[scriptedCamera.lit(), scriptedCamera.requests.length, events]") == [1, 1, ["ready"]]


def test_an_element_that_is_removed_for_good_lets_go(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element taken out of the document switches its camera off, also when it is taken out with its parent."""
    page = open_element(browser_with_camera, site)
    scan(page)
    page.evaluate("document.getElementById('first').remove()")
    page.wait_for_timeout(100)
    assert page.evaluate("scriptedCamera.lit()") == 0


# Ways to hide the element, each with the way to show it again.
HIDINGS = {
    "display: none": ("element.style.display = 'none'", "element.style.display = 'block'"),
    "hidden": ("element.hidden = true; element.style.display = ''", "element.hidden = false"),
    "display: none on a parent": ("first.style.display = 'none'", "first.style.display = ''"),
    "closed dialog": ("dialog.close()", "dialog.showModal()"),
    "closed details": ("details.open = false", "details.open = true"),
    "closed popover": ("popover.hidePopover()", "popover.showPopover()"),
    "hidden until found": ("first.hidden = 'until-found'", "first.hidden = false"),
    "content-visibility": ("element.style.contentVisibility = 'hidden'", "element.style.contentVisibility = ''"),
    "visibility: hidden": ("first.style.visibility = 'hidden'", "first.style.visibility = ''"),
    "opacity: 0": ("first.style.opacity = '0'", "first.style.opacity = ''"),
    "no height": (
        "element.style.height = '0'; element.style.minHeight = '0'",
        "element.style.height = '400px'",
    ),
    "no width": ("element.style.width = '0'", "element.style.width = '400px'"),
    "folded panel": ("first.style.cssText = 'height: 0; overflow: hidden'", "first.style.cssText = ''"),
    "scale(0)": ("first.style.transform = 'scale(0)'", "first.style.transform = ''"),
}
WRAPPED = {
    "closed dialog": ("<dialog id='dialog'>", "</dialog>", "dialog.showModal()"),
    "closed details": ("<details id='details' open><summary>Scan</summary>", "</details>", ""),
    "closed popover": ("<div popover='manual' id='popover'>", "</div>", "popover.showPopover()"),
}
IDS = """const [element, first, second, dialog, details, popover] =
    ["scanner", "first", "second", "dialog", "details", "popover"].map((id) => document.getElementById(id));"""


@pytest.mark.parametrize("hiding", HIDINGS)
def test_an_element_that_cannot_be_seen_switches_the_camera_off(
    hiding: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """A hidden element reports nothing and has its camera off within two seconds, and on again when it is shown."""
    hide, show = HIDINGS[hiding]
    before, after, open_it = WRAPPED.get(hiding, ("", "", ""))
    page = open_element(browser_with_camera, site, PAGE.replace(ELEMENT, before + ELEMENT + after))
    page.evaluate(f"() => {{ {IDS} {open_it} }}")
    scan(page)
    page.evaluate(f"() => {{ {IDS} {hide}; void {FILLS_THE_GUIDE}; }}")
    page.wait_for_function("scriptedCamera.lit() === 0", timeout=2000)
    page.wait_for_timeout(1500)
    assert page.evaluate(f"[{THE}.view, scriptedCamera.lit(), events]") == ["suspended", 0, ["ready"]]
    page.evaluate(f"() => {{ {IDS} {show}; }}")
    until(page, f"{THE}.view === 'found'")
    assert page.evaluate("[scriptedCamera.lit(), events]") == [1, ["ready", "match"]]


SEEN = {
    "scrolled away": "document.body.style.paddingBottom = '3000px'; scrollTo(0, 2500)",
    "in a zero-height body": "document.body.style.cssText = 'height: 0; overflow: hidden'",
    "fixed, in a folded panel": (
        "element.style.cssText = 'position: fixed; inset: 0'; first.style.cssText = 'height: 0; overflow: hidden'"
    ),
    "absolute, out of a folded panel": (
        "element.style.cssText = 'position: absolute; width: 400px; height: 400px';"
        "first.style.cssText = 'height: 0; overflow: hidden'"
    ),
    "parent without a box": "first.style.cssText = 'display: contents; overflow: hidden'",
    "behind other content": "second.style.cssText = 'position: fixed; inset: 0; background: #fff'",
    "with stop-when-hidden off": "element.setAttribute('stop-when-hidden', 'off'); element.style.display = 'none'",
}


@pytest.mark.parametrize("look", SEEN.values(), ids=SEEN)
def test_an_element_that_is_only_out_of_view_scans_on(look: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """An element that is scrolled away, covered or differently placed goes on scanning."""
    page = open_element(browser_with_camera, site)
    scan(page)
    page.evaluate(f"() => {{ {IDS} {look}; }}")
    page.wait_for_timeout(1200)
    until(page, f"{THE}.view === 'scanning'")
    assert page.evaluate(f"[{THE}.view, scriptedCamera.lit()]") == ["scanning", 1]


def test_a_hidden_element_opens_no_camera_until_it_is_shown(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element with `autostart` in a closed dialog asks for the camera when the dialog opens."""
    hidden = PAGE.replace(ELEMENT, f"<dialog id='dialog'>{ELEMENT}</dialog>").replace(
        "<image-scanner", "<image-scanner autostart"
    )
    page = open_element(browser_with_camera, site, hidden)
    page.wait_for_timeout(1000)
    assert page.evaluate("scriptedCamera.requests.length") == 0
    page.evaluate("document.getElementById('dialog').showModal()")
    until(page, f"{THE}.view === 'scanning'")
    assert page.evaluate("[scriptedCamera.requests.length, scriptedCamera.lit(), events]") == [1, 1, ["ready"]]


def test_a_hidden_start_that_fails_is_told_when_it_is_shown(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element started while hidden names the camera's error once it is shown, and not before."""
    before = "scriptedCamera.answers = ['NotFoundError'];"
    page = open_element(browser_with_camera, site, PAGE, before)
    page.evaluate(f"{THE}.style.display = 'none'; {THE}.start()")
    page.wait_for_timeout(800)
    assert page.evaluate(f"[{THE}.view, events.includes('error')]") == ["suspended", False]
    page.evaluate(f"{THE}.style.display = 'block'")
    until(page, f"{THE}.view === 'error'")
    assert page.locator(".problem .code").text_content() == "no-camera"


def test_an_element_hidden_while_the_camera_opens_lets_go_of_it(site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that opens after the element was hidden is closed at once, and opened when the element is shown."""
    page = open_element(browser_with_camera, site, PAGE, "scriptedCamera.answers = ['late', 'ok'];")
    page.evaluate(f"void {THE}.start()")
    until(page, "scriptedCamera.requests.length === 1")
    page.evaluate(f"{THE}.style.display = 'none'")
    until(page, "scriptedCamera.streams.length === 1")
    page.wait_for_timeout(300)
    assert page.evaluate("scriptedCamera.lit()") == 0
    page.evaluate(f"{THE}.style.display = 'block'")
    until(page, f"{THE}.view === 'scanning'")
    assert page.evaluate("[scriptedCamera.lit(), events]") == [1, ["ready"]]


def test_a_find_outlasts_a_closed_dialog(site: str, browser_with_camera: OpenBrowser) -> None:
    """A find on show in a dialog that is closed and opened again is still on show, and the camera is off."""
    page = open_element(browser_with_camera, site, PAGE.replace(ELEMENT, f"<dialog id='dialog'>{ELEMENT}</dialog>"))
    page.evaluate("document.getElementById('dialog').showModal()")
    scan(page)
    page.evaluate(FILLS_THE_GUIDE)
    until(page, f"{THE}.view === 'found'")
    page.evaluate("document.getElementById('dialog').close()")
    page.wait_for_function("scriptedCamera.lit() === 0", timeout=2000)
    page.evaluate("document.getElementById('dialog').showModal()")
    page.wait_for_timeout(500)
    assert page.evaluate(f"[{THE}.view, scriptedCamera.lit()]") == ["found", 0]
    assert page.locator(".found .name").is_visible()


@pytest.mark.parametrize("option", [True, False])
def test_the_class_stops_when_hidden_only_where_it_is_asked_to(
    option: bool, site: str, browser_with_camera: OpenBrowser
) -> None:
    """With `stopWhenHidden` a scanner of a hidden video has no camera on; without the option it scans on."""
    page = open_body(browser_with_camera, site, OWN_VIDEO)
    page.wait_for_function("globalThis.scanner")
    page.evaluate(f"make({{ stopWhenHidden: {json.dumps(option)} }}); scanner.start()")
    page.evaluate("video.style.display = 'none'")
    page.wait_for_timeout(1000)
    state = "suspended" if option else "scanning"
    assert page.evaluate("[scanner.state, scriptedCamera.lit()]") == [state, 0 if option else 1]
    page.evaluate("video.style.display = ''; scriptedCamera.show('album.png')")
    until(page, "found.length")


def test_a_video_that_is_moved_is_scanned_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """A scanner's video that is taken out of the document and put back later is scanned on with its camera."""
    page = open_body(browser_with_camera, site, OWN_VIDEO)
    page.wait_for_function("globalThis.scanner")
    page.evaluate("scanner.start()")
    page.evaluate("video.remove(); setTimeout(() => document.body.append(video), 500)")
    page.evaluate("scriptedCamera.show('album.png')")
    until(page, "found.length")
    assert page.evaluate("[video.paused, scriptedCamera.requests.length, failed]") == [False, 1, []]
