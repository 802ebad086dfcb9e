"""A visitor of the site in Chromium, who may get bad files on the way."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext

from support.places import VISIT

Change = Callable[[bytes], bytes]


class Visitor:
    """A person with one browser, who visits the site once."""

    def __init__(self, context: BrowserContext, site: str, folder: Path) -> None:
        self.context, self.site, self.folder = context, site, folder
        self.assets = json.loads((folder / "assets.json").read_text())
        self.asked: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url.removeprefix(site)))
        self.opened = context.new_page()
        self.opened.goto(site + "licences/NOTICE.txt")
        self.opened.add_script_tag(path=VISIT)

    def path_of(self, role: str) -> str:
        """Returns the path of a file of the runtime in the site."""
        path: str = self.assets["files"][role]["url"]
        return path

    def gets(self, path: str, change: Change, times: int | None = None) -> None:
        """Changes a file of the site on its way to the visitor, as a bad host would: always, or the first `times`."""
        types = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
        content = change((self.folder / path).read_bytes())
        answer = {"body": content, "content_type": types.get(Path(path).suffix, "application/json")}
        self.context.route(self.site + path, lambda route: route.fulfill(**answer), times=times)

    def misses(self, path: str) -> None:
        """Answers 404 for a file of the site."""
        self.context.route(self.site + path, lambda route: route.fulfill(status=404))

    def gets_image(self, change: Change) -> None:
        """Changes the memory file, with a list of files that has its new checksum: the fault is the builder's."""
        role = self.assets["files"]["snapshot"]
        changed = change((self.folder / role["url"]).read_bytes())
        role |= {"bytes": len(changed), "sha256": hashlib.sha256(changed).hexdigest()}
        self.gets(role["url"], lambda _: changed)
        self.gets("assets.json", lambda _: json.dumps(self.assets).encode())

    def has_worker_with(self, script: str) -> None:
        """Runs a script in the visitor's worker before the worker's own."""
        self.context.route("**/first.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
        self.gets("worker.js", lambda content: b'import "./first.js";\n' + content)

    def visit(self, **options: object) -> tuple[str, int]:
        """Opens the site and scans one frame. Returns outcome and distance."""
        answer = self.opened.evaluate("([base, options]) => visit(base, options)", [self.site, options])
        return answer["outcome"], answer["distance"]

    def started_plainly(self) -> bool:
        """Tells whether Python's library was fetched before Python ran; a restored Python fetches it later."""
        return self.path_of("stdlib") in self.asked[: self.asked.index("licences/NOTICE.txt?loaded")]

    def wait_for(self, *roles: str) -> None:
        """Returns when files have been asked for."""
        end = time.monotonic() + 100
        while missing := [role for role in roles if self.path_of(role) not in self.asked]:
            assert time.monotonic() < end, f"never asked for {missing}"
            self.opened.wait_for_timeout(100)


def flipped(content: bytes) -> bytes:
    """Flips one bit in the middle of a file."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
