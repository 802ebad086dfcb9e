"""A simulated hand: what a phone camera sees when a person holds a printed picture up to it.

`draw_shot` draws where the picture lies, the light, the optics and the camera of one frame from a `Level`;
`photograph` renders it. `simulate` is both in one call, `hold_up` a run of frames from one unsteady hand.

The levels are those of the project's recognition figures, so that figures can be compared. All draws are
uniform but zoom and gamma, which are log-uniform. Lengths are shares of the picture's side as it lies in the
scan region; blur, motion and noise are given for a frame of 400 px and scale with the frame's size.
"""

import io
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Pixels = NDArray[np.uint8]
Light = NDArray[np.float32]
Corners = NDArray[np.float64]
Span = tuple[float, float]

BACKGROUNDS = ("desk", "wood", "paper", "cloth", "wall")

_FIELD_OF_VIEW = 40.0  # degrees spanned by the frame's long side: an ordinary phone's main camera
_NOMINAL_SIDE = 400.0  # the frame size at which blur, motion and noise are stated


@dataclass(frozen=True)
class Level:
    """How unsteady the hand and how poor the light: the range each property of a frame is drawn from."""

    name: str
    shift: float  # largest shift along each axis, share of the side
    zoom: Span
    tilt: float  # degrees in the plane, at most
    out_of_plane: float  # degrees out of the plane, at most, about an axis of any direction
    gradient: float  # light falls by at most this share across the frame
    vignette: float  # darkening of the frame's corners, at most
    shadow: float  # darkening by a soft-edged shadow across the frame, at most
    gamma: Span
    white_balance: float  # red and blue are scaled by at most this share
    exposure: float  # EV, either way
    glare_often: float  # probability
    glare_strength: Span  # share of full white
    glare_size: Span  # radius, share of the side
    blur: Span  # px, standard deviation
    motion: Span  # px, length of the smear
    noise: Span  # grey levels, standard deviation
    jpeg: Span  # quality
    black: Span  # what black comes out as, share of full white
    white: Span
    thumb_often: float  # probability
    thumb_share: Span  # share of the picture's area under a thumb at its edge
    jitter: float  # movement between two frames of one hold-up, share of the side


EASY = Level(
    name="EASY", shift=0.03, zoom=(0.97, 1.03), tilt=1.5, out_of_plane=3,
    gradient=0.15, vignette=0.10, shadow=0, gamma=(0.9, 1.12), white_balance=0.04, exposure=0.2,
    glare_often=0, glare_strength=(0, 0), glare_size=(0, 0), blur=(0, 0.8), motion=(0, 2),
    noise=(1, 3), jpeg=(85, 95), black=(0, 0.05), white=(0.95, 1), thumb_often=0, thumb_share=(0, 0),
    jitter=0.007,
)  # fmt: skip
TYPICAL = Level(
    name="TYPICAL", shift=0.06, zoom=(0.90, 1.10), tilt=4, out_of_plane=8,
    gradient=0.35, vignette=0.20, shadow=0.25, gamma=(0.8, 1.25), white_balance=0.10, exposure=0.4,
    glare_often=0.3, glare_strength=(0.15, 0.5), glare_size=(0.05, 0.15), blur=(0.3, 1.8), motion=(0, 6),
    noise=(2, 7), jpeg=(60, 90), black=(0.02, 0.12), white=(0.85, 1), thumb_often=0.25,
    thumb_share=(0.04, 0.10), jitter=0.015,
)  # fmt: skip
HARD = Level(
    name="HARD", shift=0.12, zoom=(0.80, 1.25), tilt=10, out_of_plane=16,
    gradient=0.6, vignette=0.35, shadow=0.5, gamma=(0.65, 1.5), white_balance=0.2, exposure=0.8,
    glare_often=0.6, glare_strength=(0.3, 0.9), glare_size=(0.08, 0.25), blur=(0.5, 3.5), motion=(0, 16),
    noise=(4, 14), jpeg=(35, 80), black=(0.03, 0.22), white=(0.7, 1), thumb_often=0.5,
    thumb_share=(0.06, 0.18), jitter=0.03,
)  # fmt: skip
LEVELS = (EASY, TYPICAL, HARD)


@dataclass(frozen=True)
class Shot:
    """All that one frame depends on besides the picture and the background.

    `Shot()` is a camera without fault before a picture held without fault. Shifts are shares of the picture's
    side, angles degrees, light factors shares of full white.
    """

    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0
    tilt: float = 0.0  # in the plane, clockwise
    yaw: float = 0.0  # out of the plane, about the vertical axis
    pitch: float = 0.0  # out of the plane, about the horizontal axis
    gradient: float = 0.0
    light_from: float = 0.0  # degrees
    vignette: float = 0.0
    shadow: float = 0.0
    shadow_at: float = 0.0  # where the shadow's edge is, share of the frame from its middle
    gamma: float = 1.0
    red: float = 1.0
    blue: float = 1.0
    exposure: float = 0.0
    glare: float = 0.0
    glare_size: float = 0.1
    glare_x: float = 0.5  # on the picture, 0..1
    glare_y: float = 0.5
    blur: float = 0.0
    motion: float = 0.0
    motion_to: float = 0.0  # degrees
    noise: float = 0.0
    jpeg: int = 100  # 100: not compressed at all
    black: float = 0.0
    white: float = 1.0
    thumb: float = 0.0
    thumb_at: float = 0.0  # where on the picture's outline, 0..1 clockwise from the top left corner
    seed: int = 0  # of the noise


def draw_shot(level: Level, rng: np.random.Generator) -> Shot:
    """Returns one frame's conditions drawn from `level`."""

    def up_to(largest: float) -> float:
        return float(rng.uniform(0, largest))

    def either_way(largest: float) -> float:
        return float(rng.uniform(-largest, largest))

    def within(span: Span) -> float:
        return float(rng.uniform(*span))

    def factor(span: Span) -> float:
        return math.exp(rng.uniform(math.log(span[0]), math.log(span[1])))

    lean, axis = either_way(level.out_of_plane), rng.uniform(0, 2 * math.pi)
    return Shot(
        shift_x=either_way(level.shift),
        shift_y=either_way(level.shift),
        zoom=factor(level.zoom),
        tilt=either_way(level.tilt),
        yaw=lean * math.cos(axis),
        pitch=lean * math.sin(axis),
        gradient=up_to(level.gradient),
        light_from=up_to(360),
        vignette=up_to(level.vignette),
        shadow=up_to(level.shadow),
        shadow_at=either_way(0.4),
        gamma=factor(level.gamma),
        red=1 + either_way(level.white_balance),
        blue=1 + either_way(level.white_balance),
        exposure=either_way(level.exposure),
        glare=within(level.glare_strength) if rng.random() < level.glare_often else 0.0,
        glare_size=within(level.glare_size),
        glare_x=up_to(1),
        glare_y=up_to(1),
        blur=within(level.blur),
        motion=within(level.motion),
        motion_to=up_to(180),
        noise=within(level.noise),
        jpeg=round(within(level.jpeg)),
        black=within(level.black),
        white=within(level.white),
        thumb=within(level.thumb_share) if rng.random() < level.thumb_often else 0.0,
        thumb_at=up_to(1),
        seed=int(rng.integers(2**32)),
    )


def next_shot(shot: Shot, level: Level, rng: np.random.Generator) -> Shot:
    """Returns the same hold-up a moment later: the hand has moved by the level's jitter, about where it was.

    Blur, motion and noise are drawn anew; light, thumb and compression stay.
    """
    x, y, larger, turn, yaw, pitch, glare_x, glare_y = rng.normal(0, level.jitter, 8)
    return replace(
        shot,
        shift_x=shot.shift_x + x,
        shift_y=shot.shift_y + y,
        zoom=shot.zoom * math.exp(larger),
        tilt=shot.tilt + math.degrees(turn),
        yaw=shot.yaw + math.degrees(yaw),
        pitch=shot.pitch + math.degrees(pitch),
        glare_x=shot.glare_x + 3 * glare_x,  # a reflection wanders further than what it lies on
        glare_y=shot.glare_y + 3 * glare_y,
        blur=float(rng.uniform(*level.blur)),
        motion=float(rng.uniform(*level.motion)),
        motion_to=float(rng.uniform(0, 180)),
        noise=float(rng.uniform(*level.noise)),
        seed=int(rng.integers(2**32)),
    )


def simulate(
    picture: Pixels,
    level: Level,
    rng: np.random.Generator,
    *,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
) -> tuple[Pixels, Corners]:
    """Returns a frame of the picture in a hand of this level, and its corners; see `photograph`.

    Without a `background` one is drawn.
    """
    if background is None:
        background = draw_background(rng, size)
    return photograph(picture, draw_shot(level, rng), size, background, squash)


def hold_up(
    picture: Pixels,
    level: Level,
    rng: np.random.Generator,
    *,
    frames: int = 10,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
    shot: Shot | None = None,
) -> list[tuple[Pixels, Corners]]:
    """Returns the frames, with corners, of one hold-up by an unsteady hand; see `photograph`.

    `shot`, if given, is where and how the picture is held; otherwise it is drawn from the level.
    """
    if background is None:
        background = draw_background(rng, size)
    held = draw_shot(level, rng) if shot is None else shot
    return [photograph(picture, next_shot(held, level, rng), size, background, squash) for _ in range(frames)]


def photograph(
    picture: Pixels,
    shot: Shot,
    size: tuple[int, int] = (400, 400),
    background: Pixels | None = None,
    squash: bool = True,
) -> tuple[Pixels, Corners]:
    """Returns one frame, (height, width, 3) uint8 RGB, and the picture's corners in it, (4, 2) float64.

    `picture` is (height, width, 3) uint8, `size` the frame's (height, width). With `squash` the picture held
    without fault fills the whole frame, as if a page had made its scan region in the picture's shape;
    without, it is the largest upright rectangle of its own proportions in the frame's middle. `background`
    is a picture of any size shown behind it, mid-grey if None. Corners are (x, y) of the picture's own top
    left, top right, bottom right and bottom left, in pixels, where the frame spans 0..width and 0..height;
    they may lie outside.
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


def draw_background(rng: np.random.Generator, size: tuple[int, int], kind: str | None = None) -> Pixels:
    """Returns something to hold a picture in front of, (height, width, 3) uint8: one of `BACKGROUNDS`."""
    if kind is None:
        kind = str(rng.choice(BACKGROUNDS))
    height, width = size
    if kind == "wood":
        return _wood(rng, size)
    if kind == "cloth":
        return _cloth(rng, size)
    if kind == "paper":
        return _paper(rng, size)
    base = _colour(rng, (0.35, 0.95), 0.25)
    plane = np.ones((height, width, 1)) * base
    plane *= 1 + 0.10 * _cloud(rng, size, 2)[..., None] + 0.02 * _cloud(rng, size, 60)[..., None]
    picture = _as_pixels(plane)
    if kind == "desk":
        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image)
        for _ in range(int(rng.integers(2, 9))):
            _draw_thing(draw, rng, size)
        return np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 2.0))))
    return picture


# Where the picture lies


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
    rim = 2  # the picture's edge is drawn out a little, so that sampling at the edge never meets black
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
    """Returns the grey level that each of the 256 comes out as."""
    level = (np.arange(256) / 255) ** shot.gamma
    return np.rint(255 * (shot.black + (shot.white - shot.black) * level)).astype(np.uint8)


def _compress(frame: Pixels, quality: int) -> Pixels:
    if quality >= 100:
        return frame
    stream = io.BytesIO()
    Image.fromarray(frame).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


# Backgrounds


def _as_pixels(plane: NDArray[np.float64]) -> Pixels:
    return (np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8)


def _colour(rng: np.random.Generator, brightness: Span, saturation: float) -> NDArray[np.float64]:
    return rng.uniform(*brightness) * (1 - rng.uniform(0, saturation, 3))


def _cloud(rng: np.random.Generator, size: tuple[int, int], cells: float, stretch: float = 1.0) -> NDArray[np.float64]:
    """Returns smooth noise of about `cells` hills along the frame, stretched along x; sd about 0.6."""
    height, width = size
    coarse = (max(2, round(cells) + 1), max(2, round(cells / stretch) + 1))
    hills = rng.standard_normal(coarse).astype(np.float32)
    image = Image.fromarray(hills).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float64)


def _wood(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    across = np.linspace(0, rng.uniform(4, 14), size[0])[:, None]
    grain = np.sin(2 * math.pi * (across + 0.8 * _cloud(rng, size, 4, 3) + 0.1 * _cloud(rng, size, 24, 8)))
    fibre = _cloud(rng, size, size[0] / 3, 30)
    tone = rng.uniform(0.35, 0.85) * np.array([1.0, rng.uniform(0.70, 0.82), rng.uniform(0.42, 0.62)])
    lit = 1 + 0.10 * rng.uniform(0.3, 1) * grain + 0.06 * fibre + 0.08 * _cloud(rng, size, 3)
    board = _as_pixels(lit[..., None] * tone)
    return np.ascontiguousarray(np.rot90(board)) if size[0] == size[1] and rng.random() < 0.5 else board


def _cloth(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    height, width = size
    thread = rng.uniform(3, 7)
    weave = np.sin(np.arange(height) * 2 * math.pi / thread)[:, None] * np.sin(np.arange(width) * 2 * math.pi / thread)
    folds = _cloud(rng, size, 3, rng.uniform(0.5, 2.0))
    lit = 1 + 0.08 * weave + 0.20 * folds + 0.04 * rng.standard_normal(size)
    base = np.ones((height, width, 1)) * _colour(rng, (0.2, 0.9), 0.7)
    if rng.random() < 0.4:  # a woven stripe or check
        other, period = _colour(rng, (0.2, 0.9), 0.7), rng.uniform(0.08, 0.3) * width
        stripe = (np.arange(width) % period < period / 2)[None, :, None]
        if rng.random() < 0.5:
            stripe = stripe ^ (np.arange(height) % period < period / 2)[:, None, None]
        base = np.where(stripe, other, base)
    return _as_pixels(lit[..., None] * base)


def _paper(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """A sheet, white or tinted, blank or with lines of print on it."""
    sheet = (1 + 0.03 * _cloud(rng, size, 3) + 0.015 * rng.standard_normal(size))[..., None]
    image = Image.fromarray(_as_pixels(sheet * _colour(rng, (0.8, 1.0), 0.08)))
    if rng.random() < 0.6:
        _print_lines(ImageDraw.Draw(image), rng, size)
    return np.asarray(image.rotate(rng.uniform(-15, 15), Image.Resampling.BILINEAR, expand=False)
                      if rng.random() < 0.3 else image)  # fmt: skip


def _print_lines(draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    height, width = size
    line = rng.uniform(0.02, 0.05) * height
    ink = int(rng.integers(10, 90))
    y = rng.uniform(0.02, 0.1) * height
    while y < height:
        x = 0.06 * width
        end = width * (0.94 if rng.random() < 0.8 else rng.uniform(0.3, 0.9))
        while x < end:
            word = rng.uniform(0.6, 4.0) * line
            draw.rectangle([x, y, min(x + word, end), y + line * 0.45], fill=(ink, ink, ink + 8))
            x += word + 0.5 * line
        y += line * (1.0 if rng.random() < 0.85 else 2.0)


def _draw_thing(draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    """Something that lies on a desk: a sheet, a book, a pen, a cup."""
    height, width = size
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    colour = tuple(int(255 * part) for part in _colour(rng, (0.1, 1.0), 0.6))
    what = rng.integers(3)
    if what == 0:
        radius = rng.uniform(0.05, 0.18) * width
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
        inner = radius * rng.uniform(0.5, 0.9)
        shade = tuple(int(part * 0.6) for part in colour)
        draw.ellipse([x - inner, y - inner, x + inner, y + inner], fill=shade)
        return
    long, short = (0.25, 0.02) if what == 1 else (0.25, 0.18)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.5, 1.5, 2) * (long, short) * width
    turn = rng.uniform(0, 2 * math.pi)
    spun = half @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) + (x, y)
    draw.polygon([tuple(point) for point in spun.tolist()], fill=colour)
