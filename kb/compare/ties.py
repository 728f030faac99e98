"""Who speaks for whom, and who stands in which camp: read from members, parts, countries and offices, nothing else.

A government speaks with one voice: its ministries, its forces, and the people who hold an office of it or of its country.
A camp is what one reaches by going up from a speaker as far as one can, countries and groups of countries included.
An office that an article tells of its own days may have been held before and after; one told of other days, only on those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kb.ids import NS

_OF_STATE = frozenset({f"{NS}Government", f"{NS}ArmedForce"})
Days = tuple[str, str]  # the first and the last one, as 2031-05-04, empty where open or not known
SOME_DAY: Days = ("", "")


class Holding(NamedTuple):
    """Someone in an office, and the days outside of which that is not said; plain texts, as manifests keep them."""

    person: str
    office: str
    earliest: str = ""
    latest: str = ""


def holding(person: str, office: str, days: Days, told: Days) -> Holding:
    """Return what a claim says of an office: it bounds it only if `told`, its article's days, are surely others."""
    return Holding(person, office, *(days if _are_apart(days, told) else SOME_DAY))


def _are_apart(one: Days, other: Days) -> bool:
    return any(last and first and last < first for (_, last), (first, _) in ((one, other), (other, one)))


@dataclass(slots=True, kw_only=True)
class Links:
    """Entity → others, as the corpus has it."""

    classes: dict[str, set[str]] = field(default_factory=dict)
    country: dict[str, set[str]] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)  # part of, member of
    offices: dict[str, set[Holding]] = field(default_factory=dict)

    def hold(self, holdings: Iterable[Holding]) -> None:
        for one in holdings:
            self.offices.setdefault(one.person, set()).add(one)


class Ties:
    """Answers for one corpus; circles among members do no harm."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self._above: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._state: dict[tuple[str, frozenset[str]], str | None] = {}

    @cached_property
    def _steps(self) -> dict[str, set[str]]:
        """What an entity belongs to, one step up, its own offices left out; for an office of state its country too."""
        links = self.links
        steps = {name: set(others) for name, others in links.above.items()}
        for name, classes in links.classes.items():
            office_of_state = f"{NS}Office" in classes and not links.above.get(name)
            if classes & _OF_STATE or office_of_state:
                steps.setdefault(name, set()).update(links.country.get(name, ()))
        return steps

    def offices(self, name: str, when: Days = SOME_DAY) -> frozenset[str]:
        """Return the offices that someone may have held on some of these days."""
        held = self.links.offices.get(name, ())
        return frozenset(one.office for one in held if not _are_apart((one.earliest, one.latest), when))

    def above(self, name: str, when: Days = SOME_DAY) -> frozenset[str]:
        """Return all that an entity speaks as a part of on some days, itself left out (unless a circle leads back)."""
        key = name, self.offices(name, when)
        if key not in self._above:
            self._above[key] = frozenset(reached({*self._steps.get(name, ()), *key[1]}, self._steps))
        return self._above[key]

    def voice(self, name: str, when: Days = SOME_DAY) -> str:
        """Return the state that an entity speaks for, else the entity: all who speak for one state are one voice."""
        key = name, self.offices(name, when)
        if key not in self._state:
            states = {one for one in {name, *self.above(name, when)} if f"{NS}State" in self.links.classes.get(one, ())}
            self._state[key] = min(states) if len(states) == 1 else None
        return self._state[key] or name

    def camps(self, name: str, when: Days = SOME_DAY) -> frozenset[str]:
        """Return the ends of all ways up from an entity, its country's included; the entity where there is none."""
        steps: dict[str, set[str]] = {}
        left = [name]
        while left:
            one = left.pop()
            if one not in steps:
                offices = self.offices(name, when) if one == name else ()
                steps[one] = {*self._steps.get(one, ()), *self.links.country.get(one, ()), *offices}
                left += steps[one]
        ends = {one for one in steps if not steps[one] - {one}}
        return frozenset(ends or {name})


def reached(first: Iterable[str], steps: dict[str, set[str]]) -> set[str]:
    """Return the first things and all that one gets to from them."""
    found: set[str] = set()
    left = list(first)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += steps.get(one, ())
    return found
