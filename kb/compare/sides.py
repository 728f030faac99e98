"""Claims divided into sides that cannot be said of one thing at once: by a value, by things apart, by amounts apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kb.compare.stated import Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A value and the claims that give it."""

    value: str
    claims: tuple[Stated, ...]


def by(claims: Iterable[Stated], key: Callable[[Stated], object]) -> dict:
    found: dict[object, list[Stated]] = {}
    for claim in claims:
        found.setdefault(key(claim), []).append(claim)
    return found


def by_value(claims: Iterable[Stated], value: Callable[[Stated], str]) -> list[Side]:
    """Return a side for each value; a claim without one stands on none."""
    found = by((claim for claim in claims if value(claim)), value)
    return [Side(value=name, claims=tuple(group)) for name, group in sorted(found.items())]


def by_type(claims: Iterable[Stated], wider: Mapping[str, set[str]]) -> list[Side]:
    """Return a side for each type, those left out that contain another one: a withdrawal is a movement."""
    found = by_value(claims, lambda claim: claim.type)
    types = {side.value for side in found}
    return [side for side in found if not any(side.value in wider.get(other, ()) for other in types - {side.value})]


def by_things(claims: Iterable[Stated], role: str) -> list[Side]:
    """Return sides that have nothing in common: frost, or frost and flood, are one; what bridges two sides stands on none."""
    sets = by((claim for claim in claims if claim.roles.get(role)), lambda claim: claim.roles[role])
    sides: list[list[Stated]] = []
    of: dict[str, int] = {}  # thing → the side that it makes
    later = []
    for things, group in sorted(sets.items(), key=lambda one: (len(one[0]), sorted(one[0]))):
        if of.keys().isdisjoint(things):
            of |= dict.fromkeys(things, len(sides))
            sides.append(list(group))
        else:
            later.append((things, group))
    for things, group in later:
        touched = {of[thing] for thing in things if thing in of}
        if len(touched) == 1:
            sides[touched.pop()] += group
    return [Side(value=" ".join(sorted(side[0].roles[role])), claims=tuple(side)) for side in sides]


def by_amount(claims: Iterable[Stated]) -> list[Side]:
    """Return sides of which no amount can be another's; a range that bridges two sides stands on none."""
    ordered = sorted((claim for claim in claims if claim.quantity), key=lambda one: (one.quantity[3], -one.quantity[2], one.claim))
    sides: list[list[Stated]] = []
    for claim in ordered:
        if not sides or claim.quantity[2] > sides[-1][0].quantity[3]:
            sides.append([claim])
    least, most = ([side[0].quantity[end] for side in sides] for end in (2, 3))
    for claim in ordered:
        first, beyond = bisect_left(most, claim.quantity[2]), bisect_right(least, claim.quantity[3])
        if beyond - first == 1 and claim is not sides[first][0]:
            sides[first].append(claim)
    return [Side(value=f"{side[0].quantity[2]:g} {side[0].quantity[1]}", claims=tuple(side)) for side in sides]
