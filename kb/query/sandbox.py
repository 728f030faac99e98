"""Foreign queries: each in a process of its own, without network, under limits of time, memory and answer."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb.errors import QueryRefused, QueryStopped, StoreError
from kb.query.refuse import MAX_CHARACTERS, check_query, explain_syntax
from kb.rows import Result, Term
from kb.store import check_folder, is_endpoint

TIMEOUT = 30.0  # seconds
MAX_ROWS = 100_000
MAX_BYTES = 32 << 20
MEMORY = 2 << 30  # of address space; the engine reserves half a gigabyte that it does not use
_LEAST_MEMORY = 1 << 30


def run_query(
    where: str | Path,
    text: str,
    *,
    timeout: float = TIMEOUT,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
    memory: int = MEMORY,
    contact: str | None = None,
    federated: bool = False,
    longest: int = MAX_CHARACTERS,
    path: str = "query",
) -> Result:
    """Return what a query that may come from anyone gives, over the store in a folder or the endpoint at an address.

    In a folder it runs in a throw-away process that cannot open a socket (Linux) and is killed at `timeout`;
    `truncated` says that `max_rows` or `max_bytes` cut the answer. `path` is the query's file, for messages.
    `federated` lets SERVICE pass to an endpoint; `longest` is the query's size in bytes. Raises QueryRefused, QueryStopped, QuerySyntaxError, StoreError, RemoteError.
    """
    found = check_query(text, path=path, federated=federated and is_endpoint(where), longest=longest)
    if is_endpoint(where):
        return _ask(str(where), text, max_rows, timeout=timeout, max_bytes=max_bytes, contact=contact)
    request = {
        "store": str(check_folder(where)), "query": text, "graphs": [iri for iri, _ in found.graphs], "timeout": timeout,
        "memory": max(memory, _LEAST_MEMORY), "max_rows": max_rows, "max_bytes": max_bytes, "parent": os.getpid(),
    }  # fmt: skip
    result = _run(request)
    if isinstance(result, Result):
        return result
    if "syntax" in result:
        raise explain_syntax(text, path, lambda apart: _complaint(_run(request | {"query": apart}), "syntax"))
    if "unknown" in result:
        cure = "leave FROM out: all graphs are read"
        raise QueryRefused(f"the query reads from a graph that is not here: {result['unknown']}", path=path, cure=cure)
    raise StoreError(f"the store cannot be read: {_complaint(result, 'store')}", path=where, cure="run `kb build`")


def _complaint(result: Result | dict[str, Any], key: str) -> str:
    return result.get(key, "") if isinstance(result, dict) else ""


def _ask(url: str, text: str, max_rows: int, **limits: Any) -> Result:
    from dataclasses import replace

    from kb.endpoint import ask

    result = ask(url, text, **limits)
    return replace(result, rows=result.rows[:max_rows], truncated=True) if len(result.rows) > max_rows else result


def read_answer(head: dict[str, Any], answer: Iterable[Any]) -> Result | dict[str, Any]:
    """Return what the lines of an answer make, or the complaint that ends them, which may be the head."""
    lines, iris, last = [], {}, head
    for some in answer:
        if isinstance(some, dict):
            last = some
        else:
            lines += some if "triples" in head else (tuple(_term(cell, iris) for cell in row) for row in some)
    if "end" not in last:
        return last
    truncated = last["end"]
    if "boolean" in head:
        return Result("ask", boolean=head["boolean"])
    if "triples" in head:
        return Result("construct", triples="".join(sorted({f"{line}\n" for line in lines})), truncated=truncated)
    return Result("select", tuple(head["columns"]), tuple(lines), truncated=truncated)


def _term(cell: str | list[str] | None, iris: dict[str, Term]) -> Term | None:
    if cell is None:
        return None
    if not isinstance(cell, str):
        return Term(*cell)
    term = iris.get(cell)
    if term is None:
        term = iris[cell] = Term("iri", cell)
    return term


def _run(request: dict[str, Any]) -> Result | dict[str, Any]:
    """Return the result of a worker, or its complaint. Raises QueryStopped when it was ended or died."""
    with _worker(request) as (process, stopped):
        try:
            answer = map(json.loads, _sent(process, request))
            result = read_answer(next(answer, {}), answer)
        except ValueError:  # its last line is half: its end tells why
            result = {}
        process.wait()
    if stopped.is_set() or process.returncode:
        raise why_ended(process.returncode, request["timeout"], request["memory"], by_clock=stopped.is_set())
    if isinstance(result, dict) and not result.keys() & {"syntax", "unknown", "store"}:
        raise why_ended(-signal.SIGABRT, request["timeout"], request["memory"])
    return result


def _sent(process: subprocess.Popen[str], request: dict[str, Any]) -> Iterable[str]:
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.close()
    except BrokenPipeError:  # it died at once: its end tells why
        return ()
    return process.stdout


HARDENING = Path(__file__).with_name("worker.py")


def worker_command(script: Path) -> list[str]:
    """Return what starts a script of ours as a worker: no site packages, told only where the engine lies."""
    engine = importlib.util.find_spec("pyoxigraph").origin
    return [sys.executable, "-I", "-S", "-X", "utf8", str(script), str(Path(engine).parents[1])]


@contextmanager
def _worker(request: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[str], threading.Event]]:
    """Give a running worker and the mark that its time was over. In whatever way the block ends, the worker is gone."""
    process = subprocess.Popen(
        worker_command(HARDENING), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        process.kill()

    clock = threading.Timer(request["timeout"], stop)
    clock.daemon = True
    clock.start()
    try:
        yield process, stopped
    finally:
        clock.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def why_ended(code: int, timeout: float, memory: int, *, by_clock: bool = False) -> QueryStopped:
    """Return in words why a worker is gone, from the code it ended with, or that its time was over."""
    if by_clock or code == -getattr(signal, "SIGXCPU", 24):
        seconds = f"{timeout:g} seconds"
        return QueryStopped(
            f"the query took longer than {seconds} and was ended", cure="ask for less, or give it longer with --timeout"
        )
    if code == -signal.SIGABRT:
        return QueryStopped(
            f"the query needed more than {memory >> 20} MiB of memory and was ended",
            cure="ask for less: LIMIT, no ORDER BY on everything",
        )
    if code == -signal.SIGSEGV:
        return QueryStopped(
            "the query ended the engine: it is nested too deeply, or chains too much",
            cure="make it flatter: VALUES instead of UNION, short paths",
        )
    return QueryStopped(f"the process of the query ended too early (code {code})", cure="try again; when it lasts, report it")
