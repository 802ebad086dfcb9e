"""<image-scanner> tells a page what it shows and what its scanner does, each change once."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Page

from support.browsers import OpenBrowser
from support.places import SCRIPTED_CAMERA
from support.scanner_page import open_body, open_page, until

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Scan</title>
<script>
  globalThis.told = [];
  for (const type of ["ready", "match", "view", "state", "error"]) {
    addEventListener(type, ({ type, detail, target, bubbles, composed }) => {
      if (target.localName !== "image-scanner") return;
      const said = { ready: null, match: detail?.id, view: detail, state: JSON.stringify(detail), error: detail?.code };
      const marks = [target.getAttribute("view"), target.getAttribute("state")];
      told.push({ type, said: said[type], marks, reaches: bubbles && composed, at: performance.now() });
    });
  }
</script>
<script type="module" src="image-scanner-element.js"></script>
<image-scanner id="scanner" style="display: block; width: 400px; height: 400px"></image-scanner>"""
ATTRIBUTES = "[scanner.getAttribute('view'), scanner.getAttribute('state')]"


def open_element(browser_with_camera: OpenBrowser, site: str, before: str = "") -> Page:
    page = open_body(browser_with_camera, site, PAGE, before, viewport={"width": 500, "height": 600})
    page.wait_for_function("scanner.view")
    return page


def test_view_is_what_is_shown_and_state_is_the_scanners(site: str, browser_with_camera: OpenBrowser) -> None:
    """Attributes and events `view` and `state` follow a scan, a find and an error, and no event repeats the last."""
    page = open_element(browser_with_camera, site)
    assert page.evaluate(ATTRIBUTES) == ["welcome", "stopped"]
    page.evaluate("void scanner.start()")
    until(page, "scanner.view === 'scanning'")
    assert page.evaluate(ATTRIBUTES) == ["scanning", "scanning"]
    page.evaluate("void scriptedCamera.show('album.png', 0.55)")
    until(page, "told.some(({ type }) => type === 'match')")
    assert page.evaluate(ATTRIBUTES) == ["found", "paused"]
    page.evaluate("scriptedCamera.answers = ['NotAllowedError']; scanner.stop(); void scanner.start()")
    until(page, "told.some(({ type }) => type === 'error')")
    assert page.evaluate(ATTRIBUTES) == ["error", "failed"]

    told = page.evaluate("told")
    assert all(event["reaches"] for event in told)
    for kind in ("view", "state"):
        for one, next_one in pairwise(event["said"] for event in told if event["type"] == kind):
            assert one != next_one
    views = [event["said"] for event in told if event["type"] == "view" and event["said"] != "loading"]
    assert views == ["asking", "scanning", "found", "error"]
    assert [event["type"] for event in told].count("ready") == 1
    assert [event["type"] for event in told].count("match") == 1
    assert [event["type"] for event in told][-3:] == ["state", "view", "error"]
    for event in told:
        if event["type"] == "view":
            assert event["said"] == event["marks"][0]
        if event["type"] == "state":
            assert f'"state":"{event["marks"][1]}"' in event["said"]


def test_an_attribute_that_a_script_removes_comes_back(site: str, browser_with_camera: OpenBrowser) -> None:
    """A script that removes or changes the attributes `view` and `state` finds them set again."""
    page = open_element(browser_with_camera, site)
    page.evaluate("scanner.removeAttribute('view'); scanner.setAttribute('state', 'mine')")
    until(page, f"{ATTRIBUTES}.join() === 'welcome,stopped'")
    assert page.evaluate("told.filter(({ type }) => type !== 'ready' && type !== 'state')") == []


def test_an_element_that_leaves_the_document_says_that_it_stopped(site: str, browser_with_camera: OpenBrowser) -> None:
    """An element taken out of the document while it scans tells its own listeners that it stopped."""
    page = open_element(browser_with_camera, site)
    page.evaluate("void scanner.start()")
    until(page, "scanner.view === 'scanning'")
    heard = page.evaluate("""async () => {
        const heard = [];
        scanner.addEventListener("view", ({ detail }) => heard.push(detail));
        scanner.addEventListener("state", ({ detail }) => heard.push(detail.state));
        const { scanner: element } = globalThis;
        element.remove();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return [heard, element.view, element.status.state, element.getAttribute("view"), scriptedCamera.lit()];
    }""")
    assert heard == [["stopped", "welcome"], "welcome", "stopped", "welcome", 0]


def test_progress_comes_at_most_ten_times_a_second(site: str, browser_with_camera: OpenBrowser) -> None:
    """Class, photo and element get the first progress at once, the last one always, and at most ten a second."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.goto(site + "assets.json")
    at_once, told = page.evaluate("""async () => {
        const { Paced } = await import("./page/paced.js");
        const told = [];
        const paced = new Paced((progress) => told.push([performance.now(), progress.loaded]));
        paced.give({ stage: "download", loaded: 1, total: 60 });
        const atOnce = told.length;
        for (let loaded = 2; loaded <= 60; loaded++) {
          paced.give({ stage: "download", loaded, total: 60 });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
        return [atOnce, told];
    }""")
    assert at_once == 1
    assert [told[0][1], told[-1][1]] == [1, 60]
    assert all(after - before > 99 for (before, _), (after, _) in pairwise(told))

    page = open_page(browser_with_camera, site, regular=False)
    seen = page.evaluate("""async () => {
        const [states, photos] = [[], []];
        make({ onState: ({ loading }) => loading && states.push({ at: performance.now(), ...loading }) });
        const onProgress = (loading) => photos.push({ at: performance.now(), ...loading });
        const grey = new ImageData(new Uint8ClampedArray(64 * 64 * 4).fill(127), 64);
        const photo = ImageScanner.scanImage(grey, { onProgress });
        await Promise.all([scanner.load(), photo]);
        return [states, photos];
    }""")
    for values in seen:
        assert values[-1]["stage"] == "core"
        assert values[-1]["loaded"] == values[-1]["total"] > 0
        assert all(after["at"] - before["at"] > 99 for before, after in pairwise(values[:-1]))


def test_a_picture_is_reported_once_although_the_video_was_interrupted(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """A picture that stays in sight while another script pauses the video for a moment is reported once."""
    page = open_page(browser_with_camera, site)
    page.evaluate("void scriptedCamera.show('album.png'); void scanner.start()")
    until(page, "found.length")
    page.evaluate("""() => {
        globalThis.pauses = setInterval(() => video.pause(), 1500);
        return new Promise((resolve) => setTimeout(resolve, 4000)).then(() => clearInterval(pauses));
    }""")
    until(page, "scanner.state === 'scanning'")
    assert page.evaluate("[found.length, scanner.state, seen.includes('failed')]") == [1, "scanning", False]
