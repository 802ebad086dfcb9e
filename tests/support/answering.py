"""Files of a test's own at addresses of a site, for one page."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page


def answer(page: Page, site: str, files: Mapping[str, str | Path]) -> None:
    """Answers the page's requests for files at the site's root with a text, or with the content of a file on the disk.

    Playwright's `route` would stop each request of the page, and turn the browser's cache off. In Chromium only.
    """
    session = page.context.new_cdp_session(page)

    def fulfil(paused: dict[str, Any]) -> None:
        name = paused["request"]["url"].partition("?")[0].removeprefix(site)
        content = files[name]
        body = content.encode() if isinstance(content, str) else content.read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        session.send(
            "Fetch.fulfillRequest",
            {
                "requestId": paused["requestId"],
                "responseCode": 200,
                "responseHeaders": [{"name": "Content-Type", "value": kind}],
                "body": base64.b64encode(body).decode(),
            },
        )

    session.on("Fetch.requestPaused", fulfil)
    patterns = [{"urlPattern": f"{site}{name}{end}"} for name in files for end in ("", "?*")]
    session.send("Fetch.enable", {"patterns": patterns})
