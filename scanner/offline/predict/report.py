"""The report: one HTML page, with its pictures inside, for the owner of a picture folder.

The page shows how often each picture was recognised, puts pictures that are taken for each other side by side, and
recommends a threshold.
"""

import base64
import html
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from scanner.bundle import HashBundle
from scanner.offline.enrol.alike import alike_pairs
from scanner.offline.enrol.groups import alike_groups, described
from scanner.offline.enrol.images import Picture, colour_of, read_colour
from scanner.offline.predict.prediction import FRAMES, Outlook, Prediction, first_frames, recommended_threshold
from scanner.offline.predict.report_style import PAGE
from scanner.offline.predict.simulated_hand import LEVELS, TYPICAL, Level

__all__ = ["report_page"]

_WORST_SHOWN = 60
_GROUP_SHOWN = 12
_HANDS = {
    "EASY": ("steady", "steady hand, good light"),
    "TYPICAL": ("ordinary", "ordinary hand and light"),
    "HARD": ("hasty", "hasty hand, poor light"),
}
"""Level -> its names on the page: in a word, and in full."""
_THUMBNAIL = 132


def report_page(
    bundle: HashBundle, pictures: Mapping[str, Path | Picture], prediction: Prediction, command: str = ""
) -> str:
    """Returns the page, HTML with its pictures inside.

    Args:
        bundle: the references.
        pictures: id -> file or picture, at least those in the bundle.
        prediction: result of `predict` for `bundle` and `pictures`.
        command: makes the bundle; the page appends `--threshold` with the recommended value. Empty: no command shown.
    """
    outlooks = prediction.outlooks
    order = sorted(outlooks, key=lambda name: _rank(outlooks[name]))
    thumbnails = _Thumbnails(pictures)
    worst, rest = order[:_WORST_SHOWN], order[_WORST_SHOWN:]
    body = [
        _summary(bundle, prediction),
        _threshold_section(bundle, prediction, command),
        _groups_section(bundle, prediction, thumbnails),
        "<h2>Every picture, the least reliable first</h2>",
        f"<p>Simulated hold-ups recognised on the first frame + on a later one, within {FRAMES} frames.</p>",
        '<div class="cards">',
        *(_card(name, outlooks[name], thumbnails) for name in worst),
        "</div>",
        _rest_table(rest, outlooks),
    ]
    return PAGE.replace("{{body}}", "\n".join(body))


def _rank(outlook: Outlook) -> tuple[int, int, int]:
    return outlook.soon[TYPICAL.name], outlook.first[TYPICAL.name], sum(outlook.first.values())


def _works(outlook: Outlook) -> bool:
    """Says whether more than one in five ordinary hands get the picture recognised."""
    return 5 * max(outlook.soon[TYPICAL.name], outlook.first[TYPICAL.name]) > outlook.hold_ups


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
    if failing := sum(not _works(outlook) for outlook in outlooks):
        which = "These covers" if failing == len(bundle) else f"{failing} of these covers"
        verdict = f"{which} will not work: choose others, or show more of the design. {verdict}"
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
            "<h2>Threshold</h2><p>One picture, or only look-alikes, cannot be taken for another picture: keep "
            f"{bundle.threshold}.</p>"
        )
    if not any(_works(outlook) for outlook in prediction.outlooks.values()):
        return f"<h2>Threshold</h2><p>No threshold helps where no picture works: keep {bundle.threshold}.</p>"
    hold_ups = sum(outlook.hold_ups for outlook in prediction.outlooks.values())
    gain, safe = _percent(first_frames(prediction), hold_ups), best
    if prediction.advised is not None:
        gain += f" → {_percent(prediction.advised, hold_ups)}"
    advice = f"recognised on the first frame, with an ordinary hand: {gain}."
    if prediction.advised is not None and not _gains(bundle, prediction, best):
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


def _gains(bundle: HashBundle, prediction: Prediction, best: int) -> bool:
    """Says whether another threshold names more of what is shown, or keeps out frames of others that were seen."""
    if best > bundle.threshold:
        return (prediction.advised or 0) > first_frames(prediction)
    return any(best <= distance < bundle.threshold for distance in prediction.others)


def _histogram(prediction: Prediction, threshold: int, best: int) -> str:
    """Returns a drawing of how far frames are from the right reference and from the nearest other one."""
    own, others = (
        np.bincount(np.minimum(values, 71) // 2, minlength=36) / len(values)
        for values in (prediction.own, prediction.others)
    )
    high = max(own.max(), others.max())
    # No wider than a phone, which would shrink a wider drawing together with its letters.
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


def _groups_section(bundle: HashBundle, prediction: Prediction, thumbnails: "_Thumbnails") -> str:
    groups = alike_groups(bundle, alike_pairs(bundle))
    mistaken: Counter[tuple[str, ...]] = Counter()
    for name, outlook in prediction.outlooks.items():
        for other, times in outlook.taken_for.items():
            mistaken[tuple(sorted((name, other)))] += times
    shown = []
    for group in groups:
        times = sum(count for pair, count in mistaken.items() if set(pair) <= set(group.ids))
        shown.append(_together(group.ids, [described(group), *_taken(times)], thumbnails))
    for pair, times in sorted(mistaken.items()):
        if not any(set(pair) <= set(group.ids) for group in groups):
            shown.append(_together(pair, _taken(times), thumbnails))
    if not shown:
        return "<h2>Taken for each other</h2><p>None: no two of these pictures are alike to the scanner.</p>"
    more = f"<p>and {len(shown) - _WORST_SHOWN} more.</p>" if len(shown) > _WORST_SHOWN else ""
    return (
        "<h2>Taken for each other</h2>\n<p>Pictures that look alike to the scanner, side by side, with what becomes of "
        f"them.</p>\n<div class=pairs>{''.join(shown[:_WORST_SHOWN])}</div>{more}"
    )


def _taken(times: int) -> list[str]:
    return [f"taken for each other {'once' if times == 1 else f'{times} times'}"] if times else []


def _together(names: Sequence[str], how: Sequence[str], thumbnails: "_Thumbnails") -> str:
    """Returns pictures side by side with their names and some sentences; of many pictures, the first."""
    first = names[:_GROUP_SHOWN]
    bold = [f"<b>{html.escape(name)}</b>" for name in first]
    listed = f"{', '.join(bold[:-1])} and {bold[-1]}"
    if len(names) > len(first):
        listed = f"{', '.join(bold)} and {len(names) - len(first)} more"
    kind = "pair" if len(names) == 2 else "pair series"
    images = "".join(thumbnails.of(name) for name in first)
    return f"<figure class='{kind}'>{images}<figcaption>{listed}<br>{html.escape('; '.join(how))}</figcaption></figure>"


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
        picture = self._pictures[name]
        image = read_colour(picture) if isinstance(picture, Path) else colour_of(picture)
        image.thumbnail((2 * _THUMBNAIL, 2 * _THUMBNAIL))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=75)
        data = base64.b64encode(stream.getvalue()).decode("ascii")
        return f'<img alt="" src="data:image/jpeg;base64,{data}">'
