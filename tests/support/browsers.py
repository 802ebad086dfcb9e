"""What tests say of browsers."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext

OpenBrowser = Callable[..., BrowserContext]
"""Opens a visitor's browser whose camera plays a file; `conftest.browser_with_camera` says how it is called."""

SWITCHES = ("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
"""A Chromium as any user, whose camera is allowed and simulated."""
