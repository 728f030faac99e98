"""One worker's process, seen from the server: started, asked, listened to, ended. Nothing here waits."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import subprocess
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.query.sandbox import HARDENING, worker_command

_PIECE = 64 << 10
# A query takes and gives back thousands of small pieces of memory: kept at hand, it needs a sixth less of a processor.
_MALLOC = "glibc.malloc.tcache_count=2000:glibc.malloc.tcache_max=8192:glibc.malloc.trim_threshold=16777216:glibc.malloc.top_pad=4194304"
_HEAD = struct.Struct("<cI")


class Process:
    """A worker on one store. `jobs` is what it works on, first things first, and `lane` where; `heard(process, letter, data)` gets its frames, `gone(process)` its end."""

    def __init__(
        self, store: Path, memory: int, heard: Callable[[Process, bytes, bytes], None], gone: Callable[[Process], None]
    ) -> None:
        self.store, self.heard, self.gone = store, heard, gone
        self.jobs: deque[Any] = deque()
        self.lane = ""
        self.is_ready = self.is_spent = self.is_paused = False
        self.nice = 0
        self.since = 0.0  # when its job began, or went on after a pause
        command = [*worker_command(Path(__file__).parent / "worker"), str(HARDENING), str(store), str(memory), str(os.getpid())]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env=os.environ | {"GLIBC_TUNABLES": _MALLOC}
        )
        self.loop = asyncio.get_running_loop()
        self.input, self.output = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.input, False)
        os.set_blocking(self.output, False)
        try:
            self.meter: int | None = os.open(f"/proc/{self.process.pid}/schedstat", os.O_RDONLY)
        except OSError:
            self.meter = None
        self.metered, self.start = None, 0.0
        self.unsent = b""
        self.kept = bytearray()
        self.is_ended = self.is_writing = False
        self.code: int | None = None
        self.loop.add_reader(self.output, self._read)

    def ask(self, request: bytes) -> None:
        """Send a request, a line of JSON."""
        self.unsent += request
        self._send()

    def _send(self) -> None:
        try:
            self.unsent = self.unsent[os.write(self.input, self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # it is gone: reading tells
            self.unsent = b""
        if self.unsent:
            self.loop.add_writer(self.input, self._send)
        elif self.is_writing:
            self.loop.remove_writer(self.input)
        self.is_writing = bool(self.unsent)

    def _read(self) -> None:
        try:
            piece = os.read(self.output, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._end()
            return
        self.kept += piece
        while not self.is_ended and len(self.kept) >= _HEAD.size:
            letter, length = _HEAD.unpack_from(self.kept)
            end = _HEAD.size + length
            if len(self.kept) < end:
                return
            data = bytes(self.kept[_HEAD.size : end])
            del self.kept[:end]
            self.heard(self, letter, data)

    def used(self) -> float:
        """Return the seconds of a processor that went into its first job since this was first asked; of the clock, where the system does not tell."""
        try:
            now = int(os.pread(self.meter, 32, 0).split()[0]) / 1e9 if self.meter is not None else time.monotonic()
        except (OSError, ValueError, IndexError):
            return 0.0
        if self.metered is not self.jobs[0]:
            self.metered, self.start = self.jobs[0], now
        return now - self.start

    def pause(self) -> None:
        """Stop listening: it soon waits with a full pipe, without using a processor."""
        if not (self.is_paused or self.is_ended):
            self.is_paused = True
            self.loop.remove_reader(self.output)

    def go_on(self) -> None:
        if self.is_paused and not self.is_ended:
            self.is_paused = False
            self.loop.add_reader(self.output, self._read)

    def step_back(self, nice: int) -> None:
        """Let others have the processor first; for good, as only root could take it back."""
        self.nice = nice
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, nice)

    def kill(self) -> None:
        """End it now; `gone` is not called."""
        self.gone = lambda _process: None
        if self.code is None:
            self.process.kill()
        self._end()

    def _end(self) -> None:
        if self.is_ended:
            return
        self.is_ended = True
        if not self.is_paused:
            self.loop.remove_reader(self.output)
        self.loop.remove_writer(self.input)
        if self.meter is not None:
            os.close(self.meter)
        self.process.stdin.close()
        self.process.stdout.close()
        self.loop.run_in_executor(None, self._wait).add_done_callback(lambda _: self.gone(self))

    def _wait(self) -> None:
        """Wait, in a thread, until the system has taken it away: that has kept a server for a tenth of a second."""
        try:
            self.code = self.process.wait(0.2)  # its pipe is shut, so it ends by itself
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.code = self.process.wait()
