"""The process that answers one query after another: `python -I -S worker ENGINE HARDENING STORE MEMORY PARENT`.

It opens the store, shuts itself off as `kb/query/worker.py` does it for a single query, and then reads a request a line on
stdin: query, default, named (lists of IRIs or null), format, max_rows, max_bytes (null for any), gzip, guard, prefixes.
Its answer on stdout is frames of a letter, a length (4 bytes, little end first) and that many bytes: R ready, D data,
Z data in gzip, E the end, X a complaint in JSON that takes the place of the end.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from typing import Any

from formats import write  # the folder this runs from comes first on the path

PIECE = 64 << 10  # bytes in a frame
HELD, WAIT = 32 << 20, 1.0  # bytes and seconds in which an answer may fail, so that it can be refused and need not break off
PAUSE = 0.5  # seconds after which what there is goes out
SMALL = 1024  # bytes below which gzip gains nothing
LONG = 0.05  # seconds that a query takes which may have needed much memory; the system takes longer to tell than a small query
LARGE = 512 << 10  # KiB of memory once held after which this process makes room for a fresh one


class Out:
    """Frames to stdout: small answers in one write, large ones as they come, after a while in which they may still fail."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def start(self, gzip: bool) -> None:
        self.kept, self.length, self.is_open, self.is_packed = [], 0, False, False
        self.gzip = zlib.compressobj(4, zlib.DEFLATED, 31) if gzip else None
        self.since = time.monotonic()

    def add(self, piece: bytes) -> None:
        self.kept.append(piece)
        self.length += len(piece)
        if not self.is_open:
            self.is_open = self.length >= HELD or time.monotonic() - self.since > WAIT
        if self.is_open and (self.length >= PIECE or time.monotonic() - self.since > PAUSE):
            self.flush()

    def flush(self, last: bool = False) -> None:
        """Write what is kept, in frames that the other side can hold."""
        data = b"".join(self.kept)
        self.kept, self.length, self.since, letter = [], 0, time.monotonic(), b"D"
        if self.gzip is not None and (self.is_packed or not last or len(data) >= SMALL):
            self.is_packed, letter = True, b"Z"
            data = self.gzip.compress(data) + self.gzip.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
        end = frame(b"E", b"") if last else b""
        for start in range(0, len(data) - PIECE, PIECE):
            self.write(frame(letter, data[start : start + PIECE]))
        rest = (len(data) - 1) // PIECE * PIECE if data else 0
        self.write(frame(letter, data[rest:]) + end)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]


def frame(letter: bytes, data: bytes) -> bytes:
    return struct.pack("<cI", letter, len(data)) + data


def complaint(**said: str) -> bytes:
    return frame(b"X", json.dumps(said).encode())


def asked(store: Any, request: dict[str, Any]) -> Any:
    """Return the engine's answer, over the union of all graphs where neither request nor query names one."""
    from pyoxigraph import NamedNode

    if request["default"] is None and request["named"] is None:
        return store.query(request["query"], use_default_graph_as_union=not request["graphs"])
    default, named = ([NamedNode(iri) for iri in request[key] or ()] for key in ("default", "named"))
    return store.query(request["query"], default_graph=default, named_graphs=named)


def unknown(store: Any, request: dict[str, Any]) -> str | None:
    from pyoxigraph import NamedNode

    graphs = [*(request["default"] or ()), *(request["named"] or ()), *request["graphs"]]
    return next((iri for iri in graphs if not store.contains_named_graph(NamedNode(iri))), None)


def answer(store: Any, request: dict[str, Any], out: Out) -> None:
    """Write the answer to one request."""
    out.start(request["gzip"])
    try:
        graph = unknown(store, request)
        if graph is not None:
            return out.write(complaint(unknown=graph))
        write(asked(store, request), request, out.add)
        out.flush(last=True)
    except SyntaxError as error:
        out.write(complaint(syntax=str(error)[:1000]))
    except MemoryError:
        out.write(complaint(stopped="memory"))
    except OverflowError:
        out.write(complaint(stopped="rows"))
    except ValueError as error:  # what this format cannot hold
        out.write(complaint(format=str(error)[:300]))
    except (OSError, RuntimeError) as error:
        out.write(complaint(store=str(error)[:300]))


def requests() -> Iterator[dict[str, Any]]:
    kept = b""
    while piece := os.read(0, PIECE):
        kept += piece
        while b"\n" in kept:
            line, _, kept = kept.partition(b"\n")
            yield json.loads(line)


def is_large() -> bool:
    """True once this process has held much memory. What `getrusage` tells on Linux may be what the server held that started it."""
    try:
        with open("/proc/self/status", "rb") as status:
            return int(next(line for line in status if line.startswith(b"VmHWM:")).split()[1]) > LARGE
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return False
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGE * (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    engine, hardening, folder, memory, parent = sys.argv[1:]
    sys.path.append(engine)
    spec = importlib.util.spec_from_file_location("hardening", hardening)
    own = sys.modules["hardening"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own)
    own.limit(int(memory), None, int(parent))
    own.shut_network()
    from pyoxigraph import Store

    out = Out()
    try:
        store = Store.read_only(folder)
    except (OSError, RuntimeError, ValueError) as error:
        out.write(complaint(store=str(error)[:300]))
        os._exit(1)
    gc.freeze()
    out.write(frame(b"R", b""))
    for request in requests():
        began = time.monotonic()
        answer(store, request, out)
        if time.monotonic() - began > LONG and is_large():
            break
    os._exit(0)


if __name__ == "__main__":
    main()
