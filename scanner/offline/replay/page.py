"""The replay as one HTML page, with its frames inside: both verdicts on each frame, side by side.

A recording comes from a stranger. Every text in it is escaped, and the page loads nothing and runs no script.
"""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from scanner.offline.replay.judging import Judged, Likeness
from scanner.offline.replay.page_style import PAGE
from scanner.offline.replay.recording import is_time
from scanner.verdict import Verdict

__all__ = ["ReplayPage"]

_LONGEST_SIDE = 640
"""Longest side of a shown frame, in pixels; a photo may have 4096."""
_WORDS: dict[Likeness | None, str] = {
    "equal": "equal",
    "rounded": "equal but for rounding",
    "different": "different",
    None: "not judged again",
}


class ReplayPage:
    """Takes frames one by one, and keeps only what the page shows of them.

    Args:
        facts: of the recording, as the browser wrote them.
        name: of the recording's file.
    """

    def __init__(self, facts: dict[str, Any], name: str) -> None:
        self._facts = facts
        self._name = name
        self._frames: list[str] = []

    def add(self, judged: Judged) -> None:
        """Appends a frame."""
        frame, place = judged.frame, len(self._frames)
        width, height = frame.size
        kind = judged.likeness or "none"
        title = f"{html.escape(frame.file)} <small>{frame.at / 1000:.2f} s · {_WORDS[judged.likeness]}</small>"
        picture = f'<svg viewBox="0 0 {width} {height}">'
        theirs = _side("browser", frame.verdict, frame.error, frame.matches)
        ours = _side("here", judged.verdict, None, judged.matches)
        left, top, across, down = frame.region
        region = f'<rect class="region" x="{left}" y="{top}" width="{across}" height="{down}"/>'
        image = f'<image id="f{place}" width="{width}" height="{height}" href="{_data(judged)}"/>'
        left_outlines = _outlines(frame.verdict, frame.matches)
        right_outlines = _outlines(judged.verdict, judged.matches)
        self._frames.append(
            f'<section class="{kind}"><h2>{title}</h2><div>'
            f"<figure>{picture}{image}{region}{left_outlines}</svg>{theirs}</figure>"
            f'<figure>{picture}<use href="#f{place}"/>{region}{right_outlines}</svg>{ours}</figure>'
            "</div></section>"
        )

    def text(self, counts: dict[str, int], lead: str) -> str:
        """Returns the page.

        Args:
            counts: frames of each likeness.
            lead: the first sentence.
        """
        rows = [f"<tr><th>{html.escape(what)}<td>{html.escape(str(value))}</tr>" for what, value in self._told()]
        happenings = self._facts.get("happenings")
        lines = [_happening(each) for each in happenings] if isinstance(happenings, list) else []
        body = [
            f"<h1>{html.escape(self._name)}</h1><p class=lead>{html.escape(lead)}</p>",
            "<p class=note>Left: the browser's verdict. Right: the verdict of this machine on the same pixels. "
            "The thin box is the scan region, the thick outline the picture found.</p>",
            f"<table>{''.join(rows)}</table>",
            f"<details><summary>States, cameras, errors: {len(lines)}</summary>",
            f"<pre>{chr(10).join(lines)}</pre></details>",
            *self._frames,
        ]
        title = f"{counts.get('different', 0)} different of {len(self._frames)} frames"
        return PAGE.replace("{{title}}", html.escape(title)).replace("{{body}}", "\n".join(body))

    def _told(self) -> list[tuple[str, Any]]:
        facts = self._facts
        versions, device = facts.get("versions"), facts.get("device")
        told = [("saved", facts.get("saved")), ("package", facts.get("package")), ("build", facts.get("build"))]
        told += list(versions.items()) if isinstance(versions, dict) else []
        told += list(device.items()) if isinstance(device, dict) else []
        return [(what, value) for what, value in told if value is not None]


def _side(whose: str, verdict: Verdict | None, error: str | None, matches: Sequence[Verdict] | None) -> str:
    if verdict is None:
        return f"<figcaption><b>{whose}</b> {html.escape(error or 'no verdict')}</figcaption>"
    name = f" {html.escape(verdict.id)}" if verdict.id is not None else ""
    bits = "" if verdict.distance is None else f" distance {verdict.distance}"
    bits += "" if verdict.margin is None else f", margin {verdict.margin}"
    if matches:
        bits = ", ".join(f"{html.escape(str(match.id))} ({match.track})" for match in matches)
    return f"<figcaption><b>{whose}</b> {verdict.outcome}{name}<br><small>{bits}</small></figcaption>"


def _outlines(verdict: Verdict | None, matches: Sequence[Verdict] | None) -> str:
    shown = matches or ([verdict] if verdict is not None else [])
    return "".join(
        f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in each.corners)}"/>' for each in shown if each.corners
    )


def _happening(found: Any) -> str:
    if not isinstance(found, dict):
        return html.escape(str(found))
    at = found.get("at")
    when = f"{at / 1000:7.2f} s" if is_time(at) else "        ?"
    rest = ", ".join(f"{name}: {value}" for name, value in found.items() if name != "at" and value is not None)
    return html.escape(f"{when}  {rest}")


def _data(judged: Judged) -> str:
    image = Image.fromarray(judged.pixels)
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
