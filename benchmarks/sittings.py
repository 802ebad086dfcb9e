"""Everything that visitors do with a scanner, as bundles to open and frames to judge: what a profile is made from.

A sitting is one scanner over one bundle, and the frames of one size that it judges. All pictures and frames are drawn
from numbers, equal on every machine.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from scanner import HashBundle, Reference
from scanner.offline import build_bundle
from scanner.offline.predict.simulated_hand import (
    EASY,
    HARD,
    LEVELS,
    TYPICAL,
    Level,
    Shot,
    draw_background,
    draw_shot,
    hold_up,
    photograph,
    simulate,
)
from support.hard_frames import drawing, held, shown, without_border
from support.held_up import picture_of
from support.moving import Camera, on_a_table
from support.pictures import cover, every_kind
from support.places import PROJECT, SUPPORT, VISIT

__all__ = ["SITTING", "Sitting", "bundles", "damaged_bundles", "sittings"]

Pixels = npt.NDArray[np.uint8]
Size = tuple[int, int]
"""Height and width."""

SITTING = VISIT.read_text(encoding="utf-8") + (SUPPORT / "sitting.js").read_text(encoding="utf-8")
"""A script for a page of the site that sits."""

FRAMES = "frames.bin"

DEMO_BUNDLE = PROJECT / "hashes" / "references.json"

DEMO = ("1", "2", "album", "film", "lighthouse", "monstera", "whale")
FIRST_STRANGER = 5000
"""Covers from this number on are in no bundle."""

ODD_FIELDS = {
    "title": "“Naïve” — Ελληνικά, עברית, 日本語 \U0001f3a8 \u0301\u200d\0\x1f",
    "url": "https://example.com/?q=a%20b&c=%C3%A9#\u2028",
    "group": "\U0001f1fa\U0001f1f3 \U0001f469\u200d\U0001f680",
    "number": -9007199254740991,
    "share": 1.7976931348623157e308,
    "small": [5e-324, -0.0, 1e-7, 0.1, 100.0],
    "nothing": None,
    "answers": {"yes": True, "no": False, "": [[], {}, [[["deep"]]]]},
}


@dataclass(frozen=True)
class Sitting:
    """One scanner, and what it sees.

    Attributes:
        name: for the report.
        bundle: file name of the bundle.
        frames: draws the frames, grey or of three colours, all of one size.
        memory: whether the scanner remembers frames, as for a camera.
        most: pictures told of one frame at most; None asks for one verdict.
        noted: whether answers have all that a recording needs.
        region: share of the frame's shorter side that the square scan region in the middle has; 0 = all of the frame.
        reset_every: frames after which the scanner forgets; 0 = never.
    """

    name: str
    bundle: str
    frames: Callable[[], Iterator[Pixels]]
    memory: bool = True
    most: int | None = None
    noted: bool = False
    region: float = 0.0
    reset_every: int = 0

    def laid_out(self, base: str, folder: Path) -> dict[str, object]:
        """Returns the message for `sit` of tests/support/sitting.js.

        Args:
            base: address at which `folder` is served; the bundle lies there.
            folder: the frames are written to it.
        """
        frames = [_rgba(frame) for frame in self.frames()]
        (folder / FRAMES).write_bytes(b"".join(frame.tobytes() for frame in frames))
        height, width = frames[0].shape[:2]
        return {
            "url": base + self.bundle,
            "frames": base + FRAMES,
            "height": height,
            "width": width,
            "memory": self.memory,
            "most": self.most,
            "noted": self.noted,
            "region": self.region,
            "resetEvery": self.reset_every,
        }


@lru_cache
def _covers(count: int) -> dict[str, Pixels]:
    return {f"cover {number}": cover(number, (300, 220)) for number in range(count)}


@lru_cache
def bundles(most: int = 1000) -> dict[str, bytes]:
    """Returns the texts of good bundles, by file name; the largest has `most` references, 12 or more."""
    hundred = build_bundle(_covers(min(100, most)), skip_bad=True)
    odd = [
        Reference(
            f"{each.id} \U0001f3a8 é さくら", each.hashes, each.windows, {**each.fields, **ODD_FIELDS}, each.keypoints
        )
        for each in hundred.references[:12]
    ]
    odd_text = HashBundle(odd, 20).to_json()
    made = {
        "one.json": HashBundle(hundred.references[:1]).to_json().encode(),
        "odd.json": odd_text.encode(),
        "odd-unescaped.json": b"\xef\xbb\xbf" + json.dumps(json.loads(odd_text), ensure_ascii=False, indent=1).encode(),
        "hundred.json": hundred.to_json().encode(),
        "without-keypoints.json": build_bundle(_covers(30), skip_bad=True, keypoints=False).to_json().encode(),
        "thousand.json": build_bundle(_covers(most), skip_bad=True).to_json().encode(),
        "drawings.json": build_bundle({f"drawing {n}": drawing(n) for n in range(12)}, skip_bad=True)
        .to_json()
        .encode(),
    }
    return {"demo.json": DEMO_BUNDLE.read_bytes(), **made}


def damaged_bundles() -> dict[str, bytes]:
    """Returns texts that are refused, by file name."""
    good = DEMO_BUNDLE.read_bytes()
    whole = json.loads(good)
    first = whole["references"][0]

    def changed(**fields: object) -> bytes:
        return json.dumps({**whole, **fields}).encode()

    def reference(**fields: object) -> bytes:
        return changed(references=[{**first, **fields}, *whole["references"][1:]])

    texts = {
        "cut off": good[: len(good) // 2],
        "empty": b"",
        "page": b"<!doctype html><title>Not found</title>",
        "list": b"[]",
        "format": changed(format="other"),
        "version": changed(version=whole["version"] + 1),
        "old version": changed(version="1"),
        "stale": changed(parameters={**whole["parameters"], "hash_size": 8}),
        "no parameters": changed(parameters=None),
        "threshold": changed(threshold=1000.5),
        "no references": changed(references=[]),
        "twice": changed(references=[first, first]),
        "no id": reference(id=""),
        "half a pair": reference(id="\ud800"),
        "hashes": reference(hashes="?" * 40),
        "short hashes": reference(hashes=first["hashes"][:-8]),
        "no windows": reference(windows=None),
        "keypoints": reference(keypoints="AAAA"),
        "two keys": good.replace(b'"threshold"', b'"format": 1, "threshold"'),
        "not a number": good.replace(b'"threshold": 25', b'"threshold": NaN'),
        "deep": b"[" * 60 + b"]" * 60,
        "large number": good.replace(b'"threshold": 25', b'"threshold": ' + b"9" * 5000),
    }
    return {f"damaged-{name.replace(' ', '-')}.json": text for name, text in texts.items()}


def sittings(seed: int = 0) -> list[Sitting]:
    """Returns all sittings, the quick ones first; another seed draws other frames."""
    return [
        Sitting("a first minute", "demo.json", lambda: _hold_ups(0 + seed, (480, 640), (EASY, TYPICAL), 9)),
        Sitting("hasty hands", "demo.json", lambda: _hold_ups(1 + seed, (480, 640), (HARD,), 9)),
        Sitting("upright phone", "demo.json", lambda: _hold_ups(2 + seed, (640, 480), LEVELS, 9), noted=True),
        Sitting(
            "away from the region", "hundred.json", lambda: _hold_ups(3 + seed, (720, 1280), LEVELS, 6), region=0.7
        ),
        Sitting("full HD", "hundred.json", lambda: _hold_ups(4 + seed, (1080, 1920), LEVELS, 3)),
        Sitting("small camera", "odd.json", lambda: _hold_ups(5 + seed, (240, 320), LEVELS, 9), noted=True),
        Sitting("page's frames", "hundred.json", lambda: _hold_ups(6 + seed, (360, 640), LEVELS, 9), region=1.0),
        Sitting("forgetful", "hundred.json", lambda: _hold_ups(7 + seed, (360, 640), LEVELS, 6), reset_every=4),
        Sitting("thousand", "thousand.json", lambda: _hold_ups(8 + seed, (360, 640), LEVELS, 9)),
        Sitting(
            "thousand, noted", "thousand.json", lambda: _strangers(9 + seed, (480, 640), 3), noted=True, region=0.7
        ),
        Sitting("without keypoints", "without-keypoints.json", lambda: _hold_ups(10 + seed, (480, 640), LEVELS, 9)),
        Sitting("one reference", "one.json", lambda: _hold_ups(11 + seed, (480, 640), LEVELS, 6), region=0.7),
        Sitting("strangers", "hundred.json", lambda: _strangers(12 + seed, (480, 640), 6), region=0.7),
        Sitting("strangers, several", "hundred.json", lambda: _strangers(13 + seed, (480, 640), 3), most=5, region=0.7),
        Sitting("empty desks", "demo.json", lambda: _desks(14 + seed, (480, 640), 40), noted=True, region=0.7),
        Sitting("nothing at all", "demo.json", lambda: _plain((480, 640))),
        Sitting("every kind", "demo.json", _kinds, region=1.0),
        Sitting("placed badly", "demo.json", lambda: _placed(3), region=0.7),
        Sitting("a moving table", "demo.json", lambda: _table(0.06), most=1000, noted=True),
        Sitting("a still table", "demo.json", lambda: _table(0.0), most=2),
        Sitting("one of a table", "demo.json", lambda: _table(0.03)),
        Sitting("held in the middle", "hundred.json", _in_the_middle, noted=True, region=0.7),
        Sitting("without a border", "drawings.json", lambda: _borderless(4)),
        Sitting("several without a border", "drawings.json", lambda: _borderless(4), most=5),
        Sitting("stills", "demo.json", lambda: _single(15 + seed, (480, 640), LEVELS, 12), memory=False),
        Sitting(
            "stills of strangers",
            "hundred.json",
            lambda: _strangers(16 + seed, (480, 640), 2, per_hold_up=2),
            memory=False,
        ),
        Sitting("upright stills", "hundred.json", lambda: _single(17 + seed, (1200, 900), LEVELS, 6), memory=False),
        Sitting(
            "large stills", "thousand.json", lambda: _single(18 + seed, (1500, 2000), (EASY, HARD), 4), memory=False
        ),
        Sitting("stills, placed badly", "demo.json", lambda: _placed(1), memory=False, noted=True),
        Sitting("stills of a page", "odd.json", _page_of_nine, memory=False, most=1000),
        Sitting("stills without a border", "drawings.json", lambda: _borderless(1), memory=False, most=5),
        Sitting("still desks", "demo.json", lambda: _desks(19 + seed, (480, 640), 2), memory=False),
        Sitting("narrow frames", "demo.json", lambda: _single(20 + seed, (64, 900), LEVELS, 6)),
        Sitting("tiny frames", "demo.json", lambda: _single(21 + seed, (31, 23), LEVELS, 6)),
        Sitting("a pixel", "demo.json", lambda: iter([np.full((1, 1, 3), 77, np.uint8)] * 3)),
    ]


def _enrolled(number: int) -> Pixels:
    """Returns a picture that the bundles have."""
    return cover(number % 12, (300, 220)) if number % 2 else picture_of(DEMO[number // 2 % len(DEMO)])


def _hold_ups(seed: int, size: Size, levels: Sequence[Level], count: int, per_hold_up: int = 8) -> Iterator[Pixels]:
    """Yields hold-ups of enrolled pictures; every third one of a stranger."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        level = levels[number % len(levels)]
        picture = cover(FIRST_STRANGER + seed + number, (300, 220)) if number % 3 == 2 else _enrolled(number + seed)
        shot = draw_shot(level, rng)
        held_up = hold_up(picture, level, rng, frames=per_hold_up, size=size, squash=number % 2 == 0, shot=shot)
        yield from (frame for frame, _ in held_up)


def _single(seed: int, size: Size, levels: Sequence[Level], count: int) -> Iterator[Pixels]:
    rng = np.random.default_rng(seed)
    for number in range(count):
        yield simulate(_enrolled(number + seed), levels[number % len(levels)], rng, size=size, squash=number % 2 == 0)[
            0
        ]


def _strangers(seed: int, size: Size, count: int, per_hold_up: int = 14) -> Iterator[Pixels]:
    """Yields long hold-ups of strangers: searches go on to their end."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        level = LEVELS[number % len(LEVELS)]
        stranger = cover(FIRST_STRANGER + 100 * seed + number, (300, 220))
        yield from (frame for frame, _ in hold_up(stranger, level, rng, frames=per_hold_up, size=size))


def _desks(seed: int, size: Size, count: int) -> Iterator[Pixels]:
    rng = np.random.default_rng(seed)
    for number in range(count):
        if number % 10 == 0:
            desk = draw_background(rng, size)
        noisy = desk + rng.normal(0, 2.5, desk.shape)
        yield np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _plain(size: Size) -> Iterator[Pixels]:
    rng = np.random.default_rng(0)
    for level in (0, 128, 255):
        yield np.full((*size, 3), level, np.uint8)
    for spread in (0.5, 2, 5):
        yield np.clip(rng.normal(128, spread, (*size, 3)), 0, 255).astype(np.uint8)


def _kinds() -> Iterator[Pixels]:
    for _, picture in every_kind(4):
        yield np.asarray(Image.fromarray(picture).resize((480, 480)))


def _placed(times: int) -> Iterator[Pixels]:
    """Yields pictures that are cut off, small, turned or away from the middle."""
    places = [
        (0.6, 0, 0),
        (0.85, 0.62, 0),
        (0.9, -0.5, 0.4),
        (0.3, 0.7, 0.5),
        (0.25, 0, 0),
        (1.4, 0.2, 0.1),
        (2.0, 0, 0),
    ]
    for number, (zoom, right, below) in enumerate(places):
        yield from [shown(DEMO[number % len(DEMO)], zoom, right, below)] * times
    rng = np.random.default_rng(22)
    for tilt in (20, 90, 180, 305):
        shot = Shot(zoom=0.6, tilt=tilt, shift_x=0.1, noise=2, seed=3)
        frame = photograph(picture_of("whale"), shot, (480, 640), draw_background(rng, (480, 640)), squash=False)[0]
        yield from [frame] * times


def _in_the_middle() -> Iterator[Pixels]:
    for seed, share in enumerate((0.45, 0.6, 0.8, 1.0, 1.25)):
        for level in (TYPICAL, HARD):
            yield from held(cover(seed, (300, 220)), share, seed, level)


def _borderless(times: int) -> Iterator[Pixels]:
    for number in range(8):
        frame = without_border(
            drawing(number if number < 6 else FIRST_STRANGER + number), 15.0 * number, 1.2 + 0.2 * number
        )
        yield from [frame] * times


def _table(step: float) -> Iterator[Pixels]:
    """Yields a camera's way over a table with three pictures, then over an empty table."""
    pictures = [np.asarray(Image.fromarray(picture_of(name)).convert("L")) for name in ("album", "whale", "film")]
    for table, count in ((on_a_table(pictures), 40), (on_a_table([]), 12)):
        camera = Camera(table, step)
        yield from (camera.frame() for _ in range(count))


def _page_of_nine() -> Iterator[Pixels]:
    page = np.full((480, 640, 3), (52, 56, 64), np.uint8)
    for number in range(9):
        top, left = 12 + 158 * (number // 3), 142 + 128 * (number % 3)
        page[top : top + 144, left : left + 108] = np.asarray(
            Image.fromarray(cover(number, (300, 220))).resize((108, 144))
        )
    yield from [page, np.ascontiguousarray(page[::-1, ::-1])]


def _rgba(frame: Pixels) -> Pixels:
    """Returns a frame as a canvas gives it."""
    colours = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
    return np.dstack([colours, np.full(frame.shape[:2], 255, np.uint8)])
