"""Damage picture files in the ways that disks, networks, programs and attackers do."""

import random
import struct
from collections.abc import Sequence

from support.picture_files import png_chunk

EXTREME = [0, 1, 2, 3, 7, 8, 16, 255, 256, 65000, 65535, 65536, 10**6, 10**8, 2**31 - 1, 2**31, 2**32 - 1]
PNG = b"\x89PNG\r\n\x1a\n"


def mutated(rng: random.Random, data: bytes, others: Sequence[bytes]) -> tuple[str, bytes]:
    """Returns the kind of a mutation, chosen at random, and the mutated file."""
    kinds = [_cut, _cut_at_the_end, _flipped, _flipped, _header_bytes, _header_number, _inserted, _deleted]
    if data.startswith(PNG):
        kinds.append(_chunks)
    if rng.random() < 0.1:
        other = rng.choice(others)
        return "spliced", data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]
    kind = rng.choice(kinds)
    return kind.__name__.strip("_"), kind(rng, data)


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(1, len(data))]


def _cut_at_the_end(rng: random.Random, data: bytes) -> bytes:
    return data[: -rng.randrange(1, min(len(data), 40))]


def _flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 4, 20])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _header_bytes(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 2, 4])):
        changed[rng.randrange(min(len(changed), 256))] = rng.choice([0, 255, 127, 128, rng.randrange(256)])
    return bytes(changed)


def _header_number(rng: random.Random, data: bytes) -> bytes:
    size, letter = rng.choice([(4, "I"), (2, "H")])
    number = struct.pack(rng.choice("<>") + letter, rng.choice(EXTREME) & (256**size - 1))
    place = rng.randrange(min(len(data), 400))
    return data[:place] + number + data[place + size :]


def _inserted(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + rng.randbytes(rng.randrange(1, 64)) + data[place:]


def _deleted(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.randrange(1, 64) :]


def _chunks(rng: random.Random, data: bytes) -> bytes:
    """Returns a PNG with another order or content of chunks, all with the right checksums."""
    chunks, place = [], len(PNG)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    one = rng.randrange(len(chunks))
    way = rng.randrange(5)
    if way == 0:
        chunks[0] = (chunks[0][0], struct.pack(">II", rng.choice(EXTREME), rng.choice(EXTREME)) + chunks[0][1][8:])
    elif way == 1:
        chunks.insert(one, rng.choice(chunks))
    elif way == 2:
        del chunks[one]
    elif way == 3:
        chunks[one] = (chunks[one][0], rng.randbytes(len(chunks[one][1])))
    else:
        kinds = [b"tRNS", b"PLTE", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"zTXt", b"iTXt", b"gAMA", b"CgBI"]
        chunks.insert(1, (rng.choice(kinds), rng.randbytes(rng.choice([0, 1, 4, 26, 100]))))
    return PNG + b"".join(png_chunk(kind, content) for kind, content in chunks)
