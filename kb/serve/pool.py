"""Queries under limits: workers started beforehand, one query each at a time, ended and replaced when one goes past its limit.

Three lanes keep the small ones fast, each with places for `workers` of them. A query like others that were quick goes to the
quick lane; any other to the new lane. In both its answer is only kept. What is not done after `QUANTUM` goes to the slow
lane; when that is full it is ended, waits, and starts anew: nothing of it was sent yet. A query known to be slow
goes there at once. So 20 queries that never end hold the slow places, and for a while the new ones, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from itertools import chain
from pathlib import Path
from typing import Any

from kb.errors import QueryStopped
from kb.query.sandbox import MEMORY, why_ended
from kb.serve.job import DONE, NEW_LANE, QUICK_LANE, SLOW_LANE, WAITING, Busy, Job, Remembered, shape_of
from kb.serve.process import Process

QUANTUM = 0.05  # seconds of a processor outside the slow lane; on a busy machine that takes longer
LONGEST = 0.5  # seconds outside the slow lane in any case
STEP_BACK = 0.25  # seconds in the slow lane after which the processor is left to others first
KEPT = 256 << 10  # bytes of one answer kept before they are sent on
MOST = {QUICK_LANE: 512, NEW_LANE: 128, SLOW_LANE: 32}  # queries that may wait for each lane
KNOWN = 2000  # marks of queries remembered: of their shapes as quick, of themselves as slow
STALL = 10.0  # seconds in which a client must take something of a long answer
PATIENCE = 10.0  # seconds, or the time of a query where that is longer, that one may wait for its turn
TICK = 0.02
GAP = 0.5  # seconds from one new worker to the next: starting one keeps the server from all else for some milliseconds
AHEAD = 8  # small queries handed to one worker at once, so that it need not be woken for each
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Pool:
    """Answers requests of `kb.serve.worker` over the store in a folder. Lives in one event loop."""

    def __init__(self, store: Path, *, workers: int = 2, timeout: float = 30.0, memory: int = MEMORY) -> None:
        self.store, self.workers, self.timeout, self.memory = store, workers, timeout, memory
        self.processes: set[Process] = set()
        self.idle: list[Process] = []
        self.lanes: dict[str, set[Process]] = {lane: set() for lane in ("", *MOST)}
        self.waiting: dict[str, deque[Job]] = {lane: deque() for lane in MOST}
        self.known_quick, self.known_slow = Remembered(KNOWN), Remembered(KNOWN)
        self.ticking: asyncio.Task | None = None
        self.fails = 0  # workers in a row that could not open their store
        self.next_start, self.is_closed = 0.0, False

    def start(self) -> None:
        """Have all workers that there should be."""
        while len(self.processes) < 3 * self.workers:
            self._add()
        if self.ticking is None:
            self.ticking = asyncio.get_running_loop().create_task(self._tick())

    def _add(self) -> None:
        self.processes.add(Process(self.store, self.memory, self._heard, self._gone))
        self.next_start = time.monotonic() + GAP

    def swap(self, store: Path) -> None:
        """Turn to another store; what runs ends on the one it began with."""
        self.store = store
        self.known_quick.clear()
        self.known_slow.clear()
        for process in [one for one in self.processes if not one.jobs]:
            self._drop(process)
        self.start()

    def close(self) -> None:
        """End all workers; what runs and what is asked from now on is told so."""
        if self.ticking is not None:
            self.ticking.cancel()
        self.is_closed = True
        for process in self.processes:
            process.kill()
        for job in [*(job for process in self.processes for job in process.jobs), *chain(*self.waiting.values())]:
            self._fail(job, _stopping())
        self.processes.clear()

    def ask(self, request: dict[str, Any]) -> Job:
        """Return the job of a request. Raises Busy when too many wait."""
        if self.is_closed:
            raise _stopping()
        line = _encode(request).encode() + b"\n"
        shape = shape_of(line)
        lane = SLOW_LANE if hash(line) in self.known_slow else QUICK_LANE if shape in self.known_quick else NEW_LANE
        job = Job(line, time.monotonic(), lane, shape, is_slow=lane == SLOW_LANE)
        if len(self.waiting[lane]) >= MOST[lane]:
            raise _too_many(lane)
        self.waiting[lane].append(job)
        self._go()
        return job

    def leave(self, job: Job) -> None:
        """Forget a job: who asked is gone. A quick one may still end by itself, which costs less than a new process."""
        if job.is_left or job.state == DONE:
            return
        job.is_left = True
        job.pieces.clear()
        if job.state == SLOW_LANE:
            self._stop(job, Busy("left"))
        elif job.state == WAITING:
            self.waiting[job.lane].remove(job)
            job.state = DONE
            job.tell()  # whoever waits for its answer would wait for ever

    def _go(self) -> None:
        """Start what can start."""
        for lane, waiting in self.waiting.items():
            while waiting and self.idle and self._places(lane) > 0:
                self._begin(waiting.popleft(), self.idle.pop(), lane)
        quick = self.waiting[QUICK_LANE]
        while quick and (process := self._least_busy()) is not None:
            self._begin(quick.popleft(), process, QUICK_LANE)

    def _places(self, lane: str) -> int:
        """Return how many workers more may work in a lane."""
        return self.workers - len(self.lanes[lane])

    def _put(self, process: Process, lane: str) -> None:
        self.lanes[process.lane].discard(process)
        self.lanes[lane].add(process)
        process.lane = lane

    def _least_busy(self) -> Process | None:
        """Return the worker of the quick lane with the fewest queries, None when each has all it may."""
        found = min(self.lanes[QUICK_LANE], key=lambda process: len(process.jobs), default=None)
        return found if found is not None and len(found.jobs) < AHEAD else None

    def _begin(self, job: Job, process: Process, lane: str) -> None:
        job.state, job.process = lane, process
        if process.lane != lane:
            self._put(process, lane)
        if not process.jobs:
            process.since = time.monotonic()
        process.jobs.append(job)
        process.ask(job.request)
        if lane == SLOW_LANE:
            job.tell()

    def _heard(self, process: Process, letter: bytes, data: bytes) -> None:
        job = process.jobs[0] if process.jobs else None
        if letter == b"R":
            process.is_ready, self.fails = True, 0
            self._free(process)
        elif job is None:  # it could not open its store; `_gone` follows
            return
        elif letter in b"DZ":
            self._keep(job, letter, data)
            return
        else:
            if letter == b"X":
                job.failed = _complaint(json.loads(data), self.timeout, self.memory)
            self._finish(job)
            if not process.jobs:
                self._free(process)
        self._go()

    def _keep(self, job: Job, letter: bytes, data: bytes) -> None:
        if job.is_left:
            return
        job.pieces.append((letter, data))
        job.size += len(data)
        if job.size > KEPT:
            job.process.pause()
        if job.state == SLOW_LANE:
            job.tell()

    def _finish(self, job: Job) -> None:
        """Take a job that its process works on away from it: it is done."""
        process, now = job.process, time.monotonic()
        if now - process.since < QUANTUM and not job.is_left:
            self.known_quick.add(job.shape)
            self.known_slow.drop(hash(job.request))
        job.process, job.state, process.since = None, DONE, now
        process.jobs.popleft()
        process.go_on()
        job.tell()

    def _free(self, process: Process) -> None:
        self._put(process, "")
        if process.is_spent or process.is_low or process.store != self.store:
            self._drop(process)
        else:
            self.idle.append(process)

    def _drop(self, process: Process) -> None:
        self._forget(process)
        process.kill()

    def _forget(self, process: Process) -> None:
        """Let a process that ended go, and what it was still to do wait again, first of all."""
        self.processes.discard(process)
        self.lanes[process.lane].discard(process)
        if process in self.idle:
            self.idle.remove(process)
        self._forget_jobs(process)

    def _forget_jobs(self, process: Process) -> None:
        for job in reversed(process.jobs):
            job.state, job.process = DONE if job.is_left else WAITING, None
            if not job.is_left:
                self.waiting[job.lane].appendleft(job)
        process.jobs.clear()

    def _gone(self, process: Process) -> None:
        """Its process ended by itself: the query was too much for it, or it made room; then it had not begun what it was handed last."""
        if process.jobs and process.code != 0:
            self._fail(process.jobs[0], why_ended(process.code or -6, self.timeout, self.memory))
        self._forget(process)
        self.fails += not process.is_ready
        if self.fails > 3 * self.workers:
            self._refuse_all()
        self._go()

    def _refuse_all(self) -> None:
        for waiting in self.waiting.values():
            while waiting:
                self._fail(waiting.popleft(), Busy("the store cannot be opened", cure="ask again in a while"))

    def _fail(self, job: Job, why: QueryStopped) -> None:
        job.failed = why
        if job.process is not None:
            self._finish(job)
        else:
            job.state = DONE
            job.tell()

    def _stop(self, job: Job, why: QueryStopped) -> None:
        """End a job with its process, and have another in its place."""
        process = job.process
        self._fail(job, why)
        self._drop(process)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            if len(self.processes) < 3 * self.workers and now > self.next_start:
                self._add()
            for process in [one for one in self.processes if one.jobs]:
                self._look(process.jobs[0], now - process.since)
            for lane in self.waiting.values():
                while lane and now - lane[0].asked > max(self.timeout, PATIENCE):
                    self._fail(lane.popleft(), Busy("the query waited too long for others to end", cure="ask again in a while"))
            self._go()

    def _look(self, job: Job, ran: float) -> None:
        if job.state != SLOW_LANE and (ran > LONGEST or job.process.used() > QUANTUM):
            self._to_slow_lane(job)
        elif job.process.is_paused and time.monotonic() - max(job.taken, job.process.since) > STALL:
            self._stop(job, Busy(f"the client took nothing of the answer for {STALL:g} seconds"))
        elif ran > self.timeout:
            self._stop(job, why_ended(0, self.timeout, self.memory, by_clock=True))
        elif job.state == SLOW_LANE and ran > STEP_BACK and not job.process.is_low:
            job.process.step_back()

    def _to_slow_lane(self, job: Job) -> None:
        self.known_slow.add(hash(job.request))
        self.known_quick.drop(job.shape)
        process = job.process
        if job.is_left:
            self._stop(job, Busy("left"))
        elif self._places(SLOW_LANE) > 0:
            self._send_back(process)
            self._put(process, SLOW_LANE)
            job.state, job.is_slow = SLOW_LANE, True
            job.tell()
        else:
            process.jobs.popleft()
            job.process, job.state = None, WAITING
            job.pieces.clear()
            job.size = 0
            self._drop(process)
            self._queue_slow(job)

    def _send_back(self, process: Process) -> None:
        """Let what a process has not begun wait again; as it was told of it, it ends with what it works on."""
        first = process.jobs.popleft()
        process.is_spent = bool(process.jobs)
        self._forget_jobs(process)
        process.jobs.append(first)

    def _queue_slow(self, job: Job) -> None:
        job.is_slow, job.lane = True, SLOW_LANE
        if len(self.waiting[SLOW_LANE]) >= MOST[SLOW_LANE]:
            self._fail(job, _too_many(SLOW_LANE))
        else:
            self.waiting[SLOW_LANE].append(job)
            job.tell()


def _stopping() -> Busy:
    return Busy("the server is stopping", cure="ask again in a while")


def _too_many(lane: str) -> Busy:
    if lane == SLOW_LANE:
        return Busy("too many long queries run already", cure="ask for less, or ask again in a while")
    return Busy("too many queries wait already", cure="ask again in a second")


def _complaint(said: dict[str, Any], timeout: float, memory: int) -> QueryStopped | dict[str, Any]:
    return why_ended(-6, timeout, memory) if said.get("stopped") == "memory" else said
