"""The list of finds grows while a person sweeps over pictures, can be corrected, and is saved as it was."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Page

from support.browsers import OpenBrowser
from support.in_node import node
from support.places import PICTURES, PLAIN_PAGE, SCRIPTED_CAMERA, WEB
from support.scanner_page import until

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
BODY = PLAIN_PAGE.replace('<image-scanner id="scanner"', '<body style="margin: 0"><image-scanner id="scanner" multiple')
ELEMENT = "document.querySelector('#scanner')"


LIST = """
    import { FindsList } from "./element/finds-list.js";
    const list = new FindsList();
    const counts = () => list.lines.map(({ id, count }) => `${count} ${id}`).join(", ");
    const appeared = (id, copies, now = 0) => {
      const copy = { id, reference: null };
      list.seen(Array(copies).fill(copy), now);
      list.appeared(copy, copies);
    };
    const said = [];
    const say = () => said.push(counts());
"""


def test_copies_in_sight_at_once_count_and_sweeping_back_counts_nothing() -> None:
    """Two copies side by side count two; a picture that comes back into sight counts no more; photos add theirs."""
    said = node(f"""{LIST}
        appeared("island", 1); appeared("island", 2); appeared("forest", 1); say();
        appeared("island", 1); appeared("forest", 1); appeared("island", 2); say();
        appeared("island", 3); say();
        for (const id of ["island", "swamp"]) list.photographed({{ id, reference: null }});
        say();
        list.change("island", -1); appeared("island", 3); list.change("swamp", -1); say();
        console.log(JSON.stringify(said));
    """)
    assert said == [
        "2 island, 1 forest",
        "2 island, 1 forest",
        "3 island, 1 forest",
        "4 island, 1 forest, 1 swamp",
        "3 island, 1 forest, 1 swamp",
    ]


def test_a_removed_picture_stays_away_while_it_is_in_sight_and_comes_back_by_undo() -> None:
    """A picture that a person has just removed stays off the list while in sight; later, or by undo, it is back."""
    said = node(f"""{LIST}
        for (const id of ["a", "b", "c"]) appeared(id, 1);
        list.change("b", 2);
        let undo = list.remove("b", 0); appeared("b", 1, 2000); appeared("b", 1, 4000); say();
        undo(); say();
        list.remove("b", 4000); appeared("b", 1, 9000); say();
        undo = list.clear(); say();
        appeared("d", 1); undo(); say();
        console.log(JSON.stringify(said));
    """)
    assert said == [
        "1 a, 1 c",
        "1 a, 3 b, 1 c",
        "1 a, 1 c, 1 b",
        "",
        "1 a, 1 c, 1 b, 1 d",
    ]


def test_a_saved_table_opens_as_it_was_written() -> None:
    """Quotes, commas, line breaks and any alphabet survive CSV; no text becomes a formula; own fields are columns."""
    titles = ['Say "hello", twice', "two\r\nlines", "さくら", "=1+1", "+49 30", "-5", "@home", "\t=2", " spaced ", ""]
    text = node(f"""
        import {{ asCsv }} from "./element/finds-text.js";
        const own = {{ set: "=cmd()", price: -1.5, foil: true, tags: [], count: 9, aspect: 0.7, thumbnail: "t.png" }};
        const finds = {json.dumps(titles)}.map((title, at) => {{
            const id = `a${{at}}`;
            const url = at ? null : "https://a.example/?a=1,2";
            return {{ id, count: at + 1, title, url, reference: {{ id, title, ...own }} }};
        }});
        finds.push({{ id: "none", count: 1, title: "none", url: null, reference: null }});
        console.log(JSON.stringify(asCsv(finds)));
    """)
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))
    assert list(rows[0]) == ["count", "id", "title", "url", "set", "price", "foil", "own count"]
    # An apostrophe stands before each text that a spreadsheet program would take for a formula.
    expected = [f"'{title}" if title[:1] in {"=", "+", "-", "@", "\t"} else title for title in titles]
    assert [row["title"] for row in rows] == [*expected, "none"]
    assert rows[0] == {
        "count": "1", "id": "a0", "title": titles[0], "url": "https://a.example/?a=1,2",
        "set": "'=cmd()", "price": "-1.5", "foil": "true", "own count": "9",
    }  # fmt: skip
    assert set(rows[-1].values()) == {"1", "none", ""}


def test_text_and_json_hold_every_find() -> None:
    """Copied text has one line a picture, with its copies; the JSON is the list that a site reads."""
    text, kept = node("""
        import { asJson, asText } from "./element/finds-text.js";
        const find = (title, count) => ({ id: title, count, title, url: null, reference: null });
        const finds = [find("Island", 3), find("Night\\nTrain", 1)];
        console.log(JSON.stringify([asText(finds), JSON.parse(asJson(finds))]));
    """)
    assert text == "3 × Island\n1 × Night Train"
    assert [(find["title"], find["count"]) for find in kept] == [("Island", 3), ("Night\nTrain", 1)]


def open_element(browser_with_camera: OpenBrowser, site: str, body: str = BODY) -> Page:
    """Opens an element before the scripted camera, on a phone held upright; `told` lists its events."""
    screen = {"width": 360, "height": 740}
    context = browser_with_camera(None, service_workers="block", viewport=screen, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script(SCRIPTED_CAMERA + "scriptedCamera.size = [720, 1280];")
    page.route("**/own.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "own.html")
    page.evaluate("""globalThis.told = []; for (const type of ["match", "lost", "finds"])
        document.querySelector("#scanner").addEventListener(type, ({ detail }) => told.push([type, detail]));""")
    return page


def show(page: Page, name: str) -> None:
    page.evaluate("(name) => scriptedCamera.show(`pictures/${name}.png`, 0.5)", name)
    until(page, f"{ELEMENT}.finds.some(({{ id }}) => id === '{name}')")


def test_a_person_sweeps_corrects_and_saves(site: str, browser_with_camera: OpenBrowser) -> None:
    """The list grows, and is spoken; a line is corrected, removed, and back by undo; text, CSV and JSON are right."""
    page = open_element(browser_with_camera, site)
    page.evaluate(f"void {ELEMENT}.start()")
    for name in ("whale", "album", "film"):
        show(page, name)
    assert page.locator("image-scanner").get_attribute("view") == "scanning"
    until(page, f"{ELEMENT}.shadowRoot.querySelector('.spoken').textContent.includes('The Fifth Floor')")
    until(page, "told.filter(([type]) => type === 'match').length === 3")
    outline = f"{ELEMENT}.shadowRoot.querySelector('.outline polygon:not([points=\"\"])')"
    until(page, f"globalThis.outline = {outline}?.getAttribute('points')")
    points = page.evaluate("globalThis.outline")
    middle = [sum(float(point.split(",")[axis]) for point in points.split(" ")) / 4 for axis in (0, 1)]
    video = page.locator("video").bounding_box()
    assert video
    assert abs(middle[0] - video["width"] / 2) < 12
    assert abs(middle[1] - video["height"] / 2) < 12

    bar = page.locator(".finds-bar")
    above = page.locator(".stage").bounding_box()
    box = bar.bounding_box()
    assert above
    assert box
    assert above["y"] + above["height"] <= box["y"], "the list covers the camera's picture"
    bar.focus()
    page.keyboard.press("Enter")
    assert bar.get_attribute("aria-expanded") == "true"
    small = page.evaluate(f"""[...{ELEMENT}.shadowRoot.querySelectorAll('.finds button')]
        .filter((one) => one.checkVisibility() && Math.min(one.offsetWidth, one.offsetHeight) < 44)
        .map((one) => one.outerHTML)""")
    assert small == []
    title = page.get_by_role("link", name="Little Boat, Big Sea")
    assert title.get_attribute("href") == "https://example.org/pictures/9"
    page.get_by_role("button", name="One more of Golden Hour").click()
    page.get_by_role("button", name="Remove Little Boat").click()
    assert page.evaluate(f"{ELEMENT}.finds.map(({{ id, count }}) => [id, count])") == [["album", 2], ["film", 1]]
    assert page.evaluate(f"{ELEMENT}.shadowRoot.activeElement.textContent") == "Undo"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy").click()
    until(page, f"{ELEMENT}.shadowRoot.querySelector('.finds-copy').textContent === 'Copied'")
    copied = (
        "1 × Little Boat, Big Sea (children's book)\n2 × Golden Hour (record sleeve)\n1 × The Fifth Floor (film poster)"
    )
    assert page.evaluate("navigator.clipboard.readText()") == copied
    table = saved(page, "CSV")
    assert table.startswith(b"\xef\xbb\xbfcount,id,title,url\r\n")
    assert b'1,whale,"Little Boat, Big Sea (children\'s book)",https://example.org/pictures/9\r\n' in table
    assert [(find["id"], find["count"]) for find in json.loads(saved(page, "JSON"))] == [
        ("whale", 1), ("album", 2), ("film", 1),
    ]  # fmt: skip
    assert page.evaluate("told.findLast(([type]) => type === 'finds')[1].length") == 3
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    faults = page.evaluate("axe.run('#scanner', { resultTypes: ['violations'] }).then(({ violations }) => violations)")
    assert [(fault["id"], [one["html"] for one in fault["nodes"]]) for fault in faults] == []

    page.keyboard.press("Escape")
    assert bar.get_attribute("aria-expanded") == "false"
    page.evaluate(f"{ELEMENT}.stop()")
    page.reload()
    until(page, f"{ELEMENT}.finds?.length === 3")
    bar.click()
    page.get_by_role("button", name="Clear").click()
    assert page.evaluate(f"{ELEMENT}.finds.length") == 0
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate(f"{ELEMENT}.finds.length") == 3
    page.evaluate(f"{ELEMENT}.clearFinds()")
    assert page.evaluate(f"{ELEMENT}.finds.length") == 0
    page.reload()
    until(page, f"{ELEMENT}.shadowRoot?.querySelector('.finds')")
    assert page.evaluate(f"{ELEMENT}.finds.length") == 0


def saved(page: Page, format_: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save as {format_}").click()
    assert download.value.suggested_filename.startswith("finds-")
    return Path(download.value.path()).read_bytes()


def table() -> bytes:
    """Returns the photo of a table, as PNG: two copies of a card, and three other pictures."""
    photo = Image.new("RGB", (720, 1280), "#6d5238")
    for at, name in enumerate(("queen of hearts", "film", "album", "queen of hearts", "lighthouse")):
        with Image.open(PICTURES / f"{name}.png") as picture:
            picture.thumbnail((300, 370))
            column, row = at % 2, at // 2
            photo.paste(picture.convert("RGB"), (40 + 350 * column, 30 + 415 * row))
    content = io.BytesIO()
    photo.save(content, "PNG")
    return content.getvalue()


def test_a_table_is_listed_whole_by_the_camera_and_by_a_photo(site: str, browser_with_camera: OpenBrowser) -> None:
    """Each picture of a table is told once, outlined and listed, equal cards as two; a photo adds all of its own."""
    page = open_element(browser_with_camera, site)
    page.route("**/table.png", lambda route: route.fulfill(body=table(), content_type="image/png"))
    listed = f"{ELEMENT}.finds.map(({{ id, count }}) => `${{count}} ${{id}}`).sort().join()"
    outlines = f"{ELEMENT}.shadowRoot.querySelectorAll('.outline polygon:not([points=\"\"])').length"
    page.evaluate(f"Promise.all([{ELEMENT}.start(), scriptedCamera.show('table.png', 1)])")
    until(page, f"{listed} === '1 album,1 film,1 lighthouse,2 queen of hearts'")
    until(page, f"{outlines} === 5")
    page.wait_for_timeout(1000)
    assert page.evaluate("told.filter(([type]) => type === 'match').map(([, { id }]) => id).sort()") == [
        "album", "film", "lighthouse", "queen of hearts", "queen of hearts",
    ]  # fmt: skip

    photo = FilePayload(name="table.png", mimeType="image/png", buffer=table())
    page.locator("image-scanner input[type=file]").set_input_files([photo])
    page.locator("image-scanner[view=found]").wait_for()
    until(page, f"{listed} === '2 album,2 film,2 lighthouse,4 queen of hearts'")
    assert page.evaluate(outlines) == 5
    assert page.locator(".finds-bar").get_attribute("aria-expanded") == "true"
    found = page.evaluate("""async () => {
        const { ImageScanner } = await import("./image-scanner.module.js");
        const { matches, frame } = await ImageScanner.scanImage("table.png", { multiple: true });
        return [matches.map(({ id }) => id).sort(), frame, matches.every(({ image }) => image().width > 100)];
    }""")
    ids = ["album", "film", "lighthouse", "queen of hearts", "queen of hearts"]
    assert found == [ids, {"width": 720, "height": 1280}, True]


def test_an_overlay_lies_on_its_picture_of_a_photo_that_outlines_all(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """On a photo of several pictures, every picture is outlined, and an overlay lies on its own."""
    page = open_element(browser_with_camera, site)
    page.evaluate(f"{ELEMENT}.innerHTML = '<p slot=overlay data-id=lighthouse>A novel</p>'")
    photo = FilePayload(name="table.png", mimeType="image/png", buffer=table())
    page.locator("image-scanner input[type=file]").set_input_files([photo])
    page.locator("p[data-in-sight]").wait_for()
    outlined = page.evaluate(f"""[...{ELEMENT}.shadowRoot.querySelectorAll(".outline polygon")]
        .map((one) => one.getBoundingClientRect()).filter(({{ width }}) => width > 0)
        .map(({{ left, top, right, bottom }}) => [left, top, right, bottom])""")
    assert len(outlined) == 5
    overlay = page.locator("p[data-in-sight]").bounding_box()
    assert overlay
    x, y = overlay["x"], overlay["y"]
    edges = (x, y, x + overlay["width"], y + overlay["height"])
    apart = [max(abs(one - other) for one, other in zip(edges, outline, strict=True)) for outline in outlined]
    assert min(apart) < 6


def test_an_element_for_one_picture_loads_nothing_of_the_list(site: str, browser_with_camera: OpenBrowser) -> None:
    """Without `multiple` a visitor downloads none of the list's scripts; set later, the list comes, and goes again."""
    page = open_element(browser_with_camera, site, BODY.replace(" multiple", ""))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.get_by_role("button", name="Start camera").wait_for()
    assert page.evaluate(f"{ELEMENT}.finds") == []
    assert [address for address in asked if "/finds-" in address] == []
    page.evaluate(f"{ELEMENT}.multiple = true; void {ELEMENT}.start()")
    page.get_by_text("Found: 0").wait_for()
    page.evaluate(f"{ELEMENT}.multiple = false")
    page.locator(".finds-bar").wait_for(state="hidden")
