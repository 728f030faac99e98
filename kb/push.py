"""The graphs of a build put into a store elsewhere, each whole, and only those that changed since the last push there.

What was put is kept in `.kb/pushed/`, so a push that was stopped goes on where it was, and a graph that is no more is removed.
Graphs that we never put are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kb.errors import StoreError
from kb.files import write_atomically
from kb.home import Home
from kb.store import file_lines

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many graphs were put, removed and left as they were, and quads put."""

    put: int
    removed: int
    kept: int
    quads: int


def push(
    home: Home,
    url: str,
    files: Sequence[Path],
    *,
    contact: str | None = None,
    timeout: float = 60.0,
    full: bool = False,
    progress: Callable[[str, int, int], None] = lambda step, done, all_: None,
) -> Pushed:
    """Put the graphs in `files`, quads files named by their digest, into the store at `url`. Raises RemoteError, StoreError.

    Stops at the first graph that the store does not take; what was put until then is kept and not put again. `full` puts all.
    """
    from kb.endpoint import write_graph

    record = home.cache / "pushed" / f"{sha256(url.encode()).hexdigest()[:20]}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    there = _read(record, url)
    wanted = dict(_graphs(files))
    changed = [graph for graph in wanted if full or there.get(graph) != wanted[graph].stem]
    gone = sorted(there.keys() - wanted.keys())
    quads = 0
    try:
        for number, graph in enumerate([*changed, *gone], 1):
            lines = _triples(wanted[graph], graph) if graph in wanted else None
            body = None if lines is None else "".join(f"{line}\n" for line in lines).encode("utf-8")
            write_graph(url, graph, body, timeout=timeout, contact=contact)
            there.pop(graph, None)
            there |= {graph: wanted[graph].stem} if graph in wanted else {}
            quads += len(lines or ())
            progress("graph", number, len(changed) + len(gone))
    finally:
        write_atomically(record, json.dumps({"format": _FORMAT, "url": url, "graphs": there}, sort_keys=True).encode())
    return Pushed(len(changed), len(gone), len(wanted) - len(changed), quads)


def _graphs(files: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Yield each graph's IRI and its file; a file without quads is no graph."""
    for path in files:
        first = next(iter(file_lines(path)), None)
        if first is not None:
            yield first.removesuffix("> .").rpartition("<")[2], path


def _triples(path: Path, graph: str) -> list[str]:
    end = f" <{graph}> ."
    lines = file_lines(path)
    if not all(line.endswith(end) for line in lines):
        raise StoreError(f"{path.name} holds quads of several graphs", cure="run `kb build --full`")
    return [f"{line.removesuffix(end)} ." for line in lines]


def _read(record: Path, url: str) -> dict[str, str]:
    """Return graph → digest of what was put there, nothing when that is not known: then all is put again."""
    try:
        found = json.loads(record.read_bytes())
        graphs = found["graphs"] if (found["format"], found["url"]) == (_FORMAT, url) else {}
        return {str(graph): str(digest) for graph, digest in graphs.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
