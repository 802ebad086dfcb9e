"""The transform of a result lays an element of the page on the picture in sight."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import numpy as np
import pytest

from support.browsers import OpenBrowser
from support.places import WEB
from support.scanner_page import open_body, until


def node(script: str) -> Any:
    """Returns what a script of Node, run in web/, prints as JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=WEB, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def matrices_onto(corners: list[Any], width: float = 200, height: float = 100) -> list[str | None]:
    """Returns the matrix that lays an element of width x height px on each list of four corners."""
    return list(
        node(f"""
            import {{ matrixOnto }} from "./page/placing.js";
            const all = {json.dumps(corners)};
            console.log(JSON.stringify(all.map((corners) => matrixOnto(corners, {width}, {height}))));
        """)
    )


def laid(matrix: str, point: tuple[float, float]) -> np.ndarray:
    """Where a browser draws a point of an element with the transform: the definition of CSS, by columns."""
    values = np.array([float(value) for value in matrix.removeprefix("matrix3d(").removesuffix(")").split(",")])
    x, y, _, w = values.reshape(4, 4).T @ np.array([*point, 0.0, 1.0])
    return np.array([x, y]) / w


def test_the_matrix_lays_the_corners_and_the_middle_of_an_element_where_a_homography_does() -> None:
    """The corners of an element lie on those of the picture, aslant, mirrored or turned, and so does its middle."""
    upright: list[list[float]] = [[10, 20], [210, 20], [210, 120], [10, 120]]
    aslant: list[list[float]] = [[13.5, 40], [260, 8], [300, 190], [-20, 150]]
    mirrored = [aslant[1], aslant[0], aslant[3], aslant[2]]
    turned = [aslant[3], aslant[0], aslant[1], aslant[2]]
    shapes = [upright, aslant, mirrored, turned]
    for corners, matrix in zip(shapes, matrices_onto(shapes), strict=True):
        assert matrix is not None
        for corner, point in zip(corners, [(0, 0), (200, 0), (200, 100), (0, 100)], strict=True):
            assert laid(matrix, point) == pytest.approx(corner, abs=1e-4)
        # Diagonals stay straight under a homography, so the middle of the element lies where they cross.
        first, second, third, fourth = (np.array(corner, float) for corner in corners)
        along = np.linalg.solve(np.column_stack([third - first, second - fourth]), second - first)
        assert laid(matrix, (100, 50)) == pytest.approx(first + along[0] * (third - first), abs=1e-3)


def test_corners_of_no_picture_and_elements_without_a_size_get_no_matrix() -> None:
    """Corners on one line, in one point, crossed or caved in, and an element of no size, give null and no transform."""
    line = [[0, 0], [100, 0], [200, 0], [300, 0]]
    point = [[5, 5]] * 4
    crossed = [[0, 0], [100, 100], [100, 0], [0, 100]]
    caved = [[0, 0], [100, 0], [30, 30], [0, 100]]
    flat = [[0, 0], [100, 0], [100, 0.5], [0, 0.5]]
    assert matrices_onto([line, point, crossed, caved, flat]) == [None] * 5
    square = [[0, 0], [100, 0], [100, 100], [0, 100]]
    assert matrices_onto([square], 0, 100) == [None]
    assert matrices_onto([square], 100, 0) == [None]


OWN_PAGE = """<!doctype html><meta charset="utf-8">
<style>
  #frame { position: absolute; left: 30px; top: 20px; width: 300px; height: 400px; }
  video { width: 100%; height: 100%; box-sizing: border-box; }
  .cover { object-fit: cover; }
  .mirrored { transform: scaleX(-1); }
  .edged { border: 7px solid; padding: 5px 11px; }
  #overlay { position: absolute; left: 0; top: 0; width: 120px; height: 90px; transform-origin: 0 0; }
  #overlay i { position: absolute; width: 0; height: 0; }
</style>
<div id="frame"><video id="video"></video><div id="overlay">
  <i style="left: 0; top: 0"></i><i style="left: 120px; top: 0"></i>
  <i style="left: 120px; top: 90px"></i><i style="left: 0; top: 90px"></i>
</div></div>
<script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  Object.assign(globalThis, { ImageScanner, video, overlay, failed: [], last: null });
  globalThis.scanner = new ImageScanner(video, (result) => (last = result), {
    repeat: true, onError: (error) => failed.push(error.code) });
  globalThis.lay = (kind) => {
    video.className = kind;
    overlay.style.transform = last.matrix(overlay.offsetWidth, overlay.offsetHeight);
    const box = video.getBoundingClientRect();
    return [...overlay.children].map((one) => one.getBoundingClientRect()).map(({ left, top }) => [left, top]);
  };
</script>"""


def expected_place(corners: list[list[float]], kind: str) -> np.ndarray:
    """Where corners of a 640 x 480 frame lie on the page, by the definition of object-fit."""
    border, down, across = (7, 5, 11) if "edged" in kind else (0, 0, 0)
    width, height = 300 - 2 * (border + across), 400 - 2 * (border + down)
    choose = max if "cover" in kind else min
    scale = choose(width / 640, height / 480)
    left = border + across + (width - 640 * scale) / 2
    top = border + down + (height - 480 * scale) / 2
    placed = np.array(corners) * scale + [left, top]
    if "mirrored" in kind:
        placed[:, 0] = 300 - placed[:, 0]
    return placed + np.array([30, 20])


def test_an_element_lies_on_the_picture_in_the_video_of_a_page_of_ones_own(
    site: str, browser_with_camera: OpenBrowser
) -> None:
    """`result.matrix` lays an element on the picture in the video: whole, covering, mirrored, with padding."""
    page = open_body(browser_with_camera, site, OWN_PAGE)
    page.evaluate("scriptedCamera.show('album.png', 0.8)")
    page.evaluate("void scanner.start()")
    until(page, "last")
    page.evaluate("scanner.pause()")
    corners = page.evaluate("last.corners")
    for kind in ("", "cover", "mirrored", "cover mirrored", "edged", "cover edged mirrored"):
        placed = page.evaluate("(kind) => lay(kind)", kind)
        assert np.abs(np.array(placed) - expected_place(corners, kind)).max() < 0.05, kind
    # The drawn album fills four fifths of the frame's height, in its middle.
    middle = np.array(page.evaluate("lay('')")).mean(axis=0)
    assert middle == pytest.approx([30 + 150, 20 + 200], abs=3)

    with pytest.raises(Exception, match=r"result\.matrix needs the width and height"):
        page.evaluate("last.matrix()")
    assert page.evaluate("last.matrix(0, 10)") is None
    assert "matrix" not in page.evaluate("Object.keys(structuredClone(last))")


def test_an_element_lies_on_the_picture_in_a_photo(site: str, browser_with_camera: OpenBrowser) -> None:
    """The matrix of a judged <img> fits the image as the page shows it; the matrix of a file fits the file's pixels."""
    page = open_body(browser_with_camera, site, OWN_PAGE)
    until(page, "globalThis.scanner")
    shown, own = page.evaluate("""async () => {
        const image = Object.assign(new Image(), { src: "album.png", width: 200 });
        document.body.append(image);
        await image.decode();
        const file = await (await fetch("album.png")).blob();
        const at = (matrix) => new DOMMatrix(matrix).transformPoint({ x: 50, y: 50 });
        const middle = (verdict) => at(verdict.matrix(100, 100));
        const size = [image.naturalWidth, image.naturalHeight];
        const both = [middle(await ImageScanner.scanImage(image)), middle(await ImageScanner.scanImage(file))];
        const [first, second] = both.map(({ x, y, w }) => [x / w, y / w]);
        return [[...first, 200, 200 * size[1] / size[0]], [...second, ...size]];
    }""")
    for x, y, width, height in (shown, own):
        assert (x, y) == pytest.approx((width / 2, height / 2), rel=0.03)
