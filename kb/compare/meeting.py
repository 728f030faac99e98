"""Which claims may clash: those of different groups that share a day, found by one sweep over time, counted without a list.

The work grows with the claims and the pairs that are given, not with those ruled out. Two claims of one voice in one article meet
unless they stand in the same characters; each is weighed against the 100 of that voice before it in time, and no more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date

from kb.compare.stated import Stated

MOST_OF_ONE_VOICE = 100  # claims of its own voice in its article that a claim is weighed against

Placed = tuple[tuple[Hashable, ...], Stated]  # the groups that a claim stands in, and the claim


def meeting(placed: Iterable[Placed], *, between: bool = False) -> Iterator[tuple[Stated, Stated]]:
    """Yield pairs of claims that share a day and no group, place by place; with `between` only of different speakers.

    The claim that begins first comes first; pairs of one voice come last.
    """
    order = sorted(placed, key=lambda one: (one[1].earliest, one[1].claim))
    live: dict = {}
    for groups, claim in order:
        *path, voice = (*groups, _voice(claim, between))
        for other in _others(live, (*path, voice), claim.earliest):
            yield other, claim
        below = live
        for step in path:
            below = below.setdefault(step, {})
        below.setdefault(voice, []).append(claim)
    if not between:
        yield from _of_one_voice(order)


def count(sides: Iterable[Sequence[Stated]], *, between: bool = False) -> int:
    """Return how many pairs `meeting` gives where each side is a group."""
    placed = [((number,), claim) for number, side in enumerate(sides) for claim in side]
    found = _sharing_a_day(claim for _, claim in placed)
    by_side, by_voice, by_both = ({}, {}, {})
    for groups, claim in placed:
        voice = _voice(claim, between)
        for by, key in ((by_side, groups), (by_voice, voice), (by_both, (groups, voice))):
            by.setdefault(key, []).append(claim)
    found += sum(map(_sharing_a_day, by_both.values())) - sum(map(_sharing_a_day, [*by_side.values(), *by_voice.values()]))
    return found if between else found + sum(1 for _ in _of_one_voice(sorted(placed, key=lambda one: (one[1].earliest, one[1].claim))))


def _voice(claim: Stated, between: bool) -> Hashable:
    return claim.speaker if between else (claim.article, claim.speaker)


def _others(live: dict, path: tuple[Hashable, ...], day: date) -> Iterator[Stated]:
    """Yield the claims that part from `path` at each step; drop those on the way that ended before `day`."""
    own, *further = path
    for step, below in list(live.items()):
        if step != own:
            if further:
                yield from _others(below, tuple(further), day)
            else:
                below[:] = [claim for claim in below if claim.latest >= day]
                yield from below
            if not below:
                del live[step]


def _of_one_voice(order: Iterable[Placed]) -> Iterator[tuple[Stated, Stated]]:
    recent: dict[tuple[str, str], deque[Placed]] = {}
    for groups, claim in order:
        before = recent.setdefault((claim.article, claim.speaker), deque(maxlen=MOST_OF_ONE_VOICE))
        for others, other in before:
            apart = all(one != two for one, two in zip(groups, others, strict=True))
            if apart and other.latest >= claim.earliest and not claim.overlaps(other):
                yield other, claim
        before.append((groups, claim))


def _sharing_a_day(claims: Iterable[Stated]) -> int:
    """Return how many pairs of claims share a day: all pairs, less those of which one ended before the other began."""
    claims = list(claims)
    ends = sorted(claim.latest for claim in claims)
    return len(claims) * (len(claims) - 1) // 2 - sum(bisect_left(ends, claim.earliest) for claim in claims)
