"""Work that goes on for as long as the server does, and is not ended by one failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

AGAIN = 1.0  # seconds from a failure to the next attempt


class Watch:
    """Endless work in the running loop. When it fails all the same, that is reported, and it begins again."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.work, self.loop, self.is_over = work, asyncio.get_running_loop(), False
        self._begin()

    def cancel(self) -> None:
        self.is_over = True
        self.task.cancel()

    def _begin(self) -> None:
        if not self.is_over:
            self.task = self.loop.create_task(self.work())
            self.task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task) -> None:
        if self.is_over or task.cancelled():
            return
        self.loop.call_exception_handler({"message": "a watch of the server failed; it begins again", "exception": task.exception()})
        self.loop.call_later(AGAIN, self._begin)
