"""What a picture folder's owner may expect of it: one self-contained HTML page.

Every reference is held up by the simulated hand, and the scanner itself says what it sees. The page shows how
often each was recognised, which are taken for each other, side by side, and which threshold suits these pictures.
"""

import base64
import html
import io
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..bundle import HashBundle
from ..crops import query_thumbnails
from ..grey import to_grey
from ..matcher import Matcher
from ..phash import fade, hash_faded, pack
from ..pipeline import FrameScanner
from .build import alike_pairs
from .images import Picture, colour_of, read_colour
from .simulated_hand import LEVELS, TYPICAL, Level, draw_background, draw_shot, next_shot, photograph

__all__ = ["Prediction", "expected_seconds", "predict", "recommended_threshold", "report_page"]

FRAMES = 10
"""Frames of a hold-up: one second of a phone's camera at the rate it is scanned."""
_FRAME = (400, 400)
_HOLD_UPS = 900
"""Hold-ups in all, shared by the references: a minute or two of one core, and for 100 references three each a level."""
_SECONDS = 0.1
"""Of one core for a hold-up; measured: 0.05 where all are recognised at once, 0.13 where a third never is."""
_SHARES = 100
"""Parts that the references are predicted in, at most: each takes a scanner of its own, and a step of progress."""
_ALLOWED_FALSE = 1 / 1000
"""Share of frames that may name a picture which is not in the catalogue."""
_WORST_SHOWN = 60
_HANDS = {
    "EASY": ("steady", "steady hand, good light"),
    "TYPICAL": ("ordinary", "ordinary hand and light"),
    "HARD": ("hasty", "hasty hand, poor light"),
}
"""How the page names the levels: in a word, and in full."""
_THUMBNAIL = 132

Progress = Callable[[int, int], None]
Pixels = npt.NDArray[np.uint8]


@dataclass
class Outlook:
    """What the simulated hand said about one reference.

    Attributes:
        hold_ups: per level, for each of the two counts below.
        first: level name -> hold-ups recognised on their first frame.
        soon: level name -> hold-ups recognised within `FRAMES` frames.
        taken_for: ids it was wrongly taken for -> how often.
    """

    hold_ups: int
    first: Counter[str] = field(default_factory=Counter)
    soon: Counter[str] = field(default_factory=Counter)
    taken_for: Counter[str] = field(default_factory=Counter)


@dataclass
class Prediction:
    """What the simulated hand said about a catalogue.

    Attributes:
        outlooks: id -> outlook.
        own: distance of the reference shown, one for each first frame of TYPICAL.
        others: distance of the nearest reference that is neither it nor its look-alike, one for each first frame.
        advised: hold-ups of TYPICAL that would be recognised on their first frame with the recommended threshold;
            None where the bundle has that, or none is recommended.
    """

    outlooks: dict[str, Outlook]
    own: list[int]
    others: list[int]
    advised: int | None = None


def expected_seconds(references: int, processes: int) -> tuple[int, float]:
    """Returns how many hold-ups `predict` takes for so many references, and about how long they last."""
    hold_ups = references * _hold_ups(references) * len(LEVELS)
    return hold_ups, hold_ups * _SECONDS / min(processes, references)


def predict(
    bundle: HashBundle,
    pictures: Mapping[str, Path | Picture],
    progress: Progress | None = None,
    executor: ProcessPoolExecutor | None = None,
) -> Prediction:
    """Returns what to expect of a bundle: every reference held up by the simulated hand at every level.

    Args:
        bundle: made from `pictures`.
        pictures: id -> file or picture, at least those in the bundle.
        progress: called with (references done, references in all).
        executor: processes that share the work; what comes out does not depend on them. None does it here.
    """
    prediction = Prediction({}, [], [])
    for part in _in_shares(bundle, pictures, progress, executor, LEVELS, FRAMES):
        prediction.outlooks |= part.outlooks
        prediction.own += part.own
        prediction.others += part.others
    best = recommended_threshold(prediction)
    if best is not None and best != bundle.threshold:
        advised = HashBundle(bundle.references, best)
        parts = list(_in_shares(advised, pictures, progress, executor, [TYPICAL], 1))
        prediction.advised = sum(_first(part) for part in parts)
    return prediction


def _in_shares(
    bundle: HashBundle,
    pictures: Mapping[str, Path | Picture],
    progress: Progress | None,
    executor: ProcessPoolExecutor | None,
    levels: Sequence[Level],
    frames: int,
) -> Iterator[Prediction]:
    """Yields the predictions of all references, a share of them at a time, in order."""
    alike, step = _look_alikes(bundle), math.ceil(len(bundle) / _SHARES)
    shares = [range(len(bundle))[first : first + step] for first in range(0, len(bundle), step)]
    shown = [[pictures[bundle.ids[index]] for index in share] for share in shares]
    rivals = [[alike.get(index, []) for index in share] for share in shares]
    at_work = partial(_held_up, bundle, levels, frames)
    for share, part in zip(shares, (executor.map if executor else map)(at_work, shares, shown, rivals), strict=True):
        yield part
        if progress:
            progress(share.stop, len(bundle))


def _first(prediction: Prediction) -> int:
    """Returns how many hold-ups of TYPICAL were recognised on their first frame."""
    return sum(outlook.first[TYPICAL.name] for outlook in prediction.outlooks.values())


def _hold_ups(references: int) -> int:
    """Returns how often each reference is held up at each level."""
    return max(1, min(10, _HOLD_UPS // (len(LEVELS) * references)))


def recommended_threshold(prediction: Prediction) -> int | None:
    """Returns the largest threshold at which strangers are named in at most 1 of 1000 frames; None if unknown.

    Each frame of a reference, compared with all the others, stands for a frame of a picture not enrolled. Fewer
    than 1000 frames cannot show a share of 1 in 1000: as false accepts halve with every 2 bits (measured on real
    pictures), the smallest distance seen is lowered by 2 bits for every halving that is missing.
    """
    others = sorted(prediction.others)
    if not others:
        return None
    allowed = int(_ALLOWED_FALSE * len(others))
    smallest = others[allowed]
    if allowed == 0:
        smallest -= 2 * math.ceil(max(0.0, math.log2(1 / (_ALLOWED_FALSE * len(others)))))
    return max(9, min(31, smallest - 1))


def report_page(
    bundle: HashBundle, pictures: Mapping[str, Path | Picture], prediction: Prediction, command: str = ""
) -> str:
    """Returns the page, HTML with its pictures inside; `prediction` is from `predict` with the same two.

    `command` makes the bundle when a threshold is written behind it.
    """
    outlooks = prediction.outlooks
    order = sorted(outlooks, key=lambda name: _rank(outlooks[name]))
    thumbnails = _Thumbnails(pictures)
    worst, rest = order[:_WORST_SHOWN], order[_WORST_SHOWN:]
    body = [
        _summary(bundle, prediction),
        _threshold_section(bundle, prediction, command),
        _pairs_section(bundle, prediction, thumbnails),
        "<h2>Every picture, the least reliable first</h2>",
        f"<p>Simulated hold-ups recognised on the first frame + on a later one, within {FRAMES} frames.</p>",
        '<div class="cards">',
        *(_card(name, outlooks[name], thumbnails) for name in worst),
        "</div>",
        _rest_table(rest, outlooks),
    ]
    return _PAGE.replace("{{style}}", _STYLE).replace("{{body}}", "\n".join(body))


# The simulated hand


def _held_up(
    bundle: HashBundle,
    levels: Sequence[Level],
    frames: int,
    share: Sequence[int],
    pictures: Sequence[Path | Picture],
    alike: Sequence[Sequence[int]],
) -> Prediction:
    """Returns the prediction of a share of the references, given by index; runs in the executor."""
    # Not so many milliseconds a frame: what is recognised would depend on how busy the machine is. Of 252 hold-ups of
    # 21 pictures none came out otherwise than with the clock.
    scanner, matcher = FrameScanner(bundle, search_seconds=0), Matcher(bundle.hashes)
    prediction, hold_ups = Prediction({}, [], []), _hold_ups(len(bundle))
    for index, source, rivals in zip(share, pictures, alike, strict=True):
        name, picture = bundle.ids[index], _pixels(source)
        outlook = prediction.outlooks[name] = Outlook(hold_ups)
        for level in levels:
            for number in range(hold_ups):
                first = _hold_up(scanner, picture, name, level, number, outlook, frames)
                distances = _distances(matcher, first)
                if level == TYPICAL:
                    prediction.own.append(int(distances[index]))
                strangers = np.delete(distances, [index, *rivals])
                if len(strangers):
                    prediction.others.append(int(strangers.min()))
    return prediction


def _hold_up(
    scanner: FrameScanner, picture: Pixels, name: str, level: Level, number: int, outlook: Outlook, frames: int
) -> Pixels:
    """Shows one hold-up to the scanner until it names a reference, notes what it said, returns the first frame."""
    source = np.random.default_rng(zlib.crc32(f"{level.name} {number} {name}".encode()))
    held, background = draw_shot(level, source), draw_background(source, _FRAME)
    scanner.reset()
    first: Pixels | None = None
    for moment in range(frames):
        frame, _ = photograph(picture, next_shot(held, level, source), _FRAME, background)
        first = frame if first is None else first
        found = scanner.scan(frame).id
        if found is None:
            continue
        if found == name:
            outlook.first[level.name] += moment == 0
            outlook.soon[level.name] += 1
        else:
            outlook.taken_for[found] += 1
        break
    assert first is not None
    return first


def _distances(matcher: Matcher, frame: Pixels) -> npt.NDArray[np.uint8]:
    """Returns the distance of every reference to a frame, (references,)."""
    grey = to_grey(frame)
    query = pack(hash_faded(fade(query_thumbnails(grey, (0, 0, grey.shape[1], grey.shape[0])))))
    nearest: npt.NDArray[np.uint8] = matcher.distances(query).min(axis=0)
    return nearest


def _look_alikes(bundle: HashBundle) -> dict[int, list[int]]:
    """Returns for each reference those that no threshold would keep apart from it, by index."""
    index = {name: place for place, name in enumerate(bundle.ids)}
    alike: dict[int, list[int]] = {}
    for pair in alike_pairs(bundle):
        if pair.turned:
            continue  # held upright they are not alike
        one, other = (index[name] for name in pair.ids)
        alike.setdefault(one, []).append(other)
        alike.setdefault(other, []).append(one)
    return alike


def _pixels(picture: Path | Picture) -> Pixels:
    """Returns a picture as (height, width, 3) uint8, upright and on white, at most 800 pixels long."""
    image = _in_colour(picture)
    image.thumbnail((800, 800))
    return np.asarray(image)


def _in_colour(picture: Path | Picture) -> Image.Image:
    return read_colour(picture) if isinstance(picture, Path) else colour_of(picture)


# The page


def _rank(outlook: Outlook) -> tuple[int, int, int]:
    return outlook.soon[TYPICAL.name], outlook.first[TYPICAL.name], sum(outlook.first.values())


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _summary(bundle: HashBundle, prediction: Prediction) -> str:
    outlooks = prediction.outlooks.values()
    hold_ups = sum(outlook.hold_ups for outlook in outlooks)
    rows = []
    for level in LEVELS:
        first, soon = (sum(getattr(outlook, when)[level.name] for outlook in outlooks) for when in ("first", "soon"))
        rows.append(
            f"<tr><th>{_HANDS[level.name][1]}<td>{_percent(first, hold_ups)}<td>{_percent(soon, hold_ups)}</tr>"
        )
    weak = sum(outlook.soon[TYPICAL.name] < outlook.hold_ups for outlook in outlooks)
    wrong = sum(sum(outlook.taken_for.values()) for outlook in outlooks)
    verdict = (
        f"Every picture was recognised within {FRAMES} frames, about a second, by an ordinary hand."
        if not weak
        else f"{weak} of {len(bundle)} pictures {'was' if weak == 1 else 'were'} sometimes missed by an ordinary hand."
    )
    if wrong:
        verdict += f" {wrong} of {hold_ups * len(LEVELS)} hold-ups ended with a wrong id."
    return (
        f"<h1>{len(bundle)} pictures, held up by a simulated hand</h1>\n<p class=lead>{verdict}</p>\n"
        f"<table><tr><th><th>on the first frame<th>within {FRAMES} frames</tr>\n{''.join(rows)}\n</table>\n"
        "<p class=note>Predicted from the pictures alone: shift, zoom, tilt, perspective, uneven light, glare, blur, "
        "noise, a thumb at the edge, and what lies behind. "
        f"{hold_ups} hold-ups a line. A real camera and printer may do better or worse.</p>"
    )


def _threshold_section(bundle: HashBundle, prediction: Prediction, command: str) -> str:
    best = recommended_threshold(prediction)
    if best is None:
        return (
            "<h2>Threshold</h2><p>With one picture, or only look-alikes, there is nothing to be taken for: keep "
            f"{bundle.threshold}.</p>"
        )
    hold_ups = sum(outlook.hold_ups for outlook in prediction.outlooks.values())
    gain, safe = _percent(_first(prediction), hold_ups), best
    if prediction.advised is not None:
        gain += f" → {_percent(prediction.advised, hold_ups)}"
    advice = f"recognised on the first frame, with an ordinary hand: {gain}."
    if prediction.advised is not None and best > bundle.threshold and prediction.advised <= _first(prediction):
        best = bundle.threshold
        advice += f" That is no gain: keep {best}."
    elif prediction.advised is not None and command:
        advice += f"</p>\n<p><code>{html.escape(f'{command} --threshold {best}')}</code>"
    change = f"{bundle.threshold} → {safe}" if safe != bundle.threshold else "Keep it"
    return (
        f"<h2>Recommended threshold: {best}</h2>\n<p>This bundle has {bundle.threshold}. Up to {safe}, the crops alone "
        "would take a picture that is not among these for one of them in at most 1 of 1000 frames.</p>\n"
        f"<p>{change}: {advice}</p>\n" + _histogram(prediction, bundle.threshold, best)
    )


def _histogram(prediction: Prediction, threshold: int, best: int) -> str:
    """Returns a drawing of how far frames are from the right reference and from the nearest other one."""
    own, others = (
        np.bincount(np.minimum(values, 71) // 2, minlength=36) / len(values)
        for values in (prediction.own, prediction.others)
    )
    high = max(own.max(), others.max())
    # No wider than a phone, where a wider drawing is shrunk together with its letters.
    parts = ['<svg viewBox="0 0 390 190" role="img" aria-label="distances of right and of other references">']
    for place in range(36):
        x = 20 + place * 10
        for shares, kind, shift in ((own, "right", 0), (others, "other", 4.5)):
            tall = 140 * shares[place] / high
            if tall > 0:
                parts.append(f'<rect class="{kind}" x="{x + shift}" y="{150 - tall:.1f}" width=4 height="{tall:.1f}"/>')
        if place % 5 == 0:
            parts.append(f'<text x="{x}" y=168>{place * 2}</text>')
    # The two labels would overlap when the thresholds are near each other: one line above the other.
    for value, label, y in ((threshold, "this bundle", 10), (best, "recommended", 24)):
        x = 20 + min(value, 71) * 5
        side = f'x="{x + 4}"' if value < 45 else f'x="{x - 4}" text-anchor=end'
        parts.append(f'<path d="M{x} {y}V150"/><text {side} y="{y + 4}">{label}</text>')
    parts.append('<text x="20" y=186>distance in bits</text></svg>')
    key = '<p class=key><i class="right"></i> the picture shown <i class="other"></i> the nearest other picture</p>'
    return "".join(parts) + key


def _pairs_section(bundle: HashBundle, prediction: Prediction, thumbnails: "_Thumbnails") -> str:
    alike = {pair.ids: pair for pair in alike_pairs(bundle)}
    mistaken: Counter[tuple[str, ...]] = Counter()
    for name, outlook in prediction.outlooks.items():
        for other, times in outlook.taken_for.items():
            mistaken[tuple(sorted((name, other)))] += times
    pairs = sorted({*alike, *mistaken}, key=lambda ids: (alike[ids].distance if ids in alike else 999, ids))
    if not pairs:
        return "<h2>Taken for each other</h2><p>None: no two of these pictures are alike to the scanner.</p>"
    shown = []
    for one, other in pairs[:_WORST_SHOWN]:
        pair, times = alike.get((one, other)), mistaken[one, other]
        how = []
        if pair:
            how.append("the same to the scanner" if pair.distance == 0 else f"{pair.distance} of 144 bits apart")
        if pair and pair.turned:
            how.append(f"if turned by {pair.turned} degrees")
        if times:
            how.append(f"taken for each other {'once' if times == 1 else f'{times} times'}")
        shown.append(
            f"<figure class=pair>{thumbnails.of(one)}{thumbnails.of(other)}<figcaption><b>{html.escape(one)}</b> and "
            f"<b>{html.escape(other)}</b><br>{', '.join(how)}</figcaption></figure>"
        )
    more = f"<p>and {len(pairs) - len(shown)} more.</p>" if len(pairs) > len(shown) else ""
    return (
        "<h2>Taken for each other</h2>\n<p>Of two that are the same to the scanner neither is ever named; of two that "
        "are nearly so, seldom one; of a picture and the same one turned, only what is held straight into the frame. "
        f"Leave one out, or change one visibly.</p>\n<div class=pairs>{''.join(shown)}</div>{more}"
    )


def _card(name: str, outlook: Outlook, thumbnails: "_Thumbnails") -> str:
    bars = []
    for level in LEVELS:
        first, soon = outlook.first[level.name], outlook.soon[level.name]
        shares = [
            f"<{tag} style='width:{100 * part / outlook.hold_ups:.0f}%'></{tag}>"
            for tag, part in (("b", soon), ("i", first))
        ]
        counts = _counts(outlook, level)
        bars.append(f"<dt>{_HANDS[level.name][0]} hand<dd><span class=bar>{''.join(shares)}</span> {counts}</dd>")
    kind = "good" if outlook.soon[TYPICAL.name] == outlook.hold_ups else "weak"
    return (
        f"<figure class='card {kind}'>{thumbnails.of(name)}<figcaption><b>{html.escape(name)}</b>"
        f"<dl>{''.join(bars)}</dl></figcaption></figure>"
    )


def _counts(outlook: Outlook, level: Level) -> str:
    """Returns in words how many hold-ups were recognised, on the first frame and on a later one."""
    first, soon, hold_ups = outlook.first[level.name], outlook.soon[level.name], outlook.hold_ups
    if soon == 0:
        return f"none of {hold_ups}"
    return f"{first} of {hold_ups}" if first == soon else f"{first} + {soon - first} of {hold_ups}"


def _rest_table(names: list[str], outlooks: Mapping[str, Outlook]) -> str:
    if not names:
        return ""
    head = "".join(f"<th>{_HANDS[level.name][0]} hand" for level in LEVELS)
    rows = []
    for name in names:
        counts = "".join(f"<td>{_counts(outlooks[name], level)}" for level in LEVELS)
        rows.append(f"<tr><th>{html.escape(name)}{counts}</tr>")
    return f"<h2>The others</h2><table><tr><th>{head}</tr>{''.join(rows)}</table>"


class _Thumbnails:
    """Small pictures as `<img>` with their data inside."""

    def __init__(self, pictures: Mapping[str, Path | Picture]) -> None:
        self._pictures = pictures

    def of(self, name: str) -> str:
        image = _in_colour(self._pictures[name])
        image.thumbnail((2 * _THUMBNAIL, 2 * _THUMBNAIL))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=75)
        data = base64.b64encode(stream.getvalue()).decode("ascii")
        return f'<img alt="" src="data:image/jpeg;base64,{data}">'


_STYLE = """
:root { color-scheme: light dark; --ink: #1c1f24; --paper: #fff; --soft: #eef0f3; --good: #2a7f62; --weak: #c0392b;
  --other: #8b95a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16181c; --soft: #262a31; --good: #4cb592;
  --weak: #ff7a68; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 62rem; padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; }
.lead { font-size: 1.15rem; } .note, .key, dd { font-size: .85rem; opacity: .85; }
table { border-collapse: collapse; } th, td { padding: .3rem .9rem .3rem 0; text-align: left; }
tr:first-child th, th:first-child { font-weight: 500; } td { font-variant-numeric: tabular-nums; }
.cards, .pairs { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.pairs { grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
figure { margin: 0; background: var(--soft); border-radius: .6rem; padding: .8rem; overflow-wrap: anywhere; }
.card { display: flex; gap: .8rem; align-items: flex-start; border-left: 4px solid var(--good); }
.card.weak { border-color: var(--weak); } .card figcaption { flex: 1; min-width: 0; }
img { width: 5.5rem; height: 7rem; object-fit: contain; } .pair img { width: 48%; height: 10rem; margin-right: 2%; }
dl { margin: .3rem 0 0; } dt { font-size: .8rem; margin-top: .2rem; } dd { margin: 0; white-space: nowrap; }
.bar { position: relative; display: inline-block; width: 4rem; height: .6rem; border-radius: .3rem;
  background: color-mix(in srgb, var(--ink) 15%, transparent); overflow: hidden; }
.bar b, .bar i { position: absolute; inset: 0 auto 0 0; background: var(--good); } .bar b { opacity: .45; }
svg { width: 100%; max-width: 480px; font-size: 12px; fill: var(--ink); } svg path { stroke: var(--ink); }
rect.right, i.right { fill: var(--good); background: var(--good); }
rect.other, i.other { fill: var(--other); background: var(--other); }
.key i { display: inline-block; width: .8rem; height: .8rem; margin: 0 .2rem 0 .8rem; }
"""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What to expect of these pictures</title>
<style>{{style}}</style>
<body>
{{body}}
</body>
</html>
"""
