r"""Does the scanner name pictures that are not enrolled, or nothing at all? Through the public calls alone.

    python -m benchmarks.strangers PICTURES/report --frames 200 --empty-frames 1000 --keep FOLDER
    python -m benchmarks.strangers PICTURES/report --references 1000 --log LOG                   resumes a run

| row | shows |
|---|---|
| strangers | one picture in the hand of EASY, TYPICAL or HARD, then three, some of them beyond the frame's edge |
| strangers held small | a picture at 0.3 to 0.5 of the guide's size, in the guide |
| references held small | an enrolled one there: its own name is not counted |
| empty scenes | those of `benchmarks.recognition` |
| photographs by others | these, shown to a catalogue that has none of their pictures; stills only |

Stills go through `scan_all`, and through `scan` too where it names something: `scan` does the first of the searches of
`scan_all`. Streams are hold-ups of ten frames, which go through `scan` and `look`. A stranger that shows a reference's
drawing (`benchmarks/same_drawing.py`) is counted apart. So is a hold-up of one.

`--log` keeps every scene's outcome, one a line, and a further run with the same file goes on where the last one
stopped. `--keep` writes every frame that was named, with the corners drawn and the reference beside it, to be looked
at: the first one of a hold-up.
"""

import argparse
import itertools
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: a browser's worker has one thread

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.enrolled import STRANGERS, Pictures, load, made_up, pick, too_plain_of
from benchmarks.report import FRAMES, percent
from benchmarks.same_drawing import same_drawing
from benchmarks.stranger_scenes import Scene, empty_scene, held_small, photographs_by_others, stranger_scene
from scanner import FrameScanner, Verdict
from scanner.offline import build_bundle

WAYS = ("stills", "streams")


def main() -> int:
    options = parse()
    pictures = load(options.pictures, None)
    too_plain = too_plain_of(pictures)
    names = [name for name in pictures if name not in too_plain]
    unknown = names[100::2][:STRANGERS]
    fill = pick(pictures, [name for name in names if name not in unknown])
    catalogue = dict(itertools.islice(itertools.chain(fill.items(), made_up(fill)), options.references))
    strangers, enrolled = pick(pictures, unknown), pick(pictures, list(catalogue)[:100])
    rows: dict[str, tuple[Callable[[int], Scene], int]] = {
        "strangers": (lambda number: stranger_scene(strangers, number), options.frames),
        "strangers held small": (lambda number: held_small(strangers, number), options.small_frames),
        "references held small": (lambda number: held_small(enrolled, number), options.small_frames),
        "empty scenes": (empty_scene, options.empty_frames),
    }
    if options.cases and options.photos:
        photos = photographs_by_others(options.cases, options.photos)
        rows["photographs by others"] = (photos.__getitem__, len(photos))
    watch = Watch(catalogue, options.keep)
    log = Log(options.log, options.references)
    for way, (row, (scene, frames)) in itertools.product(options.ways.split(","), rows.items()):
        if way == "streams" and row == "photographs by others":
            continue
        scenes = frames // FRAMES if way == "streams" else frames
        for number in range(options.first, scenes):
            if not log.has(row, way, number):
                log.add(row, way, number, watch.watched(scene(number), way))
            if number % 100 == 99:
                print(f"{row}, {way}: {number + 1} scenes", file=sys.stderr, flush=True)
    print(f"Among {len(catalogue)} references. Named, in percent, with 95 % Wilson intervals:\n")
    print("\n".join(log.table()))
    print("\nEvery name:\n")
    print("\n".join(log.names()) or "None.")
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog="See benchmarks/README.md.")
    parser.add_argument("pictures", type=Path, help="folder of pictures; the first ones are enrolled")
    parser.add_argument("--references", type=int, default=100)
    parser.add_argument("--ways", default="stills,streams", help="only these, e.g. streams")
    parser.add_argument("--frames", type=int, default=200, help="of strangers, each way")
    parser.add_argument("--small-frames", type=int, default=200, help="of pictures held small, each way and row")
    parser.add_argument("--empty-frames", type=int, default=200, help="of empty scenes, each way")
    parser.add_argument("--first", type=int, default=0, help="scene that every row begins with: runs side by side")
    parser.add_argument("--cases", type=Path, help="folder with cases.json: adds photographs by others")
    parser.add_argument("--photos", type=Path, help="folder with references/ and one folder per camera: adds these")
    parser.add_argument("--keep", type=Path, help="folder for the frames that were named")
    parser.add_argument("--log", type=Path, help="file of outcomes (.jsonl), to resume a run of the same checkout")
    return parser.parse_args()


class Log:
    """The outcomes of scenes, kept in a file so that a run can be resumed.

    Args:
        path: of the file, one JSON object a line; None keeps nothing.
        references: size of the catalogue. Outcomes of other catalogues stay in the file, and are left out.
    """

    def __init__(self, path: Path | None, references: int) -> None:
        self._path = path
        self._references = references
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
        known = [json.loads(line) for line in lines]
        self._scenes: dict[tuple[str, str, int], dict[str, Any]] = {
            (scene["row"], scene["way"], scene["number"]): scene for scene in known if scene["references"] == references
        }

    def has(self, row: str, way: str, number: int) -> bool:
        """Returns whether the outcome of a scene is known."""
        return (row, way, number) in self._scenes

    def add(self, row: str, way: str, number: int, outcome: dict[str, Any]) -> None:
        """Keeps the outcome of a scene."""
        scene = {"row": row, "way": way, "number": number, "references": self._references, **outcome}
        self._scenes[row, way, number] = scene
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(scene) + "\n")

    def table(self) -> Iterator[str]:
        """Yields the lines of a table with a row for every kind of scene, way and call."""
        yield "| scenes | call | frames | scenes named, a hold-up counted once | drawing repeated | mean CPU ms |"
        yield "|---" * 6 + "|"
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for (row, way, _), scene in self._scenes.items():
            groups[row, way].append(scene)
        for (row, way), scenes in groups.items():
            for call in scenes[0]["ms"]:
                told = [[name for name in scene["named"] if name["call"] == call] for scene in scenes]
                wrong = sum(any(not name["repeats"] for name in names) for names in told)
                repeated = sum(any(name["repeats"] for name in names) for names in told)
                frames = sum(scene["frames"] for scene in scenes)
                spent = sum(scene["ms"][call] for scene in scenes) / frames
                share = f"{wrong}: {percent(wrong, len(scenes))}"
                yield f"| {row} | {way}: {call} | {frames} | {share} | {repeated} | {spent:.0f} |"

    def names(self) -> Iterator[str]:
        """Yields a line for every name told."""
        for scene in self._scenes.values():
            for name in scene["named"]:
                drawing = " (its drawing)" if name["repeats"] else ""
                at = f", frame {name['frame']}" if scene["way"] == "streams" else ""
                fit = f"{name['bits']} bits, margin {name['margin']}"
                yield f"- {scene['label']}, {scene['way']}: {name['call']}{at}: {name['id']}{drawing}, {fit}"


class Watch:
    """Scanners of one catalogue, which are shown none of its pictures, or one whose own name is right."""

    def __init__(self, catalogue: Pictures, keep: Path | None) -> None:
        self._catalogue = catalogue
        self._keep = keep
        bundle = build_bundle(catalogue, skip_bad=True)
        self._still = FrameScanner(bundle, memory=False)
        self._one, self._several = FrameScanner(bundle), FrameScanner(bundle)

    def watched(self, scene: Scene, way: str) -> dict[str, Any]:
        """Returns the outcome of a scene: frames, CPU milliseconds by call, and names that are not its own."""
        frames, named = 0, list[dict[str, Any]]()
        milliseconds = dict.fromkeys(("scan_all",) if way == "stills" else ("scan", "look"), 0.0)
        self._one.reset()
        self._several.reset()
        for frame in itertools.islice(scene.frames(), 1 if way == "stills" else None):
            frames += 1
            for call in milliseconds:
                started = time.process_time()
                verdicts = self._told(way, call, frame, scene)
                milliseconds[call] += 1000 * (time.process_time() - started)
                further = [(call, verdict) for verdict in verdicts]
                if way == "stills" and verdicts:
                    further += [("scan", self._still.scan(frame, scene.region))]
                for by, verdict in further:
                    new = (by, verdict.id) not in [(name["call"], name["id"]) for name in named]
                    if verdict.id is not None and verdict.id not in scene.shown and new:
                        named.append(self._noted(by, frames, verdict, scene))
                        self._kept(scene.label, frame, verdict)
        return {"label": scene.label, "frames": frames, "ms": milliseconds, "named": named}

    def _told(self, way: str, call: str, frame: np.ndarray, scene: Scene) -> Iterable[Verdict]:
        if way == "stills":
            return self._still.scan_all(frame, scene.region)
        if call == "scan":
            return [self._one.scan(frame, scene.region)]
        verdict, matches = self._several.look(frame, scene.region)
        return [verdict, *matches]

    def _noted(self, call: str, frame: int, verdict: Verdict, scene: Scene) -> dict[str, Any]:
        reference = self._catalogue[str(verdict.id)]
        repeats = any(same_drawing(picture, reference) for picture in scene.shown.values())
        fit = {"bits": verdict.distance, "margin": verdict.margin}
        return {"call": call, "frame": frame, "id": verdict.id, "repeats": repeats, **fit}

    def _kept(self, label: str, frame: np.ndarray, verdict: Verdict) -> None:
        """Keeps a frame that was named, with the corners drawn and the reference beside it."""
        if self._keep is None:
            return
        self._keep.mkdir(parents=True, exist_ok=True)
        seen = Image.fromarray(frame)
        if verdict.corners:
            ImageDraw.Draw(seen).polygon(verdict.corners, outline="red", width=2)
        reference = Image.fromarray(self._catalogue[str(verdict.id)])
        reference.thumbnail((300, seen.height))
        both = Image.new("RGB", (seen.width + 308, seen.height), "white")
        both.paste(seen, (0, 0))
        both.paste(reference, (seen.width + 8, 0))
        title = "".join(letter if letter.isalnum() else "-" for letter in f"{label} as {verdict.id}")
        both.save(self._keep / f"{title[:120]} {len(list(self._keep.iterdir())):03d}.png")


if __name__ == "__main__":
    sys.exit(main())
