"""Single frames in which one property of the hand varies, and all others are straight."""

from dataclasses import replace

import numpy as np

from benchmarks.enrolled import Pictures, seeded
from benchmarks.hold_ups import BOX, Scanners
from benchmarks.report import Tally
from scanner.offline.predict.simulated_hand import (
    TYPICAL,
    draw_background,
    draw_shot,
    photograph,
)

STILL = replace(TYPICAL, name="STILL", shift=0.0, zoom=(1.0, 1.0), tilt=0.0, out_of_plane=0.0)
SWEEPS: dict[str, list[float]] = {
    "shift": [0.0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.25, 0.30],
    "zoom": [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5],
    "tilt": [0, 4, 8, 12, 16, 22, 30, 45, 90, 135, 180],
    "perspective": [0, 10, 20, 30, 40, 50, 60],
}


def measure_sweep(name: str, value: float, scanners: Scanners, pictures: Pictures) -> Tally:
    """Tallies single frames with one property of the hand at a value, the others straight, in the light of TYPICAL."""
    tally = Tally()
    for picture_name, picture in pictures.items():
        source = seeded("sweep", name, picture_name)
        background = draw_background(source, BOX)
        direction = source.uniform(0, 2 * np.pi)
        shot = draw_shot(STILL, source)
        across, along = value * np.cos(direction), value * np.sin(direction)
        if name == "shift":
            shot = replace(shot, shift_x=across, shift_y=along)
        elif name == "zoom":
            shot = replace(shot, zoom=value)
        elif name == "tilt":
            shot = replace(shot, tilt=value if direction < np.pi else -value)
        else:
            shot = replace(shot, yaw=across, pitch=along)
        frame, _ = photograph(picture, shot, BOX, background)
        tally.add(scanners.alone.scan(frame).id, picture_name)
    return tally
