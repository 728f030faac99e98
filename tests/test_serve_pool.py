"""The pool of workers, seen from inside: what becomes of a query that waits, that is left, and whose worker ends."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import kb.serve.worker
from kb.errors import QueryStopped
from kb.serve.job import DONE, WAITING, Job
from kb.serve.lane import LANES
from kb.serve.pool import Pool
from kb.serve.watch import Watch


def finished(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run in a thread of its own: in this one the browser's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, 10))).result()


def ask(pool: Pool, text: str = "ASK {}") -> Job:
    return pool.ask({"query": text, "graphs": []})


class Worker:
    """What the pool sees of a process."""

    lane, is_ready, since = "new", True, 0.0

    def __init__(self, jobs: list[Job], code: int | None = None) -> None:
        self.jobs, self.code = deque(jobs), code

    def go_on(self) -> None:
        pass


@pytest.mark.parametrize("lane", LANES)
def test_a_query_that_is_left_while_it_waits_is_over_for_all(lane: str) -> None:
    async def leave() -> None:
        pool = Pool(Path("none"))  # it has no worker, so all wait
        jobs = [ask(pool, f"ASK {{}} #{number}") for number in range(3)]
        for job in jobs:
            pool.waiting[job.lane].remove(job)
            job.lane = lane
            pool.waiting[lane].append(job)
        answers = [asyncio.create_task(collected(job)) for job in jobs]
        await asyncio.sleep(0)
        for job in [*jobs[:2], *jobs[:2]]:
            pool.leave(job)
        assert [await one for one in answers[:2]] == [[], []]
        assert [job.state == DONE for job in jobs] == [True, True, False] and list(pool.waiting[lane]) == jobs[2:]
        pool.close()

    async def collected(job: Job) -> list[tuple[bytes, bytes]]:
        return [piece async for piece in job.answer()]

    finished(leave())


@pytest.mark.parametrize(("code", "is_blamed"), [(0, False), (-6, True), (-11, True), (1, True)])
def test_a_query_is_not_blamed_for_a_worker_that_made_room(code: int, is_blamed: bool) -> None:
    async def end() -> None:
        pool = Pool(Path("none"))
        jobs = [ask(pool, "ASK {} #1"), ask(pool, "ASK {} #2")]
        worker = Worker(jobs, code)
        pool.waiting["new"].clear()
        for job in jobs:
            job.process = worker
        pool._gone(worker)
        assert isinstance(jobs[0].failed, QueryStopped) is is_blamed and jobs[1].failed is None
        assert [job.state for job in jobs] == [DONE if is_blamed else WAITING, WAITING]
        assert list(pool.waiting["new"]) == jobs[is_blamed:]

    finished(end())


HELD = """
import importlib.util, subprocess, sys
folder, held, child = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
text = b"x" * (held << 20)
if child:
    print(subprocess.run([sys.executable, "-c", CODE, folder, *child], capture_output=True, text=True, check=True).stdout)
else:
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location("worker", folder + "/__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.is_large())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is told from the one that started it")
@pytest.mark.parametrize(("sizes", "is_large"), [((600, 1), "False"), ((600,), "True"), ((1,), "False")], ids=["parent", "own", "none"])
def test_a_worker_is_large_by_what_it_held_itself(sizes: tuple[int, ...], is_large: str) -> None:
    code = f"CODE = {HELD!r}{HELD}"
    command = [sys.executable, "-c", code, str(Path(kb.serve.worker.__file__).parent), *map(str, sizes)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == is_large


def test_a_worker_that_cannot_be_started_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def process(*_given: object) -> object:
        if not made:
            made.append(None)
            raise OSError(11, "Resource temporarily unavailable")
        made.append(object())
        raise Stop

    class Stop(BaseException):
        pass

    monkeypatch.setattr("kb.serve.pool.Process", process)
    monkeypatch.setattr("kb.serve.pool.GAP", 0.0)

    async def run() -> None:
        pool = Pool(Path("none"))
        pool.start()
        with pytest.raises(Stop):  # the watch of the pool went on
            await pool.ticking.task

    finished(run())


def test_a_watch_that_fails_is_told_of_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.serve.watch.AGAIN", 0.0)
    told, begun = [], []

    async def run() -> None:
        second = asyncio.Event()

        async def work() -> None:
            begun.append(None)
            if len(begun) == 1:
                raise ValueError("once")
            second.set()
            await asyncio.Event().wait()

        asyncio.get_running_loop().set_exception_handler(lambda _loop, what: told.append(str(what["exception"])))
        watch = Watch(work)
        await second.wait()
        watch.cancel()

    finished(run())
    assert (told, len(begun)) == (["once"], 2)
