"""The lanes that queries run in, what each may take there, and which lane a query like earlier ones belongs to.

Each lane has places for as many queries as there are workers. A query like others that were quick goes to the quick lane, any
other to the new one. What is not done there after 0.05 s of a processor moves on to the middle lane, and after 2 s to the slow
one. So queries that never end hold the slow places, and for 2 s each the middle ones; what takes a second waits for
those 2 s at most, not until an endless one is ended, and what is small waits for neither. In the middle and the slow lane
the processor is left to the lanes before, in both as far as it can be: with nice 10 in the middle one, 20 queries that never end
made 95 of 100 small queries ten times as slow. Up to the slow lane an answer is only kept: where the next lane has no place, the
query is ended, waits, and starts anew. Which lane it got to is remembered, and it goes there at once the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from kb.serve.job import MIDDLE_LANE, NEW_LANE, QUICK_LANE, SLOW_LANE, Job, Remembered

QUANTUM = 0.05  # seconds of a processor for what is small; on a busy machine that takes longer
KNOWN = 2000  # marks of queries remembered: of their shapes as quick, of themselves as middle or slow


@dataclass(frozen=True, slots=True)
class Lane:
    """What a query may take: seconds of a processor, seconds in any case, bytes of its answer kept before they are sent on.

    `most` queries wait for it. `next`: where it moves on to. `nice`: how far it lets others go first (nice(2)), once it took a while.
    """

    most: int
    cpu: float
    clock: float
    kept: int
    next: str
    nice: int


_SMALL = 256 << 10
LANES = {
    QUICK_LANE: Lane(512, QUANTUM, 0.5, _SMALL, MIDDLE_LANE, 0),
    NEW_LANE: Lane(128, QUANTUM, 0.5, _SMALL, MIDDLE_LANE, 0),
    MIDDLE_LANE: Lane(64, 2.0, 8.0, 4 << 20, SLOW_LANE, 19),
    SLOW_LANE: Lane(32, inf, inf, _SMALL, SLOW_LANE, 19),
}


class Known:
    """What is remembered of queries: shapes that were quick, and queries that got to the middle or the slow lane, by a mark of each."""

    def __init__(self) -> None:
        self.quick = Remembered(KNOWN)
        self.long = {lane: Remembered(KNOWN) for lane in (MIDDLE_LANE, SLOW_LANE)}

    def lane(self, request: bytes, shape: int) -> str:
        """Return where a query goes first."""
        for lane, known in self.long.items():
            if known.found and hash(request) in known:
                return lane
        return QUICK_LANE if shape in self.quick else NEW_LANE

    def moved_on(self, job: Job, lane: str) -> None:
        self.quick.drop(job.shape)
        self._drop(job)
        self.long[lane].add(hash(job.request))

    def was_quick(self, job: Job) -> None:
        self.quick.add(job.shape)
        self._drop(job)

    def _drop(self, job: Job) -> None:
        for known in self.long.values():
            if known.found:
                known.drop(hash(job.request))

    def clear(self) -> None:
        for known in (self.quick, *self.long.values()):
            known.clear()
