"""Judge the frames of a recording again, each from the memory that the browser had."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from scanner.bundle import HashBundle
from scanner.frame import Region
from scanner.offline.replay.recording import RecordedFrame, Recording, RecordingError
from scanner.pipeline import FrameScanner
from scanner.verdict import Verdict

__all__ = ["Judged", "Likeness", "judged_again", "likeness"]

Likeness = Literal["equal", "rounded", "different"]
"""How two verdicts compare: equal in every value; equal but for the rounding of a fit's corners; different."""

ROUNDED_BITS = 6
"""Largest difference of a distance or margin, in bits, that rounding explains. Hashes are exact on every machine. The
fit of corners adds up floating-point numbers, in an order of the machine's own, and a corner may move by a pixel."""
ROUNDED_PIXELS = 4.0
"""Largest difference of a corner, in frame pixels, that rounding explains."""


@dataclass(frozen=True)
class Judged:
    """A frame with both verdicts.

    Attributes:
        frame: with the browser's verdict.
        pixels: (height, width, 3).
        verdict: of this machine; None where the browser gave none that could be compared.
        matches: of this machine; None for a scanner that tells one verdict.
        likeness: of both verdicts, and of their matches; None where there are not two.
    """

    frame: RecordedFrame
    pixels: npt.NDArray[np.uint8]
    verdict: Verdict | None
    matches: tuple[Verdict, ...] | None
    likeness: Likeness | None


def judged_again(recording: Recording, bundle: HashBundle) -> Iterator[Judged]:
    """Yields each frame of a recording, judged again.

    Raises:
        RecordingError: a frame cannot be read, or its memory is none of this bundle.
    """
    stream, stills = FrameScanner(bundle), FrameScanner(bundle, memory=False)
    last = 0
    for index, frame in enumerate(recording.frames):
        pixels = recording.pixels(frame)
        if frame.verdict is None:
            yield Judged(frame, pixels, None, None, None)
            continue
        try:
            if frame.memory is None:
                verdict, matches = stills.scan(pixels, frame.region), None
            else:
                if frame.number != last + 1:
                    stream.reset()  # frames are missing: nothing of this machine's own search goes on
                verdict, matches = _from_memory(stream, frame, frame.memory, pixels, _Earlier(recording, index))
                last = frame.number
        except RecordingError:
            raise
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise RecordingError(
                f"{frame.file}: expected a memory that a scanner of this bundle had before the frame, "
                f"found otherwise ({error}): the file may be changed: ask for it again"
            ) from None
        pairs = [(frame.verdict, verdict), *zip(frame.matches or (), matches or (), strict=False)]
        worst = max((likeness(*pair) for pair in pairs), key=get_args(Likeness).index)
        if len(frame.matches or ()) != len(matches or ()):
            worst = "different"
        yield Judged(frame, pixels, verdict, matches, worst)


def _from_memory(
    stream: FrameScanner,
    frame: RecordedFrame,
    memory: dict[str, Any],
    pixels: npt.NDArray[np.uint8],
    earlier: "_Earlier",
) -> tuple[Verdict, tuple[Verdict, ...] | None]:
    """Returns the verdict on a frame of a stream, and all matches for a scanner that tells several.

    Corners that no frame can have overflow, and the fit drops them.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        stream.recall(memory, frame.pieces, earlier.frame)
        if earlier.recording.most is None:
            return stream.scan(pixels, frame.region), None
        verdict, matches = stream.look(pixels, frame.region, earlier.recording.most)
        return replace(verdict, track=None, sure=True), tuple(matches)  # the page tells these of the matches alone


@dataclass(frozen=True)
class _Earlier:
    """Finds an earlier frame that the memory before a frame of a recording speaks of."""

    recording: Recording
    index: int

    def frame(self, number: int) -> tuple[npt.NDArray[np.uint8], Region]:
        """Returns pixels and scan region of the latest earlier frame with a number."""
        for earlier in reversed(self.recording.frames[: self.index]):
            if earlier.number == number:
                return self.recording.pixels(earlier), earlier.region
        raise ValueError(f"no frame {number} before it")


def likeness(recorded: Verdict, now: Verdict) -> Likeness:
    """Returns how two verdicts on one frame compare.

    >>> likeness(Verdict("match", "1", 8, 40), Verdict("match", "1", 9, 39))
    'rounded'
    >>> likeness(Verdict("match", "1", 8, 40), Verdict("match", "2", 8, 40))
    'different'
    """
    if recorded == now:
        return "equal"
    if (recorded.outcome, recorded.id, recorded.track) != (now.outcome, now.id, now.track):
        return "different"
    bits = [(recorded.distance, now.distance), (recorded.margin, now.margin)]
    for one, other in bits:
        if (one is None) != (other is None) or abs((one or 0) - (other or 0)) > ROUNDED_BITS:
            return "different"
    if recorded.corners is None or now.corners is None:
        return "rounded" if recorded.corners is now.corners else "different"
    moved = np.abs(np.array(recorded.corners) - np.array(now.corners)).max()
    return "rounded" if moved <= ROUNDED_PIXELS else "different"
