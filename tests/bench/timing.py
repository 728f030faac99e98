"""Seconds and memory of one process, taken the same way on both sides."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(slots=True)
class Clock:
    """`seconds`: step → wall-clock seconds, added up; `cpu`: step → processor seconds of this process."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - cpu


def seconds_of(call: Callable[[], Any], repeat: int) -> float:
    """Return the median seconds of `repeat` calls."""
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return median(found)


def capped(call: Callable[..., float], arguments: tuple, cap: float) -> float:
    """Return what `call` gives in a process forked from here: -cap when it was ended at `cap` seconds, nan when it died."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    process = fork.Process(target=lambda: there.send(call(*arguments)))
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(cap) else -cap
    except EOFError:
        return float("nan")
    finally:
        process.kill()
        process.join()


def peak_memory() -> int:
    """Return the most memory this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.search(r"VmHWM:\s+([0-9]+)", status.read_text())[1]) >> 10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def share(values: list[float], part: float) -> float:
    """Return the value that `part` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, -(-len(values) * part // 1).__int__() - 1)]
