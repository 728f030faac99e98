"""Claims of one answer → independent origins. What is folded, in this order:

- one speaker is one origin, however often and wherever quoted: heading and body, several sentences, several articles;
- an article's own words are the wire's that they are credited to, else theirs who sign them, else the outlet's; wires or
  authors of one article are one origin, and so are articles of one and the same text;
- all who speak for one state (government, ministry, forces, office holders), or on behalf of one source, are one voice;
- a collective beside its own members adds nothing: it overlaps them. So does an outlet that is quoted, credited or speaks
  for itself, beside what it prints: who copies it copies one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.compare.model import Given, Origin
from kb.compare.ties import Ties


def fold(claims: Sequence[Given], ties: Ties) -> tuple[Origin, ...]:
    """Return the independent origins of claims that give one answer, in the order of their first claims."""
    groups = _Groups()
    for claim in claims:
        groups.join([*_names(claim, ties)])
    by_group: dict[str, list[Given]] = {}
    for claim in claims:
        by_group.setdefault(groups.find(claim.sources[0]), []).append(claim)
    folded = _collectives(by_group, groups, ties)
    overlapping: dict[str, set[str]] = {}
    for collective, member in folded.items():
        claims_of = by_group.pop(collective)
        by_group[member] += claims_of
        overlapping.setdefault(member, set()).update(source for claim in claims_of for source in claim.sources)
    return tuple(_origin(found, overlapping.get(group, set())) for group, found in by_group.items())


def _names(claim: Given, ties: Ties) -> Iterator[str]:
    """Yield all that make claims one origin where they have it in common."""
    for source in claim.sources:
        yield source
        yield ties.voice(source, claim.when)
    if not claim.is_own_voice:
        yield from (ties.voice(principal, claim.when) for principal in claim.behalf[:1])
    elif claim.text:
        yield f"text {claim.text}"


def _collectives(by_group: dict[str, list[Given]], groups: _Groups, ties: Ties) -> dict[str, str]:
    """Return group of a collective → group of a member of it that gives the answer too and is not folded itself."""
    members: dict[str, set[str]] = {}
    for group, claims in by_group.items():
        sources = {(source, claim.when) for claim in claims for source in claim.sources}
        above = {ties.voice(one) for source, when in sources for one in ties.above(source, when)}
        outlets = {ties.voice(claim.publisher) for claim in claims if claim.is_own_voice and claim.publisher}
        for one in {groups.find(name) for name in above | outlets} - {group}:
            members.setdefault(one, set()).add(group)
    folded: dict[str, str] = {}
    for group in sorted(by_group):
        left = members.get(group, set()) - folded.keys()
        if left:
            folded[group] = min(left)
    return {group: _end(member, folded) for group, member in folded.items()}


def _end(member: str, folded: dict[str, str]) -> str:
    while member in folded:
        member = folded[member]
    return member


def _origin(claims: list[Given], overlapping: set[str]) -> Origin:
    sources = dict.fromkeys(source for claim in claims for source in claim.sources)
    return Origin(
        sources=tuple(source for source in sources if source not in overlapping), folded=tuple(sorted(overlapping)),
        claims=tuple(claims), utterances=len(_utterances(claims)),
    )  # fmt: skip


def _utterances(claims: Iterable[Given]) -> set[tuple]:
    """One speaker on one day is one utterance; where the day is not known, one speaker in one article."""
    found = set()
    for claim in claims:
        is_day = claim.said_from is not None and claim.said_from == claim.said_until
        found.add((claim.sources, claim.said_from if is_day and not claim.is_own_voice else claim.article))
    return found


class _Groups:
    """Names joined into groups (union-find); a group is called by the first of its names."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        self.parent.setdefault(name, name)
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, names: Sequence[str]) -> None:
        first = self.find(names[0])
        for name in names[1:]:
            other = self.find(name)
            if other != first:
                first, other = min(first, other), max(first, other)
                self.parent[other] = first
