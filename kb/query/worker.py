"""The process in which a foreign query runs: `python -I -S worker.py FOLDER-OF-PYOXIGRAPH`, one request, one answer.

It imports nothing of ours, so that it starts fast and holds nothing to lose. The request is a line of JSON on stdin:
store, query, graphs, timeout, memory, max_rows, max_bytes. The answer is lines of JSON on stdout: a head
(`{"columns": […]}`, `{"boolean": true}`, `{"triples": true}`), lists of rows, and an end (`{"end": truncated}`); or one of
`{"syntax": …}`, `{"unknown": graph}`, `{"store": …}`, `{"stopped": …}`. A row is a line of N-Triples, or a cell for each column:
null, an IRI, or [kind, value, datatype, language].
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

_EACCES, _ENOSYS = 13, 38
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
# machine: (audit word, numbers of socket, connect, socketpair, io_uring_setup, execve, execveat)
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 425, 59, 322)),
    "aarch64": (0xC00000B7, (198, 203, 199, 425, 221, 281)),
}
_X32 = 0x40000000
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def shut_network() -> bool:
    """Make the kernel refuse this process every socket and every new program. False where that cannot be had.

    A filter of seccomp(2): it holds for all threads started later, so it must come before the engine.
    """
    if sys.platform != "linux" or os.uname().machine not in _CALLS or sys.maxsize < 2**32:
        return False
    import ctypes
    import struct

    rules = _filter(*_CALLS[os.uname().machine])
    block = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(rules), ctypes.addressof(block)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    prctl.restype = ctypes.c_int
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    return prctl(no_new_privileges, 1, None, 0, 0) == 0 and prctl(set_seccomp, by_filter, ctypes.addressof(program), 0, 0) == 0


def _filter(machine: int, calls: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return the rules in classic BPF: (code, jump if true, jump if false, value)."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    rules = [(load, 0, 0, 4), (equal, 1, 0, machine), (give, 0, 0, _KILL), (load, 0, 0, 0)]
    if machine == _CALLS["x86_64"][0]:
        rules += [(at_least, 0, 1, _X32), (give, 0, 0, _DENY | _ENOSYS)]
    for number in calls:
        rules += [(equal, 0, 1, number), (give, 0, 0, _DENY | _EACCES)]
    return [*rules, (give, 0, 0, _ALLOW)]


def limit(memory: int, seconds: float | None, parent: int) -> None:
    """Bound this process, and let it end when the one that started it ends. `seconds` of processor time; None for any."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        import resource
    except ImportError:  # not on Windows; the wall clock holds there too
        return
    bounds = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)]
    bounds += [] if seconds is None else [(resource.RLIMIT_CPU, int(seconds) + 2)]
    for what, most in bounds:
        try:
            _, hard = resource.getrlimit(what)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):  # macOS knows no limit of memory
            continue
    if sys.platform == "linux":
        import ctypes

        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)
        if parent and os.getppid() != parent:
            os._exit(1)


def answer(request: dict[str, Any]) -> Iterator[Any]:
    """Yield the answer to a request, line by line."""
    from pyoxigraph import NamedNode, Store

    try:
        store = Store.read_only(request["store"])
        for graph in request["graphs"]:
            if not store.contains_named_graph(NamedNode(graph)):
                yield {"unknown": graph}
                return
        result = store.query(request["query"], use_default_graph_as_union=not request["graphs"])
        yield from capped(result, request["max_rows"], request["max_bytes"])
    except SyntaxError as error:
        yield {"syntax": str(error)[:1000]}
    except MemoryError:
        yield {"stopped": "memory"}
    except (OSError, RuntimeError, ValueError) as error:
        yield {"store": str(error)[:300]}


def capped(result: Any, max_rows: int, max_bytes: int) -> Iterator[Any]:
    kind = type(result).__name__
    if kind == "QueryBoolean":
        yield {"boolean": bool(result)}
        yield {"end": False}
        return
    triples = kind == "QueryTriples"
    yield {"triples": True} if triples else {"columns": [variable.value for variable in result.variables]}
    rows, truncated = [], False
    for number, one in enumerate(result):
        truncated = number >= max_rows or max_bytes <= 0
        if truncated:
            break
        row = f"{one} ." if triples else [_cell(term) for term in one]
        max_bytes -= len(row) if triples else sum(_size(cell) for cell in row)
        rows.append(row)
        if len(rows) == 200:
            yield rows
            rows = []
    yield rows
    yield {"end": truncated}


def _cell(term: Any) -> str | list[str] | None:
    kind = type(term).__name__
    if kind == "NamedNode":
        return term.value
    if kind == "Literal":
        datatype = "" if term.language else term.datatype.value
        return ["literal", term.value, "" if datatype == _STRING else datatype, term.language or ""]
    return None if term is None else ["blank", term.value] if kind == "BlankNode" else ["triple", f"<<( {term} )>>"]


def _size(cell: str | list[str] | None) -> int:
    return 4 if cell is None else len(cell) if isinstance(cell, str) else sum(map(len, cell))


def main() -> None:
    sys.path.append(sys.argv[1])
    request = json.loads(sys.stdin.readline())
    limit(request["memory"], request["timeout"], request["parent"])
    shut_network()
    write, encode = sys.stdout.write, json.JSONEncoder(separators=(",", ":")).encode
    for line in answer(request):
        write(encode(line) + "\n")
    sys.stdout.flush()
    os._exit(0)  # closing a store and an interpreter takes longer than the query


if __name__ == "__main__":
    main()
