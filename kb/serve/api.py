"""Stored queries by address: `/query/<name>.json?speaker=…`, each value checked as the command line checks it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from kb.errors import KbError, did_you_mean
from kb.export import serialize_triples
from kb.query import StoredQuery, bind, read_value
from kb.serve.answering import Question
from kb.serve.protocol import Refusal
from kb.serve.reply import Reply
from kb.serve.service import Build
from kb.show.results import GUARD

ROWS = {"json": "json", "csv": "csv", "tsv": "tsv", "xml": "xml", "jsonl": "jsonl"}
GRAPHS = {"ttl": "turtle", "jsonld": "jsonld", "nt": "ntriples"}
_MOST_VALUES = 100


def forms_of(query: StoredQuery) -> dict[str, str]:
    """Return ending → format of what a stored query gives."""
    return GRAPHS if query.kind in ("construct", "describe") else ROWS


def find_query(build: Build, name: str, form: str) -> StoredQuery:
    """Return the stored query of that name that can be had in that form. Raises Refusal."""
    query = build.queries.get(name)
    if query is None:
        raise Refusal(404, f"there is no stored query '{name[:80]}'", did_you_mean(name[:80], build.queries) or "/queries.html lists them")
    forms = forms_of(query)
    if form not in forms:
        raise Refusal(404, f"'{name}' is not had as .{form[:20]}", f"take one of .{', .'.join(forms)}")
    return query


def read_params(search: bytes, query: StoredQuery) -> dict[str, list[str]]:
    """Return parameter → its values as given; an empty value is none, as forms send it. Raises Refusal."""
    try:
        pairs = parse_qsl(search.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_VALUES)
    except UnicodeDecodeError:
        raise Refusal(400, "the address is not UTF-8 in percent signs", "encode it as UTF-8") from None
    except ValueError:
        raise Refusal(400, "too many parameters", f"give {_MOST_VALUES} values at most") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in query.params:
            raise Refusal(400, f"the query '{query.name}' has no parameter '{name[:80]}'", _takes(name, query.params))
        if value:
            found.setdefault(name, []).append(value)
    return found


def _takes(name: str, params: Iterable[str]) -> str:
    return did_you_mean(name[:80], params) or f"it takes {', '.join(params) or 'none'}"


def bound(build: Build, query: StoredQuery, values: dict[str, list[str]], form: str) -> Question:
    """Return the question that a stored query asks with these values, names looked up in the store. Raises Refusal."""
    try:
        read = {name: [read_value(build.store, query.params[name], word) for word in words] for name, words in values.items()}
        text = bind(query, read)
    except KbError as wrong:
        raise Refusal(400, wrong.message, wrong.cure) from None
    format = forms_of(query)[form]
    if form in GRAPHS:
        return Question(text, "ntriples")
    return Question(text, format, guard=GUARD if format == "csv" else None, headers={"Content-Disposition": f'inline; filename="{query.name}.{form}"'})


def graph_reply(build: Build, lines: bytes, form: str) -> Reply:
    """Return the triples of a CONSTRUCT as `kb query` writes them."""
    context = build.site.home.ontology / "context.jsonld"
    text = serialize_triples(lines.decode(), GRAPHS[form], context=context, base=build.base)
    media = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}[form]
    return Reply(text.encode(), media)
