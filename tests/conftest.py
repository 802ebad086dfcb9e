"""What many tests share: the site as it would be put on the web, and a real Chromium with a camera."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

# Before numpy comes in. Matrices here are small: threads of their own only make numpy wait for itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from scanner.offline.site import assemble_site
from scanner.offline.site.serve import serving
from support.browsers import PATIENCE, QUICK_START, SWITCHES, OpenBrowser, wait_under_any_policy

# Playwright's own waiting needs eval in the page, which the demo page's Content-Security-Policy forbids.
Page.wait_for_function = wait_under_any_policy  # type: ignore[assignment, method-assign]


@contextmanager
def one_process_at_a_time(lock: Path) -> Iterator[None]:
    """Holds a lock that the processes of one run share: only one of them is inside."""
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.unlink()


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """Programs that a test starts hear Ctrl-C, even where a shell that runs the tests in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly assembled site, with the runtime that users get; all processes of a run share it."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    folder = run / "site" / "dist"
    with one_process_at_a_time(run / "site.lock"):
        if not folder.is_dir():
            assemble_site(folder)
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address, ending in a slash, at which the freshly assembled site is served."""
    with serving(site_folder) as base:
        yield base


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One Playwright driver for the whole run."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium_path(playwright: Playwright) -> str:
    """The Chromium to drive: $CHROMIUM, else Playwright's own, else the system's."""
    candidates = [
        os.environ.get("CHROMIUM"),
        playwright.chromium.executable_path,
        shutil.which("chromium"),
        shutil.which("chromium-browser"),
        shutil.which("google-chrome"),
    ]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return candidate
    pytest.fail("no Chromium found: run `playwright install chromium` or `apt-get install chromium`")


@pytest.fixture(scope="session")
def shared_browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium for every test that needs no video of its own; contexts keep their visitors apart."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=[*SWITCHES, QUICK_START])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def measured_browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A Chromium as visitors have it, for tests that measure time."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=SWITCHES)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the video of the browser that plays one lies; a test puts its own there."""
    return tmp_path_factory.mktemp("camera") / "film"


@pytest.fixture(scope="session")
def browser_that_plays(playwright: Playwright, chromium_path: str, film: Path) -> Iterator[Callable[[str], Browser]]:
    """One Chromium for all .y4m files, one for all .mjpeg: the switch names one file, read when a camera opens."""
    browsers: dict[str, Browser] = {}

    def browser(suffix: str) -> Browser:
        if suffix not in browsers:
            switches = [*SWITCHES, QUICK_START, f"--use-file-for-fake-video-capture={film.with_suffix(suffix)}"]
            browsers[suffix] = playwright.chromium.launch(executable_path=chromium_path, args=switches)
        return browsers[suffix]

    yield browser
    for each in browsers.values():
        each.close()


@pytest.fixture(scope="session")
def regulars(shared_browser: Browser) -> dict[str, BrowserContext]:
    """Visitors who have been at the site before, by the options of their browsers."""
    return {}


def forget_the_person(context: BrowserContext) -> None:
    """Closes a visitor's pages, and forgets all but the site's files in the cache."""
    keeper = context.new_page()
    session = context.new_cdp_session(keeper)
    for page in context.pages[:-1]:
        site = urlsplit(page.url)
        page.close()
        what = {"origin": f"{site.scheme}://{site.netloc}", "storageTypes": "local_storage"}
        session.send("Storage.clearDataForOrigin", what)
    context.clear_cookies()
    context.clear_permissions()
    context.grant_permissions(["camera"])
    keeper.close()


@pytest.fixture
def browser_with_camera(
    request: pytest.FixtureRequest,
    shared_browser: Browser,
    browser_that_plays: Callable[[str], Browser],
    film: Path,
    regulars: dict[str, BrowserContext],
) -> Iterator[OpenBrowser]:
    """Opens browsers whose camera plays a file: `browser_with_camera("video.y4m", viewport=...)`.

    The first argument is a .y4m or .mjpeg file, None for Chromium's own moving test picture; all else goes
    to the browser context. Gives the context, a visitor nobody has seen before, which may use the camera
    without asking; everything is closed after the test. With `regular=True`, and no video, the visitor is one who has
    visited the site in an earlier test, so that Python starts sooner; the earlier visits left no choice of a person.
    """
    opened: list[BrowserContext] = []
    back: list[BrowserContext] = []

    def open_browser(video: str | Path | None = None, *, regular: bool = False, **options: object) -> BrowserContext:
        timed = request.node.get_closest_marker("timing") is not None
        browser = request.getfixturevalue("measured_browser") if timed else shared_browser
        if regular and not timed:
            name = repr(sorted(options.items()))
            if name not in regulars:
                regulars[name] = browser.new_context(permissions=["camera"], **options)  # type: ignore[arg-type]
                regulars[name].set_default_timeout(PATIENCE)
            back.append(regulars[name])
            return regulars[name]
        if video is not None:
            shown = film.with_suffix(Path(video).suffix)
            shown.unlink(missing_ok=True)
            shown.symlink_to(video)
            browser = browser_that_plays(shown.suffix)
        context = browser.new_context(permissions=["camera"], **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_browser
    for each in reversed(opened):
        each.close()
    for each in back:
        forget_the_person(each)


@pytest.fixture(scope="module")
def empty_page(site: str, shared_browser: Browser) -> Iterator[Page]:
    """An empty page of the site's origin, for calling modules."""
    context = shared_browser.new_context(service_workers="block")
    page = context.new_page()
    page.route("**/empty.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(site + "empty.html")
    yield page
    context.close()
