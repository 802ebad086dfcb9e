"""A person's photo is read as an <img> shows it, however it is given; one that cannot be read is told its reason."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from support.browsers import OpenBrowser
from support.photos import SHOWN, encoded, on_a_desk
from support.places import ICON, PLAIN_PAGE

FILE = """(base64, type, name = "photo") =>
    new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type })"""


@pytest.fixture(scope="module")
def photos_page(shared_browser: Browser, site: str) -> Iterator[Page]:
    """A page whose Python all tests of photos share."""
    context = shared_browser.new_context(service_workers="block")
    page = context.new_page()
    page.route("**/photos.html", lambda route: route.fulfill(body="<p>Photos", content_type="text/html"))
    page.route("http://elsewhere.test/icon.png", lambda route: route.fulfill(path=ICON))
    page.goto(site + "photos.html")
    page.evaluate(f"globalThis.file = {FILE}")
    page.evaluate("import('./image-scanner.module.js').then((module) => void Object.assign(globalThis, module))")
    yield page
    context.close()


def element_page(browser_with_camera: OpenBrowser, site: str) -> Page:
    """A page that holds the element."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.route("**/plain.html", lambda route: route.fulfill(body=PLAIN_PAGE, content_type="text/html"))
    page.goto(site + "plain.html")
    page.locator(".welcome h2").wait_for()
    return page


@pytest.mark.parametrize("kind", SHOWN)
def test_what_an_img_shows_is_read(kind: str, photos_page: Page) -> None:
    """A file is recognised, alike as a file, at an address and in an <img>."""
    content, media_type = SHOWN[kind]
    seen = photos_page.evaluate(
        """async ([base64, type]) => {
            const given = file(base64, type);
            const address = URL.createObjectURL(given);
            const image = Object.assign(new Image(), { src: address });
            await new Promise((resolve) => (image.onload = resolve));
            const judge = async (source) => {
              const { id, frame } = await ImageScanner.scanImage(source);
              return [id, frame.width > frame.height];
            };
            return [await judge(given), await judge(address), await judge(image)];
        }""",
        [base64.b64encode(content).decode(), media_type],
    )
    assert seen == [["whale", True]] * 3


def test_a_policy_that_forbids_blobs_in_images_forbids_no_photo(site: str, browser_with_camera: OpenBrowser) -> None:
    """A page whose Content-Security-Policy allows no `blob:` in images recognises a person's file all the same."""
    page = browser_with_camera(None, service_workers="block").new_page()
    headers = {"Content-Security-Policy": "img-src 'self'", "Content-Type": "text/html"}
    page.route("**/photos.html", lambda route: route.fulfill(body="<p>Photos", headers=headers))
    page.goto(site + "photos.html")
    page.evaluate(f"globalThis.file = {FILE}")
    content = base64.b64encode(encoded(on_a_desk(), "JPEG")).decode()
    found = page.evaluate(
        """async (base64) => {
            const { ImageScanner } = await import("./image-scanner.module.js");
            return (await ImageScanner.scanImage(file(base64, "image/jpeg"))).id;
        }""",
        content,
    )
    assert found == "whale"


def test_a_source_may_change_right_after_the_call(photos_page: Page) -> None:
    """A canvas, a bitmap and a video frame are judged as they were at the call, whatever the caller does afterwards."""
    seen = photos_page.evaluate(
        """async (base64) => {
            const bitmap = await createImageBitmap(file(base64, "image/jpeg"));
            const canvas = Object.assign(document.createElement("canvas"), { width: 800, height: 600 });
            canvas.getContext("2d").drawImage(bitmap, 0, 0);
            const frame = new VideoFrame(canvas, { timestamp: 0 });
            const judged = [canvas, bitmap, frame].map((source) => ImageScanner.scanImage(source));
            canvas.getContext("2d").clearRect(0, 0, 800, 600);
            bitmap.close();
            frame.close();
            return (await Promise.all(judged)).map(({ id }) => id);
        }""",
        base64.b64encode(encoded(on_a_desk(), "JPEG")).decode(),
    )
    assert seen == ["whale"] * 3


def test_a_canvas_that_webgl_has_just_drawn_is_read(photos_page: Page) -> None:
    """A WebGL canvas is read in the task that drew it, without `preserveDrawingBuffer`."""
    outcome = photos_page.evaluate("""async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
        const context = canvas.getContext("webgl");
        context.clearColor(0.2, 0.4, 0.6, 1);
        context.clear(context.COLOR_BUFFER_BIT);
        return (await ImageScanner.scanImage(canvas)).outcome;
    }""")
    assert outcome == "no_detail"


FAULTY = {
    "a clear canvas": "Object.assign(document.createElement('canvas'), { width: 99, height: 99 })",
    "an empty canvas": "Object.assign(document.createElement('canvas'), { width: 0 })",
    "an image of another site": """await (async () => {
        const image = Object.assign(new Image(), { src: "http://elsewhere.test/icon.png" });
        await image.decode();
        return image;
    })()""",
}


@pytest.mark.parametrize("kind", FAULTY)
def test_an_error_about_a_picture_blames_the_picture(kind: str, photos_page: Page) -> None:
    """The error for a picture that shows or gives no pixels has the words of a picture, not of the recogniser."""
    told = photos_page.evaluate(
        f"""async () => {{
            const source = {FAULTY[kind]};
            return ImageScanner.scanImage(source).then(() => [], ({{ code, words }}) => [code, words]);
        }}"""
    )
    assert told == ["runtime-failed", "unreadable"]


GIVE = {
    "dropped on it": """(element, data) => {
        const over = new DragEvent("dragover", { dataTransfer: data, bubbles: true, composed: true, cancelable: true });
        element.shadowRoot.querySelector(".welcome").dispatchEvent(over);
        const marked = element.shadowRoot.querySelector(".stage").hasAttribute("data-drop");
        const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, composed: true, cancelable: true });
        element.shadowRoot.querySelector(".welcome").dispatchEvent(drop);
        const still = element.shadowRoot.querySelector(".stage").hasAttribute("data-drop");
        return [over.defaultPrevented, marked, drop.defaultPrevented, still];
    }""",
    "pasted while a button of it has the focus": """(element, data) => {
        const button = element.shadowRoot.querySelector(".start");
        button.focus();
        const paste = new ClipboardEvent("paste",
          { clipboardData: data, bubbles: true, composed: true, cancelable: true });
        button.dispatchEvent(paste);
        return [paste.defaultPrevented, true, true, false];
    }""",
    "pasted while nothing has the focus": """(element, data) => {
        const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        document.body.dispatchEvent(paste);
        return [paste.defaultPrevented, true, true, false];
    }""",
}


@pytest.mark.parametrize("way", GIVE)
def test_a_photo_is_recognised_that_is(way: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """The element recognises a photo that is dropped on it or pasted, and shows where a photo may be dropped."""
    page = element_page(browser_with_camera, site)
    page.evaluate(f"globalThis.file = {FILE}")
    told = page.evaluate(
        f"""(base64) => {{
            const data = new DataTransfer();
            data.items.add(file(base64, "image/jpeg"));
            return ({GIVE[way]})(document.querySelector("image-scanner"), data);
        }}""",
        base64.b64encode(encoded(on_a_desk(), "JPEG")).decode(),
    )
    assert told == [True, True, True, False]
    page.locator(".found .name", has_text="Little Boat, Big Sea").wait_for()


def test_a_click_into_the_element_lets_the_keyboard_paste(site: str, browser_with_camera: OpenBrowser) -> None:
    """A picture on the clipboard comes into the element by Ctrl+V after a click anywhere in it."""
    page = element_page(browser_with_camera, site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        f"""async (base64) => {{
            const given = ({FILE})(base64, "image/png");
            await navigator.clipboard.write([new ClipboardItem({{ "image/png": given }})]);
        }}""",
        base64.b64encode(encoded(on_a_desk(), "PNG")).decode(),
    )
    page.locator(".welcome h2").click()
    page.keyboard.press("Control+V")
    page.locator(".found .name", has_text="Little Boat, Big Sea").wait_for()


def test_pasting_elsewhere_is_not_the_elements_business(site: str, browser_with_camera: OpenBrowser) -> None:
    """A picture pasted into a field of the page, and text pasted anywhere, stay with the page."""
    page = element_page(browser_with_camera, site)
    page.evaluate(f"globalThis.file = {FILE}")
    prevented = page.evaluate(
        """(base64) => {
            const field = document.body.appendChild(document.createElement("textarea"));
            const paste = (target, fill) => {
              const clipboardData = new DataTransfer();
              fill(clipboardData);
              const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
              target.dispatchEvent(event);
              return event.defaultPrevented;
            };
            const text = paste(document.body, (data) => data.setData("text/plain", "words"));
            field.focus();
            return [text, paste(field, (data) => data.items.add(file(base64, "image/jpeg")))];
        }""",
        base64.b64encode(encoded(on_a_desk(), "JPEG")).decode(),
    )
    assert prevented == [False, False]
    assert page.evaluate("document.querySelector('image-scanner').view") == "welcome"


def heic() -> bytes:
    """A photo as iPhones save it."""
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(on_a_desk()).save(buffer)
    return buffer.getvalue()


UNREADABLE = {
    "an empty file": (b"", "image/jpeg", "empty"),
    "a text": (b"Dear diary, ", "text/plain", "text"),
    "a text of no declared type": ("Liebes Tagebuch, grüß dich.".encode(), "", "text"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "application/pdf", "PDF"),
    "a damaged PNG": (encoded(on_a_desk(), "PNG")[:60], "image/png", "damaged"),
    "a picture that is transparent all over": (encoded(Image.new("RGBA", (300, 200)), "PNG"), "image/png", ""),
    "something unknown": (bytes(range(256)), "application/octet-stream", "JPEG"),
    "a HEIC": (None, "image/heic", "HEIC"),
    "a HEIC of no declared type": (None, "", "HEIC"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_its_reason(kind: str, site: str, browser_with_camera: OpenBrowser) -> None:
    """A person who gives the element a file that is no readable picture reads the reason and gets another try."""
    content, media_type, words = UNREADABLE[kind]
    page = element_page(browser_with_camera, site)
    buffer = heic() if content is None else content
    page.set_input_files("input.file", {"name": "photo", "mimeType": media_type, "buffer": buffer})
    page.get_by_role("heading", name="This file cannot be read").wait_for()
    assert words in page.locator(".problem-text").inner_text()
    assert words in (page.locator(".message").text_content() or "")
    assert page.get_by_role("button", name="Take or choose a photo").is_visible()
