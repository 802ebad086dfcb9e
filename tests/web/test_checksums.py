"""The checksum that does not wait is SHA-256, as the browser's own."""

from __future__ import annotations

import hashlib

import pytest

from support.in_node import node

# FIPS 180-4: the examples that NIST publishes, by text and count.
VECTORS = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
}
NOW = """
    import { sha256Now } from "./python/sha256.js";
    import { faultOf } from "./python/checksum.js";
"""


@pytest.mark.parametrize("text", VECTORS)
def test_known_texts_have_their_published_checksums(text: str) -> None:
    """The published examples come out, also of the checksum that the browser computes."""
    found, fault = node(
        f"""{NOW}
        const bytes = new TextEncoder().encode({text!r});
        console.log(JSON.stringify([sha256Now(bytes), await faultOf(bytes.buffer, {VECTORS[text]!r})]));"""
    )
    assert (found, fault) == (VECTORS[text], "")


def test_any_length_and_place_of_the_bytes_will_do() -> None:
    """Every length around the borders of blocks gives the checksum of CPython, also of bytes inside others."""
    lengths = [*range(200), 1_000_003]
    found = node(
        f"""{NOW}
        const all = Uint8Array.from({{ length: 1_100_000 }}, (_, i) => (i * i) >> 3);
        console.log(JSON.stringify({lengths}.map((length) => sha256Now(all.subarray(3, 3 + length)))));"""
    )
    everything = bytes((i * i % 2**32 >> 3) % 256 for i in range(1_100_000))
    expected = [hashlib.sha256(everything[3 : 3 + length]).hexdigest() for length in lengths]
    assert found == expected
