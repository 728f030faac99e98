"""Where claims stand in a text: cut into pieces where evidence begins or ends, or drawn as bars where the text may not be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.pages.cards import Card

WIDTH = 1000  # of the drawing; as many units as a text has characters would make long numbers


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that the same claims rest on; `depth` is their number, `ends` are the numbers of claims whose evidence ends here."""

    text: str
    depth: int
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of evidence in the drawing: left and width in units of `WIDTH`, a lane so that bars do not lie on each other."""

    left: float
    width: float
    lane: int
    clash: str


def pieces(text: str, claims: Sequence[Card]) -> Iterator[Piece]:
    """Yield the whole text in pieces; claims are numbered from 1. Spans that end outside the text are left out."""
    opens: dict[int, int] = {}
    shuts: dict[int, list[int]] = {}
    for number, card in enumerate(claims, 1):
        for start, end in card.spans:
            if start < end <= len(text):
                opens[start] = opens.get(start, 0) + 1
                shuts.setdefault(end, []).append(number)
    borders = sorted({0, len(text), *opens, *shuts})
    depth = 0
    for start, end in pairwise(borders):
        depth += opens.get(start, 0) - len(shuts.get(start, ()))
        yield Piece(text[start:end], depth, tuple(sorted(set(shuts.get(end, ())))))


def bars(claims: Iterable[Card], characters: int) -> list[Bar]:
    """Return the bars of all evidence, each in the first lane that is free."""
    if characters <= 0:
        return []
    spans = sorted((start, end, card.contested) for card in claims for start, end in card.spans)
    lanes: list[int] = []
    found = []
    for start, end, clash in spans:
        lane = next((number for number, until in enumerate(lanes) if until <= start), len(lanes))
        lanes[lane : lane + 1] = [end]
        found.append(Bar(round(start * WIDTH / characters, 1), round(max((end - start) * WIDTH / characters, 1.5), 1), lane, clash))
    return found
