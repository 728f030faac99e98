"""Names made alike: case, accents, alphabets and punctuation folded, so that spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_CYRILLIC = dict(zip("абвгґдеєжзиіклмнопрстуфхцчшщъыьэюя", (
    "a b v g g d e ye zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
).split(), strict=True))  # fmt: skip
_LETTERS = str.maketrans(
    {letter: latin.strip("-") for letter, latin in _CYRILLIC.items()}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("’'ʼ`‘ʹ", "")
)
_BREAKS = re.compile(r"[^\w]+|_+")
_SOUNDS = tuple((re.compile(pattern), to) for pattern, to in (
    (r"w", "v"), (r"tsch|tch", "h"), (r"shch|sch|sh|zh", "s"), (r"t[sz]|z", "s"), (r"ph", "f"), (r"kh|ch|x|g", "h"), (r"ck|q|c", "k"),
    (r"[yj]", "i"), (r"(.)\1+", r"\1"), (r"ei(?=[aou])", "i"), (r"ei(?![aeiou])", "i"), (r"(?<=.)(?:i?[eo]|i)v$", "v"), (r"(.)\1+", r"\1"),
))  # fmt: skip


def folded(name: str) -> str:
    """Return a name in small Latin letters and digits with single spaces; letters of other alphabets stay as they are.

    >>> folded("Володимир Зеленський"), folded("Nicolás Maduro"), folded("Donets'k")
    ('volodimir zelenskii', 'nicolas maduro', 'donetsk')
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_LETTERS)
    return " ".join(_BREAKS.sub(" ", plain).split())


@lru_cache(maxsize=65_536)
def sound(token: str) -> str:
    """Return what the ways to write a Slavic name in Latin letters have in common: English, German, Polish, Russian or Ukrainian.

    Rough on purpose: words that share it may still be two, so it finds candidates and says little for them.

    >>> [sound(word) for word in ("zelenskyy", "selenskyj", "kyiv", "kiev", "kyjiw")]
    ['selenski', 'selenski', 'kv', 'kv', 'kv']
    """
    for pattern, to in _SOUNDS:
        token = pattern.sub(to, token)
    return token


def shortened(token: str) -> Iterator[str]:
    """Yield a token without each of its letters in turn: two tokens one slip apart share one of these, or are one of them."""
    yield from {token[:place] + token[place + 1 :] for place in range(len(token))}
