"""A text in plain typography that still knows where each of its characters stood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

Range = tuple[int, int]
_TYPOGRAPHY = (
    {ord(quote): "'" for quote in "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u00b4"}
    | {ord(quote): '"' for quote in "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb"}
    | {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}
    | {0x2026: "..."}
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain typography, and where each of its characters begins and ends in the original.

    A character that is one of several made of one original piece (`...` of an ellipsis, a letter and its accent) has the
    start only on the first of them and the end only on the last, and -1 elsewhere: no match begins or ends inside a piece.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Plain:
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end in pairwise(_borders(text)):
            piece = _plain_piece(text[start:end])
            inner = (-1,) * (len(piece) - 1)
            pieces.append(piece)
            starts += (start, *inner)
            ends += (*inner, end)
        return cls("".join(pieces), tuple(starts), tuple(ends))

    def places(self, words: str) -> Iterator[Range]:
        """Yield where plain `words` stand in the original."""
        for at in occurrences(words, self.text):
            start, end = self.starts[at], self.ends[at + len(words) - 1]
            if start >= 0 and end >= 0:
                yield start, end

    def around(self, start: int, end: int) -> Range:
        """Return the original pieces that the plain characters `start` to `end` lie in."""
        while self.starts[start] < 0:
            start -= 1
        while self.ends[end - 1] < 0:
            end += 1
        return self.starts[start], self.ends[end - 1]


def _borders(text: str) -> Iterator[int]:
    """Yield where the pieces of `text` begin, then its length: a character or a run of white space, with its accents."""
    blank = False
    for at, character in enumerate(text):
        joins = (blank and character.isspace()) or (at and not character.isascii() and unicodedata.combining(character))
        if not joins:
            yield at
        blank = character.isspace()
    yield len(text)


def _plain_piece(piece: str) -> str:
    if piece[0].isspace():
        piece = " " + piece.lstrip()
    return piece if piece.isascii() else unicodedata.normalize("NFD", piece).translate(_TYPOGRAPHY)


def occurrences(words: str, text: str) -> Iterator[int]:
    """Yield where `words` begin in `text`, overlapping places too."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
