"""Work that clients wait for: it ends with the last of them, so nobody's question is answered to nobody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from kb.serve.reply import Receive


class Left(Exception):
    """The client is gone."""


class Shared:
    """Work that several may wait for, each for as long as its connection lives."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self.task = asyncio.ensure_future(work)
        self.clients = 0

    async def result(self, receive: Receive) -> Any:
        """Return what the work gives. Raises Left when the client leaves first, and what the work raises."""
        self.clients += 1
        watch = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((self.task, watch), return_when=asyncio.FIRST_COMPLETED)
            if not self.task.done():
                raise Left
            return self.task.result()
        finally:
            watch.cancel()
            self.clients -= 1
            if not self.clients:
                self.task.cancel()

    @property
    def is_over(self) -> bool:
        """True when nobody can join any more."""
        return self.task.done() or not self.clients


async def unless_left(work: Coroutine[Any, Any, Any], receive: Receive) -> Any:
    """Return what the work of one client gives; it is ended when the client leaves. Raises Left."""
    return await Shared(work).result(receive)


async def _left(receive: Receive) -> None:
    with contextlib.suppress(OSError):
        while (await receive())["type"] != "http.disconnect":
            pass
