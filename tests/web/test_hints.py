"""The advice to a person fits the frame."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from support.places import PICTURES


@pytest.mark.parametrize(
    ("scene", "advice"),
    [
        ("context.fillStyle = '#111'; context.fillRect(0, 0, 640, 480)", "light"),
        ("context.fillStyle = '#888'; context.fillRect(0, 0, 640, 480)", "closer"),
        (
            "context.filter = 'blur(24px)'; for (let i = 0; i < 60; i++) { context.fillStyle = i % 2 ? '#222' : '#ddd';"
            " context.fillRect(i * 97 % 640, i * 61 % 480, 160, 120) }",
            "steady",
        ),
        (
            "context.fillStyle = '#567'; context.fillRect(0, 0, 640, 480);"
            " context.fillStyle = '#fff'; context.fillRect(200, 150, 300, 200)",
            "glare",
        ),
    ],
)
def test_the_advice_fits_what_the_camera_sees(scene: str, advice: str, empty_page: Page) -> None:
    """Each of a dark, a plain, a blurred and a glaring frame gets the advice that helps."""
    found = empty_page.evaluate(
        """async (scene) => {
            const { advice } = await import("./page/hints.js");
            const { measureQuality } = await import("./python/quality.js");
            const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
            const context = canvas.getContext("2d");
            new Function("context", scene)(context);
            const { data } = context.getImageData(0, 0, 640, 480);
            const quality = measureQuality(data, 640, { left: 80, top: 0, width: 480, height: 480 });
            return { advice: advice(quality), quality };
        }""",
        scene,
    )
    assert found["advice"] == advice, found["quality"]


@pytest.mark.parametrize(
    ("seen", "advice"),
    [
        ({}, "steady"),
        ({"moving": True}, "steady"),
        ({"still": True}, "fit"),
        ({"still": True, "long": True}, "unknown"),
        ({"long": True}, "unknown"),
        ({"moving": True, "long": True}, "steady"),
    ],
)
def test_the_hand_is_not_blamed_for_a_picture_of_large_flat_shapes(
    seen: dict[str, Any], advice: str, empty_page: Page
) -> None:
    """A sharp picture of large flat shapes, which looks blurred, is told to hold steady only where something moves."""
    found = empty_page.evaluate(
        """async (seen) => {
            const { advice } = await import("./page/hints.js");
            const { measureQuality } = await import("./python/quality.js");
            const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
            const context = canvas.getContext("2d");
            for (const [at, colour] of ["#1d3557", "#e63946", "#a8dadc", "#457b9d"].entries()) {
              context.fillStyle = colour;
              context.fillRect((at % 2) * 300, at > 1 ? 230 : 0, 340, 250);
            }
            const { data } = context.getImageData(0, 0, 640, 480);
            const quality = measureQuality(data, 640, { left: 80, top: 0, width: 480, height: 480 });
            return { advice: advice(quality, seen), quality };
        }""",
        seen,
    )
    assert found["advice"] == advice, found["quality"]


def test_a_bare_wall_is_not_called_an_unknown_picture(empty_page: Page) -> None:
    """A bare wall gets the advice to come closer, however long it takes."""
    advice = empty_page.evaluate("""async () => {
        const { advice } = await import("./page/hints.js");
        const { measureQuality } = await import("./python/quality.js");
        const wall = new Uint8Array(4 * 64 * 64).fill(128);
        const quality = measureQuality(wall, 64, { left: 0, top: 0, width: 64, height: 64 });
        return advice(quality, { still: true, long: true });
    }""")
    assert advice == "closer"


@pytest.mark.parametrize(("noise", "shift", "still"), [(0, 0, True), (17, 0, True), (0, 24, False)])
def test_a_cameras_noise_is_no_movement(noise: int, shift: int, still: bool, empty_page: Page) -> None:
    """A resting picture counts as still, also with the noise of poor light; one shifted by a twentieth does not."""
    changed = empty_page.evaluate(
        """async ([noise, shift]) => {
            const { change, glance } = await import("./page/motion.js");
            const look = (moved) => {
              const pixels = new Uint8ClampedArray(4 * 480 * 480);
              for (let at = 0; at < 480 * 480; at++) {
                const [x, y] = [(at % 480) + moved, Math.floor(at / 480)];
                const grey = (Math.floor(x / 120) + Math.floor(y / 120)) % 2 ? 180 : 70;
                pixels.fill(grey + (Math.random() * 2 - 1) * noise, 4 * at, 4 * at + 3);
              }
              return glance(pixels, 480, { left: 0, top: 0, width: 480, height: 480 });
            };
            return change(look(0), look(shift));
        }""",
        [noise, shift],
    )
    assert (changed < 5) is still, changed


@pytest.mark.parametrize(("share", "advice"), [(0.35, "closer"), (0.7, "closer"), (1.0, "fit"), (1.4, "fit")])
@pytest.mark.parametrize("reference", ["lighthouse", "2", "monstera"])
def test_who_is_close_enough_is_not_told_to_come_closer(
    reference: str, share: float, advice: str, empty_page: Page
) -> None:
    """Only a picture smaller than the guide gets the advice to come closer, not one that fills or overhangs it."""
    empty_page.route("**/held.png", lambda route: route.fulfill(path=PICTURES / f"{reference}.png"))
    found = empty_page.evaluate(
        """async (share) => {
            const { advice } = await import("./page/hints.js");
            const { measureQuality } = await import("./python/quality.js");
            const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
            const context = canvas.getContext("2d");
            context.fillStyle = "#a8977e";
            context.fillRect(0, 0, 640, 480);
            const picture = Object.assign(new Image(), { src: "held.png" });
            await picture.decode();
            const scale = (share * 380) / Math.max(picture.naturalWidth, picture.naturalHeight);
            const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
            context.drawImage(picture, 320 - width / 2, 240 - height / 2, width, height);
            const { data } = context.getImageData(0, 0, 640, 480);
            const quality = measureQuality(data, 640, { left: 130, top: 50, width: 380, height: 380 });
            return { advice: advice(quality), quality };
        }""",
        share,
    )
    assert found["advice"] == advice, found["quality"]
