"""Who speaks for whom, and who stands in which camp: read from members, parts, countries and offices, nothing else.

A government speaks with one voice: its ministries, its forces, and the people who hold an office of it or of its country.
A camp is what one reaches by going up from a speaker as far as one can, countries and groups of countries included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kb.ids import NS

_OF_STATE = frozenset({f"{NS}Government", f"{NS}ArmedForce"})


@dataclass(slots=True, kw_only=True)
class Links:
    """Entity → others, as the corpus has it."""

    classes: dict[str, set[str]] = field(default_factory=dict)
    country: dict[str, set[str]] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)  # part of, member of
    offices: dict[str, set[str]] = field(default_factory=dict)


class Ties:
    """Answers for one corpus; circles among members do no harm."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self._above: dict[str, frozenset[str]] = {}
        self._state: dict[str, str | None] = {}

    @cached_property
    def _steps(self) -> dict[str, set[str]]:
        """What an entity belongs to, one step up; for an office of state its country too."""
        links = self.links
        steps = {name: set(others) for name, others in links.above.items()}
        for person, offices in links.offices.items():
            steps.setdefault(person, set()).update(offices)
        for name, classes in links.classes.items():
            office_of_state = f"{NS}Office" in classes and not links.above.get(name)
            if classes & _OF_STATE or office_of_state:
                steps.setdefault(name, set()).update(links.country.get(name, ()))
        return steps

    def above(self, name: str) -> frozenset[str]:
        """Return all that an entity speaks as a part of, itself left out (unless a circle leads back)."""
        if name not in self._above:
            self._above[name] = frozenset(_reached(self._steps.get(name, ()), self._steps))
        return self._above[name]

    def voice(self, name: str) -> str:
        """Return the state that an entity speaks for, else the entity: all who speak for one state are one voice."""
        if name not in self._state:
            states = {one for one in {name, *self.above(name)} if f"{NS}State" in self.links.classes.get(one, ())}
            self._state[name] = min(states) if len(states) == 1 else None
        return self._state[name] or name

    def camps(self, name: str) -> frozenset[str]:
        """Return the ends of all ways up from an entity, its country's included; the entity where there is none."""
        links = self.links
        steps = {one: self._steps.get(one, set()) | links.country.get(one, set()) for one in self._reach_with_country(name)}
        ends = {one for one in steps if not steps[one] - {one}}
        return frozenset(ends or {name})

    def _reach_with_country(self, name: str) -> set[str]:
        found, left = {name}, [name]
        while left:
            one = left.pop()
            new = (self._steps.get(one, set()) | self.links.country.get(one, set())) - found
            found |= new
            left += new
        return found


def _reached(first: Iterable[str], steps: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(first)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += steps.get(one, ())
    return found
