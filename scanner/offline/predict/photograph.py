"""Render one frame: a picture held as a `Shot` says, in front of a background, seen by a phone's camera."""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from scanner.offline.predict.shots import Shot

__all__ = ["Corners", "Pixels", "photograph"]

Pixels = NDArray[np.uint8]
Light = NDArray[np.float32]
Corners = NDArray[np.float64]

_FIELD_OF_VIEW = 40.0  # degrees spanned by the frame's long side: an ordinary phone's main camera
_NOMINAL_SIDE = 400.0  # the frame size at which blur, motion and noise are stated


def photograph(
    picture: Pixels,
    shot: Shot,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
) -> tuple[Pixels, Corners]:
    """Returns one frame, (height, width, 3) uint8 RGB, and the picture's corners in it, (4, 2) float64.

    Corners are (x, y) in pixels: the picture's top left, top right, bottom right and bottom left. The frame spans
    0..width and 0..height; corners may lie outside.

    Args:
        picture: (height, width, 3) uint8 RGB.
        shot: how the picture is held and lit.
        size: (height, width) of the frame.
        background: picture of any size behind the picture held; None is mid-grey.
        squash: True: a picture held without fault fills the frame, as in a scan region of the picture's shape.
            False: the picture is the largest upright rectangle of its own proportions in the frame's middle.
    """
    height, width = size
    scale = math.sqrt(height * width) / _NOMINAL_SIDE
    box_width, box_height = _box(picture, size, squash)
    corners = _corners(shot, size, box_width, box_height)

    scene = _scene(background, size)
    held = _warp(picture, corners, size, box_width * shot.zoom, box_height * shot.zoom)
    scene.paste(held, mask=held.getchannel("A"))
    if shot.thumb > 0:
        _draw_thumb(scene, corners, shot)
    if shot.blur > 0.05:
        scene = scene.filter(ImageFilter.GaussianBlur(shot.blur * scale))

    light: Light = np.asarray(scene, dtype=np.float32)
    colour = np.array([shot.red, 1, shot.blue], dtype=np.float32) * np.float32(2**shot.exposure)
    light = light * _illumination(shot, size)[..., None] * colour
    if shot.glare > 0:
        side_held = math.sqrt(box_width * box_height) * shot.zoom
        light += _glare(shot, size, corners, side_held)[..., None]
    np.minimum(light, 255, out=light)
    frame = _smear(light.astype(np.uint8), shot.motion * scale, shot.motion_to)
    frame = _tone(shot)[frame]
    if shot.noise > 0:
        noise = np.random.default_rng(shot.seed).standard_normal(size, dtype=np.float32)
        grains = np.rint(noise * np.float32(shot.noise)).astype(np.int16)[..., None]
        frame = np.clip(frame + grains, 0, 255).astype(np.uint8)
    return _compress(frame, shot.jpeg), corners


# Place of the picture


def _box(picture: Pixels, size: tuple[int, int], squash: bool) -> tuple[float, float]:
    """Returns the (width, height) of the picture held without fault."""
    height, width = size
    if squash:
        return float(width), float(height)
    scale = min(width / picture.shape[1], height / picture.shape[0])
    return picture.shape[1] * scale, picture.shape[0] * scale


def _corners(shot: Shot, size: tuple[int, int], box_width: float, box_height: float) -> Corners:
    """Returns the corners of the picture turned in space and seen through the lens."""
    height, width = size
    focal = max(height, width) / 2 / math.tan(math.radians(_FIELD_OF_VIEW / 2))
    flat = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (box_width / 2, box_height / 2, 0)
    tilt, yaw, pitch = (math.radians(angle) for angle in (shot.tilt, shot.yaw, shot.pitch))
    turn = np.array([[math.cos(tilt), -math.sin(tilt), 0], [math.sin(tilt), math.cos(tilt), 0], [0, 0, 1]])
    lean = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    space = flat * shot.zoom @ (nod @ lean @ turn).T
    seen = space[:, :2] * (focal / (focal + space[:, 2:]))
    middle = (width / 2 + shot.shift_x * box_width, height / 2 + shot.shift_y * box_height)
    return np.asarray(seen + middle, dtype=np.float64)


def _homography(source: Corners, target: Corners) -> NDArray[np.float64]:
    """Returns the (3, 3) map that takes the four points `source` to `target`."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solved = np.linalg.solve(np.array(rows), np.asarray(target).ravel())
    return np.append(solved, 1.0).reshape(3, 3)


def _warp(picture: Pixels, corners: Corners, size: tuple[int, int], wide: float, high: float) -> Image.Image:
    """Returns the picture drawn between `corners`, RGBA, transparent elsewhere."""
    rim = 2  # the edge pixels are repeated outwards, so that sampling at the edge never meets black
    inner = (max(2, round(wide)), max(2, round(high)))
    image = Image.fromarray(picture[..., :3]).resize(inner, Image.Resampling.LANCZOS, reducing_gap=3)
    pad = ((rim, rim), (rim, rim))
    drawn = Image.fromarray(np.pad(np.asarray(image), (*pad, (0, 0)), mode="edge"))
    drawn.putalpha(Image.fromarray(np.pad(np.full(inner[::-1], 255, np.uint8), pad)))
    right, bottom = rim + inner[0], rim + inner[1]
    source = np.array([[rim, rim], [right, rim], [right, bottom], [rim, bottom]], dtype=np.float64)
    data = tuple(_homography(corners, source).ravel()[:8])
    frame = (size[1], size[0])
    return drawn.transform(frame, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)


def _scene(background: Pixels | None, size: tuple[int, int]) -> Image.Image:
    height, width = size
    if background is None:
        return Image.new("RGB", (width, height), (128, 128, 128))
    image = Image.fromarray(background[..., :3])
    return image if image.size == (width, height) else image.resize((width, height))


def _draw_thumb(scene: Image.Image, corners: Corners, shot: Shot) -> None:
    """Draws a thumb that reaches into the picture from somewhere on its outline."""
    edge, along = int(shot.thumb_at * 4) % 4, shot.thumb_at * 4 % 1
    start, end = corners[edge], corners[(edge + 1) % 4]
    at = start + (end - start) * along
    inward = corners.mean(axis=0) - at
    inward /= max(1e-9, float(np.hypot(*inward)))
    area = 0.5 * abs(
        float(np.sum(corners[:, 0] * np.roll(corners[:, 1], -1) - corners[:, 1] * np.roll(corners[:, 0], -1)))
    )
    # A thumb is about 1.6 times as long as wide; half of the ellipse lies on the picture.
    wide = math.sqrt(shot.thumb * area * 2 / (math.pi * 1.6))
    turn = np.linspace(0, 2 * math.pi, 40)
    across = np.array([-inward[1], inward[0]])
    outline = at + np.outer(np.cos(turn) * wide, across) + np.outer(np.sin(turn) * wide * 1.6, inward)
    tone = 0.55 + 0.4 * (shot.seed % 97) / 97
    skin = tuple(int(255 * tone * part) for part in (0.95, 0.72, 0.60))
    ImageDraw.Draw(scene).polygon([tuple(point) for point in outline.tolist()], fill=skin)


# Light and camera


def _illumination(shot: Shot, size: tuple[int, int]) -> Light:
    """Returns the factor by which each pixel of the scene is lit."""
    height, width = size
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height - 0.5)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5)[None, :]
    direction = math.radians(shot.light_from)
    across = x * np.float32(math.cos(direction)) + y * np.float32(math.sin(direction))
    light = (1 + shot.gradient * across) * (1 - shot.vignette * 2 * (x * x + y * y))
    if shot.shadow > 0:
        side = -x * np.float32(math.sin(direction)) + y * np.float32(math.cos(direction))
        light *= 1 - shot.shadow / (1 + np.exp((side - np.float32(shot.shadow_at)) * np.float32(25)))
    return np.asarray(light, dtype=np.float32)


def _glare(shot: Shot, size: tuple[int, int], corners: Corners, side: float) -> Light:
    height, width = size
    top = corners[0] + (corners[1] - corners[0]) * shot.glare_x
    bottom = corners[3] + (corners[2] - corners[3]) * shot.glare_x
    at_x, at_y = top + (bottom - top) * shot.glare_y
    radius = max(1.0, shot.glare_size * side)
    y = (np.arange(height, dtype=np.float32) + np.float32(0.5 - at_y)) / np.float32(radius)
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5 - at_x)) / np.float32(radius)
    # Flat in the middle, soft at the rim, as the reflection of a lamp is.
    spread = (y * y)[:, None] + (x * x)[None, :]
    return np.asarray(np.float32(255 * shot.glare) * np.exp(-spread * spread), dtype=np.float32)


def _smear(frame: Pixels, length: float, degrees: float) -> Pixels:
    """Returns the scene smeared along a line of `length` px."""
    steps = round(length)
    if steps < 2:
        return frame
    reach = steps // 2 + 1
    padded = np.pad(frame, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    height, width = frame.shape[:2]
    total = np.zeros(frame.shape, np.uint16)
    for step in np.linspace(-length / 2, length / 2, steps):
        x = round(reach + step * math.cos(math.radians(degrees)))
        y = round(reach + step * math.sin(math.radians(degrees)))
        total += padded[y : y + height, x : x + width]
    return (total // np.uint16(steps)).astype(np.uint8)


def _tone(shot: Shot) -> Pixels:
    """Returns the grey level, (256,) uint8, that the camera gives for each level of the scene."""
    level = (np.arange(256) / 255) ** shot.gamma
    return np.rint(255 * (shot.black + (shot.white - shot.black) * level)).astype(np.uint8)


def _compress(frame: Pixels, quality: int) -> Pixels:
    if quality >= 100:
        return frame
    stream = io.BytesIO()
    Image.fromarray(frame).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))
