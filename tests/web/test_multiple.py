"""With `multiple`, a scanner tells each picture in sight: once when it appears, while it moves, and when it is lost."""

from __future__ import annotations

from support.browsers import OpenBrowser
from support.in_node import node
from support.scanner_page import HIDE, SHOW, open_page, until

LISTEN = """make({ multiple: true, onMove: (result) => moved.push(result),
    onLost: (result) => lost.push(result) });"""
"""Makes the page's scanner anew, with every listener of several pictures."""


SIGHTS = """
    import { Appearances } from "./page/appearances.js";
    const square = (x) => [[x, 0], [x + 10, 0], [x + 10, 10], [x, 10]];
    const match = (track, id, x = 0) => ({ track, id, corners: square(x) });
    const appearances = new Appearances();
    const told = [];
    const frame = (now, ...matches) => {
      const { seen, appeared, lost } = appearances.heed(matches, now);
      const tracks = (sights) => sights.map(({ track, match }) => `${match.id} ${track}`);
      told.push([tracks(seen), tracks(appeared), tracks(lost)]);
    };
"""


def test_a_picture_appears_once_and_is_lost_after_half_a_second() -> None:
    """A picture that some frames miss is one appearance; after half a second unseen it is lost, and appears anew."""
    told = node(f"""{SIGHTS}
        frame(0, match(7, "a"));
        frame(100, match(7, "a"), match(8, "b", 50));
        frame(400, match(8, "b", 50));
        frame(500, match(7, "a"), match(8, "b", 50));
        frame(800);
        frame(1001);
        frame(1200, match(9, "a"));
        console.log(JSON.stringify(told));
    """)
    assert told == [
        [["a 1"], ["a 1"], []],
        [["a 1", "b 2"], ["b 2"], []],
        [["b 2"], [], []],
        [["a 1", "b 2"], [], []],
        [[], [], []],
        [[], [], ["a 1", "b 2"]],
        [["a 3"], ["a 3"], []],
    ]


def test_a_picture_that_python_numbers_anew_stays_one_appearance() -> None:
    """The nearest appearance of a picture goes on under a new number of the worker; a second copy is one of its own."""
    told = node(f"""{SIGHTS}
        frame(0, match(1, "a", 0), match(2, "a", 90));
        frame(100, match(2, "a", 90));
        frame(200, match(5, "a", 80), match(6, "a", 10));
        frame(300, match(5, "a", 80), match(6, "a", 10), match(7, "a", 40));
        frame(400, match(5, "b", 80));
        console.log(JSON.stringify(told));
    """)
    assert told == [
        [["a 1", "a 2"], ["a 1", "a 2"], []],
        [["a 2"], [], []],
        [["a 2", "a 1"], [], []],
        [["a 2", "a 1", "a 3"], ["a 3"], []],
        [["b 4"], ["b 4"], []],
    ]


def test_a_slow_device_loses_no_picture_at_the_first_miss() -> None:
    """A picture is lost only if two frames in a row miss it, and no time passes while scanning rests."""
    told = node(f"""{SIGHTS}
        frame(0, match(1, "a"));
        frame(700);
        frame(1400, match(1, "a"));
        appearances.start(60_000);
        frame(60_100);
        frame(60_200);
        frame(60_600);
        console.log(JSON.stringify(told.map(([, , lost]) => lost)));
    """)
    assert told == [[], [], [], [], [], ["a 1"]]


def test_a_scanner_of_several_tells_each_once_and_goes_on(site: str, browser_with_camera: OpenBrowser) -> None:
    """Each appearance is told once, then its corners, then that it is lost; a pause and a hidden tab change nothing."""
    page = open_page(browser_with_camera, site)
    page.evaluate(f"Object.assign(globalThis, {{ moved: [], lost: [] }}); {LISTEN}")
    page.evaluate("Promise.all([scanner.start(), scriptedCamera.show('album.png', 0.8)])")
    until(page, "moved.length >= 3")
    assert page.evaluate("scanner.state") == "scanning"
    page.evaluate("scanner.pause()")
    page.evaluate("moved.length = 0; scanner.resume()")
    until(page, "moved.length >= 2")
    page.evaluate(f"{HIDE}; moved.length = 0; setTimeout(() => {{ {SHOW} }}, 700)")
    until(page, "moved.length >= 2")
    assert page.evaluate("[found.map(({ id, track }) => [id, track]), lost.length]") == [[["album", 1]], 0]
    move = page.evaluate("(({ id, track, corners, frame }) => ({ id, track, corners, frame }))(moved.at(-1))")
    assert (move["id"], move["track"], move["frame"]) == ("album", 1, {"width": 640, "height": 480})
    assert abs(sum(x for x, _ in move["corners"]) / 4 - 320) < 8
    assert page.evaluate("(({ width, height }) => width > 100 && height > 100)(moved.at(-1).image())")

    page.evaluate("scriptedCamera.show('pictures/whale.png', 0.8)")
    until(page, "found.length === 2 && lost.length === 1")
    page.evaluate("scanner.stop()")
    until(page, "lost.length === 2")
    assert page.evaluate("lost.map(({ id, track }) => [id, track])") == [["album", 1], ["whale", 2]]
    assert page.evaluate("found.map(({ id }) => id)") == ["album", "whale"]
    assert page.evaluate("failed") == []


def test_a_sweep_that_has_found_something_is_not_told_how_to_hold_one_picture() -> None:
    """With several pictures, words about a single one are said only until the first find; poor light is told always."""
    script = """
        import { Hints } from "./page/hints.js";
        const fine = { brightness: 120, contrast: 50, sharpness: 0.5, glare: 0, rim: 0.5 };
        const said = (several, found, quality) => {
            const hints = new Hints(several);
            hints.start(0);
            if (found) hints.matched(0);
            const verdict = { outcome: "no_match", near: false, quality };
            const all = new Set();
            for (let now = 0; now < 30_000; now += 100) {
                all.add(hints.after(verdict, { moving: false, still: true }, now));
            }
            return [...all];
        };
        const dark = { ...fine, brightness: 20 };
        console.log(JSON.stringify([
            said(true, false, fine), said(true, true, fine), said(true, true, dark), said(false, true, fine),
        ]));
    """
    assert node(script) == [[None, "fit", "unknown"], [None], [None, "light"], [None, "fit", "unknown"]]
