"""An answer of the engine, written piece by piece in the format asked for, and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {f"{_XSD}{name}" for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long")}
_WHOLE_TEXT = re.compile(r"-?[1-9][0-9]{0,14}|0")
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# What stands between two rows, before or after one, and how many rows there are before the first mark.
_ROW = {"json": (b"},{", 1), "xml": (b"<result>", 0), "csv": (b"\n", -1), "tsv": (b"\n", -1)}
_XML_NAME = re.compile(r"[/#:?=%&;][^/#:?=%&;]*?[^\W\d][\w.\-]*\Z")
GRAPHS = {
    "turtle": "TURTLE", "trig": "TRIG", "ntriples": "N_TRIPLES", "nquads": "N_QUADS", "rdfxml": "RDF_XML", "jsonld": "JSON_LD",
}  # fmt: skip


def write(answer: Any, request: dict[str, Any], out: Callable[[bytes], None]) -> None:
    """Hand an answer to `out` in `request["format"]`, piece by piece.

    Raises OverflowError past `max_rows`, ValueError for what the format cannot hold.
    """
    kind, format = type(answer).__name__, request["format"]
    if format == "cells":
        pieces = _cells(answer, request)
    elif kind == "QueryTriples":
        return _graph(answer, request, out)
    elif kind == "QueryBoolean":
        pieces = iter((_TRUTH[format](str(bool(answer)).lower()).encode(),))
    elif request["guard"] or format not in _ROW:
        pieces = _table(answer, request)
    else:
        return _results(answer, format, request["max_rows"], out)
    for piece in pieces:
        out(piece)


def _results(answer: Any, format: str, max_rows: int, out: Callable[[bytes], None]) -> None:
    """Let the engine write, three times as fast as we do, and count rows by the mark between two of them.

    A text of JSON that holds `},{`, or of CSV that holds a line end, counts as one more: that makes the limit a bit stricter.
    """
    from pyoxigraph import QueryResultsFormat

    (mark, rows), edge = _ROW[format], b""

    def counted(data: bytes) -> None:
        nonlocal edge, rows
        rows += data.count(mark) + (edge + data[: len(mark) - 1]).count(mark)
        edge = data[1 - len(mark) :] if len(mark) > 1 else b""
        if rows > max_rows:
            raise OverflowError
        out(_checked_xml(data) if format == "xml" else data)

    answer.serialize(_Sink(counted), getattr(QueryResultsFormat, format.upper()))


def _checked_xml(data: bytes) -> bytes:
    if _NOT_XML.search(data):
        raise ValueError("a text holds a character that XML cannot hold")
    return data.replace(b"\r", b"&#13;")


def _counted(answer: Iterable[Any], most: int) -> Iterator[Any]:
    for number, one in enumerate(answer):
        if number >= most:
            raise OverflowError
        yield one


def _table(answer: Any, request: dict[str, Any]) -> Iterator[bytes]:
    names = [variable.value for variable in answer.variables]
    head, row, between, end = _TABLES[request["format"]](names, request)
    yield head.encode()
    gap = ""
    kept, length = [], 0
    for one in _counted(answer, request["max_rows"]):
        text = gap + row(one)
        gap = between
        kept.append(text)
        length += len(text)
        if length > 16384:
            yield "".join(kept).encode()
            kept, length = [], 0
    yield ("".join(kept) + end).encode()


def _graph(answer: Any, request: dict[str, Any], out: Callable[[bytes], None]) -> None:
    from pyoxigraph import RdfFormat, serialize

    rows = _counted(answer, request["max_rows"])
    if request["format"] == "rdfxml":
        rows = map(_in_xml, rows)
    serialize(rows, _Sink(out), getattr(RdfFormat, GRAPHS[request["format"]]), prefixes=request["prefixes"])


def _in_xml(triple: Any) -> Any:
    """Let a triple pass whose predicate can be an element's name; the engine would write XML that nobody reads."""
    if not _XML_NAME.search(triple.predicate.value):
        raise ValueError(f"the property <{triple.predicate.value[:200]}> cannot be the name of an element")
    return triple


class _Sink:
    """A file to the engine's writers."""

    def __init__(self, out: Callable[[bytes], None]) -> None:
        self.out = out

    def write(self, data: bytes) -> int:
        self.out(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass


def _bare(value: Any) -> str:
    kind = type(value).__name__
    return value.value if kind in ("NamedNode", "Literal") else str(value)


def _csv(names: list[str], request: dict[str, Any]) -> tuple[str, Callable, str, str]:
    """Comma-separated as SPARQL says; `guard` (two patterns: of a formula, of a number) puts ' before what a spreadsheet would run."""
    formula, number = map(re.compile, request["guard"] or ("(?!)", ""))

    def cell(value: Any) -> str:
        text = "" if value is None else _bare(value)
        if formula.match(text) and not number.fullmatch(text):
            text = f"'{text}"
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text

    def row(solution: Any) -> str:
        cells = [cell(value) for value in solution]
        return (",".join(cells) if len(cells) != 1 or cells[0] else '""') + "\r\n"

    return ",".join(names) + "\r\n", row, "", ""


def _jsonl(names: list[str], _request: Any) -> tuple[str, Callable, str, str]:
    def native(value: Any) -> Any:
        datatype = value.datatype.value if type(value).__name__ == "Literal" else ""
        if datatype in _WHOLE and _WHOLE_TEXT.fullmatch(value.value):
            return int(value.value)
        if datatype == f"{_XSD}boolean" and value.value in ("true", "false"):
            return value.value == "true"
        return None if value is None else _bare(value)

    def row(solution: Any) -> str:
        cells = {name: native(value) for name, value in zip(names, solution, strict=True)}
        return json.dumps(cells, ensure_ascii=False) + "\n"

    return "", row, "", ""


def _cells(answer: Any, request: dict[str, Any]) -> Iterator[bytes]:
    """Yield what `kb.query.worker` writes: its reader makes a result of it."""
    import hardening  # kb/query/worker.py, by the name its loader gives it

    encode = json.JSONEncoder(separators=(",", ":")).encode
    for line in hardening.capped(answer, request["max_rows"], request["max_bytes"]):
        yield f"{encode(line)}\n".encode()


_TABLES = {"csv": _csv, "jsonl": _jsonl}
_TRUTH: dict[str, Callable[[str], str]] = {
    "json": lambda word: f'{{"head":{{}},"boolean":{word}}}',
    "xml": lambda word: f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{word}</boolean></sparql>\n',
    "csv": lambda word: word,
    "tsv": lambda word: word,
    "jsonl": lambda word: f'{{"boolean":{word}}}\n',
}
