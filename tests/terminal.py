"""A real pseudo-terminal around a command: what a person would see, and what they type."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST = 30.0  # seconds; a command that says nothing for so long is hung
_CONTROLLING = (  # makes it the controlling terminal, so that Ctrl-C typed there reaches the command
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A command in a terminal 120 columns wide. `seen` is everything it wrote, line ends as `\\n`."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.master, slave = pty.openpty()
        settings = {"TERM": "dumb", "COLUMNS": "120", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"} | dict(environment)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CONTROLLING, *command], cwd=folder, env=os.environ | settings, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.seen, self.read_to = "", 0

    def until(self, words: str) -> str:
        """Wait for words that were not waited for before, and return what was written up to them."""
        while (place := self.seen.find(words, self.read_to)) < 0:
            if not self._more():
                raise AssertionError(f"{words!r} did not come; after the last words stood:\n{self.seen[self.read_to :]}")
        start, self.read_to = self.read_to, place + len(words)
        return self.seen[start : self.read_to]

    def type(self, keys: str | bytes) -> None:
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self._more():
            pass
        return self.process.wait(LONGEST)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(LONGEST)
        os.close(self.master)

    def _more(self) -> bool:
        until = time.monotonic() + LONGEST
        while not select.select([self.master], [], [], 0.2)[0]:
            if time.monotonic() > until:
                self.process.kill()
                raise AssertionError(f"it hangs; so far:\n{self.seen}")
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)
