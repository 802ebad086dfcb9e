"""Visits to a page in a Chromium of their own: what they take in time, CPU and bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Request

RENDERING = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""Switches for WebGL without a graphics card. A page with a camera goes without, as the video would take a core."""


@dataclass(frozen=True)
class Visit:
    """What one visit took.

    Attributes:
        site: whose site was visited.
        condition: name of the network's and the CPU's condition.
        returning: whether the browser had visited before.
        ready: seconds until the program could have judged a frame.
        cpu: CPU seconds of all of the browser's processes until then.
        judged: seconds until a first frame was judged.
        wire: bytes received of what was asked for until then, compressed.
        first: milliseconds that the first frame took.
        later: milliseconds that a later one took; 0 where none was judged.
    """

    site: str
    condition: str
    returning: bool
    ready: float
    cpu: float
    judged: float
    wire: int
    first: float = 0
    later: float = 0


@contextmanager
def visiting(
    playwright: Playwright, chromium: str, profile: str, camera: Path | None = None
) -> Iterator[tuple[BrowserContext, Page]]:
    """Gives a browser that keeps what it learns in `profile`, with one page.

    Args:
        playwright: drives the browser.
        chromium: the browser's program.
        profile: folder of the browser's own files.
        camera: video that a camera plays, which the page may use; None is a browser with WebGL and no camera.
    """
    switches: tuple[str, ...] = RENDERING
    if camera:
        fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
        switches = (*fake, f"--use-file-for-fake-video-capture={camera}")
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        args=["--no-sandbox", *switches],
        permissions=["camera"] if camera else [],
    )
    try:
        yield context, context.new_page()
    finally:
        context.close()


class Wire:
    """Counts the bytes that a browser receives."""

    def __init__(self, context: BrowserContext) -> None:
        self._asked: list[Request] = []
        self._received: dict[Request, int] = {}
        context.on("request", self._ask)
        context.on("requestfinished", self._finished)

    def asked(self) -> list[Request]:
        """Returns the requests made so far."""
        return list(self._asked)

    def received(self, requests: list[Request]) -> int:
        """Returns the bytes received for these requests."""
        return sum(self._received.get(request, 0) for request in requests)

    def _ask(self, request: Request) -> None:
        self._asked.append(request)

    def _finished(self, request: Request) -> None:
        try:
            sizes = request.sizes()
        except Error:  # the page closed before Chromium could say
            return
        self._received[request] = sizes["responseBodySize"] + sizes["responseHeadersSize"]


def cpu_seconds() -> float:
    """Returns the CPU seconds of all processes that this one started, added up, from /proc."""
    return sum(processes_below(os.getpid()).values())


def processes_below(process: int) -> dict[int, float]:
    """Returns the CPU seconds of each process that `process` started, or that one of those did, by its number."""
    children: dict[int, list[tuple[int, float]]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                numbers = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            ticks = int(numbers[11]) + int(numbers[12])
            children.setdefault(int(numbers[1]), []).append((int(entry.name), ticks / 100))

    def below(parent: int) -> dict[int, float]:
        found: dict[int, float] = {}
        for child, seconds in children.get(parent, []):
            found |= {child: seconds, **below(child)}
        return found

    return below(process)
