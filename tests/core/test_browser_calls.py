"""The worker's calls: bytes in, JSON text out, whatever the page sends."""

import json
import sys
from typing import Any

import numpy as np
import pytest

from scanner import browser
from scanner.offline import build_bundle
from support.pictures import cover

PICTURES = {"one": cover(1), "two": cover(2)}


@pytest.fixture
def bundle() -> int:
    return result(browser.open_bundle(build_bundle(PICTURES).to_json()))["bundle"]


@pytest.fixture
def stream(bundle: int) -> int:
    return result(browser.open_scanner(bundle, memory=True))["scanner"]


@pytest.fixture
def stills(bundle: int) -> int:
    return result(browser.open_scanner(bundle, memory=False))["scanner"]


def result(answer: str) -> Any:
    return json.loads(answer)["result"]


def error(answer: str) -> dict:
    return json.loads(answer)["error"]


def send(picture: np.ndarray) -> tuple[int, int]:
    height, width = picture.shape[:2]
    rgba = np.dstack([picture, np.full((height, width), 255, np.uint8)])
    browser.frame_buffer(rgba.size)[:] = rgba.ravel()
    return width, height


def scan(scanner: int, picture: np.ndarray) -> dict:
    width, height = send(picture)
    return result(browser.scan_frame(scanner, width, height, 0, 0, width, height))


def test_a_frame_in_the_buffer_is_answered_with_its_verdict(stream: int) -> None:
    """The page gets outcome, id, distance, margin, corners, the reference with its own fields, and the time taken."""
    answer = scan(stream, PICTURES["two"])
    assert answer["outcome"] == "match"
    assert answer["id"] == "two"
    assert answer["reference"]["id"] == "two"
    assert len(answer["corners"]) == 4
    assert 0 <= answer["distance"] < 25
    assert answer["margin"] > 0
    assert answer["milliseconds"] >= 0


@pytest.mark.parametrize("memory", [True, False])
def test_a_page_that_asks_for_several_pictures_gets_a_list(bundle: int, memory: bool) -> None:
    """The list has track, id, distance, margin, corners and reference of each picture; the best is the verdict, too."""
    scanner = result(browser.open_scanner(bundle, memory, most=3))["scanner"]
    answer = scan(scanner, PICTURES["two"])
    (match,) = answer["matches"]
    assert match["id"] == match["reference"]["id"] == "two"
    assert type(match["track"]) is int
    assert match["sure"] is True
    for name in ("id", "distance", "margin", "corners", "reference"):
        assert match[name] == answer[name]
    assert scan(scanner, np.full((240, 320, 3), 128, np.uint8))["matches"] == []


def test_a_page_that_asks_for_one_verdict_gets_no_list(stream: int) -> None:
    """A scanner that was opened without `most` answers as before: without `matches`."""
    assert "matches" not in scan(stream, PICTURES["two"])


@pytest.mark.parametrize("most", [0, -1, 1.5, True, "2", float("inf"), [], {}])
def test_a_number_of_pictures_that_is_none_is_refused(bundle: int, most: Any) -> None:
    """The page gets an error that says what to send instead of "as many as there are"."""
    found = error(browser.open_scanner(bundle, True, most))
    assert found["code"] == "runtime-failed"
    assert "1000" in found["message"]


def test_a_page_can_list_the_references_without_reading_the_bundle_itself() -> None:
    """The catalogue has every id with its aspect and the site's own fields, and no hashes."""
    bundle = build_bundle(PICTURES).to_json()
    told = json.loads(bundle)
    told["references"][0]["title"] = "The first one"
    handle = result(browser.open_bundle(json.dumps(told)))["bundle"]
    aspect = told["references"][0]["aspect"]
    assert result(browser.catalogue(handle)) == [
        {"id": "one", "title": "The first one", "aspect": aspect},
        {"id": "two", "aspect": aspect},
    ]


def test_scanners_of_one_bundle_do_not_know_of_each_other(stream: int, stills: int) -> None:
    """A photo judged between two camera frames changes neither the camera's verdicts nor the verdicts of photos."""
    first = scan(stills, PICTURES["one"])
    scan(stream, PICTURES["two"])
    second = scan(stills, PICTURES["one"])
    del first["milliseconds"], second["milliseconds"]
    assert first == second


def test_a_scanner_outlives_its_bundles_handle(bundle: int, stream: int) -> None:
    """A page may close a bundle before its scanners: the scanners go on."""
    assert json.loads(browser.close_bundle(bundle)) == {"result": None}
    assert scan(stream, PICTURES["one"])["id"] == "one"


def test_a_photos_memory_is_given_back() -> None:
    """After a photo of 16 megapixels, the buffer for camera frames is as small as before the photo."""
    assert browser.frame_buffer(4 * 4096 * 4096).size == 4 * 4096 * 4096
    frame = browser.frame_buffer(4 * 640 * 480)
    assert frame.base is not None
    assert frame.base.size <= 4 * 1920 * 1080
    assert browser.frame_buffer(4 * 320 * 240).base is frame.base


def test_bad_bundles_are_errors_with_a_code() -> None:
    """The page gets an answer with a code for a broken bundle, never an exception."""
    found = error(browser.open_bundle("not json"))
    assert found["code"] == "bundle-invalid"
    assert "expected" in found["message"]


def test_bad_calls_are_errors_with_a_code(bundle: int, stream: int) -> None:
    """The page gets an answer with a code for closed handles, wrong sizes and regions outside the frame."""
    width, height = send(PICTURES["one"])
    for call in (
        (stream + 1000, width, height, 0, 0, width, height),
        (bundle, width, height, 0, 0, width, height),
        (stream, 0, 0, 0, 0, 0, 0),
        (stream, 10**6, 10**6, 0, 0, 1, 1),
        (stream, width, height, 0, 0, width + 1, height),
    ):
        found = error(browser.scan_frame(*call))
        assert found["code"] == "runtime-failed"
        assert "expected" in found["message"]


def test_whatever_a_page_sends_is_answered(bundle: int, stream: int) -> None:
    """Numbers that are none, endless, broken, negative or huge, and handles that are no numbers, are named errors."""
    width, height = send(PICTURES["one"])
    odd: tuple[Any, ...] = (
        float("nan"),
        float("inf"),
        -float("inf"),
        0.5,
        -1,
        10**9,
        2**53,
        1e300,
        None,
        True,
        "1",
        "\x1b" * 10_000,
        [],
        {},
    )
    calls = [
        *((each, width, height, 0, 0, width, height) for each in odd),
        *((stream, each, height, 0, 0, width, height) for each in odd),
        *((stream, width, each, 0, 0, width, height) for each in odd),
        *((stream, width, height, each, 0, width, height) for each in odd if each is not True),
        *((stream, width, height, 0, 0, width, each) for each in odd if each is not True),
    ]
    for call in calls:
        found = error(browser.scan_frame(*call))
        assert found["code"] == "runtime-failed", call
        assert found["message"].startswith("expected"), found["message"]
        assert found["message"].isprintable()
        assert len(found["message"]) < 500
    for each in odd:
        assert "open the bundle again" in error(browser.catalogue(each))["message"]
        assert "open the scanner again" in error(browser.reset(each))["message"]
    assert scan(stream, PICTURES["one"])["id"] == "one"


def test_what_is_closed_can_be_closed_again_but_not_used(bundle: int, stream: int) -> None:
    """Closing twice is no error; a call with a closed scanner or bundle is told which one to open again."""
    for _ in range(2):
        assert json.loads(browser.close_scanner(stream)) == {"result": None}
        assert json.loads(browser.close_bundle(bundle)) == {"result": None}
    assert "open the scanner again" in error(browser.reset(stream))["message"]
    assert "open the bundle again" in error(browser.catalogue(bundle))["message"]
    assert "open the bundle again" in error(browser.open_scanner(bundle, memory=True))["message"]


def test_a_recorded_frame_is_answered_with_all_that_it_takes_to_judge_it_again(stream: int, stills: int) -> None:
    """Asked for a recording, the answer has the memory before the frame and the pieces of the search; else neither."""
    plain = scan(stream, PICTURES["one"])
    width, height = send(PICTURES["one"])
    noted = [
        result(browser.scan_frame(scanner, width, height, 0, 0, width, height, True)) for scanner in (stream, stills)
    ]
    assert plain.keys() == noted[0].keys() - {"memory", "pieces"}
    assert noted[0]["memory"]["frames"] == 1
    assert noted[0]["pieces"] == 0
    assert noted[1]["memory"] is None


def test_the_versions_that_made_a_verdict_can_be_asked_for() -> None:
    """A report names Python and numpy, and Pyodide where Python runs in it."""
    told = result(browser.versions())
    assert told == {"python": sys.version.split()[0], "numpy": np.__version__, "pyodide": None}
