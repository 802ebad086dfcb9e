"""Query hashes against all references. Every hash is compared: docs/decisions/why-every-hash-is-compared.md."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import phash

__all__ = ["Match", "Matcher"]

_WORDS = -(-phash.HASH_BITS // 64)
_CHUNK = 1 << 15
"""Hashes compared at a time: three columns and the sums stay in a phone's cache."""


@dataclass(frozen=True)
class Match:
    """One reference with the distance of its nearest crop.

    Attributes:
        index: of the reference in its bundle.
        crop_bits: distance of the nearest (variant, crop) pair, 0 to 144.
        variant: index of the pair's query hash.
        crop: index of the pair's crop.
    """

    index: int
    crop_bits: int
    variant: int
    crop: int


class Matcher:
    """Finds the references nearest to a query.

    Args:
        hashes: packed, (references, crops, 18) uint8; at least one reference and one crop.
    """

    def __init__(self, hashes: npt.NDArray[np.uint8]) -> None:
        self._references, self._crops = hashes.shape[:2]
        words = _to_words(hashes.reshape(-1, hashes.shape[2]))
        self._columns = [np.ascontiguousarray(words[:, word]) for word in range(_WORDS)]

    def distances(self, query: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Returns the distance, 0 to 144, of each query hash to each reference's nearest crop: (variants, references).

        Args:
            query: packed, (variants, 18) uint8.
        """
        columns = _to_words(query)
        distances = np.empty((len(query), self._references), np.uint8)
        per_chunk = max(1, _CHUNK // self._crops)
        for first in range(0, self._references, per_chunk):
            last = min(first + per_chunk, self._references)
            rows = slice(first * self._crops, last * self._crops)
            for variant, words in enumerate(columns):
                bits = self._differing_bits(rows, words)
                distances[variant, first:last] = bits.reshape(-1, self._crops).min(axis=1)
        return distances

    def nearest(self, query: npt.NDArray[np.uint8], count: int = 2) -> list[Match]:
        """Returns the nearest references, nearest first; references at one distance stand in the bundle's order.

        Args:
            query: packed, (variants, 18) uint8; the nearest (variant, crop) pair counts.
            count: largest number of matches returned.
        """
        distances = self.distances(query)
        variants = distances.argmin(axis=0)
        best = distances.min(axis=0)
        order = np.argsort(best, kind="stable")[:count]
        words = _to_words(query)
        matches = []
        for index in order.tolist():
            variant = int(variants[index])
            bits = self._differing_bits(slice(index * self._crops, (index + 1) * self._crops), words[variant])
            matches.append(Match(index, int(best[index]), variant, int(bits.argmin())))
        return matches

    def _differing_bits(self, rows: slice, words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
        """Returns the Hamming distance of one query hash, (3,) words, to the hashes in `rows`."""
        bits: npt.NDArray[np.uint8] = np.bitwise_count(self._columns[0][rows] ^ words[0])
        for word in range(1, _WORDS):
            bits += np.bitwise_count(self._columns[word][rows] ^ words[word])
        return bits


def _to_words(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Returns packed hashes, (n, 18), as words, (n, 3) uint64; zero bits fill the last word."""
    padded = np.zeros((len(packed), _WORDS * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)
