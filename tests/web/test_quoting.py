"""Messages of the page show names and values of others printable and cut."""

from __future__ import annotations

import json
import subprocess

import pytest

from scanner.quoting import excerpt, printable
from support.places import WEB

TEXTS = [
    "", "plain", "さくら café 🐋 \u200d", "a\nb\x1b[0m\x7f\x9f", "\u202egpj.exe\u2066x\u2069", "\ud800x\udfff",
    "\u2028\ufeff", "x" * 199, "x" * 200, "x" * 201, "abc" * 100_000, "\x07" * 1000, '"quoted"',
]  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> list[list[str]]:
    """What the page's script makes of each text, and what it quotes of odd values at the end."""
    program = f"""
        import {{ excerpt, printable, quoted }} from "{(WEB / "shared" / "quoting.js").as_uri()}";
        const texts = {json.dumps(TEXTS)};
        const odd = [undefined, null, NaN, 10n ** 400n, Symbol("s"), Object.create(null), {{}}, [1, "\\x1b"]];
        const shown = texts.map((text) => [printable(text), excerpt(text), quoted(text)]);
        console.log(JSON.stringify([...shown, odd.map((each) => quoted(each))]));
    """
    command = ["node", "--input-type=module", "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, check=True, timeout=60)
    answer: list[list[str]] = json.loads(done.stdout)
    return answer


def test_texts_of_others_are_printable_and_cut(shown: list[list[str]]) -> None:
    """No name or value in a page's message has a control or direction character, or more than 200 characters."""
    for text, (whole, cut, quoted) in zip(TEXTS, shown[:-1], strict=True):
        for each in (whole, cut, quoted):
            assert printable(each) == each, ascii(each)
        assert len(cut) <= 200
        assert len(quoted) <= 60
        assert (cut == text) == (excerpt(text) == text), ascii(text[:30])


def test_any_value_can_be_shown(shown: list[list[str]]) -> None:
    """Showing a value never throws, whatever a page passed."""
    assert shown[-1][:4] == ["undefined", "null", "NaN", "1" + "0" * 37 + "..." + "0" * 19]
    assert all(printable(each) == each and len(each) <= 60 for each in shown[-1])
