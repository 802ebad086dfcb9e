"""Looks at the frames of a video, and the times that the page gives them."""

from __future__ import annotations

LOOKS = """
    const { FrameClock } = await import("./page/frame-clock.js");
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let shade = 0;
    const draw = () => {
        context.fillStyle = `rgb(0 ${(shade += 8)} 0)`;
        context.fillRect(0, 0, 64, 64);
    };
    draw();
    const timer = setInterval(draw, 150);
    const video = Object.assign(document.createElement("video"), { muted: true });
    video.srcObject = canvas.captureStream();
    document.body.append(video);
    await video.play();
    const clock = FrameClock.of(video);
    const heed = () => clock.next(heed);
    heed();
    const own = document.createElement("canvas").getContext("2d");
    const looks = [];
    for (let look = 0; look < 60; look++) {
        await new Promise((resolve) => setTimeout(resolve, 23));
        const before = clock.time;
        own.drawImage(video, 0, 0);
        const [, green] = own.getImageData(5, 5, 1, 1).data;
        if (look > 10) looks.push([green, before, clock.time, performance.now()]);
    }
    clearInterval(timer);
    video.remove();
    return looks;
"""
"""Body of an async function that looks at a video 49 times. Each frame has a shade of green of its own, for 150 ms.

It returns the looks: the shade, the frame's time before and after the look, and the page's time.
"""


Look = tuple[int, float, float, float]


def assert_times_keep_up(looks: list[Look]) -> None:
    """Asserts that each look gives a time of the last second."""
    assert len(looks) == 49
    for _, before, after, now in looks:
        assert now - 1000 < before <= after < now + 100, looks


def assert_one_time_a_frame(looks: list[Look]) -> None:
    """Asserts that every look at one frame gives one time, and a look at a later frame a later time."""
    sure = [look for look in looks if look[1] == look[2]]  # no other frame came meanwhile
    first = {green: time for green, time, *_ in reversed(sure)}
    for green, time, *_ in sure:
        assert abs(first[green] - time) < 1, looks
    assert len(first) >= 4
    times = [first[green] for green in dict.fromkeys(green for green, *_ in sure)]
    assert times == sorted(set(times))
    assert len(sure) > 2 * len(first)
