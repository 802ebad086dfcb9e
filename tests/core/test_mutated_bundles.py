"""Bundles with seeded damage: each is refused with a message fit to be printed, or read and written back equal."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner import BundleError, HashBundle, browser
from scanner.reference import Reference

HEX = "0123456789abcdef0123456789abcdef0123"
MARK, NAME_MARK = "@value@", "@name@"


def nested(levels: int, kind: int) -> str:
    opening, middle, closing = (("[", "", "]"), ('{"a":', "1", "}"), ('[{"a":', "1", "}]"), ("[", "", ""))[kind]
    return opening * levels + middle + closing * levels


def quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# JSON texts, and some that are none, for the place of any value.
VALUES = [
    "null", "true", "false", "0", "1", "-1", "25", "25.0", "1e2", "-0", "-0.0", "0e99", "1e999", "-1e999", "1e308",
    "5e-324", "1e-400", "NaN", "Infinity", "-Infinity", "0.1", "0.30000000000000004", "0.10000000000000001",
    "9007199254740991", "9007199254740992", "-9007199254740993", "0.1" + "0" * 50 + "1", "12345678901234567890123",
    "1" + "0" * 400, "9" * 4299, "9" * 5000, "-" + "9" * 100_000,
    "[]", "{}", "[[]]", '{"a": {"b": [1, 2.5, null]}}', '{"a": 1, "a": 2}', '{"__proto__": {"polluted": true}}',
    *(json.dumps(text) for text in ("", " ", "\0", "a\nb\x1b[2J", "\u202eevil", "\u200b", "é", "\ufeff", "🐋")),
    *(quotes(text) for text in ("\u202eevil", "\u2066x\u2069", "\x85", "\ufeff", "🐋", "x" * 100_000, "__proto__")),
    r'"\ud800"', r'"\udc00\ud800"', r'"\uD83D\uDE00"', '"\ud800"', '"a\tb"', '"a\nb"', '"\\x"', "'a'", "x", "",
    f'"{HEX}"', f'"{HEX.upper()}"', f'"{HEX[:17]} \t{HEX[19:]}"', f'"{HEX}0"', f'"{HEX[:-1]}"', f'"{"０" * 36}"',
    *(nested(levels, kind) for levels in (1, 5, 58, 60, 61, 62, 64, 65, 100, 1000, 100_000) for kind in range(4)),
]  # fmt: skip
NAMES = [
    *map(quotes, ("format", "version", "parameters", "threshold", "references", "id", "hashes", "windows", "url")),
    *map(quotes, ("title", "__proto__", "constructor", "toString", "", "ID", "ｉd", "x" * 5000, "\u202eid", "\u2028")),
    *map(json.dumps, ("id\0", "\x1b]0;title\x07", "\u202eid", "\u2028", "é", "e\u0301")),
    r'"\u0069d"', r'"hash\u0065s"', r'"\ud800"', '"\ud800"', "id", "1",
]  # fmt: skip
BYTES = [b"\0", b'"', b"}", b"]", b",", b"\\", b"\\u", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"1e999", b"[" * 3000]
ENDINGS = [b"x", b"{}", b"\0", b" ", b"\n\n", b"\x1a", b"//c", b"\xef\xbb\xbf"]


def mutants(count: int, seed: int) -> Iterator[bytes | str]:
    """Yields damaged bundles: half of them differ in a value or name, the rest in bytes."""
    choose = random.Random(seed)
    rng = np.random.default_rng(seed)
    references = [
        Reference(name, rng.integers(0, 256, (75, 18), np.uint8), rng.integers(0, 256, (10, 18), np.uint8), fields)
        for name, fields in (("a", {}), ("b", {"url": "https://example.org/?b", "title": "B – Ω", "price": 1.5}))
    ]
    whole = HashBundle(references, 21).to_json()
    for _ in range(count):
        text = whole
        for _ in range(choose.choice((1, 1, 1, 2, 3))):
            text = changed_structure(text, choose)
        data = text.encode("utf-8", "surrogatepass")
        if choose.random() < 0.4:
            data = changed_bytes(data if choose.random() < 0.3 else whole.encode(), choose)
        try:
            yield data if choose.random() < 0.7 else data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            yield data.decode("utf-8", "replace")


def changed_structure(text: str, choose: random.Random) -> str:
    """Returns a bundle's text with one value or name changed; the text itself where a change before broke it."""
    try:
        document = json.loads(text)
        places = list(containers(document))
        own = [entry for entry in document["references"] if isinstance(entry, dict)]
    except (ValueError, RecursionError, LookupError, TypeError):
        return text
    if own and choose.random() < 0.5:
        choose.choice(own)[choose.choice(("url", "title", "new"))] = MARK
    else:
        change(choose.choice(places[:3] if choose.random() < 0.6 else places), choose)
    written = json.dumps(document, ensure_ascii=choose.random() < 0.5)
    return written.replace(f'"{MARK}"', choose.choice(VALUES)).replace(f'"{NAME_MARK}"', choose.choice(NAMES))


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from containers(each)


def change(place: Any, choose: random.Random) -> None:
    """Removes, repeats, renames or replaces one part of an object or a list, or shuffles the list."""
    act = choose.randrange(5)
    if isinstance(place, dict) and place:
        key = choose.choice(list(place))
        if act == 0:
            del place[key]
        elif act == 1:
            place[NAME_MARK] = place.pop(key)
        elif act == 2:
            place[NAME_MARK] = place[key]
        else:
            place[key] = MARK
    elif place:
        at = choose.randrange(len(place))
        if act == 0:
            del place[at]
        elif act == 1:
            place.insert(at, place[-1])
        elif act == 2:
            choose.shuffle(place)
        else:
            place[at] = MARK


def changed_bytes(data: bytes, choose: random.Random) -> bytes:
    at, other = sorted((choose.randrange(len(data)), choose.randrange(len(data))))
    flipped = bytearray(data)
    for _ in range(choose.choice((1, 1, 2, 5, 50))):
        flipped[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    return choose.choice(
        (
            data[:at],
            data[:at] + data[other:],
            data[:at] + data[at + choose.randrange(1, 40) :],
            data[:at] + choose.choice(BYTES) + data[at:],
            bytes(flipped),
            bytes(flipped),
            data + choose.choice(ENDINGS),
            b"\xef\xbb\xbf" + data,
            data.decode("utf-8", "replace").encode(choose.choice(("utf-16", "utf-16-le", "utf-32"))),
        )
    )


def exact(text: str | bytes) -> Any:
    """Returns the value of a bundle's text, such that 1, 1.0 and true differ, with its references sorted."""

    def typed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: typed(each) for name, each in value.items()}
        return [typed(each) for each in value] if isinstance(value, list) else (type(value), value)

    document = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    document["references"].sort(key=lambda entry: entry["id"])
    return typed(document)


UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_bundle_is_refused_or_kept_exactly(seed: int) -> None:
    """A site whose bundle is damaged or hostile gets a message fit to print, or all that it holds, unchanged."""
    read = 0
    for mutant in mutants(500, seed):
        try:
            bundle = HashBundle.from_json(mutant)
        except BundleError as error:
            told = str(error)
            assert len(told) <= 500, told
            assert not UNPRINTABLE.search(told), ascii(told)
            continue
        read += 1
        written = bundle.to_json()
        assert exact(written) == exact(mutant), ascii(mutant)
        assert HashBundle.from_json(written).to_json() == written
        opened = json.loads(browser.open_bundle(written))["result"]["bundle"]
        assert len(json.loads(browser.catalogue(opened))["result"]) == len(bundle)
        browser.close_bundle(opened)
    assert read >= 50  # so that both ways are tried


def with_field(raw: str) -> str:
    rng = np.random.default_rng(1)
    hashes, windows = rng.integers(0, 256, (75, 18), np.uint8), rng.integers(0, 256, (10, 18), np.uint8)
    return HashBundle([Reference("a", hashes, windows, {"x": MARK})]).to_json().replace(f'"{MARK}"', raw)


@pytest.mark.parametrize(
    "raw",
    [
        "9007199254740992", "-9007199254740992", "[[9007199254740993]]", '{"a": 12345678901234567890}',
        "1e400", "1e-400", "0.1" + "0" * 50 + "1", "9007199254740993.0", "NaN", "9" * 5000,
    ],
)  # fmt: skip
def test_a_number_that_a_page_would_change_is_refused(raw: str) -> None:
    """A number in a site's own fields that JavaScript cannot keep is refused with the advice, instead of rounded."""
    with pytest.raises(BundleError, match=r"found .*: .*(in quotes|build)"):
        HashBundle.from_json(with_field(raw))


@pytest.mark.parametrize(
    "raw",
    ["9007199254740991", "-9007199254740991", "0.1", "0.10000000000000001", "5e-324", "1e22", "-0.0", "1.5E+2"],
)
def test_a_number_that_every_reader_keeps_comes_back(raw: str) -> None:
    """Numbers in a site's own fields come back as they are, however a program wrote their digits."""
    bundle = HashBundle.from_json(with_field(raw))
    assert bundle.references[0].fields["x"] == json.loads(raw)
    assert exact(bundle.to_json()) == exact(with_field(raw))


def test_fields_nested_as_deep_as_allowed_are_kept_and_deeper_ones_refused() -> None:
    """A site may nest its own fields through 64 levels of the file, and is told of the limit one level deeper."""
    deepest = nested(61, 1)
    assert HashBundle.from_json(with_field(deepest)).references[0].fields["x"] == json.loads(deepest)
    for kind in range(4):
        with pytest.raises(BundleError, match="nested more than 64 levels"):
            HashBundle.from_json(with_field(nested(62, kind)))
    assert (
        HashBundle.from_json(with_field(json.dumps("[" * 1000 + '"[{\\'))).references[0].fields["x"].startswith("[[[")
    )


def test_what_no_reader_would_accept_is_not_written() -> None:
    """A program that makes a bundle is told of fields too deep or too large, as a reader of its file would be."""
    deep: Any = 1
    for _ in range(62):
        deep = [deep]
    good = HashBundle.from_json(with_field("1")).references[0]
    for fields in (
        {"x": deep},
        {"x": 2**53},
        {"x": "\ud800"},
        {"\ud800": 1},
        {"x": {1: 1, "1": 2}},
        {"x": float("inf")},
    ):
        bundle = HashBundle([Reference("a", good.hashes, good.windows, fields)])
        with pytest.raises(BundleError, match="fields of reference 'a'"):
            bundle.to_json()


def test_a_file_larger_than_any_bundle_is_refused_by_its_size(tmp_path: Path) -> None:
    """A file of a gigabyte is refused by its size, before anything of it is read."""
    huge = tmp_path / "huge.json"
    with open(huge, "wb") as file:
        file.truncate(10**9)
    with pytest.raises(BundleError, match=r"huge\.json: .*more than 400 MB"):
        HashBundle.load(huge)


def test_a_hostile_name_moves_no_cursor_and_fills_no_screen(tmp_path: Path) -> None:
    """The message about a bundle shows escapes for the terminal's commands in names, and cuts long names."""
    document = json.loads(with_field("1"))
    names = {"\x1b]0;a\x07": r"\x1b]0;a\x07", "x" * 5_000_000: "xxx...", "\u202egpj": r"\u202egpj"}
    for name, shown in names.items():
        path = tmp_path / "\x1b[31m.json"
        for place in (document["parameters"], document):
            place[name] = "\x1b" * 10**6
            path.write_text(json.dumps(document))
            del place[name]
            with pytest.raises(BundleError) as caught:
                HashBundle.load(path)
            assert shown in str(caught.value)
            assert len(str(caught.value)) < 500
            assert not UNPRINTABLE.search(str(caught.value))
