"""Types and switches of the browsers that tests open."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext

OpenBrowser = Callable[..., BrowserContext]
"""Opens a visitor's browser whose camera plays a file; `conftest.browser_with_camera` documents the arguments."""

SWITCHES = ("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
"""Switches of a Chromium that runs as any user, with a simulated camera that needs no permission."""
