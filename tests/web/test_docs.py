"""The documents are true: every snippet is run as it is printed, every name in a table exists."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Playwright

from scanner.offline.command.main import main
from scanner.offline.site.serve import TYPES
from support.asking import ask
from support.browsers import OpenBrowser
from support.camera_video import write_y4m
from support.held_up import frames_of, picture_of, unsteady_hand
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA, WEB

DOCUMENTS = (
    "README.md",
    "docs/javascript.md",
    "docs/overlay.md",
    "docs/hosting.md",
    "docs/hosts.md",
    "docs/publish.md",
    "docs/recording.md",
    "docs/state-machine.md",
    "docs/start.md",
    "web/README.md",
)
REFERENCE = (PROJECT / "docs" / "javascript.md").read_text(encoding="utf-8")
HOSTING = (PROJECT / "docs" / "hosting.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Snippet:
    """One block of code of a document."""

    source: str
    language: str
    text: str


def snippets() -> list[Snippet]:
    """Returns every block of code of the documents and of the demo page."""
    found = []
    for name in DOCUMENTS:
        text = (PROJECT / name).read_text(encoding="utf-8")
        for number, (language, block) in enumerate(re.findall(r"```(\w*)\n(.*?)```", text, re.S), start=1):
            found.append(Snippet(f"{name} {number}", language, block))
    page = (WEB / "index.html").read_text(encoding="utf-8")
    for name, block in re.findall(r'<code id="(snippet-\w+)">(.*?)</code>', page, re.S):
        found.append(Snippet(f"demo page {name}", "html", html.unescape(block)))
    return found


def of(language: str) -> pytest.MarkDecorator:
    chosen = [snippet for snippet in snippets() if snippet.language == language]
    return pytest.mark.parametrize("snippet", chosen, ids=lambda snippet: snippet.source)


@pytest.fixture(scope="module")
def visitor(
    playwright: Playwright, chromium_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser whose camera sees the lighthouse."""
    video = write_y4m(
        tmp_path_factory.mktemp("camera") / "hand.y4m", frames_of(unsteady_hand(picture_of("lighthouse"), 10))
    )
    browser = playwright.chromium.launch(
        executable_path=chromium_path,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
        ],
    )
    context = browser.new_context(permissions=["camera"], service_workers="block")
    yield context
    browser.close()


class Visit:
    """A page made of a snippet, its lines on the console and its errors."""

    def __init__(self, visitor: BrowserContext, site: str, content: str) -> None:
        self.page = visitor.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(f"thrown: {error}"))
        self.page.add_init_script(
            "globalThis.matches = []; addEventListener('match', (e) => matches.push(e.detail.id));"
        )
        body = f'<!doctype html><html lang="en"><meta charset="utf-8">{content}'
        self.page.route("**/snippet.html", lambda route: route.fulfill(body=body, content_type="text/html"))
        self.page.route("**/held.png", lambda route: route.fulfill(path=PICTURES / "lighthouse.png"))
        self.page.goto(site + "snippet.html")

    def until(self, holds: str) -> None:
        """Waits for words on the console, or for a JavaScript expression that starts with "(": at most a minute."""
        for _ in range(300):
            if self.page.evaluate(holds) if holds.startswith("(") else any(holds in said for said in self.said):
                self.page.close()
                return
            self.page.wait_for_timeout(200)
        pytest.fail(f"never came: {holds}; the page said {self.said}")


@of("html")
def test_html_in_the_documents_recognises_a_picture(snippet: Snippet, visitor: BrowserContext, site: str) -> None:
    """A snippet of HTML, pasted into an empty page of the site, names the picture before the camera."""
    visit = Visit(visitor, site, snippet.text)
    if "<image-scanner" in snippet.text:
        visit.page.get_by_role("button", name="Start camera").click()
        visit.until("(matches[0] === 'lighthouse')")
    else:
        visit.until("found lighthouse")


@pytest.mark.parametrize("size", [(360, 740), (320, 568), (740, 360)], ids=str)
@pytest.mark.parametrize(
    "snippet",
    [s for s in snippets() if s.language == "html" and "imageScannerStart" in s.text],
    ids=lambda snippet: snippet.source,
)
def test_the_call_fits_a_phone_as_it_is_pasted(
    snippet: Snippet, size: tuple[int, int], site: str, browser_with_camera: OpenBrowser
) -> None:
    """The pasted call scrolls nothing sideways, even with a phone's large picture, and a box shows its scan region."""
    page = browser_with_camera(
        None, service_workers="block", viewport={"width": size[0], "height": size[1]}, is_mobile=True
    ).new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];")
    content = f'<!doctype html><meta name="viewport" content="width=device-width">{snippet.text}'
    page.route("**/snippet.html", lambda route: route.fulfill(body=content, content_type="text/html"))
    page.goto(site + "snippet.html")
    page.wait_for_function("video.videoWidth === 720")
    assert page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]") == [size[0], size[0]]
    width, height, top = map(int, re.search(r"imageScannerStart\((\d+), (\d+), (\d+)", snippet.text).groups())
    video, box = page.locator("#video").bounding_box(), page.locator("#video + div").bounding_box()
    middle = video["x"] + video["width"] / 2
    assert [box["width"], box["height"], box["y"] - video["y"]] == [width, height, top]
    assert box["x"] + width / 2 == pytest.approx(middle, abs=0.6)


# Set-up that the text around a snippet takes for granted.
GIVEN = """
<script type="importmap">
  {"imports": {"phash-scanner": "./image-scanner.module.js", "phash-scanner/element": "./image-scanner-element.js"}}
</script>
<script src="image-scanner.js"></script>
<video id="video" autoplay playsinline muted style="width: 360px; height: 480px"></video>
<script type="module">
  globalThis.onMatch = ({ id }) => console.log(id);
  globalThis.file = await (await fetch("held.png")).blob();
  const script = document.createElement("script");
  Object.assign(script, { type: "module", textContent: %s });
  document.body.append(script);
</script>"""


@of("js")
def test_javascript_in_the_documents_recognises_a_picture(snippet: Snippet, visitor: BrowserContext, site: str) -> None:
    """A snippet of JavaScript, as a module in a page with a video and a file, names the picture in either."""
    code = snippet.text.replace("https://example.com/scanner/", site)
    Visit(visitor, site, GIVEN % json.dumps(code).replace("</", "<\\/")).until("lighthouse")


@of("css")
def test_css_in_the_documents_changes_the_element(snippet: Snippet, visitor: BrowserContext, site: str) -> None:
    """The custom properties and parts in a snippet of CSS change the parts of the element that they name."""
    element = '<script type="module" src="image-scanner-element.js"></script><image-scanner></image-scanner>'
    visit = Visit(visitor, site, f"<style>{snippet.text}</style>{element}")
    visit.page.get_by_role("button", name="Start camera").wait_for()
    look = visit.page.evaluate("""() => {
        const element = document.querySelector("image-scanner");
        const style = (selector) => getComputedStyle(element.shadowRoot.querySelector(selector));
        return [element.clientHeight / innerHeight, style(".main").backgroundColor, style(".illustration").display];
    }""")
    visit.page.close()
    assert look == [pytest.approx(0.8, abs=0.01), "rgb(102, 51, 153)", "none"]


@of("python")
def test_python_in_the_documents_runs(
    snippet: Snippet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snippet of Python, given a frame that shows a reference, prints the verdict."""
    monkeypatch.chdir(PROJECT)
    exec(compile(snippet.text, snippet.source, "exec"), {"frame": np.array(picture_of("lighthouse"))})
    assert capsys.readouterr().out.startswith("match lighthouse ")


def test_ones_own_pictures_become_a_bundle_as_the_readme_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's command and file of titles turn a folder of one's own pictures into a bundle."""
    lines = [line for snippet in snippets() if snippet.language == "sh" for line in snippet.text.splitlines()]
    commands = [line for line in lines if line.startswith("phash-scanner build ")]
    (titles,) = [s.text for s in snippets() if s.language == "json" and s.source.startswith("README.md")]
    (tmp_path / "my_pictures").mkdir()
    (tmp_path / "my_pictures" / "lighthouse.png").write_bytes((PICTURES / "lighthouse.png").read_bytes())
    (tmp_path / "my_pictures" / "references.json").write_text(titles, encoding="utf-8")
    assert commands
    monkeypatch.chdir(tmp_path)
    for command in commands:
        assert main(command.split()[1:]) == 0
    folder = tmp_path / "bundles" / "own"
    (reference,) = json.loads((folder / "references.json").read_text(encoding="utf-8"))["references"]
    assert reference["url"] == json.loads(titles)["lighthouse"]["url"]
    assert (folder / reference["thumbnail"]).is_file()


def test_no_snippet_is_left_out() -> None:
    """A new block of code in a document is run by a test above, or listed here with the test that keeps it true."""
    elsewhere = {
        "make demo": "test_serve.py runs what it runs",
        "location /scanner/ {": "test_hosts.py runs it with nginx",
        "<Directory": "test_hosts.py runs it with Apache",
        "phash-scanner new": "test_new.py runs it",
        "host=": "test_new.py runs it with rsync",
        "python3 -m venv": "test_package.py installs so",
        "py -m venv": "test_new.py compares it with the commands of other systems",
        'addEventListener("match"': "test_apache.py counts finds so",
        '<script type="module" src="count.js">': "test_apache.py counts finds so",
        '"scripts": ["count.js"]': "test_apache.py counts finds so",
        "grep -o 'POST": "test_apache.py counts finds so",
        "script-src 'wasm-unsafe-eval' HOST": "test_script_tag.py",
        "default-src 'self'": "test_offline.py",
        "start()  ": "test_the_diagram_has_every_state",
        "npm pack ./web": "test_npm_package.py packs and installs so",
        ". .venv/bin/activate": "test_ones_own_pictures_become_a_bundle_as_the_readme_says",
        "phash-scanner replay": "test_recording.py judges a recording of Chromium so",
        "phash-scanner site --thumbnails-from": "test_hostile_fields.py shows thumbnails of an origin named so",
        "pip install ./path/to/phash-scanner": "test_package.py installs, builds and makes a site so",
        '{"lighthouse"': "test_ones_own_pictures_become_a_bundle_as_the_readme_says",
    }
    run = {"html", "js", "css", "python", "ts"}  # test_types.py compiles ts
    left = [s for s in snippets() if s.language not in run and not any(s.text.strip().startswith(e) for e in elsewhere)]
    assert left == []


def test_the_headers_in_the_document_are_those_of_our_own_server(site: str) -> None:
    """The reference server sends, file by file, the headers that docs/hosting.md asks of every host."""
    runtime = json.loads(ask(site, "/assets.json")[1])["files"]["core"]["url"]
    asked = dict(re.findall(r"^\| (.*?) \| `Cache-Control: (.*?)`", HOSTING, re.M))
    assert list(asked) == ["`runtime/*`", "all else"]
    for path, cache in ((f"/{runtime}", asked["`runtime/*`"]), ("/style.css", asked["all else"])):
        sent, _ = ask(site, path)
        assert sent.headers["Cache-Control"] == cache
        assert sent.headers["Access-Control-Allow-Origin"] == "*"
        assert sent.headers["Vary"] == "Accept-Encoding"
    types = re.findall(r"^\| (`\*.*?) \| `Content-Type: (.*?)`", HOSTING, re.M)
    assert len(types) == 2
    for endings, expected in types:
        for ending in re.findall(r"`\*(\.\w+)`", endings):
            assert TYPES[ending].startswith(expected)


def listed(heading: str, text: str = REFERENCE) -> set[str]:
    """Returns the names in the first column of the table that starts so, or the code words of the paragraph."""
    start = text.index(heading)
    return set(re.findall(r"`(\w[\w-]*)", text[start : text.index("\n\n", start)]))


def element_source() -> str:
    """Returns the script of the element, all files of its room together."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((WEB / "element").glob("*.js")))


def declared_events() -> set[str]:
    types = (WEB / "image-scanner-element-class.d.ts").read_text(encoding="utf-8")
    return set(re.findall(r"^  (\w+): CustomEvent", types.split("interface ImageScannerEventMap")[1], re.M))


def test_every_option_attribute_and_error_is_documented() -> None:
    """The tables of docs/javascript.md name every option, attribute and error there is, and no other."""
    types = (WEB / "image-scanner.module.d.ts").read_text(encoding="utf-8")
    element = element_source()
    rows = set(re.findall(r"^\| `(\w[\w-]*)", REFERENCE, re.M)) | {"assets"}
    options = set(re.findall(r"^  (\w+)\?:", types.split("interface Options")[1].split("\n}")[0], re.M))
    codes = set(re.findall(r'\| "([\w-]+)"', types.split("ErrorCode =")[1].split(";")[0]))
    attributes = set(re.findall(r'(?:hasAttribute|getAttribute|attribute)\("([\w-]+)"\)', element)) | {"lang", "theme"}
    assert options | codes | attributes | declared_events() | {"view", "state"} == rows


def test_every_method_is_documented() -> None:
    """Each public method of the class and the element is in docs/javascript.md."""
    for name in ("image-scanner.module.d.ts", "image-scanner-element-class.d.ts"):
        types = (WEB / name).read_text(encoding="utf-8")
        methods = set(re.findall(r"^  (?:static )?(\w+)\(", types, re.M)) - {"constructor"}
        methods -= {"addEventListener", "removeEventListener"}  # those of every element
        assert {method for method in methods if f"{method}(" not in REFERENCE} == set()


def test_every_part_and_property_is_documented() -> None:
    """docs/javascript.md lists exactly the parts and properties that CSS can reach."""
    markup = "\n".join(path.read_text(encoding="utf-8") for path in sorted((WEB / "element").glob("*markup.js")))
    style = (WEB / "element" / "style.js").read_text(encoding="utf-8")
    parts = {part for parts in re.findall(r' part="([^"]+)"', markup) for part in parts.split()}
    looks = REFERENCE[REFERENCE.index("Looks: custom properties") :].split("\n\n")[0]
    said = set(re.findall(r"`([\w-]+)`", looks))
    slots = set(re.findall(r'<slot name="(\w+)"', markup))
    properties = set(re.findall(r"(--scanner-[\w-]+):", style))
    assert said == parts | properties | slots


def test_every_view_and_event_is_documented() -> None:
    """docs/javascript.md lists the element's views and events as the types declare them."""
    types = (WEB / "image-scanner-element-class.d.ts").read_text(encoding="utf-8")
    views = set(re.findall(r'"(\w+)"', types.split("type View =")[1].split(";")[0]))
    row = next(line for line in REFERENCE.splitlines() if line.startswith("| `view` | what the element shows"))
    assert views == set(re.findall(r"`(\w+)`", row)) - {"view"}
    table = REFERENCE[REFERENCE.index("| event | detail |") :].split("\n\n")[0]
    assert declared_events() == set(re.findall(r"^\| `(\w+)`", table, re.M))
    assert declared_events() == set(re.findall(r'fire\([\w.#]+, "(\w+)"', element_source()))


def test_the_diagram_has_every_state() -> None:
    """docs/state-machine.md draws and explains each state that `ImageScanner` can be in."""
    types = (WEB / "image-scanner.module.d.ts").read_text(encoding="utf-8")
    states = set(re.findall(r'"(\w+)"', types.split("type State =")[1].split(";")[0]))
    text = (PROJECT / "docs" / "state-machine.md").read_text(encoding="utf-8")
    diagram = text.split("```")[1]
    assert {state for state in states if state not in diagram} == set()
    assert states == set(re.findall(r"^\| `(\w+)` \|", text, re.M))
