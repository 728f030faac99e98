"""The knowledge base for others: the same bytes for the same facts, made from the built N-Quads files.

Files are read one at a time, each ordered in memory and written on: memory follows the largest graph, not the whole.
Never dumped from a store, which rewrites literals.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from kb import vocab
from kb.errors import InputError, did_you_mean
from kb.export import jsonld, turtle
from kb.export.dataset import dataset_quads
from kb.export.lines import Quad, by_graph, quads, read_quads
from kb.export.view import uncontested
from kb.ids import DEFAULT_BASE

__all__ = ["FORMATS", "MEDIA_TYPES", "dataset_quads", "export_quads", "serialize_triples", "uncontested"]

MEDIA_TYPES = {
    "turtle": "text/turtle",
    "trig": "application/trig",
    "nquads": "application/n-quads",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
}
FORMATS = tuple(MEDIA_TYPES)


def export_quads(
    files: Sequence[Path],
    format: str,
    out: BinaryIO,
    *,
    context: Path | None = None,
    base: str = DEFAULT_BASE,
    keep: Callable[[Quad], bool] | None = None,
) -> int:
    """Write sorted N-Quads files, one a graph, in the order given, and return how many quads were written: those to `keep`.

    Turtle, N-Triples and JSON-LD hold the union of the graphs. Things below `base` are written relative to it.
    JSON-LD is compacted by the `context` file, which goes along; left out, by our prefixes.
    Raises InputError for an unknown format or a context we cannot write, StoreError for a damaged file.
    """
    write = _writer(format, context, base, vocab.PREFIXES)
    count = 0

    def counted() -> Iterator[list[Quad]]:
        nonlocal count
        for path in files:
            found = read_quads(path) if keep is None else list(filter(keep, read_quads(path)))
            count += len(found)
            yield found

    for text in write(counted()):
        out.write(text.encode("utf-8"))
    return count


def serialize_triples(text: str, format: str, *, context: Path | None = None, base: str = DEFAULT_BASE) -> str:
    """Return the triples of N-Triples text, such as a CONSTRUCT gives, in another format, each once and in order.

    Only the prefixes in use are declared. Raises InputError.
    """
    found = sorted({(*quad[:3], "") for quad in quads(text)})
    write = _writer(format, context, base, _used(found))
    return "".join(write([found]))


def _used(found: Iterable[Quad]) -> dict[str, str]:
    names = turtle.Names(vocab.PREFIXES)
    words = {word for quad in found for term in quad for word in _iris(term)}
    used = {short.partition(":")[0] for word in words if (short := names.compact(word)) is not None}
    return {name: namespace for name, namespace in vocab.PREFIXES.items() if name in used}


def _iris(term: str) -> Iterator[str]:
    if term[-1:] == ">":
        yield term[term.rindex("<") + 1 : -1]


def _writer(
    format: str, context: Path | None, base: str, prefixes: dict[str, str]
) -> Callable[[Iterable[list[Quad]]], Iterator[str]]:
    below = f"{base}id/"
    if format == "jsonld":
        words = prefixes if context is None else _context_words(context)
        return lambda graphs: _jsonld(graphs, jsonld.Context(words, below=below))
    if format in ("turtle", "trig"):
        return lambda graphs: _turtle(graphs, turtle.Names(prefixes, below), named=format == "trig")
    if format in ("nquads", "ntriples"):
        return lambda graphs: _lines(graphs, named=format == "nquads")
    raise InputError(f"no export format {format!r}", cure=did_you_mean(format, FORMATS) or f"take one of {', '.join(FORMATS)}")


def _context_words(path: Path) -> dict[str, Any]:
    try:
        words = json.loads(path.read_bytes())["@context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("not a JSON-LD context", path=path, cure='write {"@context": {…}}') from error
    if not isinstance(words, dict):
        raise InputError("the JSON-LD context is not one map", path=path, cure='write {"@context": {…}}')
    return words


def _lines(graphs: Iterable[list[Quad]], *, named: bool) -> Iterator[str]:
    for found in graphs:
        rows = found if named else sorted({(*quad[:3], "") for quad in found})
        yield "".join([f"{' '.join(row) if row[3] else ' '.join(row[:3])} .\n" for row in rows])


def _turtle(graphs: Iterable[list[Quad]], names: turtle.Names, *, named: bool) -> Iterator[str]:
    yield names.header()
    for found in graphs:
        for graph, facts in by_graph(found if named else ((*quad[:3], "") for quad in found)):
            yield from turtle.graph_text(graph, facts, names)


def _jsonld(graphs: Iterable[list[Quad]], context: jsonld.Context) -> Iterator[str]:
    yield jsonld.opening(context)
    comma = "\n"
    for found in graphs:
        for _, facts in by_graph((*quad[:3], "") for quad in found):
            for node in jsonld.nodes(facts, context):
                yield comma + node
                comma = ",\n"
    yield "\n  ]\n}\n"
