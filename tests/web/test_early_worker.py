"""The worker that the page's head starts while the page's modules are on their way."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from support.browsers import OpenBrowser
from support.faulty_site import Fault, goes_dead, missing, replaced_by, serving_with

COUNT_WORKERS = """
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
      constructor(...made) {
        super(...made);
        workers.push(customElements.get("image-scanner") === undefined);
      }
    };
    addEventListener("ready", () => (globalThis.isReady = true));
"""


def visited(browser_with_camera: OpenBrowser, **options: object) -> Page:
    page = browser_with_camera(None, service_workers="block", **options).new_page()
    page.add_init_script(COUNT_WORKERS)
    return page


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def test_the_page_starts_one_worker_before_its_modules_have_run(site: str, browser_with_camera: OpenBrowser) -> None:
    """The recogniser is on its way before the element is defined, and the element makes no second worker."""
    page = visited(browser_with_camera)
    page.goto(site)
    page.wait_for_function("globalThis.isReady")
    assert page.evaluate("workers") == [True]


def test_a_page_without_the_early_worker_starts_its_own(site: str, browser_with_camera: OpenBrowser) -> None:
    """Where the early script does not come, the element starts the worker."""
    page = visited(browser_with_camera)
    page.route("**/page/early-worker.js", lambda route: route.abort())
    page.goto(site)
    page.wait_for_function("globalThis.isReady")
    assert page.evaluate("workers") == [False]


def test_an_early_worker_that_fails_is_started_again(site: str, browser_with_camera: OpenBrowser) -> None:
    """Where the first request for the worker's script fails, a second worker starts."""
    page = visited(browser_with_camera)
    failed: list[str] = []

    def once(route: Route) -> None:
        if failed:
            route.continue_()
        else:
            failed.append(route.request.url)
            route.abort()

    page.route("**/worker.js", once)
    page.goto(site)
    page.wait_for_function("globalThis.isReady")
    assert len(failed) == 1
    assert len(page.evaluate("workers")) == 2


@pytest.mark.parametrize("script", ["early", "no early"])
def test_python_is_on_its_way_before_the_workers_modules(
    script: str, site: str, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """The files of Python are asked for while the worker's modules are still to come: those it takes, each once."""
    page = visited(browser_with_camera)
    if script == "no early":
        page.route("**/page/early-worker.js", lambda route: route.abort())
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    held: list[Route] = []
    page.context.route("**/python/answering.js", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(site)
    files = json.loads((site_folder / "assets.json").read_text())["files"]
    roles = [role for role in files if role.startswith("hot-")]
    quick = {files[role]["url"] for role in (*roles, "pyodide", "lock", "snapshot")}
    until(page, lambda: quick <= set(asked))
    for route in held:
        route.continue_()
    page.wait_for_function("globalThis.isReady")
    large = [path for path in asked if path.endswith(".wasm")]
    assert set(large) == {path for path in quick if path.endswith(".wasm")}
    assert len(set(large)) == len(large)
    assert asked.count("assets.json") == 1


@pytest.mark.parametrize("fault", [missing, goes_dead])
def test_a_worker_of_another_build_does_not_keep_the_page_from_starting(
    fault: Fault, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Files of another build, asked for by a worker from a cache, hold no connection, and are no error."""
    files = json.loads((site_folder / "assets.json").read_text())["files"]
    # The files of a plain start stand for those of the other build; they are more than a host's connections.
    others = [files[role]["url"] for role in files.keys() - {"pyodide", "lock", "snapshot"} if "-" not in role]
    listed = f"const FILES = {json.dumps(others)};"
    script, count = re.subn(r"^const FILES = .+;$", listed, (site_folder / "worker.js").read_text(), flags=re.MULTILINE)
    assert (count, len(others) > 6) == (1, True)
    faults = dict.fromkeys((f"/{path}" for path in others), fault)
    with serving_with(site_folder, faults | {"/worker.js": replaced_by(script.encode(), "text/javascript")}) as base:
        page = visited(browser_with_camera)
        asked: set[str] = set()
        ended: set[str] = set()
        errors: list[str] = []
        said: list[str] = []
        page.context.on("request", lambda request: asked.add(request.url.removeprefix(base)))
        for end in ("requestfinished", "requestfailed"):
            page.context.on(end, lambda request: ended.add(request.url.removeprefix(base)))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: said.append(message.text))
        page.goto(base)
        page.wait_for_function("globalThis.isReady")
        assert asked >= set(others)
        until(page, lambda: ended >= set(others))
    assert errors == []
    assert not any("plainly" in text for text in said)


def test_a_browser_without_webassembly_downloads_nothing_large(site: str, browser_with_camera: OpenBrowser) -> None:
    """On an iPhone in Lockdown Mode the page knows what is missing, and fetches no WebAssembly."""
    page = visited(browser_with_camera)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.route("**/worker.js", without_webassembly)
    page.goto(site)
    page.get_by_text("This browser has no WebAssembly").first.wait_for(state="attached")
    assert not any(path.endswith(".wasm") for path in asked)


def without_webassembly(route: Route) -> None:
    """Answers with the worker's script in a browser that has no WebAssembly."""
    script = route.fetch().text()
    route.fulfill(body=f"delete globalThis.WebAssembly;\n{script}", content_type="text/javascript")


def test_a_visitor_who_saves_data_loads_nothing_early(site: str, browser_with_camera: OpenBrowser) -> None:
    """For visitors who ask for few bytes, the worker starts no earlier than the camera."""
    page = visited(browser_with_camera)
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    page.goto(site)
    page.wait_for_function("customElements.get('image-scanner') !== undefined")
    page.wait_for_timeout(1500)
    assert page.evaluate("workers.includes(true)") is False
