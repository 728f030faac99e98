"""Answers that exclude or rival each other and are both given: between whom, within whom, and of which time.

Claims are looked at side by side, never pair by pair, until somebody asks for the pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from kb.compare.model import Clash, Given, Position

BETWEEN, SPEAKER, ARTICLE = "between speakers", "within one speaker", "within one article"
_Span = tuple[date, date]


def clashes(question: str, positions: Sequence[Position]) -> Iterator[Clash]:
    """Yield the pairs of answers that exclude or rival each other and are both given: their number grows with answers."""
    given = {position.answer: _Side(position) for position in positions if position.claims}
    for answer, one in given.items():
        kinds = dict.fromkeys(one.position.competes, "rivalry") | dict.fromkeys(one.position.excludes, "contradiction")
        for other in sorted(kinds.keys() & given.keys()):
            if answer < other:
                yield _clash(question, kinds[other], one, given[other])


class _Side:
    """An answer that is given: who gives it, in which articles' own voice, and on which days; claims are looked at once."""

    def __init__(self, position: Position) -> None:
        self.position, own = position, [claim for claim in position.claims if claim.is_own_voice]
        self.speakers = {frozenset(claim.voices) for claim in position.claims}
        self.voices = frozenset().union(*self.speakers)
        self.articles = {claim.article for claim in own}
        self.own = {(claim.article, voice) for claim in own for voice in claim.voices}
        self.days = _days(position.claims)
        self.is_dated = all(claim.is_dated for claim in position.claims)


def _clash(question: str, kind: str, one: _Side, other: _Side) -> Clash:
    scopes, voices = _scopes(one, other)
    shared = _shared(one.days, other.days)
    earliest, latest = shared or (date.min, date.max)
    ends = "/".join(side.position.answer.removeprefix(f"{question}/") for side in (one, other))
    return Clash(
        iri=f"{question}/{kind}/{ends}", kind=kind, one=one.position, other=other.position, scopes=scopes, voices=voices,
        same_time=_is_same_time(shared, one.is_dated and other.is_dated),
        earliest=earliest if earliest > date.min else None, latest=latest if latest < date.max else None,
    )  # fmt: skip


def _scopes(one: _Side, other: _Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return between and within whom two sides clash, and the voices that give both."""
    voices, articles = one.voices & other.voices, one.articles & other.articles
    own = {voice for article, voice in (one.own | other.own if articles else ()) if article in articles}
    scopes = [BETWEEN] if any(a.isdisjoint(b) for a in one.speakers for b in other.speakers) else []
    scopes += [SPEAKER] if voices - own else []
    scopes += [ARTICLE] if articles else []
    return tuple(scopes), tuple(sorted(voices))


def _is_same_time(shared: _Span | None, is_dated: bool) -> bool | None:
    """Return whether two sides speak of one day: not known where none is shared and a claim without time might share it."""
    return True if shared else False if is_dated else None


def _days(claims: Iterable[Given]) -> list[_Span]:
    """Return the days that claims speak of as spans apart from each other, in order; an open end reaches to the ends of time."""
    found: list[_Span] = []
    for start, end in sorted((claim.earliest or date.min, claim.latest or date.max) for claim in claims if claim.is_dated):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _shared(one: Sequence[_Span], other: Sequence[_Span]) -> _Span | None:
    """Return the first and the last day that some claims of both sides speak of."""
    first, last, left, right = None, date.min, 0, 0
    while left < len(one) and right < len(other):
        start, end = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if start <= end:
            first, last = start if first is None else first, end
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return None if first is None else (first, last)


def pairs(clash: Clash) -> Iterator[tuple[Given, Given, str, bool | None]]:
    """Yield each pair of claims of a clash, how they clash, and whether their times overlap: only when asked for, as it is quadratic."""
    others = [(claim, _days([claim])) for claim in clash.other.claims]
    for one in clash.one.claims:
        days = _days([one])
        for other, time in others:
            yield one, other, _scope(one, other), _is_same_time(_shared(days, time), bool(days and time))


def _scope(one: Given, other: Given) -> str:
    if one.article == other.article and one.is_own_voice and other.is_own_voice:
        return ARTICLE
    return BETWEEN if set(one.voices).isdisjoint(other.voices) else SPEAKER
