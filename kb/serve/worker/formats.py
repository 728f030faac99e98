"""An answer of the engine, written piece by piece in the format asked for, and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import Any

STRING = "http://www.w3.org/2001/XMLSchema#string"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {f"{_XSD}{name}" for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long")}
_WHOLE_TEXT = re.compile(r"-?[1-9][0-9]{0,14}|0")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
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
    else:
        pieces = _table(answer, request)
    for piece in pieces:
        out(piece)


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
    if request["format"] in ("ntriples", "nquads"):  # five times as fast as a writer that calls back
        while batch := "".join([f"{one} .\n" for one in islice(rows, 200)]):
            out(batch.encode())
        return
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


def _json(names: list[str], _request: Any) -> tuple[str, Callable, str, str]:
    head = f'{{"head":{{"vars":{json.dumps(names, ensure_ascii=False)}}},"results":{{"bindings":['
    keys = [f"{quoted(name)}:" for name in names]
    term = _json_terms()

    def row(solution: Any) -> str:
        cells = [key + term(value) for key, value in zip(keys, solution, strict=True) if value is not None]
        return "{" + ",".join(cells) + "}"

    return head, row, ",", "]}}"


def _json_terms() -> Callable[[Any], str]:
    iris: dict[Any, str] = {}

    def term(value: Any) -> str:
        kind = type(value).__name__
        if kind == "NamedNode":
            found = iris.get(value)
            if found is None:
                if len(iris) > 4096:
                    iris.clear()
                found = iris[value] = f'{{"type":"uri","value":{quoted(value.value)}}}'
            return found
        if kind == "Literal":
            text = f'{{"type":"literal","value":{quoted(value.value)}'
            if value.language:
                return f'{text},"xml:lang":{quoted(value.language)}}}'
            datatype = value.datatype.value
            return f"{text}}}" if datatype == STRING else f'{text},"datatype":{quoted(datatype)}}}'
        if kind == "BlankNode":
            return f'{{"type":"bnode","value":{quoted(value.value)}}}'
        parts = ",".join(f'"{part}":{term(getattr(value, part))}' for part in ("subject", "predicate", "object"))
        return f'{{"type":"triple","value":{{{parts}}}}}'

    return term


def _xml(names: list[str], _request: Any) -> tuple[str, Callable, str, str]:
    variables = "".join(f'<variable name="{_xml_text(name)}"/>' for name in names)
    head = f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>{variables}</head><results>'
    opens = [f'<binding name="{_xml_text(name)}">' for name in names]

    def row(solution: Any) -> str:
        cells = [f"{open_}{_xml_term(value)}</binding>" for open_, value in zip(opens, solution, strict=True) if value is not None]
        return f"<result>{''.join(cells)}</result>"

    return head, row, "\n", "</results></sparql>\n"


def _xml_text(text: str) -> str:
    if _NOT_XML.search(text):
        raise ValueError("a text holds a character that XML cannot hold")
    return escape(text).replace("\r", "&#13;")


def _xml_term(value: Any) -> str:
    kind = type(value).__name__
    if kind == "NamedNode":
        return f"<uri>{_xml_text(value.value)}</uri>"
    if kind == "Literal":
        about = f' xml:lang="{_xml_text(value.language)}"' if value.language else ""
        if not about and value.datatype.value != STRING:
            about = f' datatype="{_xml_text(value.datatype.value)}"'
        return f"<literal{about}>{_xml_text(value.value)}</literal>"
    if kind == "BlankNode":
        return f"<bnode>{_xml_text(value.value)}</bnode>"
    parts = (f"<{part}>{_xml_term(getattr(value, part))}</{part}>" for part in ("subject", "predicate", "object"))
    return f"<triple>{''.join(parts)}</triple>"


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


def _tsv(names: list[str], _request: Any) -> tuple[str, Callable, str, str]:
    def row(solution: Any) -> str:
        return "\t".join("" if value is None else str(value).replace("\t", "\\t") for value in solution) + "\n"

    return "\t".join(f"?{name}" for name in names) + "\n", row, "", ""


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


_TABLES = {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv, "jsonl": _jsonl}
_TRUTH: dict[str, Callable[[str], str]] = {
    "json": lambda word: f'{{"head":{{}},"boolean":{word}}}',
    "xml": lambda word: f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{word}</boolean></sparql>\n',
    "csv": lambda word: word,
    "tsv": lambda word: word,
    "jsonl": lambda word: f'{{"boolean":{word}}}\n',
}
