"""A scan does not fill the page's memory with frames, and no browser's way to copy pixels changes what is judged."""

import pytest

from support.browsers import OpenBrowser
from support.scanner_page import open_page, until

COUNT = """
    globalThis.read = 0;
    const { getImageData } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.getImageData = function (x, y, width, height) {
      if (width >= 320) globalThis.read++;
      return getImageData.call(this, x, y, width, height);
    };
"""
"""Counts the frames that are read into a buffer of their own."""

OTHER_COPIES = {
    "none": "delete globalThis.VideoFrame;",
    "no conversion": """
        const { copyTo } = VideoFrame.prototype;
        VideoFrame.prototype.copyTo = function (buffer) { return copyTo.call(this, buffer); };""",
    "other pixels": """
        const { copyTo } = VideoFrame.prototype;
        VideoFrame.prototype.copyTo = async function (buffer, options) {
          await copyTo.call(this, buffer, options);
          new Uint8Array(buffer).fill(77);
        };""",
    "a failure": "VideoFrame.prototype.copyTo = () => Promise.reject(new TypeError('Unable to copy data'));",
    "another format": "Object.defineProperty(VideoFrame.prototype, 'format', { get: () => 'I420' });",
}
"""Browsers whose VideoFrame is missing, or copies otherwise than Chromium's."""


def test_frames_without_a_picture_share_one_buffer(site: str, browser_with_camera: OpenBrowser) -> None:
    """After two frames, each further frame without a picture is read into the buffer of one before."""
    page = open_page(browser_with_camera, site, COUNT)
    page.evaluate("globalThis.judged = 0; make({ onFrame: () => judged++ }); scanner.start()")
    until(page, "judged >= 12")
    assert page.evaluate("read") == 2


@pytest.mark.parametrize("copies", OTHER_COPIES)
def test_a_browser_that_copies_otherwise_judges_the_same(
    site: str, browser_with_camera: OpenBrowser, copies: str
) -> None:
    """Where a browser copies no pixels, or other ones, every frame is read as before, and a picture is found."""
    page = open_page(browser_with_camera, site, COUNT + OTHER_COPIES[copies])
    page.evaluate("globalThis.judged = 0; make({ onFrame: () => judged++ }); scanner.start()")
    until(page, "judged >= 6")
    assert page.evaluate("read") >= 6
    page.evaluate("scriptedCamera.show('album.png')")
    until(page, "found.length > 0")
    assert page.evaluate("[found[0].id, failed]") == ["album", []]


def test_the_image_of_a_find_outlives_later_frames(site: str, browser_with_camera: OpenBrowser) -> None:
    """A result that was kept shows its picture, however many frames without one came after it."""
    page = open_page(browser_with_camera, site)
    page.evaluate("""() => {
        Object.assign(globalThis, { judged: 0, lost: 0, moved: [] });
        const onMove = (result) => moved.push([result, result.image().toDataURL()]);
        make({ multiple: true, onFrame: () => judged++, onMove, onLost: () => lost++ });
        return Promise.all([scanner.start(), scriptedCamera.show("album.png", 0.8)]);
    }""")
    until(page, "moved.length >= 3")
    page.evaluate("scriptedCamera.picture = null")
    until(page, "lost === 1")
    page.evaluate("judged = 0")
    until(page, "judged >= 12")
    assert page.evaluate("moved.every(([result, then]) => result.image().toDataURL() === then)")
