"""Recognise printed pictures by perceptual hash: numpy only, runs unchanged in CPython and in the browser."""

try:
    from .bundle import HashBundle, HashParameters
    from .errors import BundleError, ImageError
    from .phash import hamming_distance, perceptual_hash
    from .pipeline import FrameScanner
    from .verdict import Verdict
except ModuleNotFoundError as error:
    from .lacking import end_command

    end_command(error)
    raise

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
