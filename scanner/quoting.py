"""Text of others in messages: on one line, with escapes for what moves a cursor or turns the direction, and cut.

Names of files, ids, fields and the words of other programs come from anywhere. A message shows `quoted(value)` of a
value, and `excerpt(text)` of a name or a sentence.
"""

import re
import reprlib

__all__ = ["excerpt", "printable", "quoted"]

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters: ESC commands a terminal
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction: "gpj.exe" may look like "exe.jpg"
    "\u2028\u2029\ufeff\ufff9-\ufffb"  # line ends, byte order mark, annotations
    "\ud800-\udfff]"  # halves of characters, which cannot be encoded
)


def printable(text: str) -> str:
    r"""Returns a text on one line, with escapes for characters that move the cursor or cannot be encoded.

    >>> print(printable("two\nlines"))
    two\nlines
    >>> print(printable("\u202egpj.exe"))
    \u202egpj.exe
    """
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)


def excerpt(text: str, most: int = 200) -> str:
    """Returns a name, or the words of another program, as a message shows it: printable, at most `most` characters.

    A longer text keeps its beginning and its end.

    >>> excerpt("abcdefghijklmnopqrstuvwxyz", 12)
    'abcdef...xyz'
    """
    return _cut(printable(text if len(text) <= 2 * most else _cut(text, 2 * most)), most)


def quoted(value: object, most: int = 60) -> str:
    r"""Returns a value as a message shows it: as Python writes it, printable, at most `most` characters.

    >>> print(quoted("two\nlines"), quoted([1, 2, 3, 4, 5]))
    'two\nlines' [1, 2, 3, 4, ...]
    """
    if value is None:
        return "nothing"
    return excerpt(_BRIEF.repr(value), most)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = (most - 3) // 3
    return f"{text[: most - 3 - end]}...{text[-end:]}"


class _Brief(reprlib.Repr):
    """Python's notation of a value, short enough to be made in no time from a value of any size."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict, self.maxset = 3, 4, 4, 4, 4
        self.maxstring = self.maxother = 200

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write out a number of thousands of digits.
        return "a number too large to show" if x.bit_length() > 200 else repr(x)


_BRIEF = _Brief()
