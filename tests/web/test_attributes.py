"""Attributes of <image-scanner> work whenever they are set, as properties, too, and wrong ones are told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.scanner_page import open_body, open_page, until

BODY = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Scan</title>
<style>image-scanner { display: block; width: 400px; height: 400px }</style>
<script type="module" src="image-scanner-element.js"></script>%s"""
ELEMENT = '<image-scanner id="scanner"></image-scanner>'


def open_element(browser_with_camera: OpenBrowser, site: str, element: str = ELEMENT, before: str = "") -> Page:
    page = open_body(browser_with_camera, site, BODY % element, before, viewport={"width": 500, "height": 600})
    page.wait_for_function("customElements.get('image-scanner') !== undefined")
    return page


def test_each_attribute_is_a_property(site: str, browser_with_camera: OpenBrowser) -> None:
    """A property set by a framework sets its attribute, an attribute shows in its property, and null removes it."""
    page = open_element(browser_with_camera, site, "")
    wrong = page.evaluate("""() => {
        const element = document.createElement("image-scanner");
        const wrong = [];
        const texts = { assets: "a/", bundle: "b.json", camera: "user", theme: "dark", words: "words.json" };
        texts.thumbnailsFrom = "https://a.example";
        const attribute = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        const expect = (said, got, wanted) => got === wanted || wrong.push(`${said}: ${got}`);
        for (const [name, value] of Object.entries(texts)) {
          expect(`${name} first`, element[name], null);
          element[name] = value;
          expect(`${name} set`, element.getAttribute(attribute(name)), value);
          expect(`${name} read`, element[name], value);
          element[name] = undefined;
          expect(`${name} removed`, element.hasAttribute(attribute(name)), false);
        }
        for (const name of ["autostart", "continuous", "details", "multiple", "open", "report"]) {
          const values = [[true, true], [false, false], ["", true], [null, false], [true, true], [undefined, false]];
          for (const [value, on] of values) {
            element[name] = value;
            expect(`${name} = ${value}`, element.hasAttribute(name), on);
            expect(`${name} = ${value}, read`, element[name], on);
          }
        }
        for (const name of ["snapshot", "stopWhenHidden", "zoom"]) {
          const values = [[false, "off"], [true, null], ["off", "off"], [null, null], ["off", "off"], ["", null]];
          for (const [value, off] of values) {
            element[name] = value;
            expect(`${name} = ${value}`, element.getAttribute(attribute(name)), off);
            expect(`${name} = ${value}, read`, element[name], off === null);
          }
        }
        return wrong;
    }""")
    assert wrong == []


def test_properties_set_before_the_element_is_defined_count(site: str, browser_with_camera: OpenBrowser) -> None:
    """Properties that a page sets before the element's script has come are taken over."""
    early = """<script>Object.assign(document.querySelector("image-scanner"),
        { autostart: true, theme: "dark", stopWhenHidden: false })</script>"""
    page = open_element(browser_with_camera, site, ELEMENT + early)
    until(page, "scanner.view === 'scanning'")
    assert page.evaluate("['autostart', 'theme', 'stop-when-hidden'].map((name) => scanner.getAttribute(name))") == [
        "",
        "dark",
        "off",
    ]


def test_attributes_set_in_one_turn_make_one_scanner(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element put into the page, and given its addresses by the script that puts it there, asks for these alone."""
    page = open_element(browser_with_camera, site, "")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => {
        globalThis.states = [];
        const element = document.body.appendChild(document.createElement("image-scanner"));
        element.id = "scanner";
        element.addEventListener("state", ({ detail }) => states.push(detail.state));
        element.assets = new URL("./", location.href);
        element.setAttribute("bundle", "hashes/references.json?mine");
        element.autostart = true;
    }""")
    until(page, "scanner.view === 'scanning'")
    assert [url for url in asked if "references.json" in url] == [site + "hashes/references.json?mine"]
    assert page.evaluate("scriptedCamera.requests.length") == 1
    assert "stopped" not in page.evaluate("states")


def test_attributes_change_while_scanning(site: str, browser_with_camera: OpenBrowser) -> None:
    """Camera, bundle, tools and colours change while the element scans; removed attributes give the defaults again."""
    two = """scriptedCamera.devices = [{ deviceId: "a1", label: "Rear", facingMode: "environment" },
        { deviceId: "b2", label: "Front", facingMode: "user" }];
        scriptedCamera.capabilities = { zoom: { min: 1, max: 4, step: 0.1 } };"""
    page = open_element(browser_with_camera, site, ELEMENT, two)
    page.evaluate("scanner.autostart = true")
    until(page, "scanner.view === 'scanning'")
    page.locator(".zoom").wait_for()
    page.evaluate("scanner.setAttribute('zoom', 'off')")
    page.locator(".zoom").wait_for(state="hidden")
    page.evaluate("scanner.removeAttribute('zoom')")
    page.locator(".zoom").wait_for()
    page.evaluate("scanner.camera = 'Front'")
    until(page, "scanner.scanner.camera?.id === 'b2' && scanner.view === 'scanning'")
    page.evaluate("scanner.camera = null")
    until(page, "scanner.scanner.camera?.id === 'a1' && scanner.view === 'scanning'")
    page.evaluate("scanner.report = true")
    page.locator("button.report").wait_for()
    page.evaluate("scanner.report = false")
    page.locator("button.report").wait_for(state="hidden")
    surface = "getComputedStyle(scanner).getPropertyValue('--scanner-surface')"
    page.evaluate("scanner.theme = 'dark'")
    dark = page.evaluate(surface)
    page.evaluate("scanner.theme = 'light'")
    assert dark != page.evaluate(surface)
    page.evaluate("scanner.bundle = 'hashes/references.json?other'; void scriptedCamera.show('album.png', 0.55)")
    page.evaluate("scanner.removeAttribute('autostart')")
    until(page, "scanner.view === 'found'")
    # The find is on show: from now on the element goes on scanning, and back.
    page.evaluate("scanner.continuous = true")
    until(page, "scanner.view === 'scanning' && scanner.status.state === 'scanning'")
    page.locator(".found .name").wait_for()
    page.evaluate("scanner.continuous = false")
    until(page, "scanner.view === 'found' && scanner.status.state === 'paused'")
    page.evaluate(
        "globalThis.shown = []; scanner.addEventListener('error', ({ detail }) => shown.push(detail.message))"
    )
    page.evaluate("scanner.bundle = 'nowhere.json'")
    until(page, "shown.length")
    assert "nowhere.json" in page.evaluate("shown[0]")


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ("continuous='false'", 'continuous="false": expected continuous without a value'),
        ("zoom='no'", 'zoom="no": expected zoom="off"'),
        ("theme='blue'", 'theme="blue": expected theme="light"'),
    ],
)
def test_a_value_without_a_meaning_is_told_once(
    element: str, told: str, site: str, browser_with_camera: OpenBrowser
) -> None:
    """An attribute with a value that has no meaning is told on the console, once for all elements of the page."""
    page = browser_with_camera(None, service_workers="block").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    two = f"<image-scanner {element}></image-scanner>" * 2
    page.route("**/scan.html", lambda route: route.fulfill(body=BODY % two, content_type="text/html"))
    page.goto(site + "scan.html")
    page.wait_for_function("document.querySelector('image-scanner').view")
    assert [text.startswith(f"<image-scanner> has the attribute {told}") for text in said] == [True]


@pytest.mark.parametrize("part", ["element", "class"])
def test_a_camera_that_is_not_there_is_told(part: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """A camera that the device does not have is told on the console with those it has, and the rear one is opened."""
    two = """scriptedCamera.devices = [{ deviceId: "a1", label: "Rear", facingMode: "environment" },
        { deviceId: "b2", label: "Front", facingMode: "user" }];"""
    said: list[str] = []
    page: Any
    if part == "element":
        page = open_element(
            browser_with_camera, site, "<image-scanner id='scanner' camera='Back'></image-scanner>", two
        )
    else:
        page = open_page(browser_with_camera, site, two)
        page.evaluate("make({ preferredCamera: 'Back' })")
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("void scanner.start()")
    until(page, "(scanner.scanner ?? scanner).state === 'scanning'")
    assert page.evaluate("(scanner.scanner ?? scanner).camera.id") == "a1"
    expected = (
        'ImageScanner: this device has no camera "Back", and "Rear" was opened instead. Expected "environment", '
        '"user", or the id or label of a camera. Its cameras: "Rear", "Front".'
    )
    assert said == [expected]
