"""`phash-scanner replay` judges a recording again, and trusts nothing in it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scanner import FrameScanner, HashBundle, Verdict
from scanner.offline import build_bundle
from scanner.offline.command.main import main
from scanner.offline.replay.judging import likeness
from scanner.offline.replay.recording import Recording, RecordingError
from support.pictures import cover

PICTURES = {name: cover(seed, (240, 180)) for seed, name in enumerate(("one", "<b>two</b>", "three"))}
SIZE = (240, 320)  # height, width

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def bundle() -> HashBundle:
    return build_bundle(PICTURES)


@pytest.fixture(scope="module")
def recorded(bundle: HashBundle) -> Files:
    """The files of a recording as a page writes it: a wall, two pictures, a desk."""
    return recording_of(bundle, None)


@pytest.fixture(scope="module")
def followed(bundle: HashBundle) -> Files:
    """The files of a recording of a page that follows pictures."""
    return recording_of(bundle, 5)


def recording_of(bundle: HashBundle, most: int | None) -> Files:
    wall, desk = np.full((*SIZE, 3), 128, np.uint8), cover(99, SIZE)
    frames = [
        wall,
        *[np.asarray(Image.fromarray(PICTURES[name]).resize(SIZE[::-1])) for name in ("one", "<b>two</b>")],
        desk,
    ]
    scanner, files, entries = FrameScanner(bundle), {}, []
    for index, pixels in enumerate([*frames, frames[1]]):
        name = f"frames/{index + 1:04d}.png"
        memory = scanner.noted()
        verdict, matches = scanner.look(pixels, None, most) if most else (scanner.scan(pixels), None)
        files[name] = png(pixels)
        entries.append(
            {
                "file": name,
                "at": 100 * index,
                "number": index + 1,
                "width": SIZE[1],
                "height": SIZE[0],
                "region": [0, 0, SIZE[1], SIZE[0]],
                "verdict": {
                    "outcome": verdict.outcome,
                    "id": verdict.id,
                    "distance": verdict.distance,
                    "margin": verdict.margin,
                    "corners": verdict.corners,
                },
                "matches": None if matches is None else [vars(match) for match in matches],
                "error": None,
                "memory": memory,
                "pieces": scanner.pieces,
            }
        )
    head = {
        "format": "image-scanner-recording",
        "version": 1,
        "saved": "2026-11-26T18:00:00.000Z",
        "package": "0.1.0",
        "bundle": {"sha256": hashlib.sha256(bundle.to_json().encode()).hexdigest()},
        "most": most,
        "device": {"userAgent": "<script>alert(1)</script>"},
        "happenings": [{"at": 3, "state": "scanning"}, {"at": 5, "error": "camera-lost: <img src=x>"}],
        "frames": entries,
    }
    return {"recording.json": json.dumps(head).encode(), **files}


@pytest.fixture
def replay(
    bundle: HashBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `phash-scanner replay recording.zip` on some files, in a folder with the bundle."""
    monkeypatch.chdir(tmp_path)
    bundle.save("bundle.json")

    def run(files: Files | bytes, *options: str) -> tuple[int, str, str]:
        Path("recording.zip").write_bytes(files if isinstance(files, bytes) else zipped(files))
        code = main(["replay", "recording.zip", "--bundle", "bundle.json", *options])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def zipped(files: Files, compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def changed(files: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """Returns the files with a change to recording.json."""
    head = json.loads(files["recording.json"])
    change(head)
    return {**files, "recording.json": json.dumps(head).encode()}


def test_equal_verdicts_are_said_to_be_equal(recorded: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """A recording of this machine is judged again with every value equal: exit 0, and the count in the first line."""
    code, out, err = replay(recorded)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "recording.zip: 5 of 5 verdicts are equal; 0 different"


def test_followed_pictures_are_compared_too(followed: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """A page that follows pictures is replayed with equal matches; another track, id or count is a difference."""
    assert sum(len(frame["matches"]) for frame in json.loads(followed["recording.json"])["frames"]) == 3
    code, out, err = replay(followed, "--html", "replay.html")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "recording.zip: 5 of 5 verdicts are equal; 0 different"
    assert Path("replay.html").read_text(encoding="utf-8").count("<polygon") == 6
    assert replay(changed(followed, lambda head: head["frames"][1]["matches"][0].update(track=7)))[0] == 1
    assert replay(changed(followed, lambda head: head["frames"][1]["matches"][0].update(id="three")))[0] == 1
    assert replay(changed(followed, lambda head: head["frames"][1]["matches"].clear()))[0] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("track", -1), ("track", None), ("sure", None), ("id", 3), ("corners", [1]), ("distance", 1000)],
)
def test_a_match_that_no_page_writes_is_refused(
    name: str, value: object, followed: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """The error names the frame, the match and the expected value."""
    code, _, err = replay(changed(followed, lambda head: head["frames"][1]["matches"][0].update({name: value})))
    assert code == 2
    assert "frames[1].matches[0]" in err
    assert "expected" in err


@pytest.mark.parametrize("most", [0, "5", 1.5, True, []])
def test_a_number_of_pictures_that_no_page_writes_is_refused(
    most: object, followed: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """The error names "most" and the expected numbers."""
    code, _, err = replay(changed(followed, lambda head: head.update(most=most)))
    assert code == 2
    assert "most: expected a whole number from 1" in err


def test_a_different_verdict_is_named(recorded: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """A frame that the browser judged otherwise is named with both verdicts: exit 1."""
    wrong = changed(recorded, lambda head: head["frames"][1]["verdict"].update(id="three"))
    code, out, _ = replay(wrong)
    assert code == 1
    assert "4 of 5 verdicts are equal; 1 different" in out
    assert re.search(r"frames/0002\.png  browser: match three \(\d+ bits\)  here: match one \(\d+ bits\)", out)


def test_programs_get_every_frame_as_json(recorded: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """--json tells the likeness of each frame and the facts of the recording; --quiet tells nothing."""
    code, out, _ = replay(recorded, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["equal"] is True
    assert [frame["likeness"] for frame in told["frames"]] == ["equal"] * 5
    assert told["package"] == "0.1.0"
    assert replay(recorded, "--quiet")[:2] == (0, "")


def test_a_frame_without_an_answer_is_told_and_not_compared(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """A frame that broke the worker has no verdict to compare: the browser's words are shown instead."""
    broken = changed(
        recorded,
        lambda head: head["frames"][-1].update(verdict=None, error="ScannerError: the worker stopped", number=0),
    )
    code, out, _ = replay(broken)
    assert code == 0
    assert "4 of 4 verdicts are equal" in out
    assert "frames/0005.png  ScannerError: the worker stopped" in out


def test_a_recording_without_frames_has_nothing_to_judge(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """A report of a camera that never opened is read, too. Nothing is called equal: exit 2, with the reason."""
    without = changed(recorded, lambda head: head.update(frames=[]))
    code, out, err = replay(without, "--html", "replay.html")
    assert code == 2
    assert "no frame to judge again" in out
    assert "expected a frame with a verdict" in err
    assert "camera-lost" in Path("replay.html").read_text(encoding="utf-8")
    code, out, _ = replay(without, "--json")
    assert code == 2
    assert json.loads(out)["equal"] is None


def test_a_recording_of_frames_without_verdicts_is_not_called_equal(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """Frames at which the browser only met errors leave nothing to compare: exit 2."""

    def break_all(head: dict[str, Any]) -> None:
        for frame in head["frames"]:
            frame.update(verdict=None, error="ScannerError: the worker stopped")

    code, out, err = replay(changed(recorded, break_all))
    assert code == 2
    assert "frames/0001.png  ScannerError: the worker stopped" in out
    assert "expected a frame with a verdict" in err


def test_another_bundle_is_refused(recorded: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """A bundle with another checksum than the browser's is refused with both checksums: exit 2."""
    code, _, err = replay(changed(recorded, lambda head: head["bundle"].update(sha256="0" * 64)))
    assert code == 2
    assert "0" * 64 in err
    assert hashlib.sha256(Path("bundle.json").read_bytes()).hexdigest() in err


def test_a_byte_order_mark_makes_no_other_bundle(recorded: Files, replay: Callable[..., tuple[int, str, str]]) -> None:
    """A bundle that an editor saved with a byte order mark is the browser's bundle still: browsers drop the mark."""
    file = Path("bundle.json")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert replay(recorded)[0] == 0


def test_a_page_shows_both_verdicts_on_each_frame_and_runs_nothing(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """The page has each frame once, an outline for each match, and every foreign text escaped; it fetches nothing."""
    code, _, _ = replay(recorded, "--html", "replay.html")
    page = Path("replay.html").read_text(encoding="utf-8")
    matches = sum(frame["verdict"]["outcome"] == "match" for frame in json.loads(recorded["recording.json"])["frames"])
    assert code == 0
    assert page.count("data:image/jpeg;base64,") == 5
    assert page.count("<polygon") == 2 * matches > 0
    assert "match &lt;b&gt;two&lt;/b&gt;" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img src=x>" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


@pytest.mark.parametrize(
    "options", [["--html", "page.txt"], ["--html", "."], ["--html"], ["--htm", "a.html"], ["second.zip"]]
)
def test_wrong_usage_writes_nothing(options: list[str], recorded: Files, tmp_path: Path) -> None:
    """An option that cannot be meant ends the command before anything is judged: exit 2."""
    with pytest.raises(SystemExit) as ended:
        main(["replay", "recording.zip", *options])
    assert ended.value.code == 2


def test_a_missing_recording_or_bundle_is_named(replay: Callable[..., tuple[int, str, str]], recorded: Files) -> None:
    """A file that is not there is an error with its name: exit 2."""
    Path("bundle.json").unlink()
    code, _, err = replay(recorded)
    assert code == 2
    assert "bundle.json" in err


Change = Callable[[dict[str, Any]], object]

WRONG_HEADS: dict[str, Change] = {
    "format": lambda head: head.update(format="image-scanner-bundle"),
    "version": lambda head: head.update(version=2),
    "no frames": lambda head: head.pop("frames"),
    "frames": lambda head: head.update(frames={}),
    "many frames": lambda head: head.update(frames=head["frames"] * 300),
    "frame": lambda head: head.update(frames=[7]),
    "file": lambda head: head["frames"][0].update(file="../../etc/passwd"),
    "missing file": lambda head: head["frames"][0].update(file="/frames/0001.png"),
    "size": lambda head: head["frames"][0].update(width=60000, height=60000),
    "no width": lambda head: head["frames"][0].pop("width"),
    "other size": lambda head: head["frames"][0].update(width=319, region=[0, 0, 319, 240]),
    "region": lambda head: head["frames"][0].update(region=[0, 0, 321, 240]),
    "region of three": lambda head: head["frames"][0].update(region=[0, 0, 321]),
    "outcome": lambda head: head["frames"][0]["verdict"].update(outcome="\x1b[31mmatch"),
    "verdict": lambda head: head["frames"][0].update(verdict="match"),
    "corners": lambda head: head["frames"][0]["verdict"].update(corners=[[1, 2]]),
    "corner": lambda head: head["frames"][0]["verdict"].update(corners=[[1, 2], [1, 2], [1, 2], [1, "</svg>"]]),
    "id": lambda head: head["frames"][0]["verdict"].update(id=["one"]),
    "at": lambda head: head["frames"][0].update(at="now"),
    "endless at": lambda head: head["frames"][0].update(at=10**400),
    "memory": lambda head: head["frames"][0].update(memory=[]),
    "pieces": lambda head: head["frames"][0].update(pieces=-1),
    "note": lambda head: head["frames"][1]["memory"].update(evidence=[[99, 1]]),
    "searched": lambda head: head["frames"][0]["memory"].update(search={"frame": 5, "pieces": 3}),
    "number": lambda head: head["frames"][0].update(number=2.5),
}


@pytest.mark.parametrize("fault", WRONG_HEADS)
def test_a_recording_with_a_wrong_value_is_refused_by_name(
    fault: str, recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """Each value that cannot be used gives exit 2 and one line, with what was expected and what was found."""
    code, out, err = replay(changed(recorded, WRONG_HEADS[fault]))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "expected" in err
    assert "found" in err
    assert "\x1b" not in err


def bomb(size: int) -> bytes:
    return b"\0" * size


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is larger than it is."""
    whole = bytearray(png(np.zeros((*SIZE, 3), np.uint8)))
    whole[16:24] = struct.pack(">II", width, height)
    return bytes(whole)


def with_flags(whole: bytes, flags: int) -> bytes:
    """Returns a zip with flags set on each of its files: 1 an encrypted file, 0x800 a name in UTF-8."""
    changed = bytearray(whole)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + place] |= flags & 0xFF
            changed[at + place + 1] |= flags >> 8
            at = changed.find(signature, at + 4)
    return bytes(changed)


FIRST = "frames/0001.png"

HOSTILE: dict[str, Callable[[Files], bytes]] = {
    "empty": lambda files: b"",
    "no zip": lambda files: b"\x89PNG no zip",
    "cut": lambda files: zipped(files)[:2000],
    "cut at the end": lambda files: zipped(files)[:-30],
    "without a head": lambda files: zipped({FIRST: files[FIRST]}),
    "without a frame": lambda files: zipped({"recording.json": files["recording.json"]}),
    "head of zeros": lambda files: zipped({**files, "recording.json": bomb(64 << 20)}, zipfile.ZIP_DEFLATED),
    "frame of zeros": lambda files: zipped({**files, FIRST: bomb(100 << 20)}, zipfile.ZIP_DEFLATED),
    "nested": lambda files: zipped({**files, "recording.json": b"[" * 100_000 + b"]" * 100_000}),
    "not JSON": lambda files: zipped({**files, "recording.json": b"{"}),
    "not UTF-8": lambda files: zipped({**files, "recording.json": b"\xff\xfe{}"}),
    "NaN": lambda files: zipped({**files, "recording.json": b'{"format": NaN}'}),
    "not a PNG": lambda files: zipped({**files, FIRST: png(np.zeros((*SIZE, 3), np.uint8), "BMP")}),
    "grey PNG": lambda files: zipped({**files, FIRST: png(np.zeros(SIZE, np.uint8))}),
    "cut PNG": lambda files: zipped({**files, FIRST: files[FIRST][:200]}),
    "huge PNG": lambda files: zipped({**files, FIRST: png_of_size(60_000, 60_000)}),
    "lzma": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "many entries": lambda files: zipped({**files, **{f"x/{index}": b"" for index in range(3000)}}),
    "flipped bit in a name": lambda files: with_flags(zipped({FIRST: files[FIRST], **files}), 0x800).replace(
        b"0001.png", b"00\xff1.png", 1
    ),
    "name that is no UTF-8": lambda files: with_flags(zipped(files), 0x800).replace(b"0001.png", b"00\xff1.png"),
    "flipped bit": lambda files: zipped(files).replace(files[FIRST][40:60], files[FIRST][40:59] + b"\x01"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_refused_in_a_sentence(
    kind: str, recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """Bombs, cut files, missing and damaged entries give exit 2 and one line; nothing beside the zip is written."""
    before = set(Path().rglob("*"))
    code, out, err = replay(HOSTILE[kind](recorded))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "recording.zip" in err
    assert set(Path().rglob("*")) - before <= {Path("recording.zip")}


def test_an_encrypted_zip_is_refused(recorded: Files, tmp_path: Path) -> None:
    """A zip with a password is refused by the name of its first encrypted file."""
    (tmp_path / "locked.zip").write_bytes(with_flags(zipped(recorded), 1))
    with pytest.raises(RecordingError, match=r"recording\.json: expected a readable file"):
        Recording(tmp_path / "locked.zip")


def test_a_happening_at_an_endless_time_is_shown_without_it(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """A time that no page writes is shown as unknown in the page of the replay; the rest of the line stays."""
    endless = changed(recorded, lambda head: head.update(happenings=[{"at": 10**400, "state": "scanning"}]))
    code, _, err = replay(endless, "--html", "replay.html")
    assert (code, err) == (0, "")
    assert "?  state: scanning" in Path("replay.html").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("error")
def test_impossible_corners_in_a_memory_print_no_warning(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """A memory whose picture has two corners in one place is judged, or refused, without lines of numpy's."""

    def flatten(head: dict[str, Any]) -> None:
        frame = head["frames"][2]  # after the first match, which is shown once more
        frame["file"] = head["frames"][1]["file"]
        frame["memory"]["latest"]["corners"] = [[0, 0], [320, 0], [320, 240], [0, 0]]

    code, _, err = replay(changed(recorded, flatten))
    assert code in (0, 1, 2)
    assert len(err.splitlines()) == (code == 2)


MUTATED_ZIPS = 300


@pytest.mark.filterwarnings("error")
def test_mutated_recordings_are_judged_or_refused_in_a_sentence(
    recorded: Files, replay: Callable[..., tuple[int, str, str]]
) -> None:
    """Bytes and values changed at random give a verdict or one line of error; never a traceback or a warning."""
    # Two frames, the second with a memory, so that 300 replays take seconds.
    short = changed(recorded, lambda head: head.update(frames=head["frames"][1:3]))
    files = {name: content for name, content in short.items() if name != FIRST}
    random = np.random.default_rng(300)
    refused = 0
    for number in range(MUTATED_ZIPS):
        mutated = (
            with_wrong_bytes(with_flags(zipped(files), 0x800), random)
            if number % 2
            else zipped(with_wrong_value(files, random))
        )
        code, _, err = replay(mutated, "--html", "replay.html")
        assert code in (0, 1, 2), number
        assert len(err.splitlines()) == (code == 2), (number, err)
        refused += code == 2
    assert MUTATED_ZIPS / 10 < refused < MUTATED_ZIPS


def with_wrong_bytes(whole: bytes, random: np.random.Generator) -> bytes:
    """Returns a zip with some bytes changed, most of them where a zip keeps names, sizes and places."""
    mutated = bytearray(whole)
    heads = [found.start() for found in re.finditer(rb"PK[\x01\x03\x05]", whole)]
    for _ in range(int(random.integers(1, 4))):
        start = int(random.choice(heads)) + int(random.integers(2, 60))
        mutated[min(start, len(mutated) - 1)] = int(random.integers(256))
    return bytes(mutated)


STRANGE: tuple[Any, ...] = (None, True, -1, 0, 10**400, 1e300, 1e6, -1e6, 0.5, "", "\u2028", [], {}, [[]], [1e6] * 4)


def with_wrong_value(files: Files, random: np.random.Generator) -> Files:
    """Returns the files with one value changed to a strange one, at any depth of recording.json or of a memory."""

    def change(head: dict[str, Any]) -> None:
        places: list[tuple[Any, Any]] = []
        waiting: list[Any] = [head if random.random() < 0.5 else head["frames"][-1]["memory"]]
        while waiting:
            holder = waiting.pop()
            keys = holder if isinstance(holder, dict) else range(len(holder))
            places += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
        holder, key = places[int(random.integers(len(places)))]
        holder[key] = STRANGE[int(random.integers(len(STRANGE)))]

    return changed(files, change)


CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
MATCH = Verdict("match", "one", 8, 40, CORNERS)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Verdict("match", "one", 8, 40, CORNERS), "equal"),
        (Verdict("match", "one", 10, 38, ((0.5, 0.0), *CORNERS[1:])), "rounded"),
        (Verdict("match", "one", 20, 28, CORNERS), "different"),
        (Verdict("match", "one", 8, None, CORNERS), "different"),
        (Verdict("match", "one", 8, 40, ((30.0, 0.0), *CORNERS[1:])), "different"),
        (Verdict("match", "one", 8, 40, None), "different"),
        (Verdict("match", "two", 8, 40, CORNERS), "different"),
        (Verdict("no_match", None, 8, 40), "different"),
    ],
)
def test_rounding_explains_a_little_and_no_more(other: Verdict, expected: str) -> None:
    """Another outcome, id or place is different; a few bits and a pixel, with equal outcome and id, are rounding."""
    assert likeness(MATCH, other) == expected
