"""What a query gives: terms, and a result of rows, a truth or triples. The same from memory, a folder or an endpoint."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from kb.errors import BadIri, InputError

XSD = "http://www.w3.org/2001/XMLSchema#"
N_TRIPLES, TURTLE = "application/n-triples", "text/turtle"
_IRI = re.compile(
    r'[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]*'
)
_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_ESCAPES |= {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F) if code not in _ESCAPES}


@dataclass(frozen=True, slots=True)
class Term:
    """One RDF term. `kind` is iri, literal, blank or triple; `datatype` is empty for plain and language-tagged texts.

    >>> str(Term("literal", "ja", lang="de"))
    '"ja"@de'
    """

    kind: str
    value: str
    datatype: str = ""
    lang: str = ""

    def __str__(self) -> str:
        """The term as N-Triples and SPARQL write it."""
        if self.kind == "iri":
            return f"<{self.value}>"
        if self.kind != "literal":
            return self.value if self.kind == "triple" else f"_:{self.value}"
        tag = f"@{self.lang}" if self.lang else f"^^<{self.datatype}>" if self.datatype else ""
        return f'"{self.value.translate(_ESCAPES)}"{tag}'


Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one query gave: `kind` select (columns, rows), ask (boolean) or construct (`triples`, text of type `media`).

    An unbound cell is None. `truncated`: a cap of rows or bytes cut the rest off.
    """

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    boolean: bool | None = None
    triples: str = ""
    media: str = N_TRIPLES
    truncated: bool = False


def iri(value: str) -> Term:
    """Return the term of an absolute IRI. Raises BadIri for what could break out of its brackets or hide in it."""
    if not _IRI.fullmatch(value):
        raise BadIri(
            f"{value[:80]!r} is not an absolute IRI", cure='write it whole, without spaces, <, >, " or invisible characters'
        )
    return Term("iri", value)


def literal(value: str, datatype: str = "", lang: str = "") -> Term:
    """Return the term of a text. Raises InputError for half a surrogate pair, which no RDF text can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError("a text holds half of a surrogate pair", cure="remove that character") from None
    return Term("literal", value, "" if datatype == f"{XSD}string" else datatype, lang)


def read_json(body: bytes) -> Result:
    """Return SPARQL 1.1 results from their JSON. Raises ValueError for any other shape: a cut, a page, a guess."""
    try:
        return _result(json.loads(body.decode()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError) as error:
        raise ValueError(f"{type(error).__name__}: {str(error)[:80]}") from None


def _result(answer: Any) -> Result:
    if "boolean" in answer:
        if not isinstance(answer["boolean"], bool):
            raise TypeError("boolean")
        return Result("ask", boolean=answer["boolean"])
    columns, bindings = answer["head"]["vars"], answer["results"]["bindings"]
    if not isinstance(columns, list) or not isinstance(bindings, list) or not all(isinstance(name, str) for name in columns):
        raise TypeError("head or bindings")
    known = set(columns)
    if any(not known.issuperset(binding.keys()) for binding in bindings):
        raise ValueError("a binding of a variable that is not in the head")
    rows = tuple(tuple(_term(binding[name]) if name in binding else None for name in columns) for binding in bindings)
    return Result("select", tuple(columns), rows)


def _term(cell: Any) -> Term:
    kind, value = cell["type"], cell["value"]
    if kind == "triple":
        return Term("triple", f"<<( {' '.join(str(_term(value[part])) for part in ('subject', 'predicate', 'object'))} )>>")
    parts = (value, cell.get("datatype", ""), cell.get("xml:lang", ""))
    if not all(isinstance(part, str) for part in parts):
        raise TypeError("a term that is no text")
    if kind in ("literal", "typed-literal"):
        return literal(*parts)
    return Term({"uri": "iri", "bnode": "blank"}[kind], value)
