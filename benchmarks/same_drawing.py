"""Tells whether two pictures have a drawing in common, by another method than the product's: SIFT features.

A folder may show the penguin that is enrolled; naming the penguin is not wrong then. The module needs
opencv-python-headless; without OpenCV no drawing counts as repeated. After Lowe, "Distinctive image features from
scale-invariant keypoints" (2004).
"""

from typing import Any

import numpy as np

try:
    import cv2
except ImportError:
    cv2 = None

AVAILABLE = cv2 is not None
LONG_SIDE = 400
AGREEING = 12
"""Least number of features that lie alike in pictures with a drawing in common. Of the pictures looked at, repeated
drawings have 14 to 408, and two clocks, rings or horizons up to 11."""
_REACH = 6.0
"""Pixels that a feature may be off."""


def same_drawing(one: np.ndarray, other: np.ndarray) -> bool:
    """Returns whether something drawn in one picture is drawn in the other, moved, turned or scaled.

    Args:
        one: (height, width, 3) uint8.
        other: (height, width, 3) uint8, of any size.
    """
    if cv2 is None:
        return False
    sift = cv2.SIFT_create(800, contrastThreshold=0.02)
    (keys, features), (other_keys, other_features) = (_described(sift, picture) for picture in (one, other))
    if min(len(keys), len(other_keys)) < AGREEING:
        return False
    pairs = cv2.BFMatcher().knnMatch(other_features, features, k=2)
    near = [first for first, second in pairs if first.distance < 0.8 * second.distance]
    if len(near) < AGREEING:
        return False
    source = np.array([other_keys[pair.queryIdx].pt for pair in near], np.float32)
    target = np.array([keys[pair.trainIdx].pt for pair in near], np.float32)
    cv2.setRNGSeed(0)
    _, agree = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=_REACH)
    return agree is not None and int(agree.sum()) >= AGREEING


def _described(sift: Any, picture: np.ndarray) -> Any:
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    scale = LONG_SIDE / max(grey.shape)
    return sift.detectAndCompute(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), None)
