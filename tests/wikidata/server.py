"""The small Wikidata behind a real SPARQL server: the command `oxigraph`, on 127.0.0.1, gone when the block ends."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = "oxigraph"
PATIENCE = 60.0  # seconds until it must answer
_TRIES = 3  # another process may take the free port before the server does


def command() -> str | None:
    """Return the path of the `oxigraph` command: beside this Python, or on the PATH. None where there is none."""
    return shutil.which(COMMAND, path=str(Path(sys.executable).parent)) or shutil.which(COMMAND)


@contextmanager
def serve(triples: Path, folder: Path) -> Iterator[str]:
    """Load the N-Triples in `triples` into a store in `folder`, serve it, and give the address to send queries to."""
    program = command()
    if program is None:
        raise RuntimeError("no command `oxigraph`")
    load = [program, "load", "--location", str(folder), "--file", str(triples)]
    subprocess.run(load, check=True, capture_output=True, timeout=60)
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process, port = _started(program, folder, log)
        try:
            yield f"http://127.0.0.1:{port}/query"
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(program: str, folder: Path, log) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(_TRIES):
        port = free_port()
        bind = [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(bind, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if _answers(process, port):
            return process, port
        process.kill()
        process.wait()
    raise RuntimeError(f"oxigraph does not answer; see {log.name}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/query?query=ASK%7B%7D", timeout=2) as reply:
                return reply.status == 200
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
