"""The table of errors in docs/javascript.md is true: each row is provoked in a real browser."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from support.browsers import SWITCHES, OpenBrowser
from support.faulty_site import (
    Fault,
    SiteHandler,
    breaks_off,
    goes_dead,
    hangs_up,
    missing,
    overloaded,
    page_with,
    replaced_by,
    serving_with,
    web_page_instead,
    with_type,
)
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA

REFERENCE = (PROJECT / "docs" / "javascript.md").read_text(encoding="utf-8")
ROWS = [
    (code, when, words) for code, when, words in re.findall(r"^\| `([\w-]+)` \| (.+) \| `(.+)` \|$", REFERENCE, re.M)
]

# Starts a scanner with `start()`; every error is kept as [code, message].
PAGE = """<!doctype html><meta charset="utf-8">
<video id="video" style="width: 400px; height: 300px"></video><canvas id="canvas" hidden></canvas>
<script type="module">
  import { ImageScanner, imageScannerStart, imageScannerStop } from "./image-scanner.module.js";
  const plain = ({ code, message }) => [code, message];
  const start = (options = {}) => new Promise((resolve) => {
    globalThis.scanner = new ImageScanner(video, () => {}, { ...options, onError: (error) => resolve(plain(error)) });
    scanner.start();
  });
  const told = (promise) => promise.then((value) => ["none", JSON.stringify(value)], plain);
  const scan = (source) => told(ImageScanner.scanImage(source));
  const file = (text, type = "", name = "file") => new File([text], name, { type });
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  Object.assign(globalThis, { ImageScanner, imageScannerStart, imageScannerStop, start, told, scan, file, bytes });
</script>"""


@dataclass
class Provocation:
    """What makes an error happen: faults of files, headers of the page or of all files, the page's surroundings."""

    call: str = "start()"
    before: str = ""
    faults: dict[str, Fault] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    headers_of_all: dict[str, str] = field(default_factory=dict)
    frame: str | None = None
    address: str = ""


def camera(answer: str) -> Provocation:
    return Provocation(before=f"scriptedCamera.answers = ['{answer}'];")


def policy(text: str) -> dict[str, str]:
    return {"Content-Security-Policy": text}


def photo_of(content: bytes, kind: str = "") -> str:
    import base64

    return f"scan(file(bytes('{base64.b64encode(content).decode()}'), '{kind}'))"


def cut_png() -> bytes:
    """The first half of a PNG: its head is whole, its pixels are damaged."""
    buffer = io.BytesIO()
    Image.open(PICTURES / "album.png").convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()[:40]


def heic() -> bytes:
    """The head of a HEIC file, which Chromium does not read."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


def huge_png() -> bytes:
    """A PNG of 400 megapixels in 50 kilobytes."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    return buffer.getvalue()


def without_webassembly(handler: SiteHandler, content: bytes) -> None:
    """Sends the worker of a browser that has no WebAssembly."""
    replaced_by(content + b"\ndelete globalThis.WebAssembly;", "text/javascript")(handler, content)


UNKNOWN_WASM = b"\0asm\x7f\0\0\0"
"""WebAssembly of a version that no browser knows."""


def listing(role: str, body: bytes) -> Fault:
    """Sends the site's list with the checksum of another body for one file."""

    def fault(handler: SiteHandler, content: bytes) -> None:
        assets = json.loads(content)
        assets["files"][role]["sha256"] = hashlib.sha256(body).hexdigest()
        replaced_by(json.dumps(assets).encode())(handler, content)

    return fault


def other_parameters() -> bytes:
    bundle = json.loads((PROJECT / "hashes" / "references.json").read_text())
    bundle["parameters"]["crops"] = 74
    return json.dumps(bundle).encode()


ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
# The server's other name is another origin.
FAR = "`http://127.0.0.1:${location.port}/`"
CLOSED = {"Access-Control-Allow-Origin": "https://somebody-else.example"}
TRUSTED = "require-trusted-types-for 'script'; trusted-types 'none'"

PROVOKED = {
    "the page, or a page around its frame, is not on https:// or localhost": Provocation(address="scanner.test"),
    "the person or the browser said no; the scanner asks again only at the next `start()`": camera("NotAllowedError"),
    'an `<iframe>` around the page lacks `allow="camera"`': Provocation(frame=""),
    "the page is in a sandboxed `<iframe>` without `allow-same-origin`; photos work there": Provocation(
        frame='sandbox="allow-scripts" allow="camera *"'
    ),
    "the page's own header `Permissions-Policy` forbids the camera": Provocation(
        headers={"Permissions-Policy": "camera=()"}
    ),
    "the device has no camera": camera("NotFoundError"),
    "no camera of the device meets the option `constraints`": Provocation(
        "start({ constraints: { width: { exact: 9 } } })", before="scriptedCamera.answers = ['OverconstrainedError'];"
    ),
    "another app or tab uses the camera": camera("NotReadableError"),
    "the camera shows nothing for 10 s": Provocation(
        before="""navigator.mediaDevices.getUserMedia = async () =>
            new MediaStream([new MediaStreamTrackGenerator({ kind: "video" })]);"""
    ),
    "the camera went away and did not come back": Provocation(
        """new Promise((resolve) => {
            const onState = ({ state }) => {
              if (state !== "scanning") return;
              scriptedCamera.answers = ["NotReadableError"];
              scriptedCamera.unplug();
            };
            const onError = ({ code, message }) => resolve([code, message]);
            new ImageScanner(video, () => {}, { onState, onError }).start();
        })"""
    ),
    "the camera goes away again as soon as it is back": Provocation(
        """new Promise((resolve) => {
            const onState = ({ state }) => state === "scanning" && setTimeout(() => scriptedCamera.unplug());
            const onError = ({ code, message }) => resolve([code, message]);
            new ImageScanner(video, () => {}, { onState, onError }).start();
        })"""
    ),
    "the option `stream` is a stream that has ended": Provocation(
        """(() => {
            const stream = document.createElement("canvas").captureStream();
            stream.getTracks()[0].stop();
            return start({ stream });
        })()"""
    ),
    "the browser has no camera interface": Provocation(
        before="Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
    ),
    "the browser has no web workers, as jsdom": Provocation(before="delete globalThis.Worker;"),
    "the browser has no WebAssembly": Provocation(faults={"worker.js": without_webassembly}),
    "the browser, often a part of an app, never answers the request for the camera": Provocation(
        before="scriptedCamera.answers = ['never']; scriptedCamera.permission = 'granted';"
    ),
    "the browser cannot compile the recogniser": Provocation(
        faults={
            "python-memory.wasm": missing,  # without it the page starts from the files of the plain start
            "pyodide.asm.wasm": replaced_by(UNKNOWN_WASM, "application/wasm"),
            "assets.json": listing("wasm", UNKNOWN_WASM),
        }
    ),
    "a file of the site is missing": Provocation(faults={"assets.json": missing}),
    "the host answers with a web page instead of a file": Provocation(faults={"pyodide.mjs": web_page_instead}),
    "the host sends a script with another type": Provocation(
        faults={"pyodide.mjs": with_type("application/octet-stream")}
    ),
    "an app made by a bundler does not name the site's address": Provocation(faults={"worker.js": web_page_instead}),
    "the line goes dead: nothing was downloaded for more than 8 s": Provocation(
        faults={"pyodide.asm.hot.wasm": goes_dead}
    ),
    "the line is down": Provocation(faults={"assets.json": hangs_up}),
    "the page's Content-Security-Policy forbids WebAssembly": Provocation(
        headers_of_all=policy("script-src 'self' 'unsafe-inline'")
    ),
    "the page's Content-Security-Policy forbids the worker": Provocation(headers=policy("worker-src 'none'")),
    "the Content-Security-Policy of the worker's file forbids the downloads": Provocation(
        headers_of_all=policy("connect-src 'none'")
    ),
    "the page demands Trusted Types and does not allow the scanner's policy": Provocation(headers=policy(TRUSTED)),
    (
        "the page has the header `Cross-Origin-Embedder-Policy`, `worker.js` has not, and a policy forbids `blob:`"
    ): Provocation(headers=ISOLATED | policy("worker-src 'self'")),
    "the page was opened from a disk (`file://`)": Provocation(
        "told(imageScannerStart(200, 200, 50, video, canvas))", address="file"
    ),
    "the site's files are on another origin, whose host sends no `Access-Control-Allow-Origin`": Provocation(
        f"start({{ assets: {FAR} }})", headers_of_all=CLOSED
    ),
    "a file of the site comes damaged": Provocation(
        faults={"python-memory.wasm": missing, "scanner.zip": replaced_by(b"no archive", "application/zip")}
    ),
    "Python failed": Provocation(
        faults={
            "python-memory.wasm": missing,
            "scanner.zip": replaced_by(b"no archive", "application/zip"),
            "assets.json": listing("core", b"no archive"),
        }
    ),
    "a photo is an empty file": Provocation("scan(file(''))"),
    "a photo is a text file": Provocation("scan(file('dear diary', 'text/plain'))"),
    "a photo is a PDF": Provocation("scan(file('%PDF-1.7 and so on', 'application/pdf'))"),
    "a photo is HEIC, and the browser does not read it": Provocation(photo_of(heic(), "image/heic")),
    "a photo is damaged": Provocation(photo_of(cut_png(), "image/png")),
    "a photo is of a kind that the browser does not know": Provocation(photo_of(b"\x00\x01\x02\x03" * 40)),
    "a picture has more pixels than browsers draw": Provocation(photo_of(huge_png(), "image/png")),
    "a picture's address is missing": Provocation("scan('nowhere.png')"),
    "the host of an app answers with a web page instead of the picture": Provocation(
        "scan('icons/icon-512.png')", faults={"icon-512.png": web_page_instead}
    ),
    "an image of another site lacks `crossorigin`": Provocation(
        """(async () => {
            const image = Object.assign(new Image(), { src: `http://127.0.0.1:${location.port}/icons/icon-512.png` });
            await image.decode();
            return scan(image);
        })()"""
    ),
    "a host of another site does not let the page read the picture at an address": Provocation(
        "scan('http://closed.test/album.png')"
    ),
    "an image has no `src`": Provocation("scan(new Image())"),
    "a video shows nothing yet": Provocation("scan(video)"),
    "a bitmap was closed": Provocation(
        """createImageBitmap(new ImageData(9, 9)).then((bitmap) => { bitmap.close(); return scan(bitmap); })"""
    ),
    "a video frame was closed": Provocation(
        """(() => {
            const painted = Object.assign(document.createElement("canvas"), { width: 99, height: 99 });
            painted.getContext("2d").fillRect(0, 0, 99, 99);
            const frame = new VideoFrame(painted, { timestamp: 0 });
            frame.close();
            return scan(frame);
        })()"""
    ),
    "a canvas was handed over to a worker": Provocation(
        """(() => {
            const gone = new OffscreenCanvas(99, 99);
            new MessageChannel().port1.postMessage(gone, [gone]);
            return scan(gone);
        })()"""
    ),
    "the buffer of an `ImageData` was handed over": Provocation(
        """(() => {
            const data = new ImageData(99, 99);
            new MessageChannel().port1.postMessage(data.data, [data.data.buffer]);
            return scan(data);
        })()"""
    ),
    "a canvas is clear, as a WebGL canvas is after it was painted": Provocation(
        """(async () => {
            const painted = document.body.appendChild(
              Object.assign(document.createElement("canvas"), { width: 99, height: 99 }));
            const context = painted.getContext("webgl");
            context.clearColor(1, 0, 0, 1);
            context.clear(context.COLOR_BUFFER_BIT);
            for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
            return scan(painted);
        })()"""
    ),
    "the bundle is missing": Provocation(faults={"references.json": missing}),
    "the line is down when the bundle is fetched": Provocation(faults={"references.json": hangs_up}),
    "the bundle is on another origin, whose host sends no `Access-Control-Allow-Origin`": Provocation(
        f"start({{ bundle: {FAR} + 'hashes/references.json' }})", headers_of_all=CLOSED
    ),
    "the download of the bundle breaks off": Provocation(faults={"references.json": breaks_off}),
    "the host of the bundle has a fault of its own": Provocation(faults={"references.json": overloaded}),
    "the bundle is broken": Provocation(faults={"references.json": replaced_by(b"<!doctype html>", "text/html")}),
    "nothing of the bundle comes for more than 8 s": Provocation(faults={"references.json": goes_dead}),
    "the bundle was made with other parameters": Provocation(
        faults={"references.json": replaced_by(other_parameters())}
    ),
    "`imageScannerStart` cannot use an argument": Provocation("told(imageScannerStart(0, 200, 50, video, canvas))"),
    "`scanImage` is given no picture": Provocation("scan({})"),
    "the option `constraints` holds no constraints of a camera": Provocation("start({ constraints: { video: true } })"),
    "the browser does not understand the option `constraints`": Provocation(
        "start({ constraints: { width: 640 } })", before="scriptedCamera.answers = ['TypeError'];"
    ),
    "the option `stream` is no `MediaStream` with video": Provocation("start({ stream: new MediaStream() })"),
    "`setCamera` is called although there is the option `stream`": Provocation(
        """(() => {
            const stream = document.createElement("canvas").captureStream();
            return told(new ImageScanner(video, () => {}, { stream }).setCamera("user"));
        })()"""
    ),
    "`record` is given no number of seconds up to 10": Provocation("told(new ImageScanner(video, () => {}).record(0))"),
    (
        "the browser hands out noise instead of pixels (Tor, LibreWolf, Firefox with resistFingerprinting, some "
        "extensions)"
    ): Provocation(
        before="""
            const read = CanvasRenderingContext2D.prototype.getImageData;
            CanvasRenderingContext2D.prototype.getImageData = function (...box) {
              const image = read.apply(this, box);
              crypto.getRandomValues(image.data.subarray(0, 65536));
              return image;
            };"""
    ),
    "the scan was stopped before a find": Provocation(
        "[told(imageScannerStart(200, 200, 50, video, canvas)), imageScannerStop()][0]"
    ),
    "`ImageScanner.unload()` is called while `load` or `scanImage` is under way": Provocation(
        "[told(new ImageScanner(video, () => {}).load()), ImageScanner.unload()][0]"
    ),
}


def test_every_row_of_the_table_has_a_provocation() -> None:
    """The table in docs/javascript.md and the errors that the tests provoke are the same."""
    assert [when for _, when, _ in ROWS] == list(PROVOKED)


@pytest.fixture(scope="module")
def far_browser(playwright: Playwright, chromium_path: str) -> Iterator[BrowserContext]:
    """A browser that reaches the local server by the name of a host, too, as a phone on the local network does."""
    switches = [*SWITCHES, "--host-resolver-rules=MAP scanner.test 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=chromium_path, args=switches)
    yield browser.new_context()
    browser.close()


@pytest.mark.parametrize(("code", "when", "words"), ROWS, ids=[f"{code}: {when}" for code, when, _ in ROWS])
def test_an_error_has_the_code_and_words_of_the_table(
    code: str,
    when: str,
    words: str,
    site_folder: Path,
    browser_with_camera: OpenBrowser,
    far_browser: BrowserContext,
    tmp_path: Path,
) -> None:
    """A site's owner who meets a fault finds its code and words in the table of docs/javascript.md."""
    provocation = PROVOKED[when]
    # A page of the server's own, because browsers keep a page from nowhere from the local network.
    around = page_with({}, f"<iframe {provocation.frame}></iframe>")
    pages = {"index.html": page_with(provocation.headers, PAGE), "NOTICE.txt": around}
    faults = {**pages, **provocation.faults}
    with serving_with(site_folder, faults, provocation.headers_of_all) as base:
        context = far_browser if provocation.address == "scanner.test" else browser_with_camera(None)
        page = context.new_page()
        real = provocation.frame is not None or "Permissions-Policy" in provocation.headers
        page.add_init_script("" if real else SCRIPTED_CAMERA + provocation.before)
        assert_told(provoke(page, base, provocation, site_folder, tmp_path), code, words)


def provoke(page: Page, base: str, provocation: Provocation, site_folder: Path, tmp_path: Path) -> list[str]:
    """Opens the page in its surroundings and returns the code and the message of the error."""
    target: Any = page
    if provocation.address == "file":
        target = page_on_disk(page, site_folder, tmp_path)
    elif provocation.frame is not None:
        # The frame is of another origin: a page has the camera in its own frames without `allow`.
        page.goto(base.replace("localhost", "127.0.0.1") + "licences/NOTICE.txt")
        page.evaluate("(address) => { document.querySelector('iframe').src = address; }", base + "index.html")
        page.frame_locator("iframe").locator("video").wait_for(state="attached")
        target = page.frames[1]
    else:
        page.goto(base.replace("localhost", provocation.address or "localhost") + "index.html")
    for _ in range(100):
        if target.evaluate("typeof scan === 'function' || typeof imageScannerStart === 'function'"):
            break
        page.wait_for_timeout(100)
    nothing = "new Promise((resolve) => setTimeout(resolve, 40_000, ['nothing happened', '']))"
    return target.evaluate(f"Promise.race([{provocation.call}, {nothing}])")


def page_on_disk(page: Page, site_folder: Path, tmp_path: Path) -> Page:
    """Opens a page that has the script tag and lies on a disk."""
    script = f'<script src="{(site_folder / "image-scanner.js").as_uri()}"></script>'
    told = "<script>const told = (p) => p.then(() => ['none'], ({ code, message }) => [code, message])</script>"
    (tmp_path / "page.html").write_text(f'<video id="video"></video><canvas id="canvas"></canvas>{script}{told}')
    page.goto((tmp_path / "page.html").as_uri())
    return page


def assert_told(told: list[str], code: str, words: str) -> None:
    assert told[0] == code, told
    assert words in told[1]
