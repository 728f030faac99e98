"""Text that is safe and straight on a terminal."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TextIO

_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_JOINERS = "\u200c\u200d"  # letters of Persian and parts of emoji hang on them


def is_rich(out: TextIO) -> bool:
    """Whether `out` is a terminal that may be coloured: https://no-color.org."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def safe(text: str) -> str:
    """Return `text` on one line, with controls and marks that turn the reading direction made visible.

    >>> safe("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(sign) for sign in _SPACES.sub(" ", text))


def _visible(sign: str) -> str:
    if sign.isprintable() or sign in _JOINERS or unicodedata.category(sign) == "Zs":
        return sign
    number = ord(sign)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return `text` filled with spaces to `columns`; a longer one stays whole."""
    space = " " * (columns - width(text))
    return space + text if right else text + space
