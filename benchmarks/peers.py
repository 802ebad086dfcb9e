"""How OpenCV recognises pictures: ORB or SIFT features, matched, and one homography for each reference.

The recipe is OpenCV's tutorial "Feature Matching + Homography to find Objects", for every reference in turn. Needs the
extra `benchmarks`. After Rublee and others, "ORB: an efficient alternative to SIFT or SURF" (2011), and Lowe,
"Distinctive image features from scale-invariant keypoints" (2004).
"""

import json
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.enrolled import Pictures
from benchmarks.photo_sets import FRAME_SIDE
from scanner.files import write_atomically

FEATURES = 1000
INLIERS = 20
"""Least features that agree on a homography. Chance agreements of a reference that is not shown stay below."""
_RATIO = 0.75
"""Distance of the nearest feature, as a share of the second nearest one's, above which a match is not told apart."""
_REACH = 5.0
"""Pixels that a feature may be off."""
KINDS = ("ORB", "SIFT")


@dataclass(frozen=True)
class Answer:
    """Ids of the references found in a photograph, the surest first, and the CPU milliseconds that it took."""

    ids: list[str]
    ms: float


def opencv() -> Any:
    """Returns OpenCV, or ends with a sentence that says how to install it."""
    try:
        import cv2
    except ModuleNotFoundError:
        sys.exit(
            "ORB and SIFT need OpenCV. Install it with: pip install '.[benchmarks]' (or leave them out: --no-peers)"
        )
    cv2.setNumThreads(1)
    return cv2


class Peer:
    """One kind of features, made ready for one catalogue."""

    def __init__(self, kind: str, references: Pictures) -> None:
        self._cv2 = opencv()
        self.kind = kind
        if kind == "ORB":
            self._detector, norm = self._cv2.ORB_create(FEATURES), self._cv2.NORM_HAMMING
        else:
            self._detector, norm = self._cv2.SIFT_create(FEATURES), self._cv2.NORM_L2
        self._matcher = self._cv2.BFMatcher(norm)
        self._references = {name: self._described(picture) for name, picture in references.items()}

    def scan(self, photo: np.ndarray) -> Answer:
        """Returns every reference with `INLIERS` or more features that agree."""
        started = time.process_time()
        seen = self._described(photo)
        counts = {name: self._inliers(reference, seen) for name, reference in self._references.items()}
        ids = sorted((name for name, count in counts.items() if count >= INLIERS), key=lambda name: -counts[name])
        return Answer(ids, (time.process_time() - started) * 1000)

    def _described(self, picture: np.ndarray) -> tuple[np.ndarray, Any]:
        """Returns the places and the descriptors of a picture's features, at `FRAME_SIDE` or smaller."""
        cv2 = self._cv2
        grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
        scale = min(1.0, FRAME_SIDE / max(grey.shape))
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        keys, descriptors = self._detector.detectAndCompute(grey, None)
        return np.array([key.pt for key in keys], np.float32), descriptors

    def _inliers(self, reference: tuple[np.ndarray, Any], seen: tuple[np.ndarray, Any]) -> int:
        """Returns how many features of a reference agree on one place in the photograph."""
        cv2 = self._cv2
        if len(reference[0]) < INLIERS or len(seen[0]) < INLIERS:
            return 0
        pairs = self._matcher.knnMatch(reference[1], seen[1], k=2)
        good = [nearest for nearest, second in pairs if nearest.distance < _RATIO * second.distance]
        if len(good) < INLIERS:
            return 0
        source = reference[0][[pair.queryIdx for pair in good]]
        target = seen[0][[pair.trainIdx for pair in good]]
        cv2.setRNGSeed(0)
        homography, agree = cv2.findHomography(source, target, cv2.RANSAC, _REACH)
        if homography is None:
            return 0
        box = np.concatenate([source.min(axis=0), source.max(axis=0)])[[[0, 1], [2, 1], [2, 3], [0, 3]]]
        corners = cv2.perspectiveTransform(box.astype(np.float32)[None], homography)[0]
        turned = cv2.isContourConvex(corners.round().astype(np.int32)) and cv2.contourArea(corners) > 200
        return int(agree.sum()) if turned else 0


class Kept:
    """The answers of peers, kept in a JSON file between runs: OpenCV's answers do not change with the product."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._answers: dict[str, dict] = json.loads(path.read_text()) if path and path.exists() else {}
        self._ready: dict[tuple[str, str], Peer] = {}

    def answer(self, kind: str, catalogue: str, references: Pictures, name: str, photo: np.ndarray) -> Answer:
        """Returns the answer of one kind of features to a photograph, from the file if it is there."""
        made_of = zlib.crc32(repr((FEATURES, INLIERS, _RATIO, _REACH, sorted(references))).encode())
        key = f"{kind} {catalogue} {name} {photo.shape[1]}x{photo.shape[0]} {zlib.crc32(photo.tobytes())} {made_of}"
        if key not in self._answers:
            if (kind, catalogue) not in self._ready:
                self._ready = {(kind, catalogue): Peer(kind, references)}  # one at a time: SIFT takes 50 MB
            self._answers[key] = vars(self._ready[kind, catalogue].scan(photo))
        return Answer(**self._answers[key])

    def save(self) -> None:
        """Writes the file."""
        if self._path:
            write_atomically(self._path, json.dumps(self._answers, indent=0).encode())
