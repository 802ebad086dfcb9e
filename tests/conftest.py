"""What many tests share: the site as it would be put on the web, and a real Chromium with a camera."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from scanner.offline.serve import serving
from scanner.offline.site import assemble_site

OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly assembled site, with the runtime that users get."""
    folder = tmp_path_factory.mktemp("site") / "dist"
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


@pytest.fixture
def browser_with_camera(playwright: Playwright, chromium_path: str) -> Iterator[OpenBrowser]:
    """Opens browsers whose camera plays a file: `browser_with_camera("video.y4m", viewport=...)`.

    The first argument is a .y4m or .mjpeg file, None for Chromium's own moving test picture; `args` are
    more command line switches; all else goes to the browser context. Gives the context, which may use the
    camera without asking; everything is closed after the test.
    """
    browsers = []

    def open_browser(
        video: str | Path | None = None, *, args: tuple[str, ...] = (), **options: object
    ) -> BrowserContext:
        switches = [
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            *args,
        ]
        if video is not None:
            switches.append(f"--use-file-for-fake-video-capture={video}")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=switches)
        browsers.append(browser)
        return browser.new_context(permissions=["camera"], **options)  # type: ignore[arg-type]

    yield open_browser
    for browser in browsers:
        browser.close()
