"""Coverage: how much of a text lies in evidence, and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.article.typography import Range
from kb.model import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `start` to `end` that no evidence covers; `characters` of them are not blank."""

    start: int
    end: int
    characters: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the non-blank characters of headline and body lie in evidence, and the stretches that do not."""

    covered: int
    total: int
    uncovered: tuple[Stretch, ...]

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where there was nothing to cover."""
        return self.covered / self.total if self.total else 0.0


def coverage(text: str, zones: Mapping[str, Iterable[Span]], spans: Iterable[Span]) -> Coverage:
    """Return how much of headline and body lies in `spans`. Without a body zone, it is all that no other zone holds."""
    size = len(text)
    if "body" in zones:
        body = _joined(zones["body"], size)
    else:
        others = (span for zone, of_zone in zones.items() if zone != "headline" for span in of_zone)
        body = _without([(0, size)], _joined(others, size))
    counted = _joined((*zones.get("headline", ()), *(Span(*stretch) for stretch in body)), size)
    total = sum(_filled(text, *r) for r in counted)
    open_ranges = _without(counted, _joined(spans, size))
    uncovered = tuple(stretch for r in open_ranges if (stretch := _stretch(text, *r)).characters)
    return Coverage(total - sum(stretch.characters for stretch in uncovered), total, uncovered)


def _joined(spans: Iterable[Span], length: int) -> list[Range]:
    """Return what the spans hold together, inside the text, in order and apart from each other."""
    joined: list[Range] = []
    for start, end in sorted((max(span.start, 0), min(span.end, length)) for span in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _without(ranges: list[Range], holes: list[Range]) -> list[Range]:
    """Return the parts of `ranges` outside `holes`; both in order, so each is walked once."""
    left: list[Range] = []
    first = 0
    for start, end in ranges:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        at, hole = start, first
        while hole < len(holes) and holes[hole][0] < end:
            if at < holes[hole][0]:
                left.append((at, holes[hole][0]))
            at, hole = holes[hole][1], hole + 1
        if at < end:
            left.append((at, end))
    return left


def _filled(text: str, start: int, end: int) -> int:
    return len("".join(text[start:end].split())) - text.count("\ufeff", start, end)


def _stretch(text: str, start: int, end: int) -> Stretch:
    part = text[start:end]
    blanks = len(part) - len(part.lstrip())
    return Stretch(start + blanks, start + max(len(part.rstrip()), blanks), _filled(text, start, end))
