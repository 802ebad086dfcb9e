"""A thousand damaged picture files: each becomes a reference, or a fault that names it."""

import hashlib
import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.offline.enrol.images import read_grey
from scanner.offline.enrol.memory import MOST_BYTES
from support.mutations import mutated
from support.picture_files import SIZE, every_format
from support.pillow_pictures import MISSING, pillow_pictures
from support.reading import outcomes

LONGEST_SECONDS = 10
"""Processor time for one file; a busy machine does not count."""

every = cache(every_format)


def mutate(folder: Path, seed: int, count: int, files: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """Writes mutated copies into a folder; returns {name of the copy: (kind of mutation, name of the file)}."""
    rng, written = random.Random(seed), {}
    names = sorted(files)
    for number in range(count):
        name = rng.choice(names)
        kind, data = mutated(rng, files[name], list(every().values()))
        copy = f"{number:04}-{kind}-{name}"
        (folder / copy).write_bytes(data)
        written[copy] = (kind, name)
    return written


def check(folder: Path, told: dict[str, Any]) -> None:
    """Fails unless a file became a reference or a named fault, in bounded time and memory."""
    assert told["seconds"] < LONGEST_SECONDS, told
    assert told["peak_mb"] is None or told["peak_mb"] < MOST_BYTES / 1e6 + 200, told
    if "fault" in told:
        fault = told["fault"].removeprefix((folder / told["name"]).as_posix() + ": ")
        assert fault != told["fault"], told
        assert re.fullmatch(r"expected .+ found .+: .+", fault), told
        assert len(fault) < 400, told
        assert fault.isprintable(), told
    else:
        assert told["hashes"] == "(75, 18)", told
        assert min(told["size"]) > 0, told


@pytest.mark.parametrize("name", sorted(every()))
def test_every_format_is_read(tmp_path: Path, name: str) -> None:
    """A small picture in every format, mode and coding is read, upright and as light and dark as it was drawn."""
    path = tmp_path / name
    path.write_bytes(every()[name])
    grey = read_grey(path)
    assert grey.shape == (SIZE[::-1] if name.startswith("lying") else SIZE)
    reference = read_grey(_written(tmp_path / "reference.png", every()["mode-RGB.png"])).astype(int)
    if name.startswith("lying"):
        reference = np.rot90(reference, -1)
    if "clear" not in name and "lab" not in name:
        difference = np.abs(grey - reference)
        assert np.median(difference) <= (200 if "-1." in name or "fax" in name else 14)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("seed", range(10))
def test_mutated_pictures_are_read_or_named(tmp_path: Path, seed: int) -> None:
    """Of a hundred mutated files, each becomes a reference or a fault: no crash, no hang, no other picture.

    A file that was cut off is never taken for another picture, whatever its format. A PNG with flipped bits is not
    either, as it has checksums.
    """
    files = every()
    written = mutate(tmp_path, seed, 100, files)
    reports = outcomes(tmp_path)
    assert len(reports) == 100
    whole = tmp_path.with_name(tmp_path.name + "-whole")
    whole.mkdir()
    for told in reports:
        check(tmp_path, told)
        kind, name = written[told["name"]]
        if "grey" in told and (kind.startswith("cut") or (kind == "flipped" and name.endswith("png"))):
            original = read_grey(_written(whole / name, files[name]))
            assert told["grey"] == hashlib.sha256(original.tobytes()).hexdigest(), told


@pytest.mark.parametrize("seed", range(2))
def test_mutated_pictures_of_pillow_are_read_or_named(tmp_path: Path, seed: int) -> None:
    """Of a hundred mutations of Pillow's own test pictures, each becomes a reference or a fault."""
    files = pillow_pictures()
    if not files:
        pytest.skip(MISSING)
    mutate(tmp_path, seed, 100, files)
    for told in outcomes(tmp_path):
        check(tmp_path, told)
