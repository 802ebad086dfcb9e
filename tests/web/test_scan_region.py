"""The scan region on the page is the scan region in the frame."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

# object-fit, element, frame, region in CSS px -> region in frame pixels; worked out by hand.
MAPPINGS = [
    ("fill", (400, 300), (640, 480), (100, 50, 200, 200), (160, 80, 320, 320)),
    ("contain", (400, 400), (640, 480), (100, 100, 200, 200), (160, 80, 320, 320)),
    ("cover", (360, 740), (640, 360), (40, 270, 280, 280), (252, 131, 136, 137)),
    ("cover", (400, 300), (300, 400), (100, 50, 200, 200), (75, 125, 150, 150)),
    ("none", (100, 100), (200, 100), (0, 0, 100, 100), (50, 0, 100, 100)),
    ("contain", (400, 300), (640, 480), (-50, -50, 1000, 1000), (0, 0, 640, 480)),
]


@pytest.mark.parametrize(("fit", "element", "frame", "region", "expected"), MAPPINGS)
def test_the_box_on_the_page_is_the_same_box_in_the_frame(
    fit: str,
    element: tuple[int, int],
    frame: tuple[int, int],
    region: tuple[int, int, int, int],
    expected: tuple[int, int, int, int],
    site: str,
    empty_page: Page,
) -> None:
    """The judged pixels are the pixels inside the box that people see, whatever `object-fit` does to the video."""
    found = empty_page.evaluate(
        """async ([fit, element, frame, region]) => {
            const { pictureBox, regionInFrame } = await import("./page/frames.js");
            const size = ([width, height]) => ({ width, height });
            const [left, top, width, height] = region;
            const box = pictureBox(size(element), size(frame), fit, "50% 50%");
            const found = regionInFrame({ left, top, width, height }, box, size(frame));
            return [found.left, found.top, found.width, found.height];
        }""",
        [fit, list(element), list(frame), list(region)],
    )
    assert tuple(found) == expected
