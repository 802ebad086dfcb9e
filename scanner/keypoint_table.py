"""The keypoints of all references, made ready to be compared with the keypoints of a frame."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .keypoints import Keypoints
from .pieces import Work

__all__ = ["KeypointTable"]

Indices = npt.NDArray[np.int64]

NEAREST = 2
"""Keypoints of references that one keypoint of a frame matches, at most."""
MATCHING_BITS = 21
"""Differing bits of 64 up to which two keypoints match. Higher finds pictures in steep perspective, and costs time."""
_COMPARED_AT_A_TIME = 1_000_000
"""Pairs of keypoints compared in one piece of work."""


class KeypointTable:
    """The keypoints of a catalogue, one after the other.

    Args:
        keypoints: of each reference; None for a reference without keypoints.

    Attributes:
        hashes: of the keypoints, (n,) uint64.
        references: index of each keypoint's reference, (n,).
        places: x and y of each keypoint in its reference, (n, 2).
        scales: size of each keypoint as a factor, (n,).
        angles: direction of each keypoint in radians, (n,).
        shapes: width and height of each keypoint's reference, (n, 2).
    """

    def __init__(self, keypoints: Sequence[Keypoints | None]) -> None:
        having = [(index, each) for index, each in enumerate(keypoints) if each is not None]
        counts = [len(each) for _, each in having]
        self.hashes = np.concatenate([np.zeros(0, np.uint64), *(each.hashes for _, each in having)])
        self.places = np.concatenate([np.zeros((0, 2)), *(each.places for _, each in having)])
        self.scales = np.concatenate([np.zeros(0), *(each.scales for _, each in having)])
        self.angles = np.concatenate([np.zeros(0), *(each.angles for _, each in having)])
        self.references = np.repeat(np.array([index for index, _ in having], np.int64), counts)
        shapes = np.array([(each.width, each.height) for _, each in having], np.float64).reshape(-1, 2)
        self.shapes = np.repeat(shapes, counts, axis=0)

    def __len__(self) -> int:
        return len(self.hashes)

    def matches(self, hashes: npt.NDArray[np.uint64]) -> Work[tuple[Indices, Indices, Indices]]:
        """Yields after each piece of work; returns the matches of hashes, (m,).

        They are the places of the hash and of the keypoint, and the differing bits, (n,) each.
        """
        found = [np.zeros((3, 0), np.int64)]
        at_a_time = max(1, _COMPARED_AT_A_TIME // max(1, len(self)))
        for first in range(0, len(hashes), at_a_time):
            some = hashes[first : first + at_a_time]
            differing = np.bitwise_count(some[:, None] ^ self.hashes)
            rows = np.arange(len(some))
            for _ in range(min(NEAREST, len(self))):
                best = differing.argmin(axis=1)
                bits = differing[rows, best].astype(np.int64)
                near = bits <= MATCHING_BITS
                found.append(np.stack([first + rows, best, bits])[:, near])
                differing[rows, best] = 255
            yield
        query, entry, bits = np.concatenate(found, axis=1)
        return query, entry, bits
