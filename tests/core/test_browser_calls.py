"""What the worker calls: bytes in, JSON text out, whatever the page sends."""

import json

import numpy as np
import pytest

from scanner import browser
from scanner.offline import build_bundle
from support.pictures import cover

PICTURES = {"one": cover(1), "two": cover(2)}


@pytest.fixture
def opened() -> dict:
    return json.loads(browser.open_bundle(build_bundle(PICTURES).to_json()))["result"]


def send(picture: np.ndarray) -> tuple[int, int]:
    height, width = picture.shape[:2]
    rgba = np.dstack([picture, np.full((height, width), 255, np.uint8)])
    browser.frame_buffer(rgba.size)[:] = rgba.ravel()
    return width, height


def test_a_frame_in_the_buffer_is_answered_with_its_verdict(opened: dict) -> None:
    """The page gets outcome, id, distance, margin, corners, the reference's own fields and the time it took."""
    assert opened["references"] == 2
    assert opened["threshold"] == 25
    assert [each["id"] for each in opened["catalogue"]] == ["one", "two"]
    width, height = send(PICTURES["two"])
    answer = json.loads(browser.scan_frame(opened["handle"], width, height, 0, 0, width, height))["result"]
    assert answer["outcome"] == "match"
    assert answer["id"] == "two"
    assert answer["reference"]["id"] == "two"
    assert len(answer["corners"]) == 4
    assert 0 <= answer["distance"] < 25
    assert answer["margin"] > 0
    assert answer["milliseconds"] >= 0


def test_a_still_leaves_the_stream_alone(opened: dict) -> None:
    """A frame judged independently neither uses nor leaves a trace in what the stream remembers."""
    width, height = send(PICTURES["one"])
    call = (opened["handle"], width, height, 0, 0, width, height)
    first = json.loads(browser.scan_frame(*call, independent=True))["result"]
    second = json.loads(browser.scan_frame(*call, independent=True))["result"]
    del first["milliseconds"], second["milliseconds"]
    assert first == second


def test_bad_bundles_are_errors_with_a_code() -> None:
    """A broken bundle is answered, not thrown."""
    error = json.loads(browser.open_bundle("not json"))["error"]
    assert error["code"] == "bundle-invalid"
    assert "expected" in error["message"]


def test_bad_calls_are_errors_with_a_code(opened: dict) -> None:
    """Closed handles, wrong sizes and regions outside the frame are answered, not thrown."""
    width, height = send(PICTURES["one"])
    handle = opened["handle"]
    for call in (
        (handle + 1000, width, height, 0, 0, width, height),
        (handle, 0, 0, 0, 0, 0, 0),
        (handle, 10**6, 10**6, 0, 0, 1, 1),
        (handle, width, height, 0, 0, width + 1, height),
    ):
        error = json.loads(browser.scan_frame(*call))["error"]
        assert error["code"] == "runtime-failed"
        assert "expected" in error["message"]
    assert json.loads(browser.close_bundle(handle)) == {"result": None}
    assert json.loads(browser.close_bundle(handle)) == {"result": None}
    assert "open the bundle again" in json.loads(browser.reset(handle))["error"]["message"]
