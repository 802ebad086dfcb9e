"""Locates each print in its photograph, for the boxed rows of the recognition report.

    python benchmarks/photo_corners.py PHOTOS -o corners.json        (needs opencv-python-headless)

writes {"camera/name": [[x, y], ...]}: the top left, top right, bottom right and bottom left of the reference in pixels
of the photograph. SIFT and RANSAC find the corners; a photograph without certain corners is left out. The benchmark
alone uses them: the product has its own, much smaller, way.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scanner.files import write_atomically

LONG_SIDE = 700
CERTAIN = 25  # inliers: chance agreements of SIFT matches stay below 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("corners.json"))
    options = parser.parse_args()
    sift, found = cv2.SIFT_create(3000), {}
    for reference in sorted((options.photos / "references").iterdir()):
        points, features, (height, width) = described(sift, reference)
        for camera in sorted(path for path in options.photos.iterdir() if path.is_dir()):
            photo = camera / reference.name
            if camera.name == "references" or not photo.exists():
                continue
            seen, seen_features, _ = described(sift, photo)
            corners = locate(points, features, seen, seen_features, width, height)
            if corners is not None:
                found[f"{camera.name}/{reference.stem}"] = np.round(corners, 1).tolist()
    write_atomically(options.output, json.dumps(found, indent=0).encode())
    print(f"{len(found)} photographs located")
    return 0


def described(sift: Any, path: Path) -> tuple[np.ndarray, Any, tuple[int, int]]:
    """Returns (points, features, (height, width)) of a picture, points in its own pixels."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    keys, features = sift.detectAndCompute(small, None)
    return np.array([key.pt for key in keys]) / scale, features, grey.shape


def locate(
    points: np.ndarray, features: Any, seen: np.ndarray, seen_features: Any, width: int, height: int
) -> np.ndarray | None:
    """Returns the reference's corners in the photograph, or None when in doubt."""
    pairs = cv2.BFMatcher().knnMatch(features, seen_features, k=2)
    good = [first for first, second in pairs if first.distance < 0.75 * second.distance]
    if len(good) < CERTAIN:
        return None
    source = np.array([points[match.queryIdx] for match in good], np.float32)
    target = np.array([seen[match.trainIdx] for match in good], np.float32)
    homography, inliers = cv2.findHomography(source, target, cv2.RANSAC, 4.0)
    if homography is None or int(inliers.sum()) < CERTAIN:
        return None
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    quad = cv2.perspectiveTransform(corners, homography)[0]
    return quad if cv2.isContourConvex(quad[:, None]) else None


if __name__ == "__main__":
    sys.exit(main())
