"""Pictures that tests draw: every kind that a hash may meet, from numbers alone, equal on every machine."""

import numpy as np
from PIL import Image


def natural(seed: int, size: int = 96) -> np.ndarray:
    """Returns a grey picture with the falling spectrum of natural pictures (amplitude 1/f), (size, size) uint8."""
    rng = np.random.default_rng(seed)
    down, right = np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None, :]
    frequency = np.maximum(np.hypot(down, right), 1 / size)
    spectrum = np.fft.fft2(rng.normal(size=(size, size))) / frequency ** rng.uniform(0.9, 1.4)
    levels = np.fft.ifft2(spectrum).real
    levels = (levels - levels.mean()) / levels.std()
    return np.clip(rng.uniform(90, 160) + rng.uniform(20, 60) * levels, 0, 255).astype(np.uint8)


def cover(seed: int, size: tuple[int, int] = (240, 180)) -> np.ndarray:
    """Returns a colour picture like a printed cover, (height, width, 3) uint8: blocks, discs and bars on a ground."""
    rng = np.random.default_rng(seed)
    height, width = size
    y, x = np.mgrid[:height, :width]
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = rng.integers(0, 256, 3)
    for _ in range(14):
        centre_y, centre_x = rng.uniform(0, height), rng.uniform(0, width)
        across, down = rng.uniform(0.05, 0.4) * width, rng.uniform(0.05, 0.4) * height
        if rng.random() < 0.5:
            inside = ((y - centre_y) / down) ** 2 + ((x - centre_x) / across) ** 2 < 1
        else:
            inside = (abs(y - centre_y) < down) & (abs(x - centre_x) < across)
        picture[inside] = rng.integers(0, 256, 3)
    return picture


def _drawn(seed: int) -> np.ndarray:
    return np.asarray(Image.fromarray(cover(seed, (90, 70))).convert("L"))


def _flat(seed: int) -> np.ndarray:
    return np.full((50 + seed % 7, 60), (seed * 37) % 256, np.uint8)


def _banded(seed: int) -> np.ndarray:
    bands = np.repeat(np.arange(0, 256, 1 + seed % 23, dtype=np.uint8), 1 + seed % 5)
    picture = np.tile(bands, (64, 1))
    return picture if seed % 2 else np.ascontiguousarray(picture.T)


def _symmetric(seed: int) -> np.ndarray:
    quarter = natural(seed, 32)
    half = np.hstack([quarter, quarter[:, ::-1]])
    return np.vstack([half, half[::-1]]) if seed % 2 else half


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (40 + seed % 50, 48), np.uint8)


def _one_pixel(seed: int) -> np.ndarray:
    picture = np.full((48 + seed % 13, 48 + seed % 17), 0 if seed % 2 else 255, np.uint8)
    rng = np.random.default_rng(seed)
    for _ in range(1 + seed % 4):
        picture[rng.integers(picture.shape[0]), rng.integers(picture.shape[1])] = rng.integers(256)
    if seed % 3 == 0:
        picture[:: 2 + seed % 5] ^= 255
    return picture


KINDS = {
    "natural": natural,
    "drawn": _drawn,
    "flat": _flat,
    "banded": _banded,
    "symmetric": _symmetric,
    "noise": _noise,
    "one pixel": _one_pixel,
}


def every_kind(count: int) -> list[tuple[str, np.ndarray]]:
    """Returns (name, picture) for `count` grey pictures of each kind."""
    return [(f"{kind} {seed}", make(seed)) for kind, make in KINDS.items() for seed in range(count)]


def turned(corners: np.ndarray, degrees: float) -> np.ndarray:
    """Returns corners (4, 2) turned about their middle, clockwise as seen."""
    angle, middle = np.radians(degrees), corners.mean(axis=0)
    return (corners - middle) @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + middle
