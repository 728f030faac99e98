"""One query on its way: what came of its answer so far, and who waits for more."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from kb.errors import QueryStopped
from kb.serve.process import Process

WAITING, QUICK_LANE, NEW_LANE, MIDDLE_LANE, SLOW_LANE, DONE = "waiting", "quick", "new", "middle", "slow", "done"
_TEXT = rb'\\"(?:[^\\]|\\\\(?:\\.|[^\\])|\\[^"\\])*+(?:\\")?'  # of SPARQL, inside one of JSON; it never fails, so it takes linear time
_PARTICULAR = re.compile(rb'<[^<>"{}|^`\\\x00-\x20]*>|' + _TEXT + rb"|#[^\\]*|[0-9]+")


class Busy(QueryStopped):
    """Too many wait already."""


def stopping() -> Busy:
    return Busy("the server is stopping", cure="ask again in a while")


def too_many(lane: str) -> Busy:
    if lane in (MIDDLE_LANE, SLOW_LANE):
        return Busy("too many long queries run already", cure="ask for less, or ask again in a while")
    return Busy("too many queries wait already", cure="ask again in a second")


@dataclass(eq=False, slots=True)
class Job:
    """One query on its way. `pieces` holds what came and was not taken; `state` goes from waiting to done, by way of a lane."""

    request: bytes
    asked: float
    lane: str
    shape: int = 0
    state: str = WAITING
    pieces: deque[tuple[bytes, bytes]] = field(default_factory=deque)
    size: int = 0
    taken: float = 0.0
    failed: QueryStopped | dict[str, Any] | None = None
    process: Process | None = None
    is_left: bool = False
    is_long: bool = False
    wake: Callable[[], None] | None = None

    def tell(self) -> None:
        if self.wake is not None:
            self.wake()

    async def settled(self) -> None:
        """Wait until a job is done, or has turned out to be long."""
        while self.state != DONE and not self.is_long:
            await self._woken()

    async def answer(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Yield frames (letter, data) of the answer as they come. Raises QueryStopped; what the worker complains of is in `failed`."""
        while True:
            while self.pieces and self.state in (SLOW_LANE, DONE):
                letter, data = self.pieces.popleft()
                self.size -= len(data)
                self.taken = time.monotonic()
                yield letter, data
            if self.process is not None and self.state == SLOW_LANE:
                self.process.go_on()
            if self.state == DONE and not self.pieces:
                break
            await self._woken()
        if isinstance(self.failed, QueryStopped):
            raise self.failed

    async def _woken(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self.wake = lambda: None if future.done() else future.set_result(None)
        try:
            await future
        finally:
            self.wake = None


def shape_of(request: bytes) -> int:
    """Return a mark of a request that those share which differ in IRIs, texts, numbers and comments alone."""
    return hash(_PARTICULAR.sub(b"", request))


class Remembered:
    """Things met before, the ones met last, at most so many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.found: OrderedDict[Any, None] = OrderedDict()

    def __contains__(self, thing: Any) -> bool:
        return thing in self.found

    def add(self, thing: Any) -> None:
        self.found[thing] = None
        self.found.move_to_end(thing)
        if len(self.found) > self.most:
            self.found.popitem(last=False)

    def drop(self, thing: Any) -> None:
        self.found.pop(thing, None)

    def clear(self) -> None:
        self.found.clear()
