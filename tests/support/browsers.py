"""Types and switches of the browsers that tests open."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Page
from playwright.sync_api import TimeoutError as WaitedTooLong

OpenBrowser = Callable[..., BrowserContext]
"""Opens a visitor's browser whose camera plays a file; `conftest.browser_with_camera` documents the arguments."""

SWITCHES = ("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
"""Switches of a Chromium that runs as any user, with a simulated camera that needs no permission."""

QUICK_START = "--js-flags=--liftoff-only"
"""Switch of a Chromium that compiles WebAssembly once, quickly, and never again for speed. A page of a test scans for
seconds: compiling Python a second time would cost it more time than it saves. Tests that measure time leave it out."""


PATIENCE = 150_000
"""Milliseconds that a test waits for what has to come. A machine that many share stands still for a minute at times."""


def wait_under_any_policy(page: Page, expression: str, *, arg: object = None, timeout: float = PATIENCE) -> None:
    """Waits until an expression or function of the page gives something true; `timeout` is in milliseconds."""
    end = time.monotonic() + timeout / 1000
    while True:
        with suppress(Error):  # the page goes elsewhere meanwhile, or the expression throws: it may not yet be ready
            value = page.evaluate_handle(expression, arg)  # judged in the page: here an object of a class would be {}
            if value.evaluate("(value) => Boolean(value)"):
                return
        if time.monotonic() > end:
            raise WaitedTooLong(f"{expression} never came true within {timeout} ms")
        page.wait_for_timeout(50)
