"""The perceptual hash, against two implementations that share no code with ours."""

import doctest

import imagehash
import numpy as np
import pytest
import scipy.fft
from PIL import Image

import scanner.phash
from scanner import hamming_distance, perceptual_hash
from scanner.phash import (
    detail,
    fade,
    from_hex,
    hash_faded,
    hash_thumbnails,
    pack,
    thumbnail,
    to_hex,
    unpack,
)
from support.pictures import every_kind, natural


def test_the_examples_in_the_documentation_are_true() -> None:
    """The functions return the values that their docstrings show."""
    results = doctest.testmod(scanner.phash)
    assert results.attempted
    assert not results.failed


def test_hashes_of_natural_pictures_are_those_of_imagehash() -> None:
    """The package imagehash sets equal bits, all 144, on the faded thumbnails of 600 natural pictures."""
    faded = fade(np.stack([thumbnail(natural(seed)) for seed in range(600)]))
    ours = hash_faded(faded)
    different = [
        seed
        for seed in range(600)
        if not np.array_equal(ours[seed], imagehash.phash(Image.fromarray(faded[seed]), hash_size=12).hash.ravel())
    ]
    assert not different


def test_the_cosine_transform_is_scipys() -> None:
    """Every bit equals the bit of scipy's DCT-II, unless its coefficient is the median but for rounding."""
    compared = 0
    for name, picture in every_kind(20):
        faded = fade(thumbnail(picture))
        theirs = scipy.fft.dctn(faded.astype(float), type=2)[:12, :12].ravel()
        clear = abs(theirs - np.median(theirs)) > 1e-3 * max(1, abs(theirs[1:]).max())
        assert np.array_equal(hash_faded(faded)[clear], (theirs > np.median(theirs))[clear]), name
        compared += clear.sum()
    assert compared > 10_000


def test_fading_follows_its_definition() -> None:
    """A faded thumbnail is 128 + sine window x (level - window-weighted mean), to one grey level."""
    sine = np.sin((np.arange(48) + 0.5) * np.pi / 48)
    window = np.outer(sine, sine)
    for name, picture in every_kind(10):
        levels = thumbnail(picture).astype(float)
        mean = (levels * window).sum() / window.sum()
        expected = np.clip(128 + window * (levels - mean), 0, 255)
        assert abs(fade(thumbnail(picture)) - expected).max() < 1.3, name


def test_hashing_many_at_once_changes_nothing() -> None:
    """A thumbnail has equal bits alone and in a batch of any shape."""
    batch = np.stack([thumbnail(picture) for _, picture in every_kind(2)])
    together = hash_thumbnails(batch.reshape(2, -1, 48, 48)).reshape(-1, 144)
    alone = np.stack([hash_thumbnails(each) for each in batch])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("change", ["brighter", "flatter"])
def test_light_changes_few_bits(change: str) -> None:
    """A picture in a brighter or a weaker light differs by a few bits only."""
    for seed in range(20):
        picture = natural(seed).astype(float)
        picture = np.clip(picture, 40, 200)
        other = picture + 30 if change == "brighter" else 128 + 0.5 * (picture - 128)
        assert hamming_distance(perceptual_hash(picture.astype("u1")), perceptual_hash(other.astype("u1"))) <= 6


def test_detail_tells_a_wall_from_a_picture() -> None:
    """A plain surface has hardly any detail, however bright; a picture has much."""
    for level in (0, 3, 128, 255):
        assert detail(fade(np.full((48, 48), level, np.uint8))) == 0
    assert detail(fade(thumbnail(natural(1)))) > 10


def test_hexadecimal_text_is_what_imagehash_reads() -> None:
    """`imagehash.hex_to_hash` reads the 36 digits: row-major, most significant bit first."""
    bits = perceptual_hash(natural(3))
    text = to_hex(pack(bits))
    assert len(text) == 36
    assert np.array_equal(imagehash.hex_to_hash(text).hash.ravel(), bits)
    assert np.array_equal(unpack(from_hex(text)), bits)


@pytest.mark.parametrize("text", ["", "ab", "0" * 35, "0" * 37, "g" * 36, "0 " * 18, "é" * 36])
def test_text_that_is_no_hash_is_refused(text: str) -> None:
    """Anything but 36 hex digits is an error, never a shorter hash."""
    with pytest.raises(ValueError, match="expected 36 hex digits"):
        from_hex(text)


def test_hashes_of_different_lengths_are_never_compared() -> None:
    """Hashes are neither padded nor cut: the error names both lengths."""
    with pytest.raises(ValueError, match="256 and 144 bits"):
        hamming_distance(np.zeros(256, bool), np.zeros(144, bool))
    with pytest.raises(ValueError, match="unpack"):
        hamming_distance(np.zeros(18, np.uint8), np.zeros(18, np.uint8))


def test_hamming_distance_counts_differing_bits() -> None:
    """Equal hashes have distance 0 and opposite hashes 144; one call compares a query with many references."""
    bits = perceptual_hash(natural(5))
    assert hamming_distance(bits, np.stack([bits, ~bits])).tolist() == [0, 144]


def test_golden_hashes_hold_on_every_machine() -> None:
    """Every machine finds the hashes written down here; a change of one makes every bundle in the world stale."""
    golden = {
        "natural 0": "9da3cc6cacb3d2591e35e0c1694c35dbb642",
        "drawn 0": "e1fcf29e09ed8ad69271a30d60569225e72d",
        "banded 3": "955000400000400000400000400000400000",
        "symmetric 1": "8820002080000a8000222000888000822000",
        "noise 2": "a528e6d29d1979d6d02751a7786c584c798f",
        "one pixel 3": "f66c0f88bf3359f005624ffc0d80303fa9f8",
    }
    pictures = dict(every_kind(4))
    assert {name: to_hex(pack(perceptual_hash(pictures[name]))) for name in golden} == golden
