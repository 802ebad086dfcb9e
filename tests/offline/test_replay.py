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
        verdict = scanner.scan(pixels)
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
    """A report of a camera that never opened is read, too: exit 0."""
    code, out, _ = replay(changed(recorded, lambda head: head.update(frames=[])))
    assert code == 0
    assert "no frame to judge again" in out


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
    whole = bytearray(zipped(recorded))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(signature)
        while at >= 0:
            whole[at + flags] |= 1
            at = whole.find(signature, at + 4)
    (tmp_path / "locked.zip").write_bytes(whole)
    with pytest.raises(RecordingError, match=r"recording\.json: expected a readable file"):
        Recording(tmp_path / "locked.zip")


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
