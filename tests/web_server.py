"""A real `kb serve` on a free port, in a process of its own, for tests to talk to over real HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx

ROOT = Path(__file__).parent.parent


@dataclass
class Server:
    """A running server. `said` are its lines on stderr; `get` and `post` ask it."""

    port: int
    process: subprocess.Popen
    said: list[str]
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.root, timeout=30)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, accept: str | None = None, **given: object) -> httpx.Response:
        return self.client.get(path, headers={"Accept": accept or "*/*"} | given.pop("headers", {}), **given)

    def ask(self, query: str, accept: str | None = None, **given: object) -> httpx.Response:
        return self.get(f"/sparql?query={quote(query, safe='')}", accept, **given)

    def raw(self, data: bytes, *, wait: float = 5.0) -> bytes:
        """Return all that comes back for these bytes until the server closes, or `wait` seconds without anything."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as here:
            found = b""
            try:
                here.sendall(data)
                while piece := here.recv(65536):
                    found += piece
            except OSError:
                pass
            return found

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return list(map(int, path.read_text().split())) if path.exists() else []


@contextmanager
def served(home: Path, *options: str, first: str = "") -> Iterator[Server]:
    """Give a server of a knowledge base that is built; `first` runs in its process before it starts."""
    command = [sys.executable, "-c", f"{first}\nfrom kb.cli import main; main()", "--dir", str(home), "serve", "--port", "0", *options]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(iter(process.stderr.readline, "")), daemon=True)
    reader.start()
    try:
        port = until(lambda: next((found[1] for line in said if (found := re.search(r"http://\S+:(\d+)/", line))), None) or _ended(process, said))
        server = Server(int(port), process, said)
        until(lambda: _answers(server))
        try:
            yield server
        finally:
            server.client.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(5)
        process.stderr.close()


def _ended(process: subprocess.Popen, said: list[str]) -> None:
    assert process.poll() is None, "".join(said)


def _answers(server: Server) -> bool:
    try:
        return server.get("/sparql?query=ASK{}").status_code == 200
    except httpx.TransportError:
        return False


def until(true: object, seconds: float = 20.0) -> object:
    """Return what `true()` gives once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("never came true")
