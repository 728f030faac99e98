"""The pool of workers, seen from inside: what becomes of a query that waits, that is left, and whose worker ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kb.serve.job import DONE, Job
from kb.serve.pool import MOST, Pool


def ask(pool: Pool, text: str = "ASK {}") -> Job:
    return pool.ask({"query": text, "graphs": []})


@pytest.mark.parametrize("lane", MOST)
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

    asyncio.run(asyncio.wait_for(leave(), 10))
