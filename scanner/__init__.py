"""Recognise printed pictures by perceptual hash: numpy only, runs unchanged in CPython and in the browser."""

from .bundle import HashBundle, HashParameters
from .errors import BundleError, ImageError
from .phash import hamming_distance, perceptual_hash
from .pipeline import FrameScanner
from .verdict import Verdict

__all__ = [
    "BundleError",
    "FrameScanner",
    "HashBundle",
    "HashParameters",
    "ImageError",
    "Verdict",
    "hamming_distance",
    "perceptual_hash",
]
