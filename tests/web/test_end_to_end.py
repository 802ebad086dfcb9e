"""The main job: a real Chromium, a fake camera, real Python in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page

from scanner.offline.predict.simulated_hand import draw_background
from support.browsers import OpenBrowser
from support.camera_video import write_y4m
from support.held_up import FRAME_SIZE, frames_of, picture_of, unsteady_hand
from support.pictures import cover

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}

# Keeps every report of a page from the first moment on, so that a test cannot be too late.
LISTEN = """
    globalThis.matches = [];
    addEventListener("match", (event) => matches.push(event.detail));
"""

# A page of our own around ImageScanner, which counts the frames it judged.
COUNTING_PAGE = """
    <!doctype html><meta charset="utf-8">
    <video id="video" autoplay playsinline muted style="width: 360px; height: 480px; object-fit: cover"></video>
    <script type="module">
      import { ImageScanner } from "./image-scanner.module.js";
      globalThis.found = [];
      globalThis.frames = 0;
      globalThis.scanner = new ImageScanner(video, ({ id }) => found.push(id), {
        bundle: "hashes/references.json",
        region: { width: 260, height: 360 },
        onFrame: () => frames++,
      });
      scanner.start().catch((error) => (globalThis.failure = `${error.code}: ${error.message}`));
    </script>
"""


@pytest.mark.parametrize("reference", ["1", "2", "lighthouse", "café", "さくら", "queen of hearts"])
def test_the_page_names_the_picture_an_unsteady_hand_holds_up(
    reference: str, site: str, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The page names each demo picture that an unsteady hand holds up to the camera."""
    video = write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of(reference), len(reference))))
    page = browser_with_camera(video, **PHONE).new_page()
    page.add_init_script(LISTEN)
    page.goto(site)
    page.wait_for_function("matches.length > 0")
    assert page.evaluate("matches[0].id") == reference


POSES = {
    "tilted by 15 degrees": {"tilt": 15.0, "zoom": 0.5},
    "upside down": {"tilt": 180.0, "zoom": 0.6},
    "a quarter turn": {"tilt": 90.0, "zoom": 0.55},
    "at half the size in a corner": {"zoom": 0.4, "shift_x": -0.26, "shift_y": -0.28},
    "under perspective": {"yaw": 30.0, "pitch": -15.0, "zoom": 0.65},
}


@pytest.mark.parametrize("pose", POSES)
def test_a_picture_is_found_wherever_and_however_it_is_held(
    pose: str, site: str, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The page names a picture outside the guide, turned or slanted, and draws its outline in its place."""
    held_up = unsteady_hand(picture_of("lighthouse"), 8, **POSES[pose])
    page = browser_with_camera(write_y4m(tmp_path / "pose.y4m", frames_of(held_up)), **PHONE).new_page()
    page.add_init_script(LISTEN)
    page.goto(site)
    page.wait_for_function("matches.length > 0")
    match = page.evaluate("matches[0]")
    assert match["id"] == "lighthouse"
    shown = np.array(match["corners"]) / [match["frame"]["width"], match["frame"]["height"]]
    size = np.array(FRAME_SIZE[::-1])
    errors = [np.abs(shown * size - corners).max() for _, corners in held_up]
    side = np.linalg.norm(held_up[0][1][1] - held_up[0][1][0])
    assert min(errors) < 0.12 * side


def not_a_reference() -> list[np.ndarray]:
    return frames_of(unsteady_hand(cover(77, (600, 420)), 3))


def blank_wall() -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    wall = draw_background(rng, FRAME_SIZE, "wall").astype(float)
    return [np.clip(wall + rng.normal(0, 3, wall.shape), 0, 255).astype(np.uint8) for _ in range(10)]


def noise() -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [rng.integers(0, 256, (*FRAME_SIZE, 3), np.uint8) for _ in range(10)]


@pytest.mark.parametrize("scene", [not_a_reference, blank_wall, noise])
def test_what_is_not_in_the_bundle_is_never_named(
    scene: Callable[..., Any], site: str, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The page judges ten seconds of another picture, a blank wall or noise, and reports nothing."""
    video = write_y4m(tmp_path / "scene.y4m", scene())
    page = browser_with_camera(video).new_page()
    page.route("**/counting.html", lambda route: route.fulfill(body=COUNTING_PAGE, content_type="text/html"))
    page.goto(site + "counting.html")
    page.wait_for_function("globalThis.failure || frames > 0")
    assert page.evaluate("globalThis.failure") is None
    page.wait_for_timeout(10_000)
    page.wait_for_function("frames >= 20")
    assert page.evaluate("found") == []


def test_no_other_host_is_contacted(site: str, browser_with_camera: OpenBrowser, tmp_path: Path) -> None:
    """Every request from the first byte to the match goes to the site's own origin."""
    video = write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of("1"), 1)))
    context = browser_with_camera(video)
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page: Page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto(site)
    page.wait_for_function("matches.length > 0")
    assert len(requests) > 10
    own = urlsplit(site).netloc
    assert [url for url in requests if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != own] == []
