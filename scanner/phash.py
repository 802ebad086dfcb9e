"""The perceptual hash: 48 x 48 grey pixels to 144 bits, equal on every machine.

pHash after Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), as
`imagehash.phash(hash_size=12)` computes it, on a thumbnail that was faded towards its rim. Every number on the way is
whole and below 2^53, also where float64 holds it for BLAS: no sum depends on its order
(docs/decisions/why-exact-integers.md).
"""

import numpy as np
import numpy.typing as npt

from .grey import to_grey
from .resample import area_means

__all__ = [
    "HASH_BITS",
    "HASH_SIZE",
    "THUMBNAIL_SIZE",
    "detail",
    "fade",
    "from_hex",
    "hamming_distance",
    "hash_faded",
    "hash_thumbnails",
    "pack",
    "perceptual_hash",
    "thumbnail",
    "to_hex",
    "unpack",
]

HASH_SIZE = 12
"""Cosine frequencies kept along each axis."""
HASH_BITS = HASH_SIZE * HASH_SIZE
THUMBNAIL_SIZE = 48
"""Side of a thumbnail in pixels."""

_GREY_STEPS = 16
"""Steps a grey level that the weighted mean is rounded to. Fewer steps would change the bits of faint pictures."""
_OFFSET = 128
"""Grey level that a faded thumbnail fades to."""

_positions = (np.arange(THUMBNAIL_SIZE) + 0.5) * (np.pi / THUMBNAIL_SIZE)
_sine = np.rint(256 * np.sin(_positions)).astype(np.int32)
_FADE = np.outer(_sine, _sine)
"""Sine window in 1/65536: pixels near the rim hardly count, so a table or a wall beside the picture does no harm.
docs/decisions/why-75-crops.md has the gain."""
_FADE_SUM = int(_FADE.sum())

_COSINE_BITS = 17
_COSINES = np.rint(2.0**_COSINE_BITS * np.cos(np.arange(HASH_SIZE)[:, None] * _positions))
"""DCT-II, the 12 lowest frequencies, in 1/131072. Sums stay below 2^53: 48 x 48 terms, each of a level at most 2^7
from 128 and two factors of at most 2^17."""
_OFFSET_DC = float(_OFFSET * THUMBNAIL_SIZE**2) * 2.0 ** (2 * _COSINE_BITS)


def thumbnail(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns a picture of any size and shape squashed to a thumbnail, (48, 48), by area means."""
    height, width = grey.shape
    cells = np.arange(THUMBNAIL_SIZE + 1, dtype=np.int64)
    return area_means(grey, cells * height, cells * width, THUMBNAIL_SIZE)


def fade(thumbnails: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns thumbnails, (..., 48, 48) uint8, faded to mid-grey towards their rim.

    The mean of each thumbnail, weighted by the sine window, is moved to 128 first: a brighter light changes nothing.
    """
    flat = thumbnails.reshape(-1, THUMBNAIL_SIZE**2)
    sums = flat.astype(np.float64) @ _FADE.reshape(-1).astype(np.float64)
    means = (sums.astype(np.int64) * (2 * _GREY_STEPS) + _FADE_SUM) // (2 * _FADE_SUM)
    faded = flat.astype(np.int32)
    faded *= _GREY_STEPS
    faded -= means.astype(np.int32)[:, None]
    faded *= _FADE.reshape(-1)
    faded += (65536 * _GREY_STEPS) // 2
    faded //= 65536 * _GREY_STEPS
    faded += _OFFSET
    np.clip(faded, 0, 255, out=faded)
    return faded.astype(np.uint8).reshape(thumbnails.shape)


def detail(faded: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Returns the root mean square contrast of faded thumbnails, (..., 48, 48), in grey levels, shape (...)."""
    deviations = faded.astype(np.int32) - _OFFSET
    squares: npt.NDArray[np.float64] = np.sqrt((deviations**2).mean(axis=(-2, -1)))
    return squares


def hash_faded(faded: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Returns the hashes of faded thumbnails, (..., 48, 48) to (..., 144) bool, as `imagehash.phash` computes them.

    A bit is set where a cosine coefficient is above the median of all 144, the constant term included. Bits are
    row-major, by vertical frequency first.
    """
    centred = faded.astype(np.float64) - _OFFSET
    coefficients = _COSINES @ (centred @ _COSINES.T)
    coefficients[..., 0, 0] += _OFFSET_DC
    coefficients = coefficients.reshape(*faded.shape[:-2], HASH_BITS)
    # numpy.median would import numpy.ma, which the trimmed runtime of the browser does not have.
    middle = np.partition(coefficients, (HASH_BITS // 2 - 1, HASH_BITS // 2), axis=-1)
    median = (middle[..., HASH_BITS // 2 - 1] + middle[..., HASH_BITS // 2]) / 2
    bits: npt.NDArray[np.bool_] = coefficients > median[..., None]
    return bits


def hash_thumbnails(thumbnails: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Returns the perceptual hashes of many thumbnails at once: (..., 48, 48) uint8 to (..., 144) bool."""
    return hash_faded(fade(thumbnails))


def perceptual_hash(pixels: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Returns the 144-bit perceptual hash of a whole picture, shape (144,), True = 1.

    Args:
        pixels: (height, width), (height, width, 3) or (height, width, 4) uint8, RGB order, any size. Shape does not
            matter: the picture is squashed to a square.

    Raises:
        ImageError: the pixels are not such an array.

    >>> import numpy as np
    >>> left_dark = np.repeat(np.array([[0, 0, 255, 255]], np.uint8), 4, axis=0)
    >>> to_hex(pack(perceptual_hash(left_dark)))[:6]
    '911000'
    """
    return hash_thumbnails(thumbnail(to_grey(pixels)))


def hamming_distance(query: npt.ArrayLike, references: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Returns the number of differing bits, 0 for equal hashes.

    Args:
        query: bool, (..., bits).
        references: bool, (..., bits); the shapes broadcast against each other.

    Raises:
        ValueError: the hashes are of different lengths, or are not bits.

    >>> int(hamming_distance([True, False, True], [True, True, False]))
    2
    """
    one, other = np.asarray(query), np.asarray(references)
    for array in (one, other):
        if array.dtype != np.bool_ or array.ndim == 0:
            raise ValueError(
                f"expected hashes as arrays of bits (bool), found {array.dtype} of shape {array.shape}: "
                "unpack packed hashes with scanner.phash.unpack first"
            )
    if one.shape[-1] != other.shape[-1]:
        raise ValueError(
            f"expected hashes of one length, found {one.shape[-1]} and {other.shape[-1]} bits: "
            "make both with equal parameters"
        )
    distances: npt.NDArray[np.int64] = np.count_nonzero(one != other, axis=-1)
    return distances


def pack(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Returns hashes packed eight bits to the byte, most significant first: (..., 144) to (..., 18)."""
    return np.packbits(bits, axis=-1)


def unpack(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Returns the bits of packed hashes: (..., 18) to (..., 144)."""
    return np.unpackbits(packed, axis=-1).astype(np.bool_)


def to_hex(packed: npt.NDArray[np.uint8]) -> str:
    """Returns one packed hash, (18,), as 36 hex digits, which `imagehash.hex_to_hash` reads."""
    return packed.tobytes().hex()


def from_hex(text: str) -> npt.NDArray[np.uint8]:
    """Returns the packed hash, (18,), of 36 hex digits.

    Raises:
        ValueError: not 36 hex digits.
    """
    digits = HASH_BITS // 4
    if len(text) != digits:
        raise ValueError(f"expected {digits} hex digits, found {len(text)} characters")
    try:
        packed = np.frombuffer(bytes.fromhex(text), np.uint8)
    except ValueError:
        packed = np.empty(0, np.uint8)
    if packed.size != HASH_BITS // 8:  # fromhex skips white space
        raise ValueError(f"expected {digits} hex digits, found {text!r}")
    return packed
