"""The stored queries as OpenAPI 3.1, made from their headers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kb import __version__
from kb.query import Param, StoredQuery
from kb.serve.accept import GRAPHS, ROWS
from kb.serve.answering import MEDIA
from kb.serve.api import forms_of
from kb.serve.protocol import FORM, QUERY

_SCHEMAS: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "integer": {"type": "string", "pattern": "^[+-]?[0-9]{1,18}$"},
}
_PLAIN = {"text/plain": {"schema": {"type": "string"}}}
_ERRORS = {
    "400": {"description": "A parameter or value that is not known, with the nearest that are.", "content": _PLAIN},
    "503": {"description": "Past a limit of time, rows or memory, or too many at once; says what to do.", "content": _PLAIN},
}


def described_queries(queries: Iterable[StoredQuery], title: str) -> bytes:
    """Return the description, the same bytes for the same headers."""
    paths: dict[str, Any] = {f"/query/{query.name}.{{form}}": {"get": _operation(query)} for query in sorted(queries, key=lambda one: one.name)}
    record = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__, "description": "Stored queries and the SPARQL endpoint. All of it only reads."},
        "paths": paths | {"/sparql": _endpoint()},
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def _operation(query: StoredQuery) -> dict[str, Any]:
    forms = forms_of(query)
    form = {"name": "form", "in": "path", "required": True, "description": "How the answer is written.", "schema": {"enum": list(forms)}}
    return {
        "operationId": query.name,
        "summary": query.summary,
        "tags": [query.folder],
        "parameters": [form, *map(_parameter, query.params.values())],
        "responses": {"200": {"description": _columns(query), "content": {MEDIA[format]: {} for format in forms.values()}}, **_ERRORS},
    }


def _columns(query: StoredQuery) -> str:
    return f"Columns: {', '.join(query.columns)}." if query.columns else "Triples."


def _parameter(param: Param) -> dict[str, Any]:
    about = param.about if param.type in ("string", *_SCHEMAS) else f"{param.about} (id, label or IRI of: {param.type})"
    found = {"name": param.name, "in": "query", "required": False, "description": about, "explode": True}
    schema = {"type": "array", "items": _SCHEMAS.get(param.type, {"type": "string"})}
    return found | {"schema": schema | ({"default": [param.default]} if param.default else {})}


def _endpoint() -> dict[str, Any]:
    content = {names[0]: {} for names in (*ROWS.values(), *GRAPHS.values())}
    plain = {"content": _PLAIN}
    responses = {
        "200": {"description": "The answer.", "content": content},
        "400": {"description": "No query, two, or one that is not SPARQL 1.1: line and column.", **plain},
        "403": {"description": "An update, SERVICE, LOAD, or FROM elsewhere.", **plain},
        "406": {"description": "No format that you take; lists what is served.", **plain},
        "413": {"description": "Too long.", **plain},
        "503": _ERRORS["503"],
    }
    graphs = [
        {"name": name, "in": "query", "required": False, "schema": {"type": "array", "items": {"type": "string", "format": "uri"}}, "explode": True}
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    query = {"name": "query", "in": "query", "required": True, "schema": {"type": "string"}}
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    body = {"required": True, "content": {FORM: {"schema": form}, QUERY: {"schema": {"type": "string"}}}}
    return {
        "get": {"operationId": "sparql-get", "summary": "SPARQL 1.1 Protocol", "parameters": [query, *graphs], "responses": responses},
        "post": {
            "operationId": "sparql-post", "summary": "SPARQL 1.1 Protocol", "requestBody": body,
            "responses": {**responses, "415": {"description": "Neither a form nor a query.", **plain}},
        },
    }  # fmt: skip
