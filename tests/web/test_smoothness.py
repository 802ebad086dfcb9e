"""The page stays smooth while Python starts and scans."""

from __future__ import annotations

import pytest

from support.browsers import OpenBrowser
from support.places import SCRIPTED_CAMERA
from support.started_scanner import PAGE, open_page

# Counts the main thread's tasks over 50 ms from now on, and measures the time between frames for a second.
MEASURE_SMOOTHNESS = """async () => {
        const long = [];
        const keep = (list) => long.push(...list.getEntries().map(({ duration }) => duration));
        const observer = new PerformanceObserver(keep);
        observer.observe({ type: "longtask" });
        const waits = [];
        const end = performance.now() + 1000;
        for (let last = performance.now(); last < end; ) {
          await new Promise(requestAnimationFrame);
          const now = performance.now();
          waits.push(now - last);
          last = now;
        }
        waits.sort((a, b) => a - b);
        observer.disconnect();
        return { long, median: waits[waits.length >> 1], frames: waits.length };
    }"""


@pytest.mark.timing
def test_the_page_stays_smooth_while_scanning(site: str, browser_with_camera: OpenBrowser) -> None:
    """Scanning leaves the main thread its 60 frames a second, without a task over 50 ms or a long wait."""
    page = open_page(browser_with_camera, site)
    page.wait_for_function("scanner.state === 'scanning'")
    page.wait_for_timeout(1000)
    seconds: list[dict] = []
    while len(seconds) < 30:  # other programs may hold the page up: a quiet second tells what scanning costs
        before = page.evaluate("judged")
        seconds.append(page.evaluate(MEASURE_SMOOTHNESS))
        seconds[-1]["judged"] = page.evaluate("judged") - before
        if seconds[-1]["median"] < 18 and not seconds[-1]["long"] and seconds[-1]["judged"] >= 2:
            return
    pytest.fail(f"never smooth for a second: {seconds}")


# Collects the long tasks of a page from its first moment on, and the time of its first paint.
WATCH_LONG_TASKS = """
    globalThis.tasks = [];
    const keep = (list) => tasks.push(...list.getEntries().map(({ startTime, duration }) => [startTime, duration]));
    new PerformanceObserver(keep).observe({ type: "longtask", buffered: true });
    globalThis.painted = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
"""


@pytest.mark.timing
def test_starting_holds_nothing_up(site: str, browser_with_camera: OpenBrowser) -> None:
    """No task of the main thread takes over 50 ms between the first paint and the first judged frames."""
    visits: list[list] = []
    while len(visits) < 8:  # as above: one visit that nothing else held up tells
        page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
        page.add_init_script(WATCH_LONG_TASKS)
        page.goto(site)
        page.evaluate("void document.querySelector('image-scanner').start()")
        page.wait_for_function("document.querySelector('image-scanner').getAttribute('view') === 'scanning'")
        page.wait_for_timeout(1000)
        visits.append([task for task in page.evaluate("tasks") if task[0] > page.evaluate("painted()")])
        page.close()
        if not visits[-1]:
            return
    pytest.fail(f"[start, duration] of long tasks in milliseconds: {visits}")


def test_frames_that_come_meanwhile_are_dropped_not_queued(site: str, browser_with_camera: OpenBrowser) -> None:
    """The page keeps one frame in flight: the worker never has a second one waiting."""
    page = browser_with_camera(None, service_workers="block").new_page()
    page.add_init_script(SCRIPTED_CAMERA)
    page.add_init_script("""
        globalThis.flying = 0; globalThis.most = 0; globalThis.sent = 0; globalThis.emptied = true;
        const flown = new Set();
        globalThis.Worker = class extends Worker {
          constructor(...made) {
            super(...made); // hears an answer before the page, which may send the next frame at once
            this.addEventListener("message", ({ data }) => flown.delete(data.id) && flying--);
          }
        };
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, ...rest) {
          if (message.action !== "scanFrame") return post.call(this, message, ...rest);
          sent++; most = Math.max(most, ++flying);
          flown.add(message.id);
          post.call(this, message, ...rest);
          emptied &&= message.pixels.byteLength === 0;
        };
    """)
    page.route("**/scan.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(site + "scan.html")
    page.wait_for_function("sent > 20")
    assert page.evaluate("most") == 1
    assert page.evaluate("emptied") is True  # transferred, not copied
