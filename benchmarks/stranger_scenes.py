"""Scenes that show none of a catalogue's pictures, or one of them so small that another may be named for it.

Every scene is drawn from its number alone, so that a long run can be split and resumed.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.enrolled import Pictures, pick, seeded
from benchmarks.hold_ups import BOX, WHOLE
from benchmarks.photo_sets import FRAME_SIDE, photographs, pixels
from benchmarks.report import FRAMES
from benchmarks.sight import GUIDE
from benchmarks.unknown import STRAIGHT_SHOT, empty_scenes
from scanner.frame import Region
from scanner.offline.predict.simulated_hand import (
    BACKGROUNDS,
    LEVELS,
    TYPICAL,
    Level,
    Shot,
    draw_background,
    draw_shot,
    next_shot,
    photograph,
)

__all__ = ["Scene", "empty_scene", "held_small", "photographs_by_others", "stranger_scene"]

SHOWN = 3
"""Pictures in a scene of several."""
SMALL = (0.3, 0.5)
"""Sizes of a picture that is held small, in sides of the guide."""
BEYOND = 1.5
"""Sides of a scene with its surroundings, in sides of the scene."""
REGION = ((WHOLE[1] - GUIDE) // 2, (WHOLE[0] - GUIDE) // 2, GUIDE, GUIDE)


class Scene(NamedTuple):
    """What a camera sees.

    Attributes:
        label: says what is shown.
        frames: called once; yields the frames of a hold-up, of which the first is the still.
        shown: the pictures in sight, by name.
        region: the scan region; None = all of the frame.
    """

    label: str
    frames: Callable[[], Iterator[np.ndarray]]
    shown: Pictures
    region: Region | None = None


def stranger_scene(strangers: Pictures, number: int) -> Scene:
    """Returns a scene of one stranger, then one of several, in turn, in the hands of EASY, TYPICAL and HARD."""
    names = list(strangers)
    source, level = seeded("strangers in sight", number), LEVELS[number % 3]
    if number % 2 == 0:
        name = names[number // 2 % len(names)]
        held, ground = draw_shot(level, source), draw_background(source, BOX)

        def of_one() -> Iterator[np.ndarray]:
            yield photograph(strangers[name], held, BOX, ground)[0]
            for _ in range(FRAMES - 1):
                yield photograph(strangers[name], next_shot(held, level, source), BOX, ground)[0]

        return Scene(f"{name} ({level.name})", of_one, pick(strangers, [name]))
    chosen = [names[place] for place in source.choice(len(names), SHOWN, replace=False)]
    scene = draw_background(source, WHOLE)
    for name in chosen:
        held = replace(draw_shot(LEVELS[0], source), blur=0.0, motion=0.0, noise=0.0, glare=0.0, thumb=0.0, jpeg=95)
        across, along = source.uniform(-0.6, 0.6, 2)
        held = replace(held, shift_x=across, shift_y=along, zoom=source.uniform(0.2, 0.7))
        scene, _ = photograph(strangers[name], held, WHOLE, scene, squash=False)
    straight = replace(draw_shot(level, source), thumb=0.0, **STRAIGHT_SHOT)
    label = f"{', '.join(chosen)} ({level.name})"
    return Scene(label, lambda: passed_over(scene, straight, level, source), pick(strangers, chosen))


def held_small(pictures: Pictures, number: int) -> Scene:
    """Returns a scene of a picture at a third to half of the guide's size in its middle, on every ground in turn.

    The hand and the light are those of TYPICAL.
    """
    names, kinds = list(pictures), sorted(BACKGROUNDS)
    name, kind = names[number % len(names)], kinds[(number + number // len(names)) % len(kinds)]
    source = seeded("held small", name, number)
    ground, picture, size = draw_background(source, WHOLE, kind), pictures[name], source.uniform(*SMALL)
    scale = min(WHOLE[1] / picture.shape[1], WHOLE[0] / picture.shape[0])
    held = replace(draw_shot(TYPICAL, source), zoom=size * GUIDE / (scale * max(picture.shape[:2])))
    held = replace(held, shift_x=held.shift_x * 0.3, shift_y=held.shift_y * 0.3)

    def frames() -> Iterator[np.ndarray]:
        for _ in range(FRAMES):
            yield photograph(picture, next_shot(held, TYPICAL, source), WHOLE, ground, squash=False)[0]

    return Scene(f"{name} at {size:.2f} of the guide on {kind}", frames, {name: picture}, REGION)


def empty_scene(number: int) -> Scene:
    """Returns a scene without a picture, of each kind in turn."""
    kinds = list(empty_scenes())
    kind, turn = kinds[number % len(kinds)], number // len(kinds)
    source, level = seeded("empty", kind, turn), LEVELS[turn % 3]
    scene = empty_scenes()[kind](source)
    straight = replace(draw_shot(level, source), thumb=0.0, **STRAIGHT_SHOT)
    return Scene(f"nothing held up: {kind}", lambda: passed_over(scene, straight, level, source), {})


def passed_over(scene: np.ndarray, shot: Shot, level: Level, source: np.random.Generator) -> Iterator[np.ndarray]:
    """Yields frames of a scene that a camera passes over; nothing of the scene's own edge comes into sight."""
    size = scene.shape[:2]
    yield photograph(scene, shot, size)[0]
    rim = [(round(side * (BEYOND - 1) / 2),) * 2 for side in size]
    wide = np.pad(scene, [*rim, (0, 0)], mode="reflect")
    for _ in range(FRAMES - 1):
        moved = next_shot(shot, level, source)
        yield photograph(wide, replace(moved, zoom=BEYOND * moved.zoom), size)[0]


def photographs_by_others(cases: Path, cameras: Path) -> list[Scene]:
    """Returns the photographs of both folders, which `benchmarks/photo_sets.py` describes."""

    def scene(path: Path, source: str) -> Scene:
        return Scene(f"{source} {path.stem}", lambda: iter([pixels(path, FRAME_SIDE)]), {})

    return [scene(photo.path, photo.source) for photo in photographs(cases, cameras)]
