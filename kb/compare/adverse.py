"""Which parties contradict each other. A party stands behind claims: the camps of a speaker, an article's own voice for itself.

A party's contradictions are the bits of a number, so that a whole set of parties is looked at in one step: pairs of parties
are many times more than the claims, and only those that are told are made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate
from operator import or_

from kb.compare.model import Clash, Position
from kb.compare.ties import Ties


class Parties:
    """Answer → the parties that give it, each worked out once."""

    def __init__(self, ties: Ties) -> None:
        self.ties = ties
        self._of: dict[str, frozenset[str]] = {}

    def of(self, position: Position) -> frozenset[str]:
        if position.answer not in self._of:
            voices = {(voice, claim.is_own_voice, claim.when) for claim in position.claims for voice in claim.voices}
            camps = ({speaker} if own else self.ties.camps(speaker, when) for speaker, own, when in voices)
            self._of[position.answer] = frozenset().union(*camps)
        return self._of[position.answer]


class Sides:
    """Who stands on one side alone of which contradiction: who gives both answers is nobody's adversary in it."""

    def __init__(self, contradictions: Iterable[Clash], parties: Parties) -> None:
        self.left: dict[str, int] = {}
        self.right: dict[str, int] = {}
        for number, clash in enumerate(contradictions):
            one, other = parties.of(clash.one), parties.of(clash.other)
            for side, alone in ((self.left, one - other), (self.right, other - one)):
                for party in alone:
                    side[party] = side.get(party, 0) | 1 << number

    def opposed(self, parties: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the pairs of parties that stand on different sides of some contradiction, in order."""
        names = sorted(party for party in parties if party in self.left or party in self.right)
        left, right = ([side.get(name, 0) for name in names] for side in (self.left, self.right))
        left_from, right_from = ([*accumulate(reversed(bits), or_)][::-1] for bits in (left, right))
        for place, one in enumerate(names[:-1]):
            if left[place] & right_from[place + 1] or right[place] & left_from[place + 1]:
                for later in range(place + 1, len(names)):
                    if left[place] & right[later] or right[place] & left[later]:
                        yield one, names[later]
