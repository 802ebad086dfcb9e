"""Finding the nearest references."""

import numpy as np
import pytest

from scanner.matcher import Matcher
from scanner.phash import hamming_distance, unpack


@pytest.fixture
def hashes() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (1000, 75, 18), np.uint8)


def test_distances_are_those_of_comparing_bit_by_bit(hashes: np.ndarray) -> None:
    """Every distance is the Hamming distance of the nearest crop, although hashes are compared in words and chunks."""
    query = np.random.default_rng(2).integers(0, 256, (9, 18), np.uint8)
    expected = np.stack([hamming_distance(unpack(each), unpack(hashes)).min(axis=1) for each in query])
    assert np.array_equal(Matcher(hashes).distances(query), expected)


def test_the_nearest_variant_and_crop_count(hashes: np.ndarray) -> None:
    """A match names the one variant and the one crop that are a single bit apart."""
    query = np.random.default_rng(3).integers(0, 256, (9, 18), np.uint8)
    query[4] = hashes[700, 33]
    query[4, 17] ^= 1
    best, second = Matcher(hashes).nearest(query)
    assert (best.index, best.variant, best.crop, best.crop_bits) == (700, 4, 33, 1)
    assert second.crop_bits > 20


def test_of_equal_distances_the_first_reference_is_named(hashes: np.ndarray) -> None:
    """The bundle's order settles ties, so that every machine names one reference."""
    hashes[500] = hashes[20]
    best, second = Matcher(hashes).nearest(hashes[500, :1])
    assert (best.index, second.index) == (20, 500)
    assert best.crop_bits == second.crop_bits == 0


def test_one_reference_has_no_second() -> None:
    """A bundle of a single picture gives a single match."""
    hashes = np.zeros((1, 75, 18), np.uint8)
    assert [match.crop_bits for match in Matcher(hashes).nearest(np.full((1, 18), 255, np.uint8))] == [144]
