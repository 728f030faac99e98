"""Texts as numbers: words, runs of three words, names and figures, each with its place. What copies are looked for in.

A word is what Unicode counts as letters and digits, whatever its case and apostrophe; places count code points, end excluded.
A language that writes no spaces gives too few words for its copies to be found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np

SHINGLE = 3  # words in a run
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*|['’][^\W_]+)*")
_NUMBER = re.compile(r"(?<![^\W_])\d+(?:[.,’'\u00a0\u202f ]\d{3})*(?![^\W_])")
_SENTENCE_END = frozenset(".!?…:\n“”\"«»„(–—-")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as 32-bit numbers, and where each starts and ends."""

    codes: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return the characters from one word to before another."""
        return int(self.starts[first]), int(self.ends[last - 1])


@dataclass
class Reader:
    """Makes words of texts; remembers the number of each word it met."""

    known: dict[str, int] = field(default_factory=dict)

    def words(self, text: str) -> Words:
        import numpy

        codes, starts, ends = [], [], []
        for match in _WORD.finditer(text):
            word = match[0]
            code = self.known.get(word)
            if code is None:
                code = self.known[word] = crc32(_plain(word).encode())
            codes.append(code)
            starts.append(match.start())
            ends.append(match.end())
        return Words(*(numpy.array(one, dtype=numpy.uint32) for one in (codes, starts, ends)))


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word.replace("’", "'")).casefold()


def shingles(words: Words) -> np.ndarray:
    """Return a 32-bit number for each run of three words, in order: the same words give the same number on every machine."""
    import numpy

    codes = words.codes.astype(numpy.uint64)
    count = max(len(codes) - SHINGLE + 1, 0)
    mixed = numpy.zeros(count, dtype=numpy.uint64)
    for place in range(SHINGLE):
        mixed = (mixed ^ codes[place : place + count]) * numpy.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> numpy.uint64(29)
    return (mixed >> numpy.uint64(32)).astype(numpy.uint32)


@dataclass(frozen=True)
class Anchors:
    """Names and figures of a text, which a translation leaves as they are, with the places of each."""

    places: dict[str, list[tuple[int, int]]]

    @cached_property
    def codes(self) -> frozenset[int]:
        return frozenset(crc32(name.encode()) for name in self.places)

    def span(self, codes: frozenset[int] | set[int]) -> tuple[int, int]:
        """Return the characters from the first to the last of some of them."""
        found = [place for name, places in self.places.items() if crc32(name.encode()) in codes for place in places]
        return min(start for start, _ in found), max(end for _, end in found)

    def order(self, codes: frozenset[int] | set[int]) -> list[int]:
        """Return some of them in the order in which the text first has them."""
        first = ((min(places), crc32(name.encode())) for name, places in self.places.items())
        return [code for _, code in sorted(first) if code in codes]

    def figures(self, codes: frozenset[int] | set[int]) -> int:
        return sum(name[0].isdigit() and crc32(name.encode()) in codes for name in self.places)


def anchors(text: str) -> Anchors:
    """Return the figures of a text, without signs between thousands, and its names, without accents.

    A name is a word with a capital inside a sentence that never stands small in the same text; a text in which every noun has a
    capital gives more than names.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for match in _NUMBER.finditer(text):
        found.setdefault(re.sub(r"\D", "", match[0]), []).append(match.span())
    small = {_bare(match[0]) for match in _WORD.finditer(text) if match[0][0].islower()}
    for match in _WORD.finditer(text):
        if match[0][0].isupper() and len(match[0]) > 2 and _inside(text, match.start()) and _bare(match[0]) not in small:
            found.setdefault(_bare(match[0]), []).append(match.span())
    return Anchors(found)


def _bare(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _inside(text: str, start: int) -> bool:
    before = text[:start].rstrip(" ")[-1:] if start < 200 else text[start - 200 : start].rstrip(" ")[-1:]
    return bool(before) and before not in _SENTENCE_END


def overlap(one: Any, other: Any) -> float:
    """Return the Jaccard similarity of two sets: what both have of what either has."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0
