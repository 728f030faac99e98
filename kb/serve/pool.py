"""Queries under limits: workers started beforehand, one query each at a time, ended and replaced when one goes past its limit.

Where a query runs, and for how long, `kb.serve.lane` says.
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
from kb.serve.job import DONE, MIDDLE_LANE, QUICK_LANE, SLOW_LANE, WAITING, Busy, Job, shape_of, stopping, too_many
from kb.serve.lane import LANES, QUANTUM, Known
from kb.serve.process import Process
from kb.serve.watch import Watch

STEP_BACK = 0.25  # seconds outside the lanes of small queries after which the processor is left to others first
STALL = 10.0  # seconds in which a client must take something of a long answer
PATIENCE = 10.0  # seconds, or the time of a query where that is longer, that one may wait for its turn
TICK = 0.02
GAP = 0.5  # seconds from one new worker to the next: starting one keeps the server from all else for some milliseconds
AHEAD = 8  # small queries handed to one worker at once, so that it need not be woken for each
_LONG = (MIDDLE_LANE, SLOW_LANE)
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Pool:
    """Answers requests of `kb.serve.worker` over the store in a folder. Lives in one event loop."""

    def __init__(self, store: Path, *, workers: int = 2, timeout: float = 30.0, memory: int = MEMORY) -> None:
        self.store, self.workers, self.timeout, self.memory = store, workers, timeout, memory
        self.most = len(LANES) * workers  # workers of all lanes
        self.processes: set[Process] = set()
        self.idle: list[Process] = []
        self.lanes: dict[str, set[Process]] = {lane: set() for lane in ("", *LANES)}
        self.waiting: dict[str, deque[Job]] = {lane: deque() for lane in LANES}
        self.known = Known()
        self.ticking: Watch | None = None
        self.fails = 0  # workers in a row that could not open their store
        self.next_start, self.is_closed = 0.0, False

    def start(self) -> None:
        """Have all workers that there should be."""
        while len(self.processes) < self.most and self._add():
            pass
        if self.ticking is None:
            self.ticking = Watch(self._tick)

    def _add(self) -> bool:
        """Start a worker, unless the system has no room for one just now: then it is tried again after a while."""
        self.next_start = time.monotonic() + GAP
        try:
            self.processes.add(Process(self.store, self.memory, self._heard, self._gone))
        except OSError:
            return False
        return True

    def swap(self, store: Path) -> None:
        """Turn to another store; what runs ends on the one it began with."""
        self.store = store
        self.known.clear()
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
            self._fail(job, stopping())
        self.processes.clear()

    def ask(self, request: dict[str, Any]) -> Job:
        """Return the job of a request. Raises Busy when too many wait."""
        if self.is_closed:
            raise stopping()
        line = _encode(request).encode() + b"\n"
        shape = shape_of(line)
        lane = self.known.lane(line, shape)
        job = Job(line, time.monotonic(), lane, shape, is_long=lane in _LONG)
        if len(self.waiting[lane]) >= LANES[lane].most:
            raise too_many(lane)
        self.waiting[lane].append(job)
        self._go()
        return job

    def leave(self, job: Job) -> None:
        """Forget a job: who asked is gone. A quick one may still end by itself, which costs less than a new process."""
        if job.is_left or job.state == DONE:
            return
        job.is_left = True
        job.pieces.clear()
        if job.state in _LONG:
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
        if job.size > LANES[job.state].kept:
            job.process.pause()
        if job.state == SLOW_LANE:
            job.tell()

    def _finish(self, job: Job) -> None:
        """Take a job that its process works on away from it: it is done."""
        process, now = job.process, time.monotonic()
        if now - process.since < QUANTUM and not job.is_left:
            self.known.was_quick(job)
        job.process, job.state, process.since = None, DONE, now
        process.jobs.popleft()
        process.go_on()
        job.tell()

    def _free(self, process: Process) -> None:
        self._put(process, "")
        if process.is_spent or process.nice or process.store != self.store:
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
        if self.fails > self.most:
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
            if len(self.processes) < self.most and now > self.next_start:
                self._add()
            for process in [one for one in self.processes if one.jobs]:
                self._look(process.jobs[0], now - process.since)
            for lane in self.waiting.values():
                while lane and now - lane[0].asked > max(self.timeout, PATIENCE):
                    self._fail(lane.popleft(), Busy("the query waited too long for others to end", cure="ask again in a while"))
            self._go()

    def _look(self, job: Job, ran: float) -> None:
        process, lane = job.process, LANES[job.state]
        if ran > self.timeout:
            self._stop(job, why_ended(0, self.timeout, self.memory, by_clock=True))
        elif process.is_paused and job.state == SLOW_LANE:
            if time.monotonic() - max(job.taken, process.since) > STALL:
                self._stop(job, Busy(f"the client took nothing of the answer for {STALL:g} seconds"))
        elif process.is_paused or ran > lane.clock or process.used() > lane.cpu:
            self._move_on(job, lane.next)
        elif ran > STEP_BACK and process.nice < lane.nice:
            process.step_back(lane.nice)

    def _move_on(self, job: Job, lane: str) -> None:
        """Let a job that is not done go on in the next lane; where that is full, it is ended and waits."""
        self.known.moved_on(job, lane)
        process = job.process
        if job.is_left:
            self._stop(job, Busy("left"))
        elif self._places(lane) > 0:
            self._send_back(process)
            self._put(process, lane)
            job.state, job.lane, job.is_long = lane, lane, True
            job.tell()
            if lane == MIDDLE_LANE:  # there more of it is kept
                process.go_on()
        else:
            process.jobs.popleft()
            job.process, job.state = None, WAITING
            job.pieces.clear()
            job.size = 0
            self._drop(process)
            self._queue(job, lane)

    def _send_back(self, process: Process) -> None:
        """Let what a process has not begun wait again; as it was told of it, it ends with what it works on."""
        first = process.jobs.popleft()
        process.is_spent = bool(process.jobs)
        self._forget_jobs(process)
        process.jobs.append(first)

    def _queue(self, job: Job, lane: str) -> None:
        job.is_long, job.lane = True, lane
        if len(self.waiting[lane]) >= LANES[lane].most:
            self._fail(job, too_many(lane))
        else:
            self.waiting[lane].append(job)
            job.tell()


def _complaint(said: dict[str, Any], timeout: float, memory: int) -> QueryStopped | dict[str, Any]:
    return why_ended(-6, timeout, memory) if said.get("stopped") == "memory" else said
